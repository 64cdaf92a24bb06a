// From points to a line of changing width: what presses is broad, what is fast is thin. Pure.

/** x, y and pressure of 10,000 each; milliseconds since the drawing was begun. */
export type InkPoint = readonly [number, number, number, number];

/** One short piece: coordinates and width in widths of the pad. */
export interface Piece {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  width: number;
}

/** How far a stroke was turned into pieces. */
export interface Trace {
  /** The last point, and the middle before it, from which the next curve goes on. */
  last: { x: number; y: number; at: number };
  middle: { x: number; y: number };
  width: number;
}

const FULL = 10_000;
const BROAD = 0.0115;
const LEAST = 0.35;
const MOST = 1.7;
// A new width is taken over in part, so that no joint is seen.
const SHARE = 0.35;
const STEP = 0.004;

/** Of BROAD; `speed` in widths of the pad a second. Fingers and mice press 0.5 or nothing at all. */
export function thickness(pressure: number, speed: number): number {
  const pressed = pressure > 0 ? 0.55 + 0.9 * pressure : 1;
  return Math.max(LEAST, Math.min(MOST, (1.25 * pressed) / (1 + 0.4 * speed)));
}

/** Adds a point to a stroke. `shape`: height of the pad by its width. */
export function follow(trace: Trace | null, point: InkPoint, shape: number): { trace: Trace; pieces: Piece[] } {
  const [x, y, at] = [point[0] / FULL, (point[1] / FULL) * shape, point[3]];
  const pressure = point[2] / FULL;
  if (!trace) {
    const width = BROAD * thickness(pressure, 0.6);
    return { trace: { last: { x, y, at }, middle: { x, y }, width }, pieces: [{ x1: x, y1: y, x2: x, y2: y, width }] };
  }
  const { last, middle } = trace;
  const far = Math.hypot(x - last.x, y - last.y);
  const speed = far / (Math.max(4, at - last.at) / 1000);
  const width = trace.width * (1 - SHARE) + BROAD * thickness(pressure, speed) * SHARE;
  const next = { x: (last.x + x) / 2, y: (last.y + y) / 2 };
  const pieces: Piece[] = [];
  const steps = Math.max(1, Math.min(64, Math.ceil(far / STEP)));
  let [px, py] = [middle.x, middle.y];
  for (let step = 1; step <= steps; step += 1) {
    const t = step / steps;
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    const [qx, qy] = [a * middle.x + b * last.x + c * next.x, a * middle.y + b * last.y + c * next.y];
    pieces.push({ x1: px, y1: py, x2: qx, y2: qy, width: trace.width + (width - trace.width) * t });
    [px, py] = [qx, qy];
  }
  return { trace: { last: { x, y, at }, middle: next, width }, pieces };
}

/** From the middle to the last point: drawn when no more has come yet. */
export function tail(trace: Trace): Piece {
  return { x1: trace.middle.x, y1: trace.middle.y, x2: trace.last.x, y2: trace.last.y, width: trace.width };
}
