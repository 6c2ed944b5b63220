/**
 * The resource manager over HTTP. Does not prove that Azure answers the same: codes and texts are those of its
 * documentation and of reports, and the few whose wording was not found say so where they are written.
 */
import { ask, closeAzures, deploymentBody, Manager, SUBSCRIPTION, TestClock } from "./helpers";

afterEach(closeAzures);

const AT_ONCE = { provisioningMs: 0 };

function refusal(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}

describe("requests", () => {
  const url = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;

  test("one without a token is refused", async () => {
    const { azure } = await Manager.start(AT_ONCE);
    const { status, body } = await ask(azure, `${url}?api-version=2024-03-01`);
    expect(status).toBe(401);
    expect(body).toEqual(
      refusal("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
    );
  });

  test("one without an api-version is refused", async () => {
    const { azure } = await Manager.start(AT_ONCE);
    const { status, body } = await ask(azure, url, { headers: { authorization: "Bearer any" } });
    expect(status).toBe(400);
    expect(body.error.code).toBe("MissingApiVersionParameter");
  });

  test("the data plane's api-version is none of the resource manager's", async () => {
    const manager = await Manager.start(AT_ONCE);
    const path = `https://management.azure.com${manager.accountId("a")}?api-version=2024-10-21`;
    const { status, body } = await ask(manager.azure, path, { headers: { authorization: "Bearer any" } });
    expect(status).toBe(400);
    expect(body.error.code).toBe("NoRegisteredProviderFound");
    expect(body.error.message).toContain("API version '2024-10-21' for type 'accounts'");
  });

  test("names are compared without regard to case", async () => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("MyAccount");
    const { status, body } = await manager.send("GET", manager.accountId("myaccount").toUpperCase());
    expect(status).toBe(200);
    expect(body.name).toBe("MyAccount");
  });

  test("a resource type that the stand-in does not have is named", async () => {
    const manager = await Manager.start(AT_ONCE);
    const path = `${manager.groupId}/providers/Microsoft.Storage/storageAccounts/x`;
    const { status, body } = await manager.send("GET", path);
    expect(status).toBe(404);
    expect(body.error).toEqual({ code: "InvalidResourceType", message: expect.stringContaining(`GET ${path}`) });
  });

  test.each(["GET", "PUT", "DELETE"])("%s of a malformed subscription is refused", async (method) => {
    const manager = await Manager.start(AT_ONCE);
    const { status, body } = await manager.send(method, "/subscriptions/mine/resourceGroups/rg");
    expect(status).toBe(400);
    expect(body.error.code).toBe("InvalidSubscriptionId");
  });
});

describe("resource groups", () => {
  test("one is made, shown, changed and deleted", async () => {
    const manager = await Manager.start(AT_ONCE);
    const path = `/subscriptions/${SUBSCRIPTION}/resourceGroups/other`;
    const made = await manager.send("PUT", path, { location: "East US 2", tags: { a: "b" } });
    const view = {
      id: path,
      name: "other",
      type: "Microsoft.Resources/resourceGroups",
      location: "eastus2",
      tags: { a: "b" },
      properties: { provisioningState: "Succeeded" },
    };
    expect(made).toMatchObject({ status: 201, body: view });
    expect(await manager.send("GET", path)).toMatchObject({ status: 200, body: view });
    expect((await manager.send("PUT", path, { location: "eastus2" })).status).toBe(200);
    expect((await manager.send("DELETE", path)).status).toBe(200);
    const gone = await manager.send("GET", path);
    expect(gone.status).toBe(404);
    expect(gone.body).toEqual(refusal("ResourceGroupNotFound", "Resource group 'other' could not be found."));
  });

  test("its location cannot change", async () => {
    const manager = await Manager.start(AT_ONCE);
    const { status, body } = await manager.send("PUT", manager.groupId, { location: "westus" });
    expect(status).toBe(409);
    expect(body).toEqual(
      refusal(
        "InvalidResourceGroupLocation",
        "Invalid resource group location 'westus'. The Resource group already exists in location 'eastus2'.",
      ),
    );
  });

  test("deleting it soft-deletes its accounts when it is done", async () => {
    const clock = new TestClock();
    const manager = await Manager.start({ clock: clock.read, provisioningMs: 100 });
    await manager.putAccount("acc");
    clock.advance(100);
    const deletion = await manager.send("DELETE", manager.groupId);
    expect(deletion.status).toBe(202);
    const results = new URL(deletion.headers.location ?? "").pathname;
    expect((await manager.send("GET", results)).status).toBe(202);
    expect(await manager.putAccount("late")).toMatchObject({
      status: 409,
      body: { error: { code: "ResourceGroupBeingDeleted" } },
    });
    clock.advance(100);
    expect((await manager.send("GET", results)).status).toBe(200);
    expect((await manager.send("GET", manager.deletedAccountId("acc"))).status).toBe(200);
  });
});

