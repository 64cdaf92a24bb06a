// What the signer's own device looks at before it signs. Any doubt ends in a CheckFailed with a name; nothing is signed then.

import { concat, equal, fromBase64, hex, indexOf, sha256, type Bytes } from "./bytes.js";

export interface Prepared {
  status: "prepared";
  signing_id: string;
  revision: number;
  signed_attributes: string;
  byte_range: number[];
  digest: string;
  content_url: string;
}

export type CheckCode = "byte_range" | "text_changed" | "digest" | "attributes" | "certificate";

export class CheckFailed extends Error {
  constructor(readonly code: CheckCode) {
    super(code);
    this.name = "CheckFailed";
  }
}

function must(condition: boolean, code: CheckCode): void {
  if (!condition) throw new CheckFailed(code);
}

// Attribute messageDigest (1.2.840.113549.1.9.4): OID, SET, OCTET STRING of 32 bytes.
const MESSAGE_DIGEST = fromBase64("BgkqhkiG9w0BCQQxIgQg");
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;

/** The covered bytes: two ranges that leave out nothing but one hexadecimal string `<…>` behind the frozen text. */
export function coveredBytes(content: Bytes, range: number[], frozenLength: number): Bytes {
  const [start = -1, first = -1, second = -1, rest = -1] = range;
  must(range.length === 4 && range.every((value) => Number.isSafeInteger(value) && value >= 0), "byte_range");
  must(start === 0 && first >= frozenLength && second > first && second + rest === content.length, "byte_range");
  must(content[first] === LESS_THAN && content[second - 1] === GREATER_THAN, "byte_range");
  for (let at = first + 1; at < second - 1; at += 1) {
    const byte = content[at] ?? 0;
    must((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66), "byte_range");
  }
  return concat(content.subarray(0, first), content.subarray(second));
}

/** The attributes to sign, after every check; `frozen` is what the signer has read. Raises CheckFailed. */
export async function checkPrepared(prepared: Prepared, content: Bytes, frozen: { digest: string; length: number }): Promise<Bytes> {
  must(content.length > frozen.length, "byte_range");
  must(hex(await sha256(content.slice(0, frozen.length))) === frozen.digest.toLowerCase(), "text_changed");
  const digest = await sha256(coveredBytes(content, prepared.byte_range, frozen.length));
  must(hex(digest) === prepared.digest.toLowerCase(), "digest");
  const attributes = fromBase64(prepared.signed_attributes);
  const wanted = concat(MESSAGE_DIGEST, digest);
  const at = indexOf(attributes, wanted);
  must(attributes[0] === 0x31 && at > 0, "attributes");
  must(indexOf(attributes, MESSAGE_DIGEST.subarray(0, 11), at + 1) < 0, "attributes");
  return attributes;
}

/** The certificate is over our own key. */
export function checkCertificate(certificate: Uint8Array, spki: Uint8Array): void {
  must(indexOf(certificate, spki) > 0, "certificate");
}

export function sameBase64(one: string, other: string): boolean {
  return equal(fromBase64(one), fromBase64(other));
}

/** Same-record code as it is read aloud: "1234 5678". */
export function spokenCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1 ");
}
