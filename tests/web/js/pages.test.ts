import assert from "node:assert/strict";
import { test } from "node:test";

import { inPages, turningPages } from "../../../web/assets/stage/pages.js";

test("all of it stands on one page or another, in the same order, as evenly as can be", () => {
  const all = Array.from({ length: 18 }, (_, index) => index);
  assert.deepEqual(inPages(all, 4).map((page) => page.length), [5, 5, 4, 4]);
  assert.deepEqual(inPages(all, 4).flat(), all);
});

test("pages turn by themselves, and to the one where something happened, which is then looked at for a whole turn", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  Object.assign(globalThis, { window: globalThis });
  const seen: string[] = [];
  const pages = turningPages<string>((page, number, count) => seen.push(`${page.join("")} ${number}/${count}`));
  pages.set([["a", "b"], ["c"], ["d"]]);
  t.mock.timers.tick(9000);
  pages.turnTo((each) => each === "a");
  t.mock.timers.tick(8000);
  pages.turnTo((each) => each === "b");
  t.mock.timers.tick(8000);
  assert.deepEqual(seen, ["ab 1/3", "c 2/3", "ab 1/3"]);
  t.mock.timers.tick(1000);
  assert.equal(seen.at(-1), "c 2/3");
  pages.set([]);
  t.mock.timers.tick(60_000);
  assert.equal(seen.length, 4);
});
