/** An Azure OpenAI account that somebody else manages, behind the ngrok AI Gateway: nothing is created in Azure. */
import * as pulumi from "@pulumi/pulumi";
import { AzureOpenAIGateway } from "pulumi-ngrok-ai/azure";

const config = new pulumi.Config();

const gateway = new AzureOpenAIGateway("ai", {
  regions: {
    main: {
      // Asked for its address and keys, never changed.
      account: { existing: { resourceGroupName: config.require("resourceGroup"), name: config.require("account") } },
      existingDeployments: config.getObject<string[]>("deployments") ?? ["gpt-5-mini"],
    },
  },
  verify: true,
});

export const requests = gateway.requests;
export const token = gateway.token;
