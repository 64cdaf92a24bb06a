import assert from "node:assert/strict";
import { test } from "node:test";

import type { InkUpdate } from "../../../web/assets/stage/drawings.js";
import { BEHIND_MS, inkLater } from "../../../web/assets/stage/later.js";

const T0 = Date.parse("2026-11-23T02:00:00.000Z");

function update(seq: number, ms: number): InkUpdate {
  return { kind: "ink.drawn", seq, at: new Date(T0 + ms).toISOString(), seat: "sea_1", agreement: "agr_1", drawing: 1, shape: 4000, gone: [], parts: [], over: false };
}

function screen(): { later: ReturnType<typeof inkLater>; taken: number[]; pass(ms: number): void; waits(): boolean } {
  let now = T0;
  const taken: number[] = [];
  let timers: { at: number; act: () => void }[] = [];
  const tools = { now: () => now, after: (ms: number, act: () => void) => timers.push({ at: now + ms, act }), cancel: () => (timers = []) };
  const later = inkLater((one) => taken.push(one.seq), () => taken.push(-1), tools);
  return {
    later,
    taken,
    waits: () => timers.length > 0,
    pass(ms) {
      for (let left = ms; left > 0; left -= 20) {
        now += 20;
        const due = timers.filter((timer) => timer.at <= now);
        timers = timers.filter((timer) => timer.at > now);
        for (const timer of due) timer.act();
      }
    },
  };
}

test("what was asked for is shown at its own pace, never sooner, and once", () => {
  const { later, taken, pass, waits } = screen();
  later.feed([update(1, 0), update(2, 500)]);
  later.feed([update(2, 500), update(3, 600)]);
  assert.equal(later.seq, 3);
  pass(BEHIND_MS - 100);
  assert.deepEqual(taken, []);
  pass(200);
  assert.deepEqual(taken, [1]);
  pass(1_000);
  assert.deepEqual(taken, [1, 2, 3]);
  assert.equal(waits(), false);
});

test("what comes late is shown at once, and a stopped screen shows nothing more", () => {
  const { later, taken, pass, waits } = screen();
  pass(60_000);
  later.feed([update(1, 0)]);
  assert.deepEqual(taken, [1]);
  later.feed([update(2, 60_000)]);
  later.stop();
  pass(10_000);
  assert.deepEqual(taken, [1]);
  assert.equal(waits(), false);
});

test("switched off by the host, the screen lets go of everything", () => {
  const { later, taken } = screen();
  later.now({ kind: "ink.off", seq: 5 });
  later.now({ kind: "ink.signed", seq: 6 });
  assert.deepEqual(taken, [-1]);
});
