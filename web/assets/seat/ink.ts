// Sends the strokes of a drawing on while it is drawn, for the stage to show. Fire and forget: one request at a time, what
// waits goes together, what waits too long is dropped. Nothing here can delay or fail a signature.

export interface PadPoint {
  x: number;
  y: number;
  pressure: number;
  /** Milliseconds, any clock that goes on. */
  time: number;
}

/** What the pad tells while somebody draws. */
export interface InkSink {
  begin(): void;
  draw(points: PadPoint[], width: number, height: number): void;
  undo(): void;
  clear(): void;
}

export interface Ink extends InkSink {
  /** What is drawn from here on belongs to this agreement. */
  open(agreement: string): void;
  /** The name is signed as typed: it is shown in place of a drawing. */
  type(): void;
  /** The signer went elsewhere: what was not signed goes from the stage. */
  leave(): void;
  /** It is signed: the stage hears of that by itself, and the next drawing is another one. */
  signed(): void;
  /** Show nothing from here on, or again. */
  hide(hidden: boolean): void;
}

export interface InkTools {
  post(body: InkBatch): Promise<unknown>;
  /** The server's time, in milliseconds. */
  now(): number;
  after?(ms: number, act: () => void): void;
  isHidden: boolean;
}

export interface InkBatch {
  agreement: string;
  drawing: number;
  seq: number;
  shape: number;
  gone: number[];
  parts: [number, number[][]][];
  over: boolean;
  typed?: true;
}

interface Waiting {
  stroke: number;
  points: number[][];
  since: number;
}

const FULL = 10_000;
const PACE_MS = 60;
const LATE_MS = 1_000;
const PAUSE_MS = 1_000;
const MOST_POINTS = 100;
const MOST_PARTS = 8;
const MOST_GONE = 64;
const MOST_STROKES = 2_000;
const LONGEST_MS = 29 * 60_000;

const within = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)));

/** Whether the next batch may be answered otherwise: the server was busy or not reached, or the host made a pause. */
function isPassing(reason: unknown): boolean {
  const { status, code } = reason as { status?: number; code?: string };
  return status === undefined || status === 429 || status >= 500 || code === "cue_not_live";
}

export function inkSender(tools: InkTools): Ink {
  const after = tools.after ?? ((ms, act) => void setTimeout(act, ms));
  let hidden = tools.isHidden;
  let agreement = "";
  let drawing = 0;
  let seq = 0;
  let begunAt: number | null = null;
  let frame = { width: 1, height: 1 };
  // Each stroke of the pad, as the numbers under which it was sent: more than one where a piece of it was lost.
  let strokes: number[][] = [];
  let numbers = 0;
  let torn = false;
  let waiting: Waiting[] = [];
  let gone: number[] = [];
  let empty = false;
  let refused = false;
  let busy = false;
  let due = false;
  let notBefore = 0;

  function renew(): void {
    drawing = Math.max(drawing + 1, Math.round(tools.now()));
    [seq, begunAt, numbers] = [0, null, 0];
    [strokes, waiting, gone] = [[], [], []];
    [torn, empty, refused] = [false, false, false];
  }

  function newNumber(): number {
    const number = Math.min(numbers, MOST_STROKES);
    numbers += 1;
    strokes.at(-1)?.push(number);
    torn = false;
    return number;
  }

  function dropLate(): void {
    const kept = waiting.filter((one) => tools.now() - one.since <= LATE_MS);
    if (kept.length < waiting.length) torn = true;
    waiting = kept;
  }

  function takeParts(): [number, number[][]][] {
    const parts: [number, number[][]][] = [];
    for (let room = MOST_POINTS; room > 0 && parts.length < MOST_PARTS; ) {
      const first = waiting[0];
      if (!first) break;
      const points = first.points.splice(0, room);
      room -= points.length;
      parts.push([first.stroke, points]);
      if (first.points.length === 0) waiting.shift();
    }
    return parts;
  }

  function batch(gone: number[], parts: [number, number[][]][], over = false): InkBatch {
    return { agreement, drawing, seq, shape: within((frame.height / frame.width) * FULL, 5 * FULL), gone, parts, over };
  }

  function wish(): void {
    if (busy || due || refused || !agreement) return;
    if (waiting.length === 0 && gone.length === 0 && !empty) return;
    due = true;
    after(Math.max(0, notBefore - tools.now()), () => {
      due = false;
      void send();
    });
  }

  async function send(): Promise<void> {
    if (busy || refused) return;
    dropLate();
    const parts = takeParts();
    if (parts.length === 0 && gone.length === 0 && !empty) return;
    const told = gone.slice(0, MOST_GONE);
    const mine = drawing;
    busy = true;
    seq += 1;
    notBefore = tools.now() + PACE_MS;
    empty = false;
    try {
      await tools.post(batch(told, parts));
      if (mine === drawing) gone = gone.slice(told.length);
    } catch (reason) {
      if (mine === drawing) {
        torn = true;
        refused = !isPassing(reason);
      }
      notBefore = tools.now() + PAUSE_MS;
    } finally {
      busy = false;
      wish();
    }
  }

  return {
    open(next) {
      if (next === agreement && drawing > 0) return;
      agreement = next;
      renew();
    },
    begin() {
      strokes.push([]);
      torn = true;
    },
    draw(points, width, height) {
      if (hidden || refused || !agreement || points.length === 0 || strokes.length === 0) return;
      if (begunAt === null) {
        begunAt = points[0]?.time ?? 0;
        frame = { width, height };
      }
      const start = begunAt;
      // A phone that was turned keeps its drawing as wide as the pad: it is told as it was begun.
      const scale = frame.width / width;
      const told = points.map((one) => [
        within((one.x / width) * FULL, FULL),
        within(((one.y * scale) / frame.height) * FULL, FULL),
        within(one.pressure * FULL, FULL),
        within(one.time - start, LONGEST_MS),
      ]);
      const last = waiting.at(-1);
      if (!torn && last && last.stroke === strokes.at(-1)?.at(-1)) last.points.push(...told);
      else waiting.push({ stroke: torn ? newNumber() : (strokes.at(-1)?.at(-1) ?? newNumber()), points: told, since: tools.now() });
      wish();
    },
    undo() {
      const taken = strokes.pop() ?? [];
      waiting = waiting.filter((one) => !taken.includes(one.stroke));
      gone.push(...taken);
      wish();
    },
    clear() {
      const seen = seq > 0;
      renew();
      empty = seen;
      wish();
    },
    type() {
      if (hidden || refused || !agreement) return;
      renew();
      seq += 1;
      void tools.post({ ...batch([], []), typed: true }).catch(() => undefined);
    },
    leave() {
      // At once, past what is under way: that comes too late then, and is refused.
      if (agreement && seq > 0 && !refused) {
        seq += 1;
        void tools.post(batch([], [], true)).catch(() => undefined);
      }
      agreement = "";
      renew();
    },
    signed() {
      agreement = "";
      renew();
    },
    hide(next) {
      if (next === hidden) return;
      hidden = next;
      if (hidden) this.clear();
    },
  };
}
