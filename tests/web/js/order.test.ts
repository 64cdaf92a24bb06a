import assert from "node:assert/strict";
import { test } from "node:test";

import { afterInRow, isSameOrder, rowsOf } from "../../../web/assets/plan/order.js";

const order = new Map([["main", []], ["a", ["main"]], ["b", ["main"]], ["last", ["a", "b"]]]);

test("each stands one row below the deepest that it comes after", () => {
  assert.deepEqual([...rowsOf(order).values()], [0, 1, 1, 2]);
});

test("what comes after nothing that is there stands in the first row, and a circle ends", () => {
  assert.deepEqual([...rowsOf(new Map([["a", ["gone"]], ["b", ["c"]], ["c", ["b"]]])).keys()].sort(), ["a", "b", "c"]);
});

test("in the first row it comes after nothing", () => {
  assert.deepEqual(afterInRow("last", 0, order, ["a", "b", "main"]), []);
});

test("a row up it keeps what stands above that, or takes the nearest there", () => {
  assert.deepEqual(afterInRow("last", 1, order, ["b", "a", "main"]), ["main"]);
});

test("a row down it comes after the nearest of the row above as well", () => {
  assert.deepEqual(afterInRow("a", 2, order, ["last", "b", "main"]), ["main", "b"]);
});

test("within its row nothing changes", () => {
  assert.ok(isSameOrder(afterInRow("last", 2, order, ["a"]), ["b", "a"]));
});
