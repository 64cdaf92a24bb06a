import assert from "node:assert/strict";
import { test } from "node:test";

import { columnsFor, FORGOTTEN_MS, isForgotten, takeInk, type Drawing, type InkUpdate } from "../../../web/assets/stage/drawings.js";
import { follow, tail, thickness, type InkPoint, type Piece, type Trace } from "../../../web/assets/stage/line.js";

function update(changes: Partial<InkUpdate> = {}): InkUpdate {
  return { kind: "ink.drawn", seq: 1, seat: "sea_1", agreement: "agr_1", drawing: 10, shape: 4000, gone: [], parts: [[0, [[0, 0, 5000, 0]]]], over: false, ...changes };
}

test("strokes grow, are taken back, and who draws stays among the drawings", () => {
  const drawings = new Map<string, Drawing>();
  takeInk(drawings, update(), 0);
  takeInk(drawings, update({ parts: [[0, [[5, 5, 5000, 9]]], [1, [[7, 7, 5000, 20]]]] }), 5);
  assert.deepEqual([...(drawings.get("sea_1")?.strokes ?? [])].map(([stroke, points]) => [stroke, points.length]), [[0, 2], [1, 1]]);
  const { isCut } = takeInk(drawings, update({ gone: [0], parts: [] }), 6);
  assert.ok(isCut);
  assert.deepEqual([...(drawings.get("sea_1")?.strokes.keys() ?? [])], [1]);
});

test("cleared or over, a drawing is gone; begun anew, it is another; an older one never comes back", () => {
  const drawings = new Map<string, Drawing>();
  takeInk(drawings, update(), 0);
  takeInk(drawings, update({ drawing: 11, parts: [] }), 0);
  assert.equal(drawings.size, 0);
  takeInk(drawings, update({ drawing: 12 }), 0);
  takeInk(drawings, update({ drawing: 13, parts: [[0, [[1, 1, 1, 1]]]] }), 0);
  assert.equal(drawings.get("sea_1")?.strokes.get(0)?.length, 1);
  takeInk(drawings, update({ drawing: 12, over: true }), 0);
  assert.equal(drawings.get("sea_1")?.drawing, 13);
  takeInk(drawings, update({ drawing: 13, parts: [], over: true }), 0);
  assert.equal(drawings.size, 0);
});

test("several draw at once, each for themselves", () => {
  const drawings = new Map<string, Drawing>();
  for (const seat of ["sea_1", "sea_2", "sea_3"]) takeInk(drawings, update({ seat }), 0);
  takeInk(drawings, update({ seat: "sea_2", over: true }), 0);
  assert.deepEqual([...drawings.keys()], ["sea_1", "sea_3"]);
});

test("what nobody goes on with is forgotten after a minute", () => {
  const drawings = new Map<string, Drawing>();
  const { drawing } = takeInk(drawings, update(), 1000);
  assert.ok(drawing);
  assert.ok(!isForgotten(drawing, 1000 + FORGOTTEN_MS));
  assert.ok(isForgotten(drawing, 1001 + FORGOTTEN_MS));
});

test("two to twenty who draw at once have room", () => {
  for (const [count, columns] of [[1, 1], [2, 2], [3, 3], [4, 2], [6, 3], [7, 4], [10, 5], [12, 4], [20, 5]] as const) assert.equal(columnsFor(count), columns);
});

function line(points: InkPoint[]): { pieces: Piece[]; trace: Trace } {
  let trace: Trace | null = null;
  const pieces: Piece[] = [];
  for (const point of points) {
    const next = follow(trace, point, 0.4);
    trace = next.trace;
    pieces.push(...next.pieces);
  }
  assert.ok(trace);
  return { pieces, trace };
}

test("what presses is broad, what is fast is thin, within bounds", () => {
  assert.ok(thickness(0.9, 1) > thickness(0.5, 1));
  assert.ok(thickness(0.5, 0.2) > thickness(0.5, 3));
  assert.equal(thickness(0, 1), thickness(0.5, 1));
  for (const [pressure, speed] of [[1, 0], [0, 1e9], [0.01, 50]] as const) {
    const width = thickness(pressure, speed);
    assert.ok(width >= 0.35 && width <= 1.7);
  }
});

test("a line has no gap and no jump in width, and ends where the pen is", () => {
  const wave: InkPoint[] = Array.from({ length: 40 }, (_, index) => [index * 250, Math.round(5000 + 4000 * Math.sin(index / 3)), 1000 + index * 200, index * 12]);
  const { pieces, trace } = line(wave);
  for (const [index, piece] of pieces.slice(1).entries()) {
    const before = pieces[index];
    assert.ok(before);
    assert.ok(Math.hypot(piece.x1 - before.x2, piece.y1 - before.y2) < 1e-9);
    assert.ok(Math.abs(piece.width - before.width) < 0.0035);
  }
  const end = tail(trace);
  assert.ok(Math.abs(end.x2 - 0.975) < 1e-9);
});

test("a tap is a dot, and two points at one instant make no line of no width", () => {
  assert.equal(line([[5000, 5000, 5000, 0]]).pieces.length, 1);
  const { pieces } = line([[0, 0, 5000, 7], [10_000, 10_000, 5000, 7], [0, 0, 5000, 7]]);
  assert.ok(pieces.every((piece) => Number.isFinite(piece.width) && piece.width > 0.003));
});

test("a typed name is a drawing without strokes until it is over", () => {
  const drawings = new Map<string, Drawing>();
  const { drawing } = takeInk(drawings, update({ parts: [], typed: true }), 0);
  assert.equal(drawing?.isTyped, true);
  takeInk(drawings, update({ drawing: 11, parts: [] }), 0);
  assert.equal(drawings.size, 0);
});
