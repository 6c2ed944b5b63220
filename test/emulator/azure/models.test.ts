/**
 * Parsing of a file with added models. Does not prove the flag of the emulator command; test/cli/emulator.test.ts does.
 */
import { readAzureModels } from "../../../emulator/azure/models/modelCatalog";

test("a list of models is parsed", () => {
  const models = [{ name: "gpt-6", version: "2026-10-01", like: "gpt-5" }];
  expect(readAzureModels(models)).toEqual(models);
});

test.each([
  [{}, "models: Invalid input: expected array, received object"],
  [[{ version: "1" }], "models[0].name: Invalid input: expected string, received undefined"],
  [[{ name: "a", version: "1", skus: ["Global"] }], "models[0].skus[0]: Invalid option: expected one of"],
  [[{ name: "a", version: "1", retiresOn: "soon" }], "models[0].retiresOn: must be a day such as 2027-10-01"],
  [[{ name: "a", version: "1", color: "red" }], 'models[0]: Unrecognized key: "color"'],
])("%j is refused as a list of models", (value, message) => {
  expect(() => readAzureModels(value)).toThrow(message);
});
