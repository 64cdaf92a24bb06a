// How .p12 files are locked: PBES2 with AES (OpenSSL 3, Windows 10, Java, Firefox), and the old ways of PKCS#12 (RFC 7292
// appendix C) that authorities still use. Passwords stay in this function's variables.

import forge from "./forge.js";
import { algorithm, FileProblem, integer, octets, oid, sequence, toBinary, toBytes, unknownKind, type Node } from "./asn1.js";

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const HMAC_SHA1 = "1.2.840.113549.2.7";
const MOST_ROUNDS = 10_000_000;
const ID_KEY = 1;
const ID_IV = 2;
const ID_MAC = 3;

type Password = string | null;
interface Cipher {
  start(options: { iv: string }): void;
  update(data: forge.util.ByteBuffer): void;
  finish(): boolean;
  output: forge.util.ByteBuffer;
}
type MakeCipher = (key: string) => Cipher;

const modern = (name: "AES-CBC" | "3DES-CBC"): MakeCipher => (key) => forge.cipher.createDecipher(name, forge.util.createBuffer(key)) as unknown as Cipher;

/** RC2 of node-forge takes its IV otherwise than its other ciphers. */
const rc2 = (bits: number): MakeCipher => (key) => {
  const made = forge.rc2.createDecryptionCipher(key, bits);
  return {
    start: ({ iv }) => made.start(forge.util.createBuffer(iv)),
    update: (data) => made.update(data),
    finish: () => made.finish(),
    get output() {
      return made.output;
    },
  };
};

// RFC 8018 appendix B.2
const SCHEMES: Record<string, { length: number; make: MakeCipher }> = {
  "2.16.840.1.101.3.4.1.2": { length: 16, make: modern("AES-CBC") },
  "2.16.840.1.101.3.4.1.22": { length: 24, make: modern("AES-CBC") },
  "2.16.840.1.101.3.4.1.42": { length: 32, make: modern("AES-CBC") },
  "1.2.840.113549.3.7": { length: 24, make: modern("3DES-CBC") },
};
const PRFS: Record<string, string> = {
  [HMAC_SHA1]: "SHA-1",
  "1.2.840.113549.2.9": "SHA-256",
  "1.2.840.113549.2.10": "SHA-384",
  "1.2.840.113549.2.11": "SHA-512",
};
// RFC 7292 appendix C
const OLD: Record<string, { length: number; make: MakeCipher }> = {
  "1.2.840.113549.1.12.1.3": { length: 24, make: modern("3DES-CBC") },
  // Two keys: the first one again as the third.
  "1.2.840.113549.1.12.1.4": { length: 16, make: (key) => modern("3DES-CBC")(key + key.slice(0, 8)) },
  "1.2.840.113549.1.12.1.5": { length: 16, make: rc2(128) },
  "1.2.840.113549.1.12.1.6": { length: 5, make: rc2(40) },
};
const DIGESTS: Record<string, { length: number; make: () => forge.md.MessageDigest }> = {
  "1.3.14.3.2.26": { length: 20, make: () => forge.md.sha1.create() },
  "2.16.840.1.101.3.4.2.1": { length: 32, make: () => forge.md.sha256.create() },
  "2.16.840.1.101.3.4.2.2": { length: 48, make: () => forge.md.sha384.create() },
  "2.16.840.1.101.3.4.2.3": { length: 64, make: () => forge.md.sha512.create() },
};

/** What was locked by this password; raises FileProblem `password`, `unsupported`, `broken`. */
export async function unlock(how: Node | undefined, locked: string, password: Password): Promise<string> {
  const { id, parameters } = algorithm(how);
  if (id === PBES2) return unlockModern(parameters, locked, password ?? "");
  const old = OLD[id];
  if (!old) throw unknownKind(id);
  const [salt, rounds] = sequence(parameters);
  const derived = (purpose: number, length: number): string => stretch(password, octets(salt), purpose, counted(rounds), length, forge.md.sha1.create());
  return opened(old.make(derived(ID_KEY, old.length)), derived(ID_IV, 8), locked);
}

async function unlockModern(parameters: Node | undefined, locked: string, password: string): Promise<string> {
  const [derivation, scheme] = sequence(parameters);
  const kdf = algorithm(derivation);
  const cipher = algorithm(scheme);
  const known = SCHEMES[cipher.id];
  if (kdf.id !== PBKDF2 || !known) throw unknownKind(cipher.id);
  const [salt, rounds, ...rest] = sequence(kdf.parameters);
  const prf = rest.find((node) => node?.type === forge.asn1.Type.SEQUENCE);
  const named = prf ? algorithm(prf).id : HMAC_SHA1;
  const hash = PRFS[named];
  if (!hash) throw unknownKind(named);
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveBits"]);
  const derived = await crypto.subtle.deriveBits({ name: "PBKDF2", hash, salt: toBytes(octets(salt)), iterations: counted(rounds) }, material, known.length * 8);
  return opened(known.make(toBinary(new Uint8Array(derived))), octets(cipher.parameters), locked);
}

function opened(cipher: Cipher, iv: string, locked: string): string {
  cipher.start({ iv });
  cipher.update(forge.util.createBuffer(locked));
  // Wrong padding: with a checksum that was right before the file is broken, else the password is wrong.
  if (!cipher.finish()) throw new FileProblem("password");
  return cipher.output.getBytes();
}

function counted(node: Node | undefined): number {
  const rounds = integer(node);
  if (rounds < 1 || rounds > MOST_ROUNDS) throw new FileProblem("unsupported");
  return rounds;
}

/** RFC 7292 appendix B.2 */
function stretch(password: Password, salt: string, purpose: number, rounds: number, length: number, digest: forge.md.MessageDigest): string {
  return forge.pkcs12.generateKey(password, forge.util.createBuffer(salt), purpose as never, rounds, length, digest).getBytes();
}

/** Whether this password made the checksum over the content (RFC 7292 §5.1). */
export function isSealedBy(password: Password, mac: Node, content: string): boolean {
  const [info, salt, rounds] = sequence(mac);
  const [how, value] = sequence(info);
  const named = oid(sequence(how)[0]);
  const digest = DIGESTS[named];
  if (!digest) throw unknownKind(named);
  const count = rounds ? counted(rounds) : 1;
  const key = stretch(password, octets(salt), ID_MAC, count, digest.length, digest.make());
  const hmac = forge.hmac.create();
  hmac.start(digest.make() as never, key);
  hmac.update(content);
  return hmac.getMac().getBytes() === octets(value);
}
