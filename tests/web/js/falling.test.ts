import assert from "node:assert/strict";
import { test } from "node:test";

import { fallIntoPlace } from "../../../web/assets/stage/falling.js";

interface Move {
  animation: Animation;
  end: () => void;
  cut: () => void;
}

function move(endTime: number): Move {
  let [end, cut] = [(): void => {}, (): void => {}];
  const finished = new Promise<void>((resolve, reject) => ([end, cut] = [resolve, () => reject(new Error("cancelled"))]));
  const animation = { finished, effect: { getComputedTiming: () => ({ endTime }) } };
  return { animation: animation as unknown as Animation, end, cut };
}

function element(moves: Move[]): { root: HTMLElement; classes: Set<string> } {
  const classes = new Set<string>();
  const classList = { add: (name: string) => classes.add(name), remove: (name: string) => classes.delete(name) };
  const getAnimations = (): Animation[] => (classes.has("is-falling") ? moves.map((each) => each.animation) : []);
  return { root: { classList, getAnimations } as unknown as HTMLElement, classes };
}

test("a signature that fell into place keeps nothing of the movement, also where a part of it was cut off", async () => {
  const [mark, time] = [move(1000), move(1180)];
  const { root, classes } = element([mark, time]);
  const over = fallIntoPlace(root);
  mark.end();
  await Promise.resolve();
  assert.deepEqual([...classes], ["is-falling"]);
  time.cut();
  await over;
  assert.equal(classes.size, 0);
});

test("what never ends is not waited for, and without movement nothing is marked", async () => {
  const { root, classes } = element([move(Infinity)]);
  await fallIntoPlace(root);
  assert.equal(classes.size, 0);
});
