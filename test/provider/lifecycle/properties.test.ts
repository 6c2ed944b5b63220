/** The provider's own record in the state: values that can be derived are omitted, and reading restores them. */
import type { Memory } from "../../../provider/lifecycle/memory";
import { markText } from "../../../provider/lifecycle/ownership";
import { MEMORY_PROPERTY, toOutputs, toResource } from "../../../provider/lifecycle/properties";

const OWNER = { stack: "org/project/dev", resource: "app" };
const memory: Memory = { schema: 1, managed: ["name"], account: "acc_one" };
const marked = { name: "app", metadata: markText(OWNER, "0123456789abcdef") };

test.each<[string, object, Memory, object]>([
  ["the create id of the object's mark", marked, { ...memory, create: "0123456789abcdef" }, {}],
  ["another create id than the mark's", marked, { ...memory, create: "fedc" }, { create: "fedc" }],
  ["no create id beside another owner's mark", marked, memory, { create: "" }],
  ["a create id without a mark", { name: "app" }, { ...memory, create: "fedc" }, { create: "fedc" }],
  ["neither create id nor mark", { name: "app" }, memory, {}],
  ["a later format", { name: "app" }, { ...memory, schema: 2 }, { schema: 2 }],
])("the record is stored and read back with %s", (_what, state, memoryOf, stored) => {
  const outputs = toOutputs({ state: { ...state }, memory: memoryOf });
  expect(outputs[MEMORY_PROPERTY]).toEqual({ managed: ["name"], account: "acc_one", ...stored });
  expect(toResource(outputs)).toEqual({ state, memory: memoryOf });
});

test("a record with all values is readable", () => {
  const everything = { ...memory, create: "0123456789abcdef" };
  expect(toResource({ ...marked, [MEMORY_PROPERTY]: everything })).toEqual({ state: marked, memory: everything });
});
