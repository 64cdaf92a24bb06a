import assert from "node:assert/strict";
import { test } from "node:test";

import { inVenue, isSame, lanes, movedBy, pull, runs, snap, stretchedBy, type Spot } from "../../../web/assets/lib/spots.js";

const spot = (from: number, until: number, ...venues: string[]): Spot => ({ from, until, venues });

test("a hand that trembles moves by five minutes", () => {
  assert.deepEqual([2, 3, -7, -8].map(snap).map((n) => n + 0), [0, 5, -5, -10]);
});

test("what is moved keeps its length and stays in the day", () => {
  assert.deepEqual(movedBy(spot(60, 90, "a"), -100, 600), spot(0, 30, "a"));
  assert.deepEqual(movedBy(spot(60, 90, "a"), 1000, 600), spot(570, 600, "a"));
  assert.deepEqual(movedBy(spot(0, 700, "a"), 30, 600), spot(0, 700, "a"));
});

test("what is stretched ends after it begins, and within a day", () => {
  assert.equal(stretchedBy(spot(60, 90, "a"), -100, 600).until, 65);
  assert.equal(stretchedBy(spot(60, 90, "a"), 15, 600).until, 105);
  assert.equal(stretchedBy(spot(60, 90, "a"), 9000, 600).until, 600);
  assert.equal(stretchedBy(spot(60, 90, "a"), 9000, 9000).until, 60 + 24 * 60);
});

test("what is held at an edge pulls the day along, the nearer the faster", () => {
  assert.deepEqual([100, 300, 391, 399, 9, 1].map((at) => pull(at, 0, 400)), [0, 0, 11, 12, -11, -12]);
});

test("one venue becomes another, several stay together", () => {
  assert.deepEqual(inVenue(spot(0, 5, "a"), "b").venues, ["b"]);
  assert.deepEqual(inVenue(spot(0, 5, "a", "b"), "c").venues, ["a", "b"]);
  assert.equal(isSame(spot(0, 5, "a"), inVenue(spot(0, 5, "a"), "b")), false);
});

test("a joint item is as broad as its neighbouring columns", () => {
  assert.deepEqual(runs(["a", "b", "c"], ["a", "b", "c"]), [{ first: 0, span: 3 }]);
  assert.deepEqual(runs(["a", "b", "c"], ["c", "a"]), [{ first: 0, span: 1 }, { first: 2, span: 1 }]);
});

test("what overlaps in a venue lies side by side, and elsewhere does not", () => {
  assert.deepEqual(lanes([spot(0, 60, "a"), spot(30, 90, "a"), spot(60, 90, "a"), spot(30, 40, "b")]), [0, 1, 0, 0]);
});
