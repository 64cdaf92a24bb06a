import assert from "node:assert/strict";
import { test } from "node:test";

import { inkSender, type Ink, type InkBatch } from "../../../web/assets/seat/ink.js";

interface Desk {
  ink: Ink;
  sent: InkBatch[];
  /** Answer what is under way: with a refusal where one is given. */
  answer(refusal?: { status?: number; code?: string }): Promise<void>;
  /** Let this much time go by. */
  pass(ms: number): Promise<void>;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

function desk(isHidden = false): Desk {
  let now = 1_000_000;
  const sent: InkBatch[] = [];
  const open: { resolve: () => void; reject: (reason: unknown) => void }[] = [];
  let timers: { at: number; act: () => void }[] = [];
  const post = (body: InkBatch): Promise<void> => {
    sent.push(structuredClone(body));
    return new Promise((resolve, reject) => open.push({ resolve, reject }));
  };
  const ink = inkSender({ post, now: () => now, after: (ms, act) => timers.push({ at: now + ms, act }), isHidden });
  return {
    ink,
    sent,
    async answer(refusal) {
      const first = open.shift();
      if (refusal) first?.reject(refusal);
      else first?.resolve();
      await settle();
    },
    async pass(ms) {
      now += ms;
      const due = timers.filter((timer) => timer.at <= now);
      timers = timers.filter((timer) => timer.at > now);
      for (const timer of due) timer.act();
      await settle();
    },
  };
}

const point = (x: number, time = x): { x: number; y: number; pressure: number; time: number } => ({ x, y: 10, pressure: 0.5, time });

function draw(ink: Ink, ...xs: number[]): void {
  ink.draw(
    xs.map((x) => point(x)),
    200,
    100,
  );
}

test("a stroke goes out while it is drawn, in parts of the pad, and what waits goes together", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  draw(ink, 40);
  draw(ink, 60);
  await pass(500);
  assert.equal(sent.length, 1, "one request at a time");
  await answer();
  await pass(60);
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[0], { agreement: "agr_1", drawing: 1_000_000, seq: 1, shape: 5000, gone: [], parts: [[0, [[1000, 1000, 5000, 0]]]], over: false });
  assert.deepEqual(sent[1]?.parts, [[0, [[2000, 1000, 5000, 20], [3000, 1000, 5000, 40]]]]);
  assert.equal(sent[1]?.seq, 2);
});

test("no more than one batch in sixty milliseconds", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  await answer();
  draw(ink, 40);
  await pass(59);
  assert.equal(sent.length, 1);
  await pass(1);
  assert.equal(sent.length, 2);
});

test("what has waited for more than a second is dropped, and the line goes on without a bridge", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  draw(ink, 40);
  await pass(1001);
  await answer();
  await pass(60);
  assert.equal(sent.length, 1, "nothing is left to send");
  draw(ink, 60);
  await pass(60);
  assert.deepEqual(sent[1]?.parts, [[1, [[3000, 1000, 5000, 40]]]]);
  ink.undo();
  await answer();
  await pass(60);
  assert.deepEqual(sent[2]?.gone, [0, 1], "taken back, both pieces go");
});

test("a stroke that was taken back is told until somebody has heard it", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  await answer();
  ink.undo();
  await pass(60);
  await answer({ status: 503 });
  await pass(1000);
  assert.deepEqual([sent[1]?.gone, sent[2]?.gone], [[0], [0]]);
  await answer();
  await pass(2000);
  assert.equal(sent.length, 3);
});

test("cleared, the stage is told at once, and what is drawn next is another drawing", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.clear();
  await pass(100);
  assert.equal(sent.length, 0, "nothing was there to be cleared");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  await answer();
  ink.clear();
  await pass(60);
  assert.deepEqual([sent[1]?.parts, sent[1]?.seq], [[], 1]);
  assert.ok((sent[1]?.drawing ?? 0) > (sent[0]?.drawing ?? 0));
});

test("refused for good, it is quiet until the next drawing; refused for a moment, it goes on", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  await answer({ status: 429, code: "ink_too_fast" });
  draw(ink, 40);
  await pass(1000);
  assert.equal(sent.length, 2);
  await answer({ status: 409, code: "already_signed" });
  draw(ink, 60);
  await pass(5000);
  assert.equal(sent.length, 2);
  ink.clear();
  ink.begin();
  draw(ink, 20);
  await pass(1000);
  assert.equal(sent.length, 3);
});

test("a pause of the host is one of the moments that pass", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  await answer({ status: 409, code: "cue_not_live" });
  draw(ink, 40);
  await pass(1000);
  assert.equal(sent.length, 2);
});

test("who goes elsewhere takes the ink along, at once; who has signed leaves it to the stage", async () => {
  const { ink, sent, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  ink.leave();
  assert.deepEqual([sent[1]?.over, sent[1]?.seq, sent[1]?.drawing], [true, 2, sent[0]?.drawing]);
  ink.leave();
  ink.open("agr_2");
  ink.begin();
  draw(ink, 20);
  ink.signed();
  ink.clear();
  await pass(5000);
  assert.equal(sent.length, 2);
});

test("hidden, nothing is sent; hidden while drawing, what is shown goes", async () => {
  const { ink, sent, answer, pass } = desk(true);
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(100);
  assert.equal(sent.length, 0);
  ink.hide(false);
  ink.begin();
  draw(ink, 20);
  await pass(100);
  await answer();
  ink.hide(true);
  draw(ink, 40);
  await pass(100);
  assert.deepEqual(sent.map((one) => one.parts.length), [1, 0]);
});

test("on a phone that was turned the drawing goes on in the shape in which it was begun", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, 20);
  await pass(0);
  await answer();
  ink.draw([point(200)], 400, 120);
  await pass(60);
  assert.deepEqual(sent[1]?.parts, [[0, [[5000, 500, 5000, 180]]]]);
  assert.equal(sent[1]?.shape, 5000);
});

test("a batch holds no more than the server takes", async () => {
  const { ink, sent, answer, pass } = desk();
  ink.open("agr_1");
  ink.begin();
  draw(ink, ...Array.from({ length: 130 }, (_, index) => index));
  for (let stroke = 0; stroke < 12; stroke += 1) {
    ink.begin();
    draw(ink, stroke);
  }
  for (let round = 0; round < 4; round += 1) {
    await pass(60);
    await answer();
  }
  assert.deepEqual(
    sent.map((one) => one.parts.reduce((sum, [, points]) => sum + points.length, 0)),
    [100, 37, 5],
  );
  assert.ok(sent.every((one) => one.parts.length <= 8));
});

test("a name that is typed is told as such, by nobody who wants to sign unseen", async () => {
  const { ink, sent } = desk();
  ink.open("agr_1");
  ink.type();
  assert.deepEqual(sent.map(({ typed, parts, seq }) => [typed, parts, seq]), [[true, [], 1]]);
  ink.hide(true);
  ink.type();
  await settle();
  assert.equal(sent.filter((one) => one.typed).length, 1);
});
