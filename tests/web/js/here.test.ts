import assert from "node:assert/strict";
import { test } from "node:test";

import { measure } from "../../../web/assets/seat/here.js";

test("the way there and back is measured, and the clock against the middle of it", () => {
  const server = "2026-11-23T08:00:00.000Z";
  assert.deepEqual(measure(1000, 1080, Date.parse(server) + 40 + 2500, server), { delay_ms: 80, clock_offset_ms: 2500 });
  assert.deepEqual(measure(1000, 1080, Date.parse(server) + 40 - 2500, server), { delay_ms: 80, clock_offset_ms: -2500 });
});

test("an answer that tells no time measures nothing", () => {
  assert.equal(measure(0, 1, 0, "soon"), null);
});
