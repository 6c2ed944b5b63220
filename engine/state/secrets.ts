/**
 * Encryption with a passphrase, identical to Pulumi's passphrase secrets provider: PBKDF2-HMAC-SHA256 with a million rounds,
 * then AES-256-GCM with a new nonce per value.
 */
import { createCipheriv, createDecipheriv, createHash, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { StackConfigurationError } from "../errors";

const ROUNDS = 1_000_000;
const KEY_BYTES = 32;
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = "aes-256-gcm";

/** The text that the salt's check value decrypts to with the right passphrase. */
const CHECK_WORD = "pulumi";

const deriveKey = promisify(pbkdf2);

/** Derived keys by the hash of their passphrase and salt: a derivation takes a large part of a second, and stacks often share a key. */
const derivedKeys = new Map<string, Promise<Buffer>>();

function derive(passphrase: string, salt: Buffer): Promise<Buffer> {
  const name = createHash("sha256").update(salt).update(passphrase).digest("hex");
  const known = derivedKeys.get(name);
  if (known !== undefined) return known;
  const key = deriveKey(passphrase, salt, ROUNDS, KEY_BYTES, "sha256");
  derivedKeys.set(name, key);
  return key;
}

/** Encrypts and decrypts texts with one passphrase and one salt. */
export class PassphraseCrypter {
  private constructor(
    private readonly key: Buffer,
    /** `v1:<salt>:<check value>`, as the state and stack settings (`encryptionsalt`) record it. */
    readonly saltState: string,
  ) {}

  /** Creates a crypter with a new salt. */
  static async create(passphrase: string): Promise<PassphraseCrypter> {
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(passphrase, salt);
    return new PassphraseCrypter(key, `v1:${salt.toString("base64")}:${encryptWith(key, CHECK_WORD)}`);
  }

  /** Opens a recorded salt. @throws StackConfigurationError when it was made with another passphrase. */
  static async open(passphrase: string, saltState: string): Promise<PassphraseCrypter> {
    const [version, salt, ...check] = saltState.split(":");
    if (version !== "v1" || salt === undefined || check.length === 0) {
      throw new StackConfigurationError("the recorded encryption salt is malformed; expected v1:<salt>:<check value>");
    }
    const key = await derive(passphrase, Buffer.from(salt, "base64"));
    if (!opensCheckValue(key, check.join(":"))) {
      throw new StackConfigurationError(
        "incorrect passphrase: it does not open the secrets of this stack; set PULUMI_CONFIG_PASSPHRASE to the one the stack was made with",
      );
    }
    return new PassphraseCrypter(key, saltState);
  }

  encrypt(plaintext: string): string {
    return encryptWith(this.key, plaintext);
  }

  /** @throws StackConfigurationError when the text was not encrypted with this key. */
  decrypt(ciphertext: string): string {
    return decryptWith(this.key, ciphertext);
  }
}

function encryptWith(key: Buffer, plaintext: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
}

function decryptWith(key: Buffer, ciphertext: string): string {
  const [version, nonceText, bodyText, ...rest] = ciphertext.split(":");
  const nonce = Buffer.from(nonceText ?? "", "base64");
  const body = Buffer.from(bodyText ?? "", "base64");
  if (version !== "v1" || rest.length > 0 || nonce.length !== NONCE_BYTES || body.length < TAG_BYTES) {
    throw new StackConfigurationError("failed to decrypt: an encrypted value is malformed; expected v1:<nonce>:<text>");
  }
  const decipher = createDecipheriv(ALGORITHM, key, nonce);
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new StackConfigurationError("failed to decrypt: the value was encrypted with another passphrase or salt", {
      cause,
    });
  }
}

function opensCheckValue(key: Buffer, check: string): boolean {
  try {
    return decryptWith(key, check) === CHECK_WORD;
  } catch (error) {
    if (error instanceof StackConfigurationError) return false;
    throw error;
  }
}

/** Opens each salt of a stack once. */
export class Keyring {
  private readonly opened = new Map<string, Promise<PassphraseCrypter>>();

  constructor(private readonly passphrase: string) {}

  open(saltState: string): Promise<PassphraseCrypter> {
    const known = this.opened.get(saltState);
    if (known !== undefined) return known;
    const crypter = PassphraseCrypter.open(this.passphrase, saltState);
    this.opened.set(saltState, crypter);
    return crypter;
  }

  async create(): Promise<PassphraseCrypter> {
    const crypter = await PassphraseCrypter.create(this.passphrase);
    this.opened.set(crypter.saltState, Promise.resolve(crypter));
    return crypter;
  }
}
