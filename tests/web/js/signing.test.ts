import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, hex, sha256, toBase64, type Bytes } from "../../../web/assets/lib/bytes.js";
import { CheckFailed } from "../../../web/assets/lib/checks.js";
import { oid, sequence, set, tlv } from "../../../web/assets/lib/der.js";
import { Refused, Unreachable, type Http } from "../../../web/assets/lib/http.js";
import { newPending, signAgreement, type SigningTools, type Stage } from "../../../web/assets/seat/signing.js";

const text = (value: string): Bytes => new TextEncoder().encode(value);
const FROZEN = text("%PDF what was read");
const SIGNED = { status: "signed", revision: 1, signed_at: "2026-01-01T00:00:00.000Z", digest: "d", level: "B-T" };

type Step = "ok" | Error;

/** A server for one signature: `prepares` and `finishes` say how each call ends. */
async function desk(prepares: Step[], finishes: Step[]): Promise<{ tools: SigningTools; keys: string[]; stages: [Stage, boolean][]; signatures: number; forgot: number; waited: number[] }> {
  const before = concat(FROZEN, text(" inc "));
  const hole = text("<00>");
  const content = concat(before, hole, text(" end"));
  const digest = await sha256(concat(before, text(" end")));
  const prepared = {
    status: "prepared",
    signing_id: "sig_1",
    revision: 1,
    signed_attributes: toBase64(set(sequence(oid("1.2.840.113549.1.9.4"), set(tlv(0x04, digest))))),
    byte_range: [0, before.length, before.length + hole.length, 4],
    digest: hex(digest),
    content_url: "/content",
  };
  const seen = { keys: [] as string[], stages: [] as [Stage, boolean][], signatures: 0, forgot: 0, waited: [] as number[] };
  let recorded = false;
  const http: Http = {
    get: () => Promise.reject(new Error("not asked")),
    text: () => Promise.reject(new Error("not asked")),
    bytes: () => Promise.resolve(content),
    async post<T>(url: string, body: unknown): Promise<T> {
      if (url.endsWith("/prepare")) {
        seen.keys.push((body as { idempotency_key: string }).idempotency_key);
        const step = prepares.shift() ?? "ok";
        if (step !== "ok") throw step;
        return (recorded ? SIGNED : prepared) as T;
      }
      const step = finishes.shift() ?? "ok";
      // An answer that is lost on its way back was still recorded.
      recorded ||= step === "ok" || step instanceof Unreachable;
      if (step !== "ok") throw step;
      return SIGNED as T;
    },
  };
  const tools: SigningTools = {
    http,
    key: { ready: async () => undefined, forget: async () => void (seen.forgot += 1), sign: async () => ((seen.signatures += 1), new Uint8Array(64)) },
    custody: "client",
    certificate: () => null,
    now: () => 0,
    onStage: (stage, again) => seen.stages.push([stage, again]),
    waiting: () => undefined,
    words: { preparing: "p", recording: "r" },
    wait: async (ms) => void seen.waited.push(ms),
  };
  return Object.assign(seen, { tools });
}

const frozen = async (): Promise<{ digest: string; length: number }> => ({ digest: hex(await sha256(FROZEN)), length: FROZEN.length });
const pending = newPending("agr_1", { kind: "typed", text: "A" });
const moved = (): Refused => new Refused(409, "revision_moved", "moved", "");

test("a signature goes through prepare, check, sign and record once", async () => {
  const one = await desk([], []);
  assert.deepEqual(await signAgreement("s", pending, await frozen(), one.tools), SIGNED);
  assert.deepEqual(one.stages.map(([stage]) => stage), ["prepare", "check", "sign", "record"]);
});

test("when others are faster it prepares again under the same key, as often as it takes, without asking anybody", async () => {
  const one = await desk([], [moved(), moved(), moved()]);
  await signAgreement("s", pending, await frozen(), one.tools);
  assert.deepEqual(one.keys, Array.from({ length: 4 }, () => pending.idempotency_key));
  assert.equal(one.signatures, 4);
  assert.ok(one.stages.some(([, again]) => again));
});

test("what was prepared too long ago is prepared again under the same key, without asking anybody", async () => {
  const one = await desk([], [new Refused(409, "preparation_expired", "old", "")]);
  assert.deepEqual(await signAgreement("s", pending, await frozen(), one.tools), SIGNED);
  assert.deepEqual(one.keys, [pending.idempotency_key, pending.idempotency_key]);
  assert.equal(one.signatures, 2);
});

test("a lost answer is asked for again under the same key and is not signed twice", async () => {
  const one = await desk([], [new Unreachable("lost")]);
  assert.deepEqual(await signAgreement("s", pending, await frozen(), one.tools), SIGNED);
  assert.deepEqual(one.keys, [pending.idempotency_key, pending.idempotency_key]);
  assert.equal(one.signatures, 1);
});

test("a server that is away is waited for", async () => {
  const one = await desk([new Unreachable("1"), new Unreachable("2")], []);
  await signAgreement("s", pending, await frozen(), one.tools);
  assert.equal(one.waited.length, 2);
});

test("a certificate that ran out is renewed once, not for ever", async () => {
  const stale = (): Refused => new Refused(409, "certificate_missing", "", "");
  const one = await desk([stale()], []);
  await signAgreement("s", pending, await frozen(), one.tools);
  assert.equal(one.forgot, 1);
  const two = await desk([stale(), stale()], []);
  await assert.rejects(signAgreement("s", pending, await frozen(), two.tools), Refused);
});

test("a refusal is final and a file that was not read is never signed", async () => {
  const one = await desk([new Refused(409, "agreement_closed", "closed", "")], []);
  await assert.rejects(signAgreement("s", pending, await frozen(), one.tools), /closed/);
  const two = await desk([], []);
  await assert.rejects(signAgreement("s", pending, { digest: hex(await sha256(text("other"))), length: FROZEN.length }, two.tools), CheckFailed);
  assert.equal(two.signatures, 0);
});

test("keys of two signings differ and travel in an address", () => {
  const made = new Set(Array.from({ length: 50 }, () => newPending("a", { kind: "typed", text: "" }).idempotency_key));
  assert.equal(made.size, 50);
  for (const key of made) assert.match(key, /^[A-Za-z0-9_-]{22}$/);
});
