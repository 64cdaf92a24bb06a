import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, hex, sha256, toBase64, type Bytes } from "../../../web/assets/lib/bytes.js";
import { checkPrepared, CheckFailed, spokenCode, type Prepared } from "../../../web/assets/lib/checks.js";
import { bits, oid, set, sequence, tlv } from "../../../web/assets/lib/der.js";

const text = (value: string): Bytes => new TextEncoder().encode(value);
const FROZEN = text("%PDF-1.7 what was read");

function attributes(digest: Bytes, more: Bytes = new Uint8Array()): Bytes {
  return set(sequence(oid("1.2.840.113549.1.9.3"), set(oid("1.2.840.113549.1.7.1"))), sequence(oid("1.2.840.113549.1.9.4"), set(tlv(0x04, digest))), more);
}

interface Offer {
  prepared: Prepared;
  content: Bytes;
  frozen: { digest: string; length: number };
}

async function offer(hole = `<${"0".repeat(64)}>`, head: Bytes = FROZEN): Promise<Offer> {
  const before = concat(head, text(" increment "));
  const after = text("\n%%EOF\n");
  const content = concat(before, text(hole), after);
  const digest = await sha256(concat(before, after));
  const prepared: Prepared = {
    status: "prepared",
    signing_id: "sig_1",
    revision: 1,
    signed_attributes: toBase64(attributes(digest)),
    byte_range: [0, before.length, before.length + hole.length, after.length],
    digest: hex(digest),
    content_url: "/content",
  };
  return { prepared, content, frozen: { digest: hex(await sha256(FROZEN)), length: FROZEN.length } };
}

async function refused(one: Offer): Promise<string> {
  try {
    await checkPrepared(one.prepared, one.content, one.frozen);
  } catch (reason) {
    assert.ok(reason instanceof CheckFailed);
    return reason.code;
  }
  return "signed";
}

test("what was read, wholly covered and truly hashed is given out for signing", async () => {
  const { prepared, content, frozen } = await offer();
  assert.equal(toBase64(await checkPrepared(prepared, content, frozen)), prepared.signed_attributes);
});

test("another text than the one that was read is not signed", async () => {
  assert.equal(await refused(await offer(undefined, text("%PDF-1.7 what was rEad"))), "text_changed");
});

test("a changed byte in the covered ranges is not signed", async () => {
  const one = await offer();
  one.content[FROZEN.length + 2] = 0x41;
  assert.equal(await refused(one), "digest");
});

test("attributes over another digest are not signed", async () => {
  const one = await offer();
  one.prepared.signed_attributes = toBase64(attributes(await sha256(text("another file"))));
  assert.equal(await refused(one), "attributes");
});

test("a second message digest in the attributes is not signed", async () => {
  const one = await offer();
  const digest = await sha256(concat(one.content.subarray(0, one.prepared.byte_range[1]), one.content.subarray(one.prepared.byte_range[2] ?? 0)));
  const second = sequence(oid("1.2.840.113549.1.9.4"), set(tlv(0x04, await sha256(text("x")))));
  one.prepared.signed_attributes = toBase64(attributes(digest, second));
  assert.equal(await refused(one), "attributes");
});

test("a hole that holds anything but one hexadecimal string is not signed", async () => {
  assert.equal(await refused(await offer("<00> /Evil (text) <00>")), "byte_range");
  assert.equal(await refused(await offer("(00000000000000000000)")), "byte_range");
});

test("ranges that start late, end early, overlap or cut into the text are not signed", async () => {
  const changes: ((range: number[]) => number[])[] = [
    ([, a = 0, b = 0, c = 0]) => [1, a, b, c],
    ([z = 0, a = 0, b = 0, c = 0]) => [z, a, b, c - 1],
    ([z = 0, a = 0, , c = 0]) => [z, a, a - 1, c],
    ([z = 0, , b = 0, c = 0]) => [z, 5, b, c],
    ([z = 0, a = 0, b = 0]) => [z, a, b],
    ([z = 0, a = 0, b = 0, c = 0]) => [z, a, b, c, 0],
    ([z = 0, a = 0, b = 0]) => [z, a, b, Number.NaN],
  ];
  for (const change of changes) {
    const one = await offer();
    one.prepared.byte_range = change(one.prepared.byte_range);
    assert.equal(await refused(one), "byte_range", String(one.prepared.byte_range));
  }
});

test("attributes that only contain the digest somewhere in a bit string's place are not signed", async () => {
  const one = await offer();
  one.prepared.signed_attributes = toBase64(set(bits(text(one.prepared.digest))));
  assert.equal(await refused(one), "attributes");
});

test("the same-record code is grouped as it is read aloud", () => {
  assert.equal(spokenCode("12345678"), "1234 5678");
});
