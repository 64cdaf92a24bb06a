// Lines on their way: one at a time, in the order in which they were typed, again and again under the same id until the
// server has answered. What it does not take stays and says why; nothing is lost by a cut or a reload, nothing is said twice.

import { Refused } from "../lib/http.js";

export interface QueuedLine {
  id: string;
  text: string;
  typed_at: string;
  replaces?: number;
  /** Why it was not taken; a line without is waiting. */
  refused?: { code: string; words: string };
}

export interface QueueTools<T> {
  post(line: QueuedLine): Promise<T>;
  /** Resolves when it is worth trying again. */
  wait(tries: number, retryAfter: number | null): Promise<void>;
  /** Keeps what is unsent over a reload. */
  keep(lines: QueuedLine[]): void;
  now(): string;
  newId(): string;
  changed(): void;
  taken(answer: T, line: QueuedLine): void;
  /** The link holds no more. */
  closed(reason: Refused): void;
}

export interface LineQueue {
  add(text: string, replaces?: number): void;
  /** A line that came too late, as typed now. */
  again(id: string): void;
  drop(id: string): void;
  readonly lines: readonly QueuedLine[];
  /** Whether the last try got no answer. */
  readonly isStuck: boolean;
}

const CLOSED = new Set([401, 403, 410]);
const MOST = 200;

export function lineQueue<T>(tools: QueueTools<T>, kept: QueuedLine[] = []): LineQueue {
  let lines: QueuedLine[] = kept.slice(-MOST);
  let busy = false;
  let stuck = false;
  let ended = false;

  function change(next: QueuedLine[]): void {
    lines = next;
    tools.keep(lines);
    tools.changed();
  }

  const replace = (id: string, line: QueuedLine): void => change(lines.map((each) => (each.id === id ? line : each)));
  const without = (id: string): QueuedLine[] => lines.filter((each) => each.id !== id);

  function answered(now: boolean): void {
    if (stuck === !now) return;
    stuck = !now;
    tools.changed();
  }

  async function sendFirst(line: QueuedLine, tries: number): Promise<number> {
    try {
      const answer = await tools.post(line);
      answered(true);
      change(without(line.id));
      tools.taken(answer, line);
      return 0;
    } catch (reason) {
      const passing = !(reason instanceof Refused) || reason.status === 429 || reason.status >= 500;
      if (passing) {
        const retryAfter = reason instanceof Refused ? reason.retryAfter : null;
        // Being too fast is an answer as well.
        answered(reason instanceof Refused && reason.status === 429);
        await tools.wait(tries, retryAfter);
        return tries + 1;
      }
      answered(true);
      if (CLOSED.has(reason.status)) {
        ended = true;
        tools.closed(reason);
        return 0;
      }
      // What corrects a line that is no longer the last one has nothing left to correct.
      replace(line.id, { ...line, refused: { code: reason.code, words: [reason.message, reason.next].filter(Boolean).join(" ") } });
      return 0;
    }
  }

  async function run(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      for (let tries = 0; !ended; ) {
        const first = lines.find((each) => !each.refused);
        if (!first) return;
        tries = await sendFirst(first, tries);
      }
    } finally {
      busy = false;
    }
  }

  if (lines.length > 0) void run();
  return {
    add(text, replaces) {
      const line: QueuedLine = { id: tools.newId(), text, typed_at: tools.now(), ...(replaces === undefined ? {} : { replaces }) };
      change([...lines, line].slice(-MOST));
      void run();
    },
    again(id) {
      const line = lines.find((each) => each.id === id);
      if (!line) return;
      // Its time and its id are new: the server has never taken it, and would refuse the old time again.
      change([...without(id), { id: tools.newId(), text: line.text, typed_at: tools.now() }]);
      void run();
    },
    drop(id) {
      change(without(id));
    },
    get lines() {
      return lines;
    },
    get isStuck() {
      return stuck;
    },
  };
}
