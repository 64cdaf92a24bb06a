import assert from "node:assert/strict";
import { test } from "node:test";
import { expectedEnd, secondsLeft, spoken, type MonitorState } from "../../../web/assets/monitor/model.js";

const began = Date.parse("2026-11-23T02:00:00.000Z");
const live = { id: "c", number: 1, title: "", place: "", speaker: "", script: "", began_at: "2026-11-23T02:00:00.000Z", planned_seconds: 120 };
const state: MonitorState = { title: "", zone: "UTC", planned_at: "2026-11-23T02:00:00.000Z", look: 0, server_now: "", seq: 1, ink: { pens: {}, agreements: {} }, captions: { stage: "", languages: [] }, state: "running", held_at: null, live, next: null, left_seconds: 300 };

test("the time of the live cue runs down and then over", () => {
  assert.equal(secondsLeft(state, began + 30_000), 90);
  assert.equal(secondsLeft(state, began + 150_000), -30);
  assert.equal(secondsLeft({ ...state, live: null }, began), null);
});

test("the expected end moves on with a cue that is overdue, and there is none once all is over", () => {
  assert.equal(expectedEnd(state, began + 30_000), began + 420_000);
  assert.equal(expectedEnd(state, began + 150_000), began + 450_000);
  assert.equal(expectedEnd({ ...state, state: "planned", live: null }, began - 60_000), began + 300_000);
  assert.equal(expectedEnd({ ...state, state: "over", live: null }, began), null);
});

test("seconds are said as minutes", () => {
  assert.deepEqual([spoken(0), spoken(65), spoken(3600)], ["0:00", "1:05", "60:00"]);
});