describe("accounts", () => {
  test("one is shown as Azure shows it", async () => {
    const clock = new TestClock();
    const manager = await Manager.start({ ...AT_ONCE, clock: clock.read });
    const made = await manager.putAccount("Contoso", { tags: { team: "a" }, location: "East US 2" });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: manager.accountId("Contoso"),
      name: "Contoso",
      type: "Microsoft.CognitiveServices/accounts",
      location: "eastus2",
      etag: expect.any(String),
      kind: "OpenAI",
      sku: { name: "S0" },
      tags: { team: "a" },
      systemData: { createdBy: "stand-in@localhost", createdByType: "User", createdAt: "2026-11-24T12:00:00.000Z" },
      properties: {
        publicNetworkAccess: "Enabled",
        networkAcls: { defaultAction: "Allow", virtualNetworkRules: [], ipRules: [] },
        customSubDomainName: "contoso",
        provisioningState: "Succeeded",
        internalId: expect.any(String),
        dateCreated: "2026-11-24T12:00:00.000Z",
        isMigrated: false,
        callRateLimit: { rules: [] },
        capabilities: [{ name: "VirtualNetworks" }, { name: "CustomerManagedKey" }],
        privateEndpointConnections: [],
        endpoint: "https://contoso.openai.azure.com/",
        endpoints: {
          "OpenAI Language Model Instance API": "https://contoso.openai.azure.com/",
          "OpenAI Dall-E API": "https://contoso.openai.azure.com/",
          "OpenAI Whisper API": "https://contoso.openai.azure.com/",
        },
      },
    });
    expect((await manager.send("GET", manager.accountId("Contoso"))).body).toEqual(made.body);
  });

  test("an AIServices account's endpoint is not its OpenAI host", async () => {
    const manager = await Manager.start(AT_ONCE);
    const { body } = await manager.putAccount("acc", { kind: "AIServices" });
    expect(body.properties.endpoint).toBe("https://acc.cognitiveservices.azure.com/");
    expect(body.properties.endpoints["OpenAI Language Model Instance API"]).toBe("https://acc.openai.azure.com/");
  });

  test("without a subdomain it is reached at its region's host, by its key", async () => {
    const manager = await Manager.start(AT_ONCE);
    const { body } = await manager.putAccount("acc", { properties: {} });
    expect(body.properties.endpoint).toBe("https://eastus2.api.cognitive.microsoft.com/");
    await manager.putDeployment("acc", "chat");
    const { key1 } = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
    const url = `${body.properties.endpoint}openai/deployments/chat/chat/completions?api-version=2024-10-21`;
    const call = { messages: [{ role: "user", content: "Hello" }] };
    expect((await ask(manager.azure, url, { headers: { "api-key": key1 }, body: call })).status).toBe(200);
    expect((await ask(manager.azure, url, { headers: { "api-key": "wrong" }, body: call })).status).toBe(401);
  });

  test("of another cloud it has that cloud's host", async () => {
    const manager = await Manager.start(AT_ONCE);
    const send = (path: string, body: unknown) =>
      ask(manager.azure, `https://management.usgovcloudapi.net${path}?api-version=2025-06-01`, {
        method: "PUT",
        headers: { authorization: "Bearer any" },
        body,
      });
    const body = {
      location: "usgovvirginia",
      kind: "OpenAI",
      sku: { name: "S0" },
      properties: { customSubDomainName: "gov" },
    };
    const made = await send(manager.accountId("gov"), body);
    expect(made.body.properties.endpoint).toBe("https://gov.openai.azure.us/");
  });

  test("it takes its time, and only then has a name in DNS", async () => {
    const clock = new TestClock();
    const manager = await Manager.start({ clock: clock.read, provisioningMs: 5_000 });
    const made = await manager.putAccount("acc");
    expect(made.body.properties.provisioningState).toBe("Creating");
    const url = "https://acc.openai.azure.com/openai/v1/models";
    await expect(ask(manager.azure, url)).rejects.toThrow("other side closed");
    clock.advance(5_000);
    expect((await manager.send("GET", manager.accountId("acc"))).body.properties.provisioningState).toBe("Succeeded");
    expect((await ask(manager.azure, url)).status).toBe(401);
  });

  test.each([
    [{ location: undefined }, 400, "LocationRequired"],
    [{ location: "atlantis" }, 400, "LocationNotAvailableForResourceType"],
    [{ kind: "Face" }, 400, "InvalidApiSetId"],
    [{ sku: { name: "F0" } }, 400, "InvalidSkuId"],
    [{ properties: { customSubDomainName: "ends-" } }, 400, "InvalidCustomSubDomainName"],
    [{ properties: { networkAcls: { defaultAction: "Deny" } } }, 400, "CustomSubDomainNameRequired"],
  ])("%j is refused", async (change, status, code) => {
    const manager = await Manager.start(AT_ONCE);
    expect(await manager.putAccount("acc", change)).toMatchObject({ status, body: { error: { code } } });
    expect((await manager.send("GET", manager.accountId("acc"))).status).toBe(404);
  });

  test("one that is not there is not found, and deleting it is no error", async () => {
    const manager = await Manager.start(AT_ONCE);
    const { status, body } = await manager.send("GET", manager.accountId("acc"));
    expect(status).toBe(404);
    expect(body).toEqual(
      refusal(
        "ResourceNotFound",
        "The Resource 'Microsoft.CognitiveServices/accounts/acc' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
      ),
    );
    expect((await manager.send("DELETE", manager.accountId("acc"))).status).toBe(204);
  });

  test("one in a group that does not exist is refused", async () => {
    const { azure } = await Manager.start(AT_ONCE);
    const { status, body } = await new Manager(azure, "nowhere").putAccount("acc");
    expect(status).toBe(404);
    expect(body.error.code).toBe("ResourceGroupNotFound");
  });

  test("location and subdomain cannot change, the rest can", async () => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("acc");
    const moved = await manager.putAccount("acc", { location: "westus" });
    expect(moved.status).toBe(409);
    expect(moved.body).toEqual(
      refusal(
        "InvalidResourceLocation",
        "The resource 'acc' already exists in location 'eastus2' in resource group 'rg'. A resource with the same name cannot be created in location 'westus'. Please select a new resource name.",
      ),
    );
    const renamed = await manager.putAccount("acc", { properties: { customSubDomainName: "other" } });
    expect(renamed).toMatchObject({ status: 400, body: { error: { code: "CustomSubDomainNameCannotBeChanged" } } });
    const changed = await manager.putAccount("acc", { tags: { a: "b" }, properties: { disableLocalAuth: true } });
    expect(changed).toMatchObject({
      status: 200,
      body: { tags: { a: "b" }, properties: { disableLocalAuth: true, customSubDomainName: "acc" } },
    });
  });

  test("PATCH changes what is sent and keeps the rest", async () => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("acc", { tags: { a: "b" } });
    const { status, body } = await manager.send("PATCH", manager.accountId("acc"), {
      properties: { publicNetworkAccess: "Disabled" },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: "OpenAI",
      tags: { a: "b" },
      properties: { publicNetworkAccess: "Disabled", customSubDomainName: "acc" },
    });
  });

  test("a region holds 30 of a subscription, deleted ones included", async () => {
    const manager = await Manager.start(AT_ONCE);
    for (let count = 0; count < 30; count++) expect((await manager.putAccount(`acc${count}`)).status).toBe(201);
    await manager.send("DELETE", manager.accountId("acc0"));
    const refused = await manager.putAccount("acc30");
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "AccountCountLimitReached" } } });
    expect((await manager.putAccount("acc31", { location: "westus" })).status).toBe(201);
    await manager.send("DELETE", manager.deletedAccountId("acc0"));
    expect((await manager.putAccount("acc30")).status).toBe(201);
  });

  test("accounts are listed by group and by subscription", async () => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("acc");
    const names = async (path: string) =>
      (await manager.send("GET", path)).body.value.map(({ name }: { name: string }) => name);
    const type = "providers/Microsoft.CognitiveServices/accounts";
    expect(await names(`${manager.groupId}/${type}`)).toEqual(["acc"]);
    expect(await names(`/subscriptions/${SUBSCRIPTION}/${type}`)).toEqual(["acc"]);
    expect(await names(`/subscriptions/${SUBSCRIPTION}/resourceGroups/other/${type}`)).toEqual([]);
  });
});

