import assert from "node:assert/strict";
import { test } from "node:test";
import { nowSaid } from "../../../web/assets/seat/now.js";
import type { StageCue } from "../../../web/assets/stage/model.js";

const words = (id: string, values: Record<string, string | number> = {}): string => [id, ...Object.values(values)].join(" ");
const live = { kind: "roll_call", title: { "zh-CN": "各方点名", en: "Roll call" }, text: { en: "Please answer" }, agreements: [] };

test("a signer hears which cue is live, and that there is a pause, in the page's own language", () => {
  assert.equal(nowSaid({ state: "running", live }, "en", words), "seat-now Roll call · Please answer");
  assert.equal(nowSaid({ state: "running", live: { ...live, text: {} } }, "zh-CN", words), "seat-now 各方点名");
  assert.equal(nowSaid({ state: "held", live } as StageCue, "en", words), "seat-now-held");
  assert.equal(nowSaid({ state: "over", live: null }, "en", words), "");
  assert.equal(nowSaid(null, "en", words), "");
});
