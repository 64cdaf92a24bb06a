// A badge's QR code, read and checked without a network (docs/badges.md): Ed25519 by the browser, or by @noble/ed25519
// where the browser does not know it.

import { verifyAsync } from "@noble/ed25519";
import { concat, fromBase64, hex, toBase64, type Bytes } from "../lib/bytes.js";
import type { Read } from "./model.js";

const TEXT = /^YQ1\.([A-Za-z0-9_-]{143})$/;
const BODY = 43;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const CONTEXT = new TextEncoder().encode("yunqian-badge-1\0");

export interface Badge {
  key: string;
  conference: string;
  registration: string;
  print: number;
  body: Bytes;
  signature: Bytes;
}

function base64url(text: string): Bytes {
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
}

/** An id's 128 bits, least digit first in the number, as core.ids writes it. */
function idOf(prefix: string, bytes: Uint8Array): string {
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let digits = "";
  for (let at = 0; at < 26; at += 1) {
    digits = ALPHABET[Number(number % 32n)] + digits;
    number /= 32n;
  }
  return `${prefix}_${digits}`;
}

/** What stands in a text, or null for one that is no badge of ours. Nothing of it counts before `readBadge`. */
export function parseBadge(text: string): Badge | null {
  const found = TEXT.exec(text);
  if (!found?.[1]) return null;
  const data = base64url(found[1]);
  // One encoding only: the last character's two spare bits say nothing.
  if (toBase64(data).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") !== found[1]) return null;
  const print = ((data[41] ?? 0) << 8) | (data[42] ?? 0);
  if (data[0] !== 1 || print === 0) return null;
  return {
    key: hex(data.subarray(1, 9)),
    conference: idOf("cnf", data.subarray(9, 25)),
    registration: idOf("reg", data.subarray(25, 41)),
    print,
    body: data.slice(0, BODY),
    signature: data.slice(BODY),
  };
}

/** Whether a signature holds; `raw`: the public key, 32 bytes. */
export async function verifies(signature: Bytes, message: Bytes, raw: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch (reason) {
    // Chrome before 137 and Firefox before 129 do not know the algorithm.
    if (!(reason instanceof DOMException) || reason.name === "OperationError") return false;
    return verifyAsync(signature, message, raw).catch(() => false);
  }
}

/** What a scanned text says at the door of this conference; `keys`: base64 by name, from the list. */
export async function readBadge(text: string, keys: Record<string, string>, conference: string): Promise<Read> {
  const badge = parseBadge(text.trim());
  const key = badge ? keys[badge.key] : undefined;
  if (!badge || key === undefined) return { state: "unknown" };
  if (!(await verifies(badge.signature, concat(CONTEXT, badge.body), fromBase64(key)))) return { state: "forged" };
  if (badge.conference !== conference) return { state: "other_conference" };
  return { state: "good", id: badge.registration, print: badge.print };
}

const LIST_CONTEXT = new TextEncoder().encode("yunqian-door-list-1\0");

/** Whether a list came from a server that holds one of the keys that this phone knows (from the first list on). */
export async function listHolds(list: { list: string; signature: string; key: string }, keys: Record<string, string>): Promise<boolean> {
  const key = keys[list.key];
  if (key === undefined) return false;
  return verifies(fromBase64(list.signature), concat(LIST_CONTEXT, new TextEncoder().encode(list.list)), fromBase64(key));
}