describe("soft delete", () => {
  const mustBeRestored = (id: string) =>
    refusal(
      "FlagMustBeSetForRestore",
      `An existing resource with ID '${id}' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please purge it first.`,
    );

  async function deletedAccount(clock = new TestClock()): Promise<Manager> {
    const manager = await Manager.start({ ...AT_ONCE, clock: clock.read });
    await manager.putAccount("acc");
    await manager.putDeployment("acc", "chat");
    expect((await manager.send("DELETE", manager.accountId("acc"))).status).toBe(200);
    expect((await manager.send("GET", manager.accountId("acc"))).status).toBe(404);
    return manager;
  }

  test("a deleted account's name is locked for 48 hours", async () => {
    const clock = new TestClock();
    const manager = await deletedAccount(clock);
    clock.advance(48 * 3_600_000 - 1);
    const { status, body } = await manager.putAccount("acc");
    expect(status).toBe(409);
    expect(body).toEqual(mustBeRestored(manager.accountId("acc")));
    clock.advance(1);
    expect((await manager.putAccount("acc")).status).toBe(201);
  });

  test("its subdomain is locked for everybody", async () => {
    const manager = await deletedAccount();
    const { status, body } = await manager.putAccount("other", { properties: { customSubDomainName: "acc" } });
    expect(status).toBe(409);
    expect(body).toEqual(
      refusal(
        "CustomDomainInUse",
        `Please pick a different name. The subdomain name 'acc' is not available as it's already used by a resource. If the resource using the name was deleted in the last 48 hours, you may need to purge the deleted resource. Learn more at "https://go.microsoft.com/fwlink/?linkid=2215493"`,
      ),
    );
  });

  test("a live account's subdomain is refused in the same words, in every subscription", async () => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("acc");
    const elsewhere = new Manager(manager.azure, "rg", "99999999-2222-3333-4444-555555555555");
    await elsewhere.send("PUT", elsewhere.groupId, { location: "westus" });
    const refused = await elsewhere.putAccount("acc");
    expect(refused).toMatchObject({ status: 409, body: { error: { code: "CustomDomainInUse" } } });
  });

  test("restore brings back keys and deployments", async () => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("acc");
    await manager.putDeployment("acc", "chat");
    const before = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
    await manager.send("DELETE", manager.accountId("acc"));
    const restored = await manager.putAccount("acc", { properties: { customSubDomainName: "acc", restore: true } });
    expect(restored.status).toBe(201);
    expect(restored.body.properties).not.toHaveProperty("restore");
    expect((await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body).toEqual(before);
    expect((await manager.send("GET", manager.deploymentId("acc", "chat"))).status).toBe(200);
  });

  test("there is nothing to restore where nothing was deleted", async () => {
    const manager = await Manager.start(AT_ONCE);
    const { status, body } = await manager.putAccount("acc", { properties: { restore: true } });
    expect(status).toBe(409);
    expect(body).toEqual(
      refusal(
        "CanNotRestoreANonExistingResource",
        `Could not locate a resource to restore. The resource with ID '${manager.accountId("acc")}' doesn't exist or it is already purged.`,
      ),
    );
  });

  test("a deleted account is listed with its dates, and purging it frees the name", async () => {
    const manager = await deletedAccount();
    const listed = await manager.send(
      "GET",
      `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.CognitiveServices/deletedAccounts`,
    );
    expect(listed.body.value).toMatchObject([
      {
        id: manager.deletedAccountId("acc"),
        name: "acc",
        properties: { deletionDate: "2026-11-24T12:00:00.000Z", scheduledPurgeDate: "2026-11-26T12:00:00.000Z" },
      },
    ]);
    expect((await manager.send("DELETE", manager.deletedAccountId("acc"))).status).toBe(200);
    expect((await manager.send("DELETE", manager.deletedAccountId("acc"))).status).toBe(204);
    expect((await manager.send("GET", manager.deletedAccountId("acc"))).status).toBe(404);
    expect((await manager.putAccount("acc")).status).toBe(201);
    expect((await manager.send("GET", manager.deploymentId("acc", "chat"))).status).toBe(404);
  });

  test("a deleted account keeps its quota until it is purged", async () => {
    const manager = await Manager.start({ ...AT_ONCE, capacityLimits: [{ limit: 10 }] });
    await manager.putAccount("acc");
    await manager.putDeployment("acc", "chat");
    await manager.send("DELETE", manager.accountId("acc"));
    await manager.putAccount("other");
    expect((await manager.putDeployment("other", "chat")).body.error.code).toBe("InsufficientQuota");
    await manager.send("DELETE", manager.deletedAccountId("acc"));
    expect((await manager.putDeployment("other", "chat")).status).toBe(201);
  });
});

