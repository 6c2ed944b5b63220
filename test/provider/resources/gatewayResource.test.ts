/**
 * The resource class in a program: its limited stack traces, and arguments from plain JavaScript. Does not measure the time that
 * the former saves; `npm run bench -- resources` does.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ngrok from "../../../provider";
import { CustomProvider } from "../../../provider";
import { checkInputs } from "../../../provider/lifecycle/check";
import { definitionOf } from "../../../provider/registry";

let registered: Record<string, unknown> = {};

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      const { __provider, __owner, ...rest } = inputs;
      registered = rest;
      return { id: `${name}-id`, state: inputs };
    },
    call: ({ inputs }) => inputs,
  });
});

const args = { providerId: "azure-openai", baseUrl: "https://p.example.com/v1", name: "azure-openai" };

test("an error of the constructor names the line that creates the resource", () => {
  const make = () => new CustomProvider("", args);
  const error = thrownBy(make);
  expect(error.message).toMatch(/Missing resource name/);
  expect(error.stack?.split("\n")[1]).toContain(`at make (${__filename}`);
});

test("an error that was thrown with its own stack keeps it", () => {
  const own = new Error("no");
  const ownStack = own.stack;
  const transformation: pulumi.ResourceTransformation = () => {
    throw own;
  };
  expect(thrownBy(() => new CustomProvider("p", args, { transformations: [transformation] }))).toBe(own);
  expect(own.stack).toBe(ownStack);
});

test("the limit of stack traces is the program's own again, after success and after failure", () => {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 7;
    new CustomProvider("p", args);
    expect(Error.stackTraceLimit).toBe(7);
    thrownBy(() => new CustomProvider("", args));
    expect(Error.stackTraceLimit).toBe(7);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
});

describe("arguments from plain JavaScript", () => {
  type AnyClass = new (name: string, args?: unknown) => pulumi.CustomResource;
  const classes = ngrok as unknown as Readonly<Record<string, AnyClass>>;
  const cases: readonly (readonly [kind: string, missing: readonly string[]])[] = [
    ["CustomProvider", ["providerId", "baseUrl"]],
    ["ProviderKey", ["providerId", "value"]],
    ["AccessConfiguration", []],
    ["RoutingRule", ["configurationId", "steps"]],
    ["AccessKey", []],
    ["ApiKey", []],
    ["GatewaySettings", []],
    ["RouteCheck", ["token", "model"]],
  ];

  test.each(cases.flatMap(([kind, missing]) => [undefined, null].map((args) => [kind, args, missing] as const)))(
    "%s with %p as arguments is refused with the names of the missing ones",
    async (kind, args, missing) => {
      const resource = new classes[kind]!("x", args);
      await new Promise((resolve) => resource.urn.apply(resolve));
      const { failures } = checkInputs(definitionOf(kind)!, registered);
      expect(failures.map(({ property, reason }) => `${property} ${reason.split(":")[0]}`)).toEqual(
        missing.map((name) => `${name} is required`),
      );
    },
  );

  test.each(cases)("%s reports that its arguments must be an object", (kind) => {
    for (const args of ["text", 5, ["list"], pulumi.output({}), Promise.resolve({})]) {
      const error = thrownBy(() => new classes[kind]!("x", args));
      expect([pulumi.RunError.isInstance(error), error.message]).toEqual([
        true,
        `${kind} "x" takes an object of arguments; each member may be an Output, the object itself may not.`,
      ]);
    }
  });
});

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
