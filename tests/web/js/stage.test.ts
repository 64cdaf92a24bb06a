import assert from "node:assert/strict";
import { test } from "node:test";
import { zoneTime } from "../../../web/assets/lib/clocks.js";
import { wordsFrom } from "../../../web/assets/lib/messages.js";
import { spared } from "../../../web/assets/stage/sparing.js";
import { applyPatch, asLed, isTicked, lastSignedAt, levels, phase, picture, roundNumber, shownCode, signatureCount, textLang, type StageAgreement, type StageState } from "../../../web/assets/stage/model.js";

function agreement(key: string, after: string[], state = "approved", signed: (string | null)[] = [null, null]): StageAgreement {
  const signers = signed.map((at, index) => ({ seat: `${key}${index}`, party: `p${index}`, state: at ? ("signed" as const) : ("waiting" as const), signed_at: at }));
  return { id: `agr_${key}`, key, number: null, title: key, state, record_code: state === "draft" ? "" : "12345678", after, signers };
}

function stage(...agreements: StageAgreement[]): StageState {
  const ceremony = { id: "c", title: { "zh-CN": "题", en: "T" }, state: "open", planned_at: null, amount: null };
  return { ceremony, places: [], parties: [], agreements, verify_url: null, server_now: "", seq: 1 };
}

const keys = (rows: StageAgreement[][]): string[][] => rows.map((row) => row.map((one) => one.key));

test("each row of the cascade comes after everything that it waits for", () => {
  const rows = levels([agreement("c", ["b", "a"]), agreement("a", []), agreement("b", ["a"]), agreement("d", []), agreement("e", ["missing"])]);
  assert.deepEqual(keys(rows), [["a", "d", "e"], ["b"], ["c"]]);
});

test("a circle in the data still gives a picture with everything in it", () => {
  const rows = levels([agreement("a", ["b"]), agreement("b", ["a"]), agreement("c", [])]);
  assert.deepEqual(rows.flat().map((one) => one.key).sort(), ["a", "b", "c"]);
});

test("a patch replaces whole agreements by id and leaves the others alone", () => {
  const before = stage(agreement("a", []), agreement("b", ["a"]));
  const changed = agreement("a", [], "open", ["2026-01-01T00:00:00.000Z", null]);
  const after = applyPatch(before, { agreements: [changed], ceremony: { state: "live" }, seq: 7 });
  assert.equal(after.agreements[0], changed);
  assert.equal(after.agreements[1], before.agreements[1]);
  assert.deepEqual([after.ceremony.state, after.ceremony.id, after.seq], ["live", "c", 7]);
  assert.deepEqual(signatureCount(after), { done: 1, all: 4 });
});

test("a patch brings the live cue, takes it away, or leaves it as it is", () => {
  const live = { state: "running" as const, live: { kind: "welcome", title: "W", text: {}, agreements: [] } };
  const led = applyPatch(stage(agreement("a", [])), { cue: live, seq: 2 });
  assert.equal(led.cue, live);
  assert.equal(applyPatch(led, { agreements: [], seq: 3 }).cue, live);
  assert.equal(applyPatch(led, { cue: null, seq: 4 }).cue, null);
});

test("what nobody has called yet is not shown as being signed", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const [a, b] = [agreement("a", [], "open", [at, null]), agreement("b", [], "open")];
  for (const one of [a, b]) one.signers.filter((signer) => !signer.signed_at).forEach((signer) => (signer.state = "open"));
  const live = { kind: "signing", title: "S", text: {}, agreements: [a.id] };
  const states = (cue: StageState["cue"]): string[] => asLed({ ...stage(a, b), cue }).agreements.flatMap((one) => [one.state, ...one.signers.map((signer) => signer.state)]);
  assert.deepEqual(states({ state: "running", live }), ["open", "signed", "open", "uncalled", "waiting", "waiting"]);
  assert.deepEqual(states({ state: "held", live }), ["uncalled", "signed", "waiting", "uncalled", "waiting", "waiting"]);
  assert.deepEqual(states({ state: "planned", live: null }), ["uncalled", "signed", "waiting", "uncalled", "waiting", "waiting"]);
  for (const cue of [null, { state: "over" as const, live: null }]) assert.deepEqual(states(cue), ["open", "signed", "open", "open", "open", "open"]);
});

test("the ceremony is over when every agreement is, and verified when every one is sealed", () => {
  const at = "2026-01-01T00:00:00.000Z";
  assert.equal(phase(stage(agreement("a", []))), "before");
  assert.equal(phase(stage(agreement("a", [], "open", [at, null]))), "signing");
  assert.equal(phase(stage(agreement("a", [], "completed", [at, at]), agreement("b", ["a"]))), "signing");
  assert.equal(phase(stage(agreement("a", [], "completed", [at, at]), agreement("b", [], "sealed", [at]))), "completed");
  assert.equal(phase(stage(agreement("a", [], "sealed", [at, at]))), "sealed");
  assert.equal(phase(stage()), "before");
});

test("a ceremony in which not everything is signed comes to a calm end of its own", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const declined = agreement("c", [], "declined", [at, null]);
  assert.equal(phase(stage(agreement("a", [], "sealed", [at, at]), declined, agreement("d", ["c"], "voided"))), "ended");
  assert.equal(phase(stage(agreement("a", [], "completed", [at, at]), declined)), "ended");
  assert.equal(phase(stage(agreement("a", [], "open", [at, null]), declined)), "signing");
  assert.equal(phase(stage(declined, agreement("d", ["c"], "voided"), agreement("e", [], "expired"))), "unsigned");
});

