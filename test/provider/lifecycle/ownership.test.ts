/** Owners and marks as texts. Does not prove that the hosted gateway stores metadata unchanged. */
import {
  identityOf,
  isMarkOf,
  markText,
  newCreateId,
  ownerName,
  ownerText,
  parseOwner,
  readMark,
} from "../../../provider/lifecycle/ownership";

const owner = { stack: "org/project/dev", resource: "app" };

test("a mark is read as it was written", () => {
  const text = markText(owner, "0123456789abcdef");
  expect(text).toBe('{"managedBy":"pulumi","stack":"org/project/dev","resource":"app","create":"0123456789abcdef"}');
  expect(readMark(text)).toEqual({ ...owner, create: "0123456789abcdef" });
});

test.each([
  ["nothing", undefined],
  ["a person's text", "mine"],
  ["a text that begins like a mark", '{"managedBy":"pulumi", by hand'],
  ["a mark without a stack", '{"managedBy":"pulumi","resource":"app"}'],
  ["a mark of numbers", '{"managedBy":"pulumi","stack":1,"resource":2}'],
])("%s is no mark", (_what, metadata) => {
  expect(readMark(metadata)).toBeUndefined();
});

test("a mark without a create id still names its owner", () => {
  const mark = readMark('{"managedBy":"pulumi","stack":"org/project/dev","resource":"app"}');
  expect(mark).toEqual({ ...owner, create: undefined });
  expect([mark && isMarkOf(mark, owner), mark && isMarkOf(mark, { ...owner, resource: "other" })]).toEqual([
    true,
    false,
  ]);
});

test("a name may contain the separator, and the parent is stored beside the text", () => {
  const odd = { ...owner, resource: "a::b" };
  expect(parseOwner(ownerText(odd))).toEqual(odd);
  expect(parseOwner(ownerText(odd), "my:index:Team")).toEqual({ ...odd, parent: "my:index:Team" });
  expect([parseOwner("no separator"), parseOwner(undefined)]).toEqual([undefined, undefined]);
});

test("equal names under different parents are two identities, and messages distinguish them", () => {
  const [team, app] = ["my:index:Team", "my:index:Team$my:index:App"].map((parent) => ({ ...owner, parent }));
  expect(new Set([owner, team, app].map((each) => identityOf(each ?? owner))).size).toBe(3);
  expect([ownerName(owner), ownerName(team ?? owner)]).toEqual(['"app"', '"app" (in my:index:Team)']);
});

test("create ids differ", () => {
  expect(new Set(Array.from({ length: 1_000 }, newCreateId)).size).toBe(1_000);
});
