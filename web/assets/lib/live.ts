// One Server-Sent-Events stream per page, with our own back-off. The stream is read with fetch and not with EventSource:
// heartbeat comments become visible (so a dead link is noticed, and "last heard N s ago" is true) and so does a refusal.

import { backoffDelay, follower, pause } from "./backoff.js";
import { onTheLine } from "./line.js";
import { streamParser, type StreamEvent } from "./sse.js";

export interface LiveUpdate {
  kind: string;
  seq: number;
  at?: string;
  [more: string]: unknown;
}

export interface LiveHandlers {
  onUpdate(update: LiveUpdate): void;
  /** What was missed is not to be had as a replay, or the stream began anew: read the whole state again. */
  onRefetch(): void;
  onHello?(serverNow: string): void;
  /** "connecting" until the first answer; "connected" after each hello; "lost" when the link is gone; "ended" when it is refused for good. */
  onState?(state: LiveState): void;
}

export type LiveState = "connecting" | "connected" | "lost" | "ended";

export interface LiveOptions {
  url: string;
  seq: number;
  fetch?: typeof fetch;
  random?: () => number;
  now?: () => number;
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The longest wait before the next attempt. Few and important screens ask often; a public page of thousands does not. */
  longestWaitMs?: number;
  /** Heartbeats come every 15 s: this long without any byte is a dead link. */
  silenceMs?: number;
}

export interface Live {
  stop(): void;
  /** Seconds since any byte came. */
  heardSecondsAgo(): number;
  readonly seq: number;
  readonly state: LiveState;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** For a ceremony's own pages: right again within three seconds of the link's return. */
export const SOON_MS = 2_000;

class Ended extends Error {}

export function openLive(options: LiveOptions, handlers: LiveHandlers): Live {
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  const now = options.now ?? Date.now;
  const wait = options.wait ?? pause;
  const waits = { first: FIRST_WAIT_MS, most: options.longestWaitMs ?? LONGEST_WAIT_MS };
  const silence = options.silenceMs ?? 40_000;
  const stopped = new AbortController();
  let seq = options.seq;
  let heard = now();
  let tries = 0;
  let state: LiveState = "connecting";

  function turn(next: LiveState): void {
    if (state === next) return;
    state = next;
    handlers.onState?.(next);
  }

  function receive(event: StreamEvent): void {
    if (event.event === "hello") {
      const hello = JSON.parse(event.data) as { seq: number; server_now: string };
      tries = 0;
      handlers.onHello?.(hello.server_now);
      turn("connected");
      // A head behind ours is another history (a restored server): our state is not to be trusted.
      if (hello.seq < seq) {
        seq = hello.seq;
        handlers.onRefetch();
      }
    } else if (event.event === "refetch") {
      const about = JSON.parse(event.data || "{}") as { seq?: number };
      if (about.seq !== undefined) seq = about.seq;
      handlers.onRefetch();
    } else {
      const update = JSON.parse(event.data) as LiveUpdate;
      if (update.seq <= seq) return;
      seq = update.seq;
      handlers.onUpdate(update);
    }
  }

  async function readOnce(): Promise<void> {
    const { controller: attempt, release } = follower(stopped.signal);
    let hangUp = (): unknown => undefined;
    let watchdog = setTimeout(() => attempt.abort(), silence);
    const alive = (): void => {
      heard = now();
      clearTimeout(watchdog);
      watchdog = setTimeout(() => attempt.abort(), silence);
    };
    try {
      hangUp = onTheLine(attempt);
      const url = new URL(options.url, globalThis.location?.href);
      url.searchParams.set("after", String(seq));
      const response = await send(url, { headers: { Accept: "text/event-stream" }, cache: "no-store", credentials: "same-origin", signal: attempt.signal });
      if ([401, 403, 404, 410].includes(response.status)) throw new Ended();
      if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
      const feed = streamParser({ onEvent: receive, onComment: () => undefined });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        alive();
        feed(part.value);
      }
    } finally {
      clearTimeout(watchdog);
      hangUp();
      release();
      attempt.abort();
    }
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await readOnce();
      } catch (reason) {
        if (stopped.signal.aborted) return;
        if (reason instanceof Ended) return turn("ended");
        if (reason instanceof SyntaxError) handlers.onRefetch();
      }
      if (stopped.signal.aborted) return;
      turn("lost");
      try {
        await wait(backoffDelay(tries, waits, options.random), stopped.signal);
      } catch {
        return; // Only a stop interrupts the wait.
      }
      tries += 1;
    }
  }

  void run();
  return {
    stop: () => stopped.abort(),
    heardSecondsAgo: () => Math.max(0, Math.round((now() - heard) / 1000)),
    get seq() {
      return seq;
    },
    get state() {
      return state;
    },
  };
}
