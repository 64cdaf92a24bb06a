// Between the phone and the server: the list comes down, the queue goes up; nothing leaves the queue before it is answered.

import type { Keep, Queued } from "./keep.js";
import { Roster, type Answer, type ListText, type Scan } from "./model.js";
import { listHolds } from "./badge.js";

const BATCH = 100;
const QUICK_MS = 2500;
const LONG_MS = 30_000;
// Everything anew now and then, so that people who were erased leave the phone too.
const WHOLE_LIST_MS = 30 * 60_000;

/** The server said no; `gone`: this link holds no more. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly next: string,
  ) {
    super(message);
  }

  get gone(): boolean {
    return this.status === 410 || this.code === "link_invalid" || this.code === "door_link_needed";
  }
}

export interface Link {
  token: string;
  device: string;
}

export interface Sync {
  readonly roster: Roster | null;
  /** Milliseconds by which this phone's clock is fast, as last heard. */
  readonly clockOff: number;
  /** When the list was made, as an instant. */
  readonly listAge: () => number | null;
  start(): Promise<void>;
  /** Fetch what changed, or the whole list. Throws Refused, and TypeError or AbortError without a network. */
  refresh(): Promise<void>;
  /** Queue a scan; the server's answer, or null where none came soon enough: then decide from the list. */
  send(scan: Scan): Promise<{ queued: Queued; answer: Answer | null }>;
  /** Send what waits; the number that was answered. */
  flush(): Promise<number>;
  walkIn(body: Record<string, string>): Promise<{ registration: string; state: string }>;
  pair(): Promise<void>;
}

export interface SyncOptions {
  link: Link;
  keep: Keep;
  fetch?: typeof fetch;
  now?: () => number;
  quickMs?: number;
}

interface Signed {
  list: string;
  signature: string;
  key: string;
}

interface Uploaded {
  received_at: string;
  clock_off_ms: number;
  answers: Answer[];
}

export function openSync({ link, keep, fetch: send = (input, init) => fetch(input, init), now = Date.now, quickMs = QUICK_MS }: SyncOptions): Sync {
  let roster: Roster | null = null;
  let clockOff = 0;
  let wholeAt = 0;
  let uploading: Promise<Answer[]> | null = null;

  async function asked<T>(path: string, body: unknown, limit: number): Promise<T> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), limit);
    try {
      const response = await send(`/door/api/${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          Accept: "application/json",
          Authorization: `Bearer ${link.token}`,
          "X-Door-Device": link.device,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: "no-store",
        credentials: "omit",
        signal: stop.signal,
      });
      if (response.ok) return (await response.json()) as T;
      // A proxy before a server that restarts answers without JSON: that is no answer of ours.
      const error = ((await response.json().catch(() => null)) as { error?: Record<string, string> } | null)?.error;
      if (!error) throw new TypeError(`HTTP ${response.status}`);
      throw new Refused(error["code"] ?? "", response.status, error["message"] ?? "", error["next"] ?? "");
    } finally {
      clearTimeout(timer);
    }
  }

  async function upload(limit: number): Promise<Answer[]> {
    const queued = await keep.queue(BATCH);
    if (queued.length === 0) return [];
    const left = (await keep.waiting()) - queued.length;
    const sent = { sent_at: new Date(now()).toISOString(), waiting: left, scans: queued.map((each) => each.scan) };
    const uploaded = await asked<Uploaded>("scans", sent, limit);
    clockOff = uploaded.clock_off_ms;
    const answered = new Set(uploaded.answers.map((each) => each.nonce));
    await keep.remove(queued.filter((each) => answered.has(each.scan.nonce)).map((each) => each.n));
    return uploaded.answers;
  }

  /** One upload at a time: a second one waits for the first and then sends what is left. */
  async function uploadInTurn(limit: number): Promise<Answer[]> {
    while (uploading) await uploading.catch(() => []);
    uploading = upload(limit);
    try {
      return await uploading;
    } finally {
      uploading = null;
    }
  }

  function take(text: ListText): void {
    if (text.since === null || !roster) {
      roster = new Roster(text);
      wholeAt = now();
    } else roster.merge(text);
  }

  return {
    get roster() {
      return roster;
    },
    get clockOff() {
      return clockOff;
    },
    listAge: () => (roster ? Date.parse(roster.text.made_at) + clockOff : null),
    async start() {
      const kept = await keep.get<ListText>("list");
      if (kept) roster = new Roster(kept);
    },
    async refresh() {
      const since = roster && wholeAt > 0 && now() - wholeAt < WHOLE_LIST_MS ? `?since=${encodeURIComponent(roster.text.made_at)}` : "";
      const begun = now();
      const signed = await asked<Signed>(`list${since}`, undefined, LONG_MS);
      const text = JSON.parse(signed.list) as ListText;
      // The keys of the first list are believed as the page itself is; a later list must be signed by one of them.
      if (!(await listHolds(signed, roster ? { ...roster.text.keys } : text.keys))) throw new Refused("list_forged", 200, "", "");
      clockOff = Math.round((begun + now()) / 2 - Date.parse(text.made_at));
      take(text);
      if (roster) await keep.put("list", roster.whole());
    },
    async send(scan) {
      const n = await keep.add(scan);
      const queued = { n, scan };
      try {
        const answers = await uploadInTurn(quickMs);
        return { queued, answer: answers.find((each) => each.nonce === scan.nonce) ?? null };
      } catch (reason) {
        if (reason instanceof Refused && reason.gone) throw reason;
        return { queued, answer: null };
      }
    },
    async flush() {
      let sent = 0;
      for (let answers = await uploadInTurn(LONG_MS); answers.length > 0; answers = await uploadInTurn(LONG_MS)) sent += answers.length;
      return sent;
    },
    walkIn: (body) => asked("walk-ins", body, LONG_MS),
    pair: async () => void (await asked("pair", {}, LONG_MS)),
  };
}
