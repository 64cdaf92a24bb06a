// Ink that is asked for and not streamed, as observers' pages have it: shown at its own pace, a little later.

import { serverNow } from "../lib/clocks.js";
import type { LiveUpdate } from "../lib/live.js";
import type { InkUpdate } from "./drawings.js";

/** Asked for every two seconds, kept once a second: what was drawn in between has arrived by then. */
export const BEHIND_MS = 3_500;
const STEP_MS = 60;

export interface Later {
  /** An update of the stream, at once. */
  now(update: LiveUpdate): void;
  feed(updates: InkUpdate[]): void;
  readonly seq: number;
  stop(): void;
}

export interface LaterTools {
  now(): number;
  after(ms: number, act: () => void): number;
  cancel(timer: number): void;
}

const PAGE: LaterTools = { now: serverNow, after: (ms, act) => window.setTimeout(act, ms), cancel: (timer) => window.clearTimeout(timer) };

export function inkLater(take: (update: InkUpdate) => void, dropAll: () => void, tools: LaterTools = PAGE): Later {
  let waiting: InkUpdate[] = [];
  let seq = 0;
  let timer: number | null = null;

  function show(update: LiveUpdate): void {
    if (update.kind === "ink.drawn") take(update as InkUpdate);
    else if (update.kind === "ink.off") dropAll();
  }

  function step(): void {
    timer = null;
    for (let first = waiting[0]; first && Date.parse(first.at ?? "") + BEHIND_MS <= tools.now(); first = waiting[0]) {
      waiting.shift();
      show(first);
    }
    if (waiting.length > 0) timer = tools.after(STEP_MS, step);
  }

  return {
    now: show,
    feed(updates) {
      const fresh = updates.filter((update) => update.seq > seq);
      waiting.push(...fresh);
      seq = fresh.at(-1)?.seq ?? seq;
      if (timer === null && waiting.length > 0) step();
    },
    get seq() {
      return seq;
    },
    stop() {
      if (timer !== null) tools.cancel(timer);
      waiting = [];
    },
  };
}