describe("deployments", () => {
  async function withAccount(options = {}): Promise<Manager> {
    const manager = await Manager.start({ ...AT_ONCE, ...options });
    await manager.putAccount("acc");
    return manager;
  }

  test("one is shown as Azure shows it", async () => {
    const clock = new TestClock();
    const manager = await withAccount({ clock: clock.read });
    const made = await manager.putDeployment("acc", "chat", { tags: { a: "b" } });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: manager.deploymentId("acc", "chat"),
      name: "chat",
      type: "Microsoft.CognitiveServices/accounts/deployments",
      etag: expect.any(String),
      sku: { name: "GlobalStandard", capacity: 10 },
      tags: { a: "b" },
      systemData: { createdBy: "stand-in@localhost", createdByType: "User", createdAt: "2026-11-24T12:00:00.000Z" },
      properties: {
        model: { format: "OpenAI", name: "gpt-5-mini", version: "2025-08-07" },
        currentCapacity: 10,
        capabilities: { chatCompletion: "true", responses: "true" },
        rateLimits: [
          { key: "request", renewalPeriod: 60, count: 60 },
          { key: "token", renewalPeriod: 60, count: 10_000 },
        ],
        provisioningState: "Succeeded",
      },
    });
    expect((await manager.send("GET", manager.deploymentId("acc", "chat"))).body).toEqual(made.body);
  });

  test("a second write to the account while one runs is refused, whatever it is", async () => {
    const clock = new TestClock();
    const manager = await Manager.start({ clock: clock.read, provisioningMs: 1_000 });
    await manager.putAccount("acc");
    clock.advance(1_000);
    expect((await manager.putDeployment("acc", "one")).status).toBe(201);
    const conflict = {
      status: 409,
      body: refusal(
        "RequestConflict",
        `Another operation is being performed on the parent resource '${manager.accountId("acc")}'. Please try again later.`,
      ),
    };
    expect(await manager.putDeployment("acc", "two")).toMatchObject(conflict);
    expect(await manager.putDeployment("acc", "one")).toMatchObject(conflict);
    expect(await manager.putAccount("acc")).toMatchObject(conflict);
    expect(await manager.send("DELETE", manager.deploymentId("acc", "one"))).toMatchObject(conflict);
    expect(await manager.send("DELETE", manager.accountId("acc"))).toMatchObject(conflict);
    clock.advance(1_000);
    expect((await manager.send("DELETE", manager.deploymentId("acc", "one"))).status).toBe(202);
    expect(await manager.putDeployment("acc", "two")).toMatchObject(conflict);
    clock.advance(1_000);
    expect((await manager.putDeployment("acc", "two")).status).toBe(201);
  });

  test("of writes sent at the same time one is taken", async () => {
    const clock = new TestClock();
    const manager = await Manager.start({ clock: clock.read, provisioningMs: 1_000 });
    await manager.putAccount("acc");
    clock.advance(1_000);
    const answers = await Promise.all(["a", "b", "c", "d"].map((name) => manager.putDeployment("acc", name)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  test("accounts do not hinder each other", async () => {
    const clock = new TestClock();
    const manager = await Manager.start({ clock: clock.read, provisioningMs: 1_000 });
    await Promise.all(["one", "two"].map((name) => manager.putAccount(name)));
    clock.advance(1_000);
    const answers = await Promise.all(["one", "two"].map((name) => manager.putDeployment(name, "chat")));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  });

  test("an account that is still being created takes none", async () => {
    const manager = await Manager.start({ clock: new TestClock().read, provisioningMs: 1_000 });
    await manager.putAccount("acc");
    const { status, body } = await manager.putDeployment("acc", "chat");
    expect(status).toBe(400);
    expect(body).toEqual(
      refusal(
        "AccountProvisioningStateInvalid",
        `Call to Microsoft.CognitiveServices/accounts failed. Error message: Account ${manager.accountId("acc")} in state Creating`,
      ),
    );
  });

  test("one of an account that does not exist is refused", async () => {
    const manager = await Manager.start(AT_ONCE);
    const { status, body } = await manager.putDeployment("acc", "chat");
    expect(status).toBe(404);
    expect(body).toEqual(
      refusal(
        "ParentResourceNotFound",
        `Failed to perform 'write' on resource(s) of type 'accounts/deployments', because the parent resource '${manager.accountId("acc")}' could not be found.`,
      ),
    );
  });

  const model = (name: string, version: string) => ({ properties: { model: { format: "OpenAI", name, version } } });

  test.each([
    [
      "a model there is not",
      model("gpt-99", "1"),
      "DeploymentModelNotSupported",
      "The model 'Format: OpenAI, Name: gpt-99, Version: 1' of account deployment is not supported.",
    ],
    [
      "an api-version for a model version",
      model("gpt-5-mini", "2024-10-21"),
      "DeploymentModelNotSupported",
      "The model 'Format: OpenAI, Name: gpt-5-mini, Version: 2024-10-21' of account deployment is not supported.",
    ],
    [
      "a retired model",
      model("gpt-4o", "2024-11-20"),
      "ServiceModelDeprecated",
      "The model 'Format:OpenAI,Name:gpt-4o,Version:2024-11-20' has been deprecated since 10/01/2026 00:00:00.",
    ],
    [
      "a type that the model does not have",
      { sku: { name: "Standard", capacity: 1 } },
      "InvalidResourceProperties",
      "The specified SKU 'Standard' of account deployment is not supported by the model 'gpt-5-mini' version: '2025-08-07'.",
    ],
    [
      "a type that does not exist",
      { sku: { name: "Provisioned-Managed", capacity: 1 } },
      "InvalidResourceProperties",
      "The specified SKU 'Provisioned-Managed' of account deployment is not supported by the model 'gpt-5-mini' version: '2025-08-07'.",
    ],
    [
      "a type left out, which is Standard",
      { sku: undefined },
      "InvalidResourceProperties",
      "The specified SKU 'Standard' of account deployment is not supported by the model 'gpt-5-mini' version: '2025-08-07'.",
    ],
    [
      "no whole capacity",
      { sku: { name: "GlobalStandard", capacity: 0 } },
      "InvalidResourceProperties",
      "The capacity '0' of account deployment is not a whole number from 1 to 100000.",
    ],
    [
      "more than the quota",
      { sku: { name: "GlobalStandard", capacity: 1_001 } },
      "InsufficientQuota",
      "This operation require 1001 new capacity in quota Tokens Per Minute (thousands) - gpt-5-mini - GlobalStandard, which is bigger than the current available capacity 1000. The current quota usage is 0 and the quota limit is 1000 for quota Tokens Per Minute (thousands) - gpt-5-mini - GlobalStandard.",
    ],
    [
      "spillover to nowhere",
      { properties: { ...(deploymentBody().properties as object), spilloverDeploymentName: "nowhere" } },
      "InvalidResourceProperties",
      "The spillover deployment 'nowhere' does not exist in the account.",
    ],
  ])("%s is refused", async (_what, change, code, message) => {
    const manager = await withAccount({ clock: new TestClock().read });
    const { status, body } = await manager.putDeployment("acc", "chat", change);
    expect({ status, body }).toEqual({ status: 400, body: refusal(code, message) });
    expect((await manager.send("GET", manager.deploymentId("acc", "chat"))).status).toBe(404);
  });

  test("a type that the region does not have is refused", async () => {
    const manager = await Manager.start({ ...AT_ONCE, clock: new TestClock().read });
    await manager.putAccount("acc", { location: "australiaeast" });
    const { status, body } = await manager.putDeployment("acc", "chat", {
      ...model("gpt-5.1", "2025-11-13"),
      sku: { name: "Standard", capacity: 1 },
    });
    expect(status).toBe(400);
    expect(body).toEqual(
      refusal(
        "InvalidResourceProperties",
        "The specified SKU 'Standard' for model 'gpt-5.1 2025-11-13' is not supported in this region 'australiaeast'.",
      ),
    );
  });

  test("a model can be deployed until the day it retires, and kept after it", async () => {
    const clock = new TestClock();
    clock.nowMs = Date.parse("2026-09-30T23:59:59Z");
    const manager = await withAccount({ clock: clock.read });
    expect((await manager.putDeployment("acc", "chat", model("gpt-4o", "2024-11-20"))).status).toBe(201);
    clock.advance(1_000);
    const late = await manager.putDeployment("acc", "late", model("gpt-4o", "2024-11-20"));
    expect(late.body.error.code).toBe("ServiceModelDeprecated");
    const resized = { ...model("gpt-4o", "2024-11-20"), sku: { name: "GlobalStandard", capacity: 20 } };
    expect((await manager.putDeployment("acc", "chat", resized)).status).toBe(200);
  });

  test("version and capacity change in place, the model does not", async () => {
    const clock = new TestClock();
    clock.nowMs = Date.parse("2026-09-01T00:00:00Z");
    const manager = await withAccount({ clock: clock.read });
    await manager.putDeployment("acc", "chat", model("gpt-4o", "2024-08-06"));
    const upgraded = await manager.putDeployment("acc", "chat", model("gpt-4o", "2024-11-20"));
    expect(upgraded).toMatchObject({ status: 200, body: { properties: { model: { version: "2024-11-20" } } } });
    const other = await manager.putDeployment("acc", "chat");
    expect(other).toMatchObject({ status: 400, body: { error: { code: "InvalidResourceProperties" } } });
    const patched = await manager.send("PATCH", manager.deploymentId("acc", "chat"), {
      sku: { name: "GlobalStandard", capacity: 30 },
    });
    expect(patched).toMatchObject({
      status: 200,
      body: { sku: { capacity: 30 }, properties: { model: { name: "gpt-4o" } } },
    });
  });

  test("quota is counted per subscription, region, model and type, and for the increase only", async () => {
    const manager = await Manager.start({
      ...AT_ONCE,
      capacityLimits: [{ location: "eastus2", model: "gpt-5-mini", limit: 25 }],
    });
    await manager.putAccount("acc");
    await manager.putAccount("west", { location: "westus" });
    expect((await manager.putDeployment("acc", "one")).status).toBe(201);
    expect((await manager.putDeployment("acc", "two")).status).toBe(201);
    const third = await manager.putDeployment("acc", "three");
    expect(third.body.error.message).toContain("bigger than the current available capacity 5.");
    const sku = (name: string, capacity: number) => ({ sku: { name, capacity } });
    expect((await manager.putDeployment("acc", "one", sku("GlobalStandard", 15))).status).toBe(200);
    expect((await manager.putDeployment("acc", "one", sku("GlobalStandard", 16))).status).toBe(400);
    expect((await manager.putDeployment("acc", "zone", sku("DataZoneStandard", 25))).status).toBe(201);
    expect((await manager.putDeployment("west", "one", sku("GlobalStandard", 1_000))).status).toBe(201);
    expect((await manager.putDeployment("acc", "nano", model("gpt-5-nano", "2025-08-07"))).status).toBe(201);
    const elsewhere = new Manager(manager.azure, "rg", "99999999-2222-3333-4444-555555555555");
    await elsewhere.send("PUT", elsewhere.groupId, { location: "eastus2" });
    await elsewhere.putAccount("elsewhere");
    expect((await elsewhere.putDeployment("elsewhere", "one", sku("GlobalStandard", 25))).status).toBe(201);
  });

  test("an account holds 32 of the Standard types", async () => {
    const manager = await withAccount();
    const sku = { sku: { name: "GlobalStandard", capacity: 1 } };
    for (let count = 0; count < 32; count++) {
      expect((await manager.putDeployment("acc", `d${count}`, sku)).status).toBe(201);
    }
    const refused = await manager.putDeployment("acc", "d32", sku);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "DeploymentCountLimitReached" } } });
    expect((await manager.putDeployment("acc", "d0", sku)).status).toBe(200);
    const provisioned = { sku: { name: "GlobalProvisionedManaged", capacity: 15 } };
    expect((await manager.putDeployment("acc", "ptu", provisioned)).status).toBe(201);
  });

  test("the data plane serves it once it is there, with the capacity it has, and not after", async () => {
    const clock = new TestClock();
    const manager = await Manager.start({ clock: clock.read, provisioningMs: 1_000 });
    await manager.putAccount("acc");
    clock.advance(1_000);
    const { key1 } = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
    const url = "https://acc.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21";
    const call = { headers: { "api-key": key1 }, body: { messages: [{ role: "user", content: "Hello" }] } };
    expect((await ask(manager.azure, url, call)).body.error.code).toBe("DeploymentNotFound");
    await manager.putDeployment("acc", "chat");
    expect((await ask(manager.azure, url, call)).body.error.code).toBe("DeploymentNotFound");
    clock.advance(1_000);
    const answer = await ask(manager.azure, url, call);
    expect(answer.status).toBe(200);
    expect(answer.headers["x-ratelimit-limit-tokens"]).toBe("10000");
    await manager.send("DELETE", manager.deploymentId("acc", "chat"));
    expect((await ask(manager.azure, url, call)).status).toBe(404);
  });
});

