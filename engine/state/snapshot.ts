/**
 * The state during a deployment: first the resources handled so far, in the order of their completion, then the old ones not yet
 * handled, and the running operations. A returned promise resolves when its change is on disk.
 */
import type { StackDeployment } from "../results";
import { parseReference, type Urn } from "../values/urn";
import { documentFrame, featuresOf, type PendingOperation, type PendingOperationType } from "./deploymentFormat";
import { checkIntegrity } from "./integrity";
import { withoutReferencesTo } from "./pruning";
import { type RenderedEntry, RenderedList, separated } from "./renderedList";
import { type ResourceState, stateToJson } from "./resourceState";
import type { PassphraseCrypter } from "./secrets";
import { CoalescingWriter } from "./stateFile";
import type { SecretWriter } from "./stateValues";

/** Indentation of a list's element in the document. */
const ELEMENT_INDENT = " ".repeat(12);

export class Snapshot {
  private readonly handled: RenderedList;
  private readonly untouched: RenderedList;
  private readonly pending = new Set<PendingOperation>();
  /** Resources that a refresh did not find. */
  private readonly gone: ResourceState[] = [];
  /** A resource's state as read → the state that replaces it, without references to missing resources. */
  private readonly successors = new Map<ResourceState, ResourceState>();
  /** Old URN → the resource's URN in this run. */
  private readonly renames = new Map<Urn, Urn>();
  private readonly rendered = new WeakMap<ResourceState, RenderedEntry>();
  private readonly writer: CoalescingWriter | undefined;
  private hasUnwrittenChange = false;

  constructor(
    base: readonly ResourceState[],
    pendingOperations: readonly PendingOperation[],
    private readonly crypter: PassphraseCrypter,
    /** Undefined in a preview: nothing is written. */
    file: string | undefined,
  ) {
    const render = (state: ResourceState) => this.renderState(state);
    this.handled = new RenderedList([], render);
    this.untouched = new RenderedList(base, render);
    for (const operation of pendingOperations) this.pending.add(operation);
    this.writer = file === undefined ? undefined : new CoalescingWriter(file, () => this.render());
  }

  /** All resources in the order of the document. */
  resources(): ResourceState[] {
    return [...this.handled, ...this.untouched].map((state) => this.renamed(state));
  }

  /** Old resources that this deployment has not handled. */
  base(): ResourceState[] {
    return [...this.untouched];
  }

  get writeCount(): number {
    return this.writer?.writeCount ?? 0;
  }

  /** Records the start of an operation. The returned function records its end; call it before the write of the step's result. */
  async begin(type: PendingOperationType, resource: ResourceState): Promise<() => void> {
    const operation = { type, resource };
    this.pending.add(operation);
    await this.write();
    return () => this.pending.delete(operation);
  }

  /** Adds `state` to the handled resources and removes `old`. */
  put(state: ResourceState, old?: ResourceState): void {
    this.remove(old);
    this.handled.add(state);
    this.touch(state);
  }

  remove(old: ResourceState | undefined): void {
    if (old === undefined) return;
    this.handled.delete(old);
    this.untouched.delete(old);
    this.hasUnwrittenChange = true;
  }

  /** Marks a state in the snapshot as changed in place. */
  touch(state: ResourceState): void {
    this.forgetText(state);
    this.hasUnwrittenChange = true;
  }

  private forgetText(state: ResourceState): void {
    this.rendered.delete(state);
    this.handled.touch(state);
    this.untouched.touch(state);
  }

  /** Puts `state` at the position of `old`, without references to missing resources. */
  replaceInPlace(old: ResourceState, state: ResourceState): void {
    const standing = this.latest(old);
    const pruned = this.gone.reduce((rest, gone) => withoutReferencesTo(gone, rest), state);
    const list = this.handled.has(standing) ? this.handled : this.untouched;
    list.replace(standing, pruned);
    this.hasUnwrittenChange = true;
  }

  /** Removes a missing resource and every reference to it. */
  removeAndPrune(old: ResourceState): void {
    const gone = this.latest(old);
    this.gone.push(gone);
    this.untouched.delete(gone);
    for (const state of [...this.untouched]) {
      const pruned = withoutReferencesTo(gone, state);
      if (pruned === state) continue;
      this.successors.set(state, pruned);
      this.untouched.replace(state, pruned);
    }
    this.hasUnwrittenChange = true;
  }

  private latest(state: ResourceState): ResourceState {
    const successor = this.successors.get(state);
    return successor === undefined ? state : this.latest(successor);
  }

  /** Changes a resource's URN, also in all references to it. */
  rename(from: Urn, to: Urn): void {
    this.renames.set(from, to);
    for (const state of [...this.handled, ...this.untouched]) {
      if (this.rendered.get(state)?.text.includes(from)) this.forgetText(state);
    }
    this.hasUnwrittenChange = true;
  }

