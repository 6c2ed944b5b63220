/**
 * An outcome in a form that is equal on both engines: without times, random ids and what nothing orders. Every difference that
 * remains between the engines and is left out here is listed in docs/offline-stack.md and pinned by a test of its own.
 */
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import type { ProviderCall } from "../../engine/fixtures/worldProvider.js";
import type { Outcome, StateEntry } from "./engines";

/** The key that the passphrase of the tests opens the known salt with. */
const KEY = pbkdf2Sync("password", Buffer.from("fozI5u6B030=", "base64"), 1_000_000, 32, "sha256");

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** Pulumi's sentinel for an unknown text looks like a random id and is none. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function decrypt(text: string): string {
  const [, nonce = "", body = ""] = text.split(":");
  const bytes = Buffer.from(body, "base64");
  const decipher = createDecipheriv("aes-256-gcm", KEY, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
}

/** Members of states and events that say when something was, or that only one engine writes. */
const LEFT_OUT: ReadonlySet<string> = new Set(["created", "modified", "stackTrace", "sequence", "timestamp"]);

/** URNs in a list of a resource's dependencies: the CLI's order is that of a Go set. */
const isUrnList = (list: readonly unknown[]) =>
  list.every((each) => typeof each === "string" && each.startsWith("urn:pulumi:"));

