// Which drawings are under way, from what the stream tells. Pure: times are given.

import type { LiveUpdate } from "../lib/live.js";
import type { InkPoint } from "./line.js";

export interface InkUpdate extends LiveUpdate {
  seat: string;
  agreement: string;
  drawing: number;
  /** Height of the pad by its width, of 10,000. */
  shape: number;
  gone: number[];
  parts: [number, InkPoint[]][];
  over: boolean;
  typed?: boolean;
}

export interface Drawing {
  seat: string;
  agreement: string;
  drawing: number;
  shape: number;
  strokes: Map<number, InkPoint[]>;
  /** No drawing: the name is signed as typed. */
  isTyped: boolean;
  /** When something was heard of it last. */
  heard: number;
}

/** What nobody draws on and nobody signs goes after this time. */
export const FORGOTTEN_MS = 60_000;

/** The drawings by seat after an update; who has begun anew or gone is no longer among them. Returns the seat's drawing
 * and whether strokes were taken from it. */
export function takeInk(drawings: Map<string, Drawing>, update: InkUpdate, now: number): { drawing: Drawing | null; isCut: boolean } {
  let known = drawings.get(update.seat) ?? null;
  if (known && update.drawing < known.drawing) return { drawing: known, isCut: false };
  const isNew = known?.drawing !== update.drawing;
  if (update.over || (isNew && update.parts.length === 0 && !update.typed)) {
    drawings.delete(update.seat);
    return { drawing: null, isCut: true };
  }
  if (!known || isNew) {
    known = { seat: update.seat, agreement: update.agreement, drawing: update.drawing, shape: update.shape / 10_000, strokes: new Map(), isTyped: update.typed === true, heard: now };
    drawings.set(update.seat, known);
  }
  known.heard = now;
  const isCut = update.gone.map((stroke) => known.strokes.delete(stroke)).includes(true);
  for (const [stroke, points] of update.parts) {
    const kept = known.strokes.get(stroke);
    if (kept) kept.push(...points);
    else known.strokes.set(stroke, [...points]);
  }
  return { drawing: known, isCut: isCut || isNew };
}

export function isForgotten(drawing: Drawing, now: number): boolean {
  return now - drawing.heard > FORGOTTEN_MS;
}

/** In how many columns so many drawings stand: as near to a square as a wide screen likes. */
export function columnsFor(count: number): number {
  if (count <= 3) return Math.max(1, count);
  if (count === 4) return 2;
  if (count <= 6) return 3;
  return count <= 8 || count === 11 || count === 12 ? 4 : 5;
}