test("the same-record code stands beside what is frozen and may still be compared", () => {
  const shown = (state: string): string => shownCode(agreement("a", [], state));
  for (const state of ["approved", "open", "completed", "sealed"]) assert.equal(shown(state), "12345678");
  for (const state of ["draft", "declined", "voided", "expired"]) assert.equal(shown(state), "");
});

test("what can no longer be signed is neither counted nor waited for", () => {
  const early = "2026-01-01T00:00:01.000Z";
  const late = "2026-01-01T00:00:09.000Z";
  const state = stage(agreement("a", [], "open", [early, null]), agreement("b", [], "declined", [late, null]), agreement("c", ["b"], "voided"));
  assert.deepEqual(signatureCount(state), { done: 1, all: 2 });
  assert.equal(lastSignedAt(state), early);
});

test("the last signature is found by time, for all and for one party", () => {
  const state = stage(agreement("a", [], "open", ["2026-01-01T00:00:02.000Z", "2026-01-01T00:00:09.000Z"]), agreement("b", [], "open", ["2026-01-01T00:00:05.000Z", null]));
  assert.equal(lastSignedAt(state), "2026-01-01T00:00:09.000Z");
  assert.equal(lastSignedAt(state, "p0"), "2026-01-01T00:00:05.000Z");
  assert.equal(lastSignedAt(state, "p9"), null);
});

test("amounts are said as people say them", () => {
  assert.equal(roundNumber("500000000", "zh-CN"), "5亿");
  assert.equal(roundNumber("500000000", "en"), "500 million");
  assert.equal(roundNumber("12300000000", "zh-CN"), "123亿");
});

test("a text's language is told by its letters", () => {
  assert.equal(textLang("淘宝直播", "en"), "zh-CN");
  assert.equal(textLang("Chengdu", "zh-CN"), "en");
});

test("places on the other side of midnight are a day apart, also across a change to summer time", () => {
  const at = Date.parse("2026-02-11T02:30:00Z");
  assert.deepEqual(zoneTime("America/Los_Angeles", at, "en", "Asia/Shanghai"), { time: "18:30:00", day: "Tue 10 February", shift: -1 });
  assert.equal(zoneTime("Asia/Shanghai", at, "en", "America/Los_Angeles").shift, 1);
  assert.equal(zoneTime("Europe/Berlin", Date.parse("2026-03-29T01:00:00Z"), "en", "Asia/Shanghai").time, "03:00:00");
  assert.equal(zoneTime("Asia/Shanghai", Date.parse("2026-02-10T16:00:00Z"), "en").time, "00:00:00");
});

test("a value is put in its place, and a place without a value stays to be seen", () => {
  const words = wordsFrom({ a: "{n} of { $m }" });
  assert.equal(words("a", { n: 1, m: 2 }), "1 of 2");
  assert.equal(words("a", { n: 1 }), "1 of { $m }");
  assert.equal(words("unknown"), "unknown");
});

test("a cue has a picture of its own; a pause and the end have theirs", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const led = (state: "planned" | "running" | "held" | "over", kind: string, ...agreements: StageAgreement[]): string =>
    picture({ ...stage(...agreements), cue: { state, live: state === "planned" ? null : { kind, title: "", text: "", agreements: [] } } });
  const open = agreement("a", [], "open");
  const done = agreement("a", [], "sealed", [at, at]);
  assert.equal(picture(stage(open)), "agreements");
  assert.equal(led("planned", "", open), "lobby");
  assert.deepEqual(["welcome", "roll_call", "record_code", "signing", "photograph", "break"].map((kind) => led("running", kind, open)), ["words", "roll_call", "record_code", "agreements", "photograph", "break"]);
  assert.deepEqual([led("held", "signing", open), led("held", "roll_call", open)], ["agreements", "words"]);
  assert.deepEqual([led("running", "photograph", done), led("running", "closing", done), led("over", "closing", done)], ["photograph", "agreements", "agreements"]);
});

test("a party is ticked off when host and all witnesses have ticked it", () => {
  const state = (witnesses: number): StageState => ({ ...stage(), cue: { state: "running", live: null, ticks: { parties: 3, host: ["p0", "p1"], witness: ["p0"], witnesses } } });
  assert.deepEqual(["p0", "p1", "p2"].map((key) => isTicked(state(1), key)), [true, false, false]);
  assert.deepEqual(["p0", "p1", "p2"].map((key) => isTicked(state(0), key)), [true, true, false]);
});

test("without a cue sheet the codes stay in the picture until the first signature, with one they have their own", () => {
  const state = stage(agreement("a", [], "open"), agreement("b", ["a"]));
  const codes = (one: StageState): boolean => [...spared(one).steps, spared(one).paged].some((step) => step.includes("codes"));
  assert.equal(codes(state), false);
  assert.equal(codes(stage(agreement("a", [], "open", ["2026-01-01T00:00:00.000Z", null]))), true);
  assert.equal(codes({ ...state, cue: { state: "running", live: null } }), true);
});
