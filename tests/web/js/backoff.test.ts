import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffDelay } from "../../../web/assets/lib/backoff.js";

const LIMITS = { first: 500, most: 20_000 };

test("the wait doubles until its ceiling and never falls below half of it", () => {
  const ceilings = [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000];
  ceilings.forEach((ceiling, attempt) => {
    assert.equal(backoffDelay(attempt, LIMITS, () => 0), ceiling / 2);
    assert.equal(backoffDelay(attempt, LIMITS, () => 1), ceiling);
  });
});

test("a thousand attempts do not overflow the wait", () => {
  assert.equal(backoffDelay(1000, LIMITS, () => 1), 20_000);
});

test("screens that lost the link together do not come back together", () => {
  const waits = new Set(Array.from({ length: 200 }, () => backoffDelay(6, LIMITS)));
  assert.ok(waits.size > 100, `${waits.size} different waits among 200`);
});
