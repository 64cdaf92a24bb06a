import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import { certificateRequest, ecdsaDer } from "../../../web/assets/lib/csr.js";
import { integer, oid, sequence, tlv } from "../../../web/assets/lib/der.js";
import { hex } from "../../../web/assets/lib/bytes.js";

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;

function openssl(request: Uint8Array): { status: number | null; said: string } {
  const done = spawnSync("openssl", ["req", "-inform", "DER", "-noout", "-verify", "-subject", "-text", "-nameopt", "utf8"], { input: request });
  return { status: done.status, said: `${done.stdout.toString()}${done.stderr.toString()}` };
}

test("lengths, integers and identifiers are written in the shortest form", () => {
  assert.equal(hex(tlv(0x04, new Uint8Array(127))).slice(0, 4), "047f");
  assert.equal(hex(tlv(0x04, new Uint8Array(128))).slice(0, 6), "048180");
  assert.equal(hex(tlv(0x04, new Uint8Array(256))).slice(0, 8), "04820100");
  assert.equal(hex(integer(Uint8Array.of(0, 0, 0x7f))), "02017f");
  assert.equal(hex(integer(Uint8Array.of(0, 0x80))), "02020080");
  assert.equal(hex(integer(Uint8Array.of(0, 0))), "020100");
  assert.equal(hex(oid("1.2.840.10045.4.3.2")), "06082a8648ce3d040302");
  assert.equal(hex(oid("2.5.4.3")), "0603550403");
  assert.equal(hex(sequence()), "3000");
});

test("openssl accepts every request: subject in UTF-8, P-256, proof of possession", async () => {
  for (let round = 0; round < 12; round += 1) {
    const keys = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
    const { status, said } = openssl(await certificateRequest(keys, "代表乙"));
    assert.equal(status, 0, said);
    assert.match(said, /verify OK/i);
    assert.match(said, /CN\s*=\s*代表乙/);
    assert.match(said, /prime256v1/);
  }
});

test("openssl refuses a request whose name was changed after it was signed", async () => {
  const keys = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
  const request = await certificateRequest(keys, "Signer A");
  request[request.indexOf("A".charCodeAt(0), 20)] = "B".charCodeAt(0);
  assert.doesNotMatch(openssl(request).said, /verify OK/i);
});

test("a raw signature with leading zeros or high bits becomes a DER signature that verifies", async () => {
  const keys = await crypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const spki = Buffer.from(await crypto.subtle.exportKey("spki", keys.publicKey));
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  const shapes = new Set<number>();
  for (let round = 0; round < 300; round += 1) {
    const message = Buffer.from(`message ${round}`);
    const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, message));
    const der = ecdsaDer(raw);
    shapes.add(der.length);
    assert.ok(verify("sha256", message, publicKey, der));
  }
  assert.ok(shapes.size >= 3, "300 signatures have shorter and longer forms among them");
});
