/**
 * What a program sees of the stack traces that the resource class does without. Shows nothing of how much faster that is:
 * `npm run bench -- resources` does.
 */
import * as pulumi from "@pulumi/pulumi";
import { CustomProvider } from "../../../provider";

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
    call: ({ inputs }) => inputs,
  });
});

const args = { providerId: "azure-openai", baseUrl: "https://p.example.com/v1", name: "azure-openai" };

test("an error of the constructor tells the line that made the resource", () => {
  const make = () => new CustomProvider("", args);
  const error = thrownBy(make);
  expect(error.message).toMatch(/Missing resource name/);
  expect(error.stack?.split("\n")[1]).toContain(`at make (${__filename}`);
});

test("an error that was thrown with a stack of its own keeps it", () => {
  const own = new Error("no");
  const ownStack = own.stack;
  const transformation: pulumi.ResourceTransformation = () => {
    throw own;
  };
  expect(thrownBy(() => new CustomProvider("p", args, { transformations: [transformation] }))).toBe(own);
  expect(own.stack).toBe(ownStack);
});

test("the limit of stack traces is the program's own again, made or not", () => {
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

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
