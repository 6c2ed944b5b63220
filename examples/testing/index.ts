/** One team's access to one Azure OpenAI deployment through the gateway. Its test stands beside it. */
import * as pulumi from "@pulumi/pulumi";
import * as ngrok from "pulumi-ngrok-ai";

const config = new pulumi.Config();

const provider = new ngrok.CustomProvider("team-azure", {
  providerId: "team-azure",
  baseUrl: "https://contoso.openai.azure.com/openai/v1",
  models: ["gpt-5-mini"],
});

const key = new ngrok.ProviderKey("team-azure", {
  providerId: provider.providerId,
  value: config.requireSecret("azureKey"),
});

const access = new ngrok.AccessConfiguration("team", {
  access: { providers: { allow: [provider.providerId] } },
  rules: [{ provider: provider.providerId, steps: [{ type: "user", keys: [{ id: key.id }] }] }],
});

const accessKey = new ngrok.AccessKey("team", { configurationId: access.id });

export const token = accessKey.token;
export const accessKeyId = accessKey.id;
