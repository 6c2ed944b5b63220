/**
 * An outcome in a form that is equal on both engines: without times, random ids and orders that nothing determines. Every other
 * difference that is left out here is listed in docs/offline-stack.md and has its own test.
 */
import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import type { ProviderCall } from "../../engine/fixtures/worldProvider.js";
import type { Outcome, StateEntry } from "./engines";

/** The key that the tests' passphrase gives with the known salt. */
const KEY = pbkdf2Sync("password", Buffer.from("fozI5u6B030=", "base64"), 1_000_000, 32, "sha256");

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** Pulumi's sentinel for an unknown text, which looks like a random id. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function decrypt(text: string): string {
  const [, nonce = "", body = ""] = text.split(":");
  const bytes = Buffer.from(body, "base64");
  const decipher = createDecipheriv("aes-256-gcm", KEY, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString();
}

/** Members of states and events that contain a time or that only one engine writes. */
const LEFT_OUT: ReadonlySet<string> = new Set(["created", "modified", "stackTrace", "sequence", "timestamp"]);

/** Whether a list contains URNs, as dependencies do: the CLI's order is that of a Go set. */
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

/** Provider calls per resource, in order. Only dependencies determine the order between resources. */
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

/** Sorts each run of items that have a key: two old resources with one URN are deleted in one layer, in any order. */
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

/** Property names in a fixed order: the CLI's is that of a Go map, different in each run. */
function sorted(names: readonly string[] | undefined | null): readonly string[] | null {
  return names?.length ? [...names].sort() : null;
}

/** Without nulls and empty differences, which the CLI writes for absent members and OfflineStack leaves out. */
function withoutNulls<Event extends object>(event: Event): Event {
  const isEmpty = (value: unknown) => value === null || (isObject(value) && Object.keys(value).length === 0);
  const entries = Object.entries(event).filter(
    ([key, value]) => value !== null && !(key === "detailedDiff" && isEmpty(value)),
  );
  return Object.fromEntries(entries) as Event;
}

/**
 * Messages about the stack at the end of a failed run. Only the CLI prints a summary. The program's own report of a failed
 * resource arrives before the end or not, depending on timing.
 */
const ENDING_MESSAGE = /^((preview|update|refresh|destroy) failed$|Unhandled exception)/;

function messages({ events, output }: Outcome) {
  const said = events.flatMap(({ diagnosticEvent }) => (diagnosticEvent === undefined ? [] : [diagnosticEvent]));
  // Errors before the CLI's engine begins are not in its events.
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

/** The CLI repeats the warning about ignoreChanges when it compares inputs for the provider. */
function isRepeatedAdvice(
  { urn, message }: { readonly urn: string; readonly message: string },
  earlier: readonly { readonly urn: string; readonly message: string }[],
): boolean {
  const isAdvice = message.startsWith("cannot ignore changes in added or removed elements");
  return isAdvice && earlier.some((each) => each.urn === urn && each.message === message);
}

/** Each engine names its own commands in its advice, and formats the reasons of a partial operation in its own way. */
function withoutForm(message: string): string {
  return (
    message
      .replace(/(because it is protected\.|currently marked for protection\.) To unprotect .*/s, "$1")
      .replace(/^(Preview failed: )?\d+ errors? occurred:\n\t\* /, "$1")
      .replaceAll("\n\t* ", "\n")
      // The CLI names the resource itself instead of the conflicting one.
      .replace(/(Duplicate resource alias .*) conflicting with resource with URN .*/, "$1")
  );
}

/** A refresh by the CLI drops empty lists of property dependencies; OfflineStack keeps them. */
function withoutEmptyDependencies(entry: StateEntry): StateEntry {
  const kept = Object.entries<unknown[]>(entry.propertyDependencies ?? {}).filter(([, urns]) => urns.length > 0);
  return { ...entry, propertyDependencies: Object.fromEntries(kept) };
}

function resourcesByUrn({ deployment }: Outcome): Record<string, unknown[]> {
  const entries = (deployment.resources ?? []).map(withoutEmptyDependencies);
  return grouped(entries, (entry) => `${entry.urn}${entry.delete ? ` (old ${entry.id})` : ""}`);
}

/** The parts of an outcome that must be equal. */
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

/** For two failed runs: differences between a resource's calls and steps, as far as both runs got. */
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

/** Differences between the results of two runs, regardless of their steps. */
export function differencesOfResult(offline: Outcome, cli: Outcome): string[] {
  const resultOf = (outcome: Outcome) => {
    const { isSuccess, resources, pending, records } = comparable(outcome);
    return { isSuccess, resources, pending, records };
  };
  return differences(resultOf(offline), resultOf(cli));
}

/** Every path at which two values differ, as "path: offline …, cli …". */
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