function normalized(value: unknown): unknown {
  if (Array.isArray(value) && isUrnList(value)) return [...value].sort();
  if (typeof value === "string") return value.replace(UUID, (id) => (id === UNKNOWN ? id : "<random>"));
  if (Array.isArray(value)) return value.map(normalized);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key));
  return Object.fromEntries(
    entries
      .map(([key, member]) => {
        if (key === "ciphertext" && typeof member === "string" && member.startsWith("v1:"))
          return ["secret", decrypt(member)];
        return [key, normalized(member)] as const;
      })
      .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
  );
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Record<string, unknown[]> {
  const groups: Record<string, unknown[]> = {};
  for (const item of items) {
    const key = keyOf(item);
    groups[key] = [...(groups[key] ?? []), normalized(item)];
  }
  return Object.fromEntries(Object.entries(groups).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What each resource's provider was asked, in order. Between resources nothing orders calls but dependencies. */
function callsByResource(calls: readonly ProviderCall[]) {
  const relevant = calls.filter(({ call }) => call !== "Configure");
  const idOfDelete = ({ call, id }: ProviderCall) => (call === "Delete" ? String(id) : undefined);
  const names = [...new Set(relevant.map(({ name }) => name))];
  const ordered = names.flatMap((name) =>
    withOrderedRuns(
      relevant.filter((each) => each.name === name),
      idOfDelete,
    ),
  );
  return grouped(ordered, ({ name }) => name);
}

function stepsByResource({ events }: Outcome) {
  const steps = events.flatMap((event) => {
    for (const kind of ["resourcePreEvent", "resOutputsEvent", "resOpFailedEvent"] as const) {
      const metadata = event[kind]?.metadata;
      if (metadata !== undefined)
        return [withoutNulls({ kind, ...metadata, keys: sorted(metadata.keys), diffs: sorted(metadata.diffs) })];
    }
    return [];
  });
  const idOfDelete = ({ op, old }: (typeof steps)[number]) =>
    op.startsWith("delete") || op.startsWith("discard") ? String(old?.id) : undefined;
  const urns = [...new Set(steps.map(({ urn }) => urn))];
  const ordered = urns.flatMap((urn) =>
    withOrderedRuns(
      steps.filter((each) => each.urn === urn),
      idOfDelete,
    ),
  );
  return grouped(ordered, ({ urn }) => urn);
}

/** Two old resources of one URN are deleted in one layer: each run of items that have a key, in the order of their keys. */
function withOrderedRuns<Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined): Item[] {
  const ordered: Item[] = [];
  let run: Item[] = [];
  const endRun = () => {
    ordered.push(...run.sort((one, other) => (keyOf(one) ?? "").localeCompare(keyOf(other) ?? "")));
    run = [];
  };
  for (const item of items) {
    if (keyOf(item) !== undefined) {
      run.push(item);
      continue;
    }
    endRun();
    ordered.push(item);
  }
  endRun();
  return ordered;
}

/** The CLI's order of property names is that of a Go map: another one in each run. */
function sorted(names: readonly string[] | undefined | null): readonly string[] | null {
  return names?.length ? [...names].sort() : null;
}

/** The CLI writes null, or a difference without members, for what an event does not have; OfflineStack leaves both out. */
function withoutNulls<Event extends object>(event: Event): Event {
  const isEmpty = (value: unknown) => value === null || (isObject(value) && Object.keys(value).length === 0);
  const entries = Object.entries(event).filter(
    ([key, value]) => value !== null && !(key === "detailedDiff" && isEmpty(value)),
  );
  return Object.fromEntries(entries) as Event;
}

/**
 * What is said of the stack at the end of a failed run: the CLI sums up, and whether the program's own report of a resource that
 * failed still arrives is a matter of time.
 */
const ENDING_MESSAGE = /^((preview|update|refresh|destroy) failed$|Unhandled exception)/;

function messages({ events, output }: Outcome) {
  const said = events.flatMap(({ diagnosticEvent }) => (diagnosticEvent === undefined ? [] : [diagnosticEvent]));
  // What the CLI refuses before its engine begins is in no event.
  const [, refusal] = events.some(({ summaryEvent }) => summaryEvent !== undefined)
    ? []
    : (/^error: (.*)/m.exec(output) ?? []);
  if (refusal !== undefined) said.push({ message: refusal, severity: "error", color: "never" });
  return grouped(
    said
      .filter(({ severity }) => severity !== ("debug" as string))
      .map(({ urn = "", severity, message }) => ({ urn, severity, message: withoutForm(message.trim()) }))
      .filter(({ urn, message }) => urn !== "" || !ENDING_MESSAGE.test(message))
      .filter((each, index, all) => !isRepeatedAdvice(each, all.slice(0, index))),
    ({ urn }) => urn,
  );
}

/** The CLI says once more what it cannot ignore when it compares inputs in the provider's place. */
function isRepeatedAdvice(
  { urn, message }: { readonly urn: string; readonly message: string },
  earlier: readonly { readonly urn: string; readonly message: string }[],
): boolean {
  const isAdvice = message.startsWith("cannot ignore changes in added or removed elements");
  return isAdvice && earlier.some((each) => each.urn === urn && each.message === message);
}

/** Each engine advises with commands of its own, and lists the reasons of a half-done operation in a form of its own. */
function withoutForm(message: string): string {
  return (
    message
      .replace(/(because it is protected\.|currently marked for protection\.) To unprotect .*/s, "$1")
      .replace(/^(Preview failed: )?\d+ errors? occurred:\n\t\* /, "$1")
      .replaceAll("\n\t* ", "\n")
      // The CLI names the resource itself in place of the other one.
      .replace(/(Duplicate resource alias .*) conflicting with resource with URN .*/, "$1")
  );
}

/** A refresh by the CLI drops the lists of properties that depend on nothing; OfflineStack keeps them. */
function withoutEmptyDependencies(entry: StateEntry): StateEntry {
  const kept = Object.entries<unknown[]>(entry.propertyDependencies ?? {}).filter(([, urns]) => urns.length > 0);
  return { ...entry, propertyDependencies: Object.fromEntries(kept) };
}

function resourcesByUrn({ deployment }: Outcome): Record<string, unknown[]> {
  const entries = (deployment.resources ?? []).map(withoutEmptyDependencies);
  return grouped(entries, (entry) => `${entry.urn}${entry.delete ? ` (old ${entry.id})` : ""}`);
}

/** Everything that must be equal. */
export function comparable(outcome: Outcome) {
  const summary = outcome.events.find(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent;
  return {
    isSuccess: outcome.isSuccess,
    changes: summary?.resourceChanges ?? {},
    calls: callsByResource(outcome.calls),
    steps: stepsByResource(outcome),
    messages: messages(outcome),
    resources: resourcesByUrn(outcome),
    pending: normalized(outcome.deployment.pending_operations ?? []),
    records: normalized(outcome.records),
  };
}

/** Of two runs that failed: where the calls and steps of a resource are not the same as far as both went. */
export function differencesOfProgress(offline: Outcome, cli: Outcome): string[] {
  const [one, other] = [comparable(offline), comparable(cli)];
  return (["calls", "steps"] as const).flatMap((kind) => {
    const [ours, theirs] = [one[kind], other[kind]];
    const shared = Object.keys(ours).filter((key) => Object.hasOwn(theirs, key));
    return shared.flatMap((key) => {
      const length = Math.min(ours[key]?.length ?? 0, theirs[key]?.length ?? 0);
      return differences(ours[key]?.slice(0, length), theirs[key]?.slice(0, length), `/${kind}/${key}`);
    });
  });
}

/** What two runs led to, whatever they did. */
export function differencesOfResult(offline: Outcome, cli: Outcome): string[] {
  const resultOf = (outcome: Outcome) => {
    const { isSuccess, resources, pending, records } = comparable(outcome);
    return { isSuccess, resources, pending, records };
  };
  return differences(resultOf(offline), resultOf(cli));
}

/** Each place in which two values differ, as "path: offline …, cli …". */
export function differences(offline: unknown, cli: unknown, at = ""): string[] {
  if (isObject(offline) && isObject(cli)) {
    const keys = [...new Set([...Object.keys(offline), ...Object.keys(cli)])].sort();
    return keys.flatMap((key) =>
      differences(offline[key], cli[key], `${at}/${key.replace("urn:pulumi:dev::shop::", "")}`),
    );
  }
  const [one, other] = [JSON.stringify(offline), JSON.stringify(cli)];
  return one === other ? [] : [`${at}: offline ${one}, cli ${other}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
