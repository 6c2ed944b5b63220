/**
 * Cognitive Services accounts: lifecycle, addresses and refusals. Does not prove that Azure responds the same: codes
 * and texts are those of its documentation and of users' reports.
 */
import { AT_ONCE, ask, closeAzures, Manager, refusal, SUBSCRIPTION, TestClock } from "../helpers";

afterEach(closeAzures);

test("an account has the form of Azure's response", async () => {
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

test("an account without a subdomain is reachable at its region's host with its key", async () => {
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

test("an account in a sovereign cloud has that cloud's host", async () => {
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

test("an account's host exists only after the creation is complete", async () => {
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
])("an account with %j is refused", async (change, status, code) => {
  const manager = await Manager.start(AT_ONCE);
  expect(await manager.putAccount("acc", change)).toMatchObject({ status, body: { error: { code } } });
  expect((await manager.send("GET", manager.accountId("acc"))).status).toBe(404);
});

test("a missing account is not found, and deleting it succeeds", async () => {
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

test("an account in a group that does not exist is refused", async () => {
  const { azure } = await Manager.start(AT_ONCE);
  const { status, body } = await new Manager(azure, "nowhere").putAccount("acc");
  expect(status).toBe(404);
  expect(body.error.code).toBe("ResourceGroupNotFound");
});

test("all fields of an account can change except location and subdomain", async () => {
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

test("PATCH of an account changes only the sent fields", async () => {
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

test("a subscription may have 30 accounts per region, including deleted ones", async () => {
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
