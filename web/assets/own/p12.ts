// A .p12 or .pfx file (RFC 7292) → the private keys (PKCS#8) and certificates in it. Nothing of it leaves this page.

import { children, encoded, FileProblem, inside, isContext, octets, oid, parse, sequence, toBinary, unknownKind, type Node } from "./asn1.js";
import { isSealedBy, unlock } from "./ciphers.js";

export const LONGEST_FILE = 262_144;

/** Binary strings in DER. */
export interface Contents {
  keys: string[];
  certificates: string[];
}

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED = "1.2.840.113549.1.7.6";
const BAG = "1.2.840.113549.1.12.10.1.";
const KEY = `${BAG}1`;
const LOCKED_KEY = `${BAG}2`;
const CERTIFICATE = `${BAG}3`;
const NESTED = `${BAG}6`;
const X509 = "1.2.840.113549.1.9.22.1";
const DEEPEST = 4;

/** Raises FileProblem `broken`, `too_large`, `password`, `unsupported`, `key_sm2`. */
export async function openFile(file: Uint8Array, typed: string): Promise<Contents> {
  if (file.length > LONGEST_FILE) throw new FileProblem("too_large");
  const [version, safe, mac] = sequence(parse(toBinary(file)));
  const [type, content] = sequence(safe);
  if (!version || !type) throw new FileProblem("broken");
  if (oid(type) !== DATA) throw unknownKind(oid(type), oid(type).startsWith("1.2.840.113549.1.7.") ? "unsupported" : "broken");
  const sealed = octets(inside(content, 0));
  const password = mac ? sealedBy(typed, mac, sealed) : typed;
  const found: Contents = { keys: [], certificates: [] };
  try {
    for (const part of children(parse(sealed))) await gather(await bags(part, password), password, found, 0);
  } catch (reason) {
    // The checksum proved the password: what cannot be unlocked after it is no typing mistake.
    throw mac && reason instanceof FileProblem && reason.code === "password" ? new FileProblem("broken") : reason;
  }
  return found;
}

/** Programs differ in what an empty password is: an empty text, or none (RFC 7292 appendix B.1). */
function sealedBy(typed: string, mac: Node, content: string): string | null {
  const found = [typed, ...(typed === "" ? [null] : [])].find((password) => isSealedBy(password, mac, content));
  if (found === undefined) throw new FileProblem("password");
  return found;
}

async function bags(part: Node, password: string | null): Promise<Node[]> {
  const [type, content] = sequence(part);
  const kind = oid(type);
  if (kind === DATA) return children(parse(octets(inside(content, 0))));
  if (kind !== ENCRYPTED) throw unknownKind(kind);
  const [, info] = sequence(inside(content, 0));
  const [, how, locked] = sequence(info);
  if (!isContext(locked, 0)) throw new FileProblem("broken");
  return children(parse(await unlock(how, octets(locked), password)));
}

async function gather(found: Node[], password: string | null, into: Contents, depth: number): Promise<void> {
  if (depth > DEEPEST) throw new FileProblem("broken");
  for (const bag of found) {
    const [type, content] = sequence(bag);
    const value = inside(content, 0);
    switch (oid(type)) {
      case KEY:
        into.keys.push(encoded(value));
        break;
      case LOCKED_KEY: {
        const [how, locked] = sequence(value);
        into.keys.push(await unlock(how, octets(locked), password));
        break;
      }
      case CERTIFICATE: {
        const [kind, der] = sequence(value);
        if (oid(kind) === X509) into.certificates.push(octets(inside(der, 0)));
        break;
      }
      case NESTED:
        await gather(children(value), password, into, depth + 1);
        break;
    }
  }
}

