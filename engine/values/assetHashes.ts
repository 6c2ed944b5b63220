/** Hashes of assets and archives, computed as Pulumi does: the engine compares files by them. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { Archive, Asset, isMap, mapOf, OutputValue, type PropertyMap, type PropertyValue, Secret } from "./values";

const ARCHIVE_FILE = /\.(tar|tgz|tar\.gz|zip|jar)$/;
const TAR_BLOCK_BYTES = 512;

/** Adds its hash to every asset and archive of a map. @throws Error naming the property when a file cannot be read. */
export async function withHashes(map: PropertyMap, folder: string): Promise<PropertyMap> {
  if (!Object.values(map).some(holdsFile)) return map;
  const entries = Object.entries(map).map(async ([key, value]): Promise<[string, PropertyValue]> => {
    try {
      return [key, await hashed(value, folder)];
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`failed to compute asset hash for "${key}": ${reason}`, { cause });
    }
  });
  return mapOf(await Promise.all(entries));
}

function holdsFile(value: PropertyValue): boolean {
  if (value instanceof Asset || value instanceof Archive) return true;
  if (value instanceof Secret) return holdsFile(value.element);
  if (value instanceof OutputValue) return value.element !== undefined && holdsFile(value.element);
  if (Array.isArray(value)) return value.some(holdsFile);
  return isMap(value) && Object.values(value).some(holdsFile);
}

async function hashed(value: PropertyValue, folder: string): Promise<PropertyValue> {
  if (value instanceof Secret) return new Secret(await hashed(value.element, folder));
  if (Array.isArray(value)) return Promise.all(value.map((element) => hashed(element, folder)));
  if (isMap(value)) {
    const entries = Object.entries(value).map(async ([key, part]) => [key, await hashed(part, folder)] as const);
    return mapOf(await Promise.all(entries));
  }
  if (value instanceof Asset && value.hash === "")
    return new Asset(sha256(await bytesOf(value, folder)), value.content);
  if (value instanceof Archive && value.hash === "") return hashedArchive(value, folder);
  return value;
}

async function hashedArchive(archive: Archive, folder: string): Promise<Archive> {
  const { assets, ...rest } = archive.content;
  if (assets === undefined) return new Archive(sha256(await archiveBytes(archive, folder)), rest);
  const inner = (await hashed({ ...assets }, folder)) as PropertyMap;
  return new Archive(sha256(await archiveBytes(archive, folder)), { ...rest, assets: inner });
}

async function bytesOf(asset: Asset, folder: string): Promise<Buffer> {
  const { text, path, uri } = asset.content;
  if (path !== undefined) return readFile(resolve(folder, path));
  if (uri !== undefined) return fetchBytes(uri);
  return Buffer.from(text ?? "");
}

async function fetchBytes(uri: string): Promise<Buffer> {
  if (uri.startsWith("file://")) return readFile(new URL(uri));
  const answer = await fetch(uri);
  if (!answer.ok) throw new Error(`${new URL(uri).origin} answered ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** The bytes of an archive file, or of a tar file made from the archive's members. */
async function archiveBytes(archive: Archive, folder: string): Promise<Buffer> {
  const { path, uri } = archive.content;
  if (uri !== undefined) return fetchBytes(uri);
  if (path !== undefined && ARCHIVE_FILE.test(path)) return readFile(resolve(folder, path));
  const files = await archiveFiles(archive, folder);
  const sorted = [...files].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return tar(sorted);
}

async function archiveFiles(archive: Archive, folder: string): Promise<Map<string, Buffer>> {
  const { path, assets = {} } = archive.content;
  const files = new Map<string, Buffer>();
  if (path !== undefined) {
    const root = resolve(folder, path);
    for (const file of await filesBelow(root))
      files.set(relative(root, file).replaceAll("\\", "/"), await readFile(file));
  }
  for (const [name, value] of Object.entries(assets)) {
    if (value instanceof Asset) files.set(name, await bytesOf(value, folder));
    if (!(value instanceof Archive)) continue;
    for (const [inner, bytes] of await archiveFiles(value, folder)) files.set(`${name}/${inner}`, bytes);
  }
  return files;
}

async function filesBelow(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) throw new Error(`${path} is neither a folder nor an archive file`);
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A tar file without owners and times, so that the same members always give the same bytes. */
function tar(files: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  const blocks = files.flatMap(([name, bytes]) => [
    tarHeader(name, bytes.length),
    bytes,
    Buffer.alloc((TAR_BLOCK_BYTES - (bytes.length % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * TAR_BLOCK_BYTES)]);
}

function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  const octal = (value: number, offset: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset, "latin1");
  header.write(name, 0, 100, "utf8");
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write("        0", 148, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  octal(0, 329, 8);
  octal(0, 337, 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