  clearPending(types: ReadonlySet<PendingOperationType>): PendingOperation[] {
    const cleared = [...this.pending].filter((operation) => types.has(operation.type));
    for (const operation of cleared) this.pending.delete(operation);
    if (cleared.length > 0) this.hasUnwrittenChange = true;
    return cleared;
  }

  /** Writes the state even if it has no unwritten change. */
  async write(): Promise<void> {
    this.hasUnwrittenChange = false;
    await this.writer?.write();
  }

  /** Writes changes that were not written yet, and checks the result. */
  async close(): Promise<void> {
    if (this.hasUnwrittenChange) await this.write();
    checkIntegrity(this.resources());
  }

  /** The document as a value; `writeSecret` writes its secrets. */
  export(writeSecret: SecretWriter): StackDeployment {
    const { manifest, secretsProviders } = documentFrame(this.crypter.saltState, new Date());
    const resources = this.resources().map((state) => stateToJson(state, writeSecret));
    const operations = [...this.pending].map(({ type, resource }) => ({
      resource: stateToJson(resource, writeSecret),
      type,
    }));
    const features = [...new Set(resources.flatMap(featuresOf))].sort();
    return {
      version: features.length === 0 ? 3 : 4,
      ...(features.length > 0 && { features }),
      deployment: {
        manifest,
        secrets_providers: secretsProviders,
        ...(resources.length > 0 && { resources }),
        ...(operations.length > 0 && { pending_operations: operations }),
        metadata: {},
      },
    };
  }

  private render(): Buffer[] {
    const { manifest, secretsProviders } = documentFrame(this.crypter.saltState, new Date());
    const pieces = [...this.handled.pieces(), ...this.untouched.pieces()];
    const operations = [...this.pending].map((operation) => ({ operation, ...this.renderState(operation.resource) }));
    const features = [...new Set([...pieces, ...operations].flatMap((entry) => entry.features))].sort();
    const head = [
      "{",
      `    "version": ${features.length === 0 ? 3 : 4},`,
      ...(features.length === 0 ? [] : [`    "features": ${JSON.stringify(features)},`]),
      `    "deployment": {`,
      `        "manifest": ${indent(JSON.stringify(manifest, null, 4), " ".repeat(8))},`,
      `        "secrets_providers": ${indent(JSON.stringify(secretsProviders, null, 4), " ".repeat(8))},`,
      ...(pieces.length === 0 ? [] : [`        "resources": [`]),
      "",
    ];
    const tail = [
      ...(pieces.length === 0 ? [] : ["", "        ],"]),
      ...renderList("pending_operations", operations.map(renderOperation)),
      `        "metadata": {}`,
      "    }",
      "}",
      "",
    ];
    return [Buffer.from(head.join("\n")), ...separated(pieces), Buffer.from(tail.join("\n"))];
  }

  private renderState(state: ResourceState): RenderedEntry {
    const known = this.rendered.get(state);
    if (known !== undefined) return known;
    const json = stateToJson(this.renamed(state), this.writeSecret);
    const text = ELEMENT_INDENT + indent(JSON.stringify(json, null, 4), ELEMENT_INDENT);
    const entry = { text, features: featuresOf(json) };
    this.rendered.set(state, entry);
    return entry;
  }

  private readonly writeSecret: SecretWriter = (json) => ({ ciphertext: this.crypter.encrypt(json) });

  private renamed(state: ResourceState): ResourceState {
    if (this.renames.size === 0) return state;
    const rename = (urn: Urn) => this.renames.get(urn) ?? urn;
    return {
      ...state,
      parent: state.parent === undefined ? undefined : rename(state.parent),
      dependencies: state.dependencies.map(rename),
      propertyDependencies: Object.fromEntries(
        Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.map(rename)]),
      ),
      provider: renamedProvider(state.provider, rename),
      deletedWith: state.deletedWith === undefined ? undefined : rename(state.deletedWith),
      replaceWith: state.replaceWith.map(rename),
    };
  }
}

function renamedProvider(provider: string, rename: (urn: Urn) => Urn): string {
  const reference = provider === "" ? undefined : parseReference(provider);
  return reference === undefined ? provider : `${rename(reference.urn)}::${reference.id}`;
}

function renderOperation(entry: { operation: PendingOperation; text: string }): string {
  const inner = " ".repeat(16);
  const lines = [
    "{",
    `${inner}"resource": ${indent(entry.text.trimStart(), " ".repeat(4))},`,
    `${inner}"type": ${JSON.stringify(entry.operation.type)}`,
    `${ELEMENT_INDENT}}`,
  ];
  return lines.join("\n");
}

function renderList(name: string, elements: readonly string[]): string[] {
  if (elements.length === 0) return [];
  return [`        "${name}": [`, elements.map((element) => ELEMENT_INDENT + element).join(",\n"), "        ],"];
}

/** Indents every line except the first; JSON strings contain no line breaks. */
function indent(text: string, by: string): string {
  return text.replaceAll("\n", `\n${by}`);
}