describe("keys", () => {
  test("there are two, and a regenerated one's old value stops at once", async () => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("acc");
    await manager.putDeployment("acc", "chat");
    const before = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
    expect(Object.keys(before)).toEqual(["key1", "key2"]);
    expect(before.key1).toMatch(/^\w{84}$/);
    const after = await manager.send("POST", `${manager.accountId("acc")}/regenerateKey`, { keyName: "Key1" });
    expect(after.status).toBe(200);
    expect(after.body.key1).not.toBe(before.key1);
    expect(after.body.key2).toBe(before.key2);
    const statusWith = async (key: string) => {
      const url = "https://acc.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21";
      const body = { messages: [{ role: "user", content: "Hello" }] };
      return (await ask(manager.azure, url, { headers: { "api-key": key }, body })).status;
    };
    expect(await statusWith(before.key1)).toBe(401);
    expect(await statusWith(after.body.key1)).toBe(200);
    expect(await statusWith(before.key2)).toBe(200);
  });

  test("an account without local authentication lists none and takes none", async () => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("acc");
    const { key1 } = (await manager.send("POST", `${manager.accountId("acc")}/listKeys`)).body;
    await manager.putAccount("acc", { properties: { disableLocalAuth: true } });
    const listed = await manager.send("POST", `${manager.accountId("acc")}/listKeys`);
    expect(listed.status).toBe(400);
    expect(listed.body).toEqual(refusal("BadRequest", "Failed to list key. disableLocalAuth is set to be true"));
    const url = "https://acc.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2024-10-21";
    const { status, body } = await ask(manager.azure, url, { headers: { "api-key": key1 }, body: {} });
    expect(status).toBe(403);
    expect(body).toEqual(
      refusal("AuthenticationTypeDisabled", "Key based authentication is disabled for this resource."),
    );
  });

  test.each([
    [{ publicNetworkAccess: "Disabled" }, "Public access is disabled. Please configure private endpoint."],
    [{ networkAcls: { defaultAction: "Deny" } }, "Access denied due to Virtual Network/Firewall rules."],
  ])("an account with %j answers 403", async (properties, message) => {
    const manager = await Manager.start(AT_ONCE);
    await manager.putAccount("acc", { properties: { customSubDomainName: "acc", ...properties } });
    const url = "https://acc.openai.azure.com/openai/v1/chat/completions";
    const { status, body } = await ask(manager.azure, url, { headers: { "api-key": "any" }, body: {} });
    expect(status).toBe(403);
    expect(body).toEqual(refusal("403", message));
  });
});

test("what the seed planted can be managed", async () => {
  const manager = await Manager.start({
    ...AT_ONCE,
    seed: {
      azure: [{ resource: "seeded", keys: ["one", "two"], deployments: [{ name: "chat", model: "my-own-model" }] }],
    },
  });
  const seeded = new Manager(manager.azure, "seed", "00000000-0000-0000-0000-000000000000");
  expect((await seeded.send("POST", `${seeded.accountId("seeded")}/listKeys`)).body).toEqual({
    key1: "one",
    key2: "two",
  });
  expect((await seeded.send("GET", seeded.deploymentId("seeded", "chat"))).body.properties.model.name).toBe(
    "my-own-model",
  );
  expect((await seeded.putDeployment("seeded", "more")).status).toBe(201);
});
