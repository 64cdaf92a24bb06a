// One Server-Sent-Events connection per page, with our own back-off. The stream is read with fetch and not with EventSource:
// heartbeat comments become visible (so a dead link is noticed, and "last heard N s ago" is true) and so does a refusal.

import { backoffDelay, pause } from "./backoff.js";
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

interface Member {
  readonly options: LiveOptions;
  readonly handlers: LiveHandlers;
  seq: number;
  state: LiveState;
}

/** What tests put in the place of the network and the clock. */
export interface LineTools {
  fetch?: typeof fetch;
  random?: () => number;
  now?: () => number;
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * One connection that carries every stream of a page. A browser holds six to a server, for all its windows together: a
 * host's page, the stage on the second screen and the monitor would take them all, and nothing could be sent any more.
 */
export interface Line {
  open(options: LiveOptions, handlers: LiveHandlers): Live;
}

export function createLine(tools: LineTools = {}): Line {
  const send = tools.fetch ?? ((input: URL | RequestInfo, init?: RequestInit) => fetch(input, init));
  const now = tools.now ?? Date.now;
  const wait = tools.wait ?? pause;
  const members: Member[] = [];
  let heard = now();
  let tries = 0;
  let running = false;
  let attempt: AbortController | null = null;
  let waiting: AbortController | null = null;
  let isChanged = false; // who rides along is not who the connection was asked for

  function turn(member: Member, next: LiveState): void {
    if (member.state === next) return;
    member.state = next;
    member.handlers.onState?.(next);
  }

  function leave(member: Member): boolean {
    const place = members.indexOf(member);
    if (place >= 0) members.splice(place, 1);
    return place >= 0;
  }

  /** On a connection of its own: what the server does not let ride along is told why there. */
  function goAlone(member: Member | undefined): void {
    if (member && leave(member)) alone.set(member, createLine(tools).open({ ...member.options, seq: member.seq }, relay(member)));
  }

  function relay(member: Member): LiveHandlers {
    return { ...member.handlers, onState: (state) => turn(member, state) };
  }

  const alone = new Map<Member, Live>();

  function receive(member: Member | undefined, kind: string, data: { [more: string]: unknown }): void {
    if (!member || !members.includes(member)) return;
    const seq = typeof data["seq"] === "number" ? data["seq"] : undefined;
    if (kind === "hello") {
      tries = 0;
      member.handlers.onHello?.(String(data["server_now"]));
      turn(member, "connected");
      // A head behind ours is another history (a restored server): our state is not to be trusted.
      if (seq !== undefined && seq < member.seq) {
        member.seq = seq;
        member.handlers.onRefetch();
      }
    } else if (kind === "refetch") {
      if (seq !== undefined) member.seq = seq;
      member.handlers.onRefetch();
    } else if (kind === "over") {
      goAlone(member);
    } else if (seq !== undefined && seq > member.seq) {
      member.seq = seq;
      member.handlers.onUpdate(data as unknown as LiveUpdate);
    }
  }

  /** Events of what rides along are called `with:` and their channel; which is whose is said in their hello. */
  function reader(riding: readonly Member[]): (event: StreamEvent) => void {
    const channels = new Map<string, Member | undefined>();
    return ({ event, data }) => {
      const said = JSON.parse(data || "{}") as { [more: string]: unknown };
      if (event === "hello" || event === "refetch") return receive(riding[0], event, said);
      if (event === "with") return goAlone(riding[Number(said["n"]) + 1]);
      if (!event.startsWith("with:")) return receive(riding[0], "update", said);
      const kind = String(said["kind"]);
      if (kind === "hello") channels.set(event, riding[Number(said["n"]) + 1]);
      receive(channels.get(event), kind, said);
    };
  }

  async function readOnce(riding: readonly Member[]): Promise<void> {
    const own = (attempt = new AbortController());
    const silence = Math.min(...riding.map((one) => one.options.silenceMs ?? 40_000));
    let hangUp = (): unknown => undefined;
    let watchdog = setTimeout(() => own.abort(), silence);
    const alive = (): void => {
      heard = now();
      clearTimeout(watchdog);
      watchdog = setTimeout(() => own.abort(), silence);
    };
    try {
      hangUp = onTheLine(own);
      const response = await send(address(riding), { headers: { Accept: "text/event-stream" }, cache: "no-store", credentials: "same-origin", signal: own.signal });
      if ([401, 403, 404, 410].includes(response.status)) throw new Ended();
      if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
      const feed = streamParser({ onEvent: reader(riding), onComment: () => undefined });
      const bytes = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await bytes.read(); !part.done; part = await bytes.read()) {
        alive();
        feed(part.value);
      }
    } finally {
      clearTimeout(watchdog);
      hangUp();
      own.abort();
    }
  }

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    try {
      // All that a page opens while it starts rides on its first connection.
      await Promise.resolve();
      while (members.length > 0) {
        isChanged = false;
        const riding = [...members];
        try {
          await readOnce(riding);
        } catch (reason) {
          if (reason instanceof Ended && riding[0]) {
            leave(riding[0]);
            turn(riding[0], "ended");
            continue;
          }
          if (reason instanceof SyntaxError) for (const one of [...members]) one.handlers.onRefetch();
        }
        if (isChanged) continue;
        for (const one of [...members]) turn(one, "lost");
        await rest();
      }
    } finally {
      running = false;
    }
  }

  /** Until the next attempt; cut short where somebody joins or leaves. */
  async function rest(): Promise<void> {
    if (members.length === 0) return;
    const most = Math.min(...members.map((one) => one.options.longestWaitMs ?? LONGEST_WAIT_MS));
    waiting = new AbortController();
    try {
      await wait(backoffDelay(tries, { first: FIRST_WAIT_MS, most }, tools.random), waiting.signal);
      tries += 1;
    } catch {
      // Somebody joined or left: asked again at once.
    }
  }

  function change(): void {
    isChanged = true;
    attempt?.abort();
    waiting?.abort();
  }

  return {
    open(options, handlers) {
      const member: Member = { options, handlers, seq: options.seq, state: "connecting" };
      members.push(member);
      if (running) change();
      else void run();
      return {
        stop() {
          alone.get(member)?.stop();
          if (leave(member)) change();
        },
        heardSecondsAgo: () => alone.get(member)?.heardSecondsAgo() ?? Math.max(0, Math.round((now() - heard) / 1000)),
        get seq() {
          return alone.get(member)?.seq ?? member.seq;
        },
        get state() {
          return member.state;
        },
      };
    },
  };
}

/** The first one's own address, with the tokens and numbers of the others. */
function address(riding: readonly Member[]): URL {
  const [first, ...others] = riding.map((one) => ({ url: new URL(one.options.url, globalThis.location?.href), seq: one.seq }));
  if (!first) throw new Error("nobody to ask for");
  first.url.searchParams.set("after", String(first.seq));
  for (const { url, seq } of others) first.url.searchParams.append("with", `${url.pathname.slice(url.pathname.lastIndexOf("/") + 1)}~${seq}`);
  return first.url;
}

let pageLine: Line | null = null;

/** Follow a channel, on the connection that the page has already. */
export function openLive(options: LiveOptions & LineTools, handlers: LiveHandlers): Live {
  if (options.fetch) return createLine(options).open(options, handlers);
  return (pageLine ??= createLine()).open(options, handlers);
}
