// A small DER writer (X.690), enough for a PKCS#10 request.

import { concat, type Bytes } from "./bytes.js";

function length(size: number): Bytes {
  if (size < 0x80) return Uint8Array.of(size);
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

export function tlv(tag: number, ...content: Uint8Array[]): Bytes {
  const body = concat(...content);
  return concat(Uint8Array.of(tag), length(body.length), body);
}

export const sequence = (...items: Uint8Array[]): Bytes => tlv(0x30, ...items);
export const set = (...items: Uint8Array[]): Bytes => tlv(0x31, ...items);
export const utf8 = (text: string): Bytes => tlv(0x0c, new TextEncoder().encode(text));
export const bits = (bytes: Uint8Array): Bytes => tlv(0x03, Uint8Array.of(0), bytes);

/** INTEGER from unsigned big-endian bytes: the shortest form, with a leading zero where the sign bit is set. */
export function integer(unsigned: Uint8Array): Bytes {
  let start = 0;
  while (start < unsigned.length - 1 && unsigned[start] === 0) start += 1;
  const body = unsigned.subarray(start);
  return ((body[0] ?? 0) & 0x80) !== 0 ? tlv(0x02, Uint8Array.of(0), body) : tlv(0x02, body);
}

export function oid(dotted: string): Bytes {
  const arcs = dotted.split(".").map(Number);
  const [first = 0, second = 0, ...rest] = arcs;
  const body = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tlv(0x06, Uint8Array.from(body));
}
