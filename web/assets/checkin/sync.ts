// Between the phone and the server: the list comes down, the queue goes up; nothing leaves the queue before it is answered.

import type { Keep, Queued } from "./keep.js";
import { Roster, type Answer, type ListText, type Person, type Scan, type Trouble } from "./model.js";
import { listHolds } from "./badge.js";

const BATCH = 100;
const QUICK_MS = 2500;
const LONG_MS = 30_000;
const MOVE_MS = 8000;
const MOST_KEPT = 10_000;
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

export interface Sent {
  queued: Queued;
  answer: Answer | null;
  trouble: Trouble | null;
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
  /** Queue a scan; the server's answer, or null where none came soon enough: then decide from the list. `trouble`: a
   * walk-in was not registered; it stays in the queue, and waits to be put right or taken out. */
  send(scan: Scan): Promise<Sent>;
  /** Send what waits; the number that was answered. */
  flush(): Promise<number>;
  /** Walk-ins that the server could not register. */
  troubled(): Promise<Queued[]>;
  /** Change somebody to the venue of this door. Throws Refused, and TypeError or AbortError without a network. */
  move(registration: string): Promise<Person>;
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
  troubles?: Trouble[];
}

export function openSync({ link, keep, fetch: send = (input, init) => fetch(input, init), now = Date.now, quickMs = QUICK_MS }: SyncOptions): Sync {
  let roster: Roster | null = null;
  let clockOff = 0;
  let wholeAt = 0;
  let uploading: Promise<Answer[]> | null = null;
  // Whichever upload took a scan along, whoever queued it hears of it.
  const heard = new Map<string, Answer>();
  const refused = new Map<string, Trouble>();

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
    for (const told of [heard, refused]) if (told.size > BATCH) told.clear();
    const waits = await keep.queue(MOST_KEPT);
    const queued = waits.filter((each) => each.scan.trouble === undefined).slice(0, BATCH);
    if (queued.length === 0) return [];
    const left = waits.length - queued.length;
    const sent = { sent_at: new Date(now()).toISOString(), waiting: left, scans: queued.map((each) => each.scan) };
    const uploaded = await asked<Uploaded>("scans", sent, limit);
    clockOff = uploaded.clock_off_ms;
    for (const each of uploaded.answers) heard.set(each.nonce, each);
    for (const each of uploaded.troubles ?? []) refused.set(each.nonce, each);
    for (const each of queued) {
      const answer = heard.get(each.scan.nonce);
      const trouble = refused.get(each.scan.nonce);
      if (answer && each.scan.person) roster?.settle(each.scan.nonce, answer.registration);
      if (trouble) await keep.change({ n: each.n, scan: { ...each.scan, trouble: [trouble.message, trouble.next].join(" ").trim() } });
    }
    await keep.remove(queued.filter((each) => heard.has(each.scan.nonce)).map((each) => each.n));
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
      const older = roster;
      roster = new Roster(text);
      if (older) roster.carry(older);
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
      if (!kept) return;
      roster = new Roster(kept);
      roster.keepWalkIns((await keep.queue(MOST_KEPT)).map((each) => each.scan));
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
        await uploadInTurn(quickMs);
      } catch (reason) {
        if (reason instanceof Refused && reason.gone) throw reason;
      }
      const found = { queued, answer: heard.get(scan.nonce) ?? null, trouble: refused.get(scan.nonce) ?? null };
      heard.delete(scan.nonce);
      refused.delete(scan.nonce);
      return found;
    },
    async flush() {
      let sent = 0;
      for (let answers = await uploadInTurn(LONG_MS); answers.length > 0; answers = await uploadInTurn(LONG_MS)) sent += answers.length;
      return sent;
    },
    troubled: async () => (await keep.queue(MOST_KEPT)).filter((each) => each.scan.trouble !== undefined),
    move: async (registration) => (await asked<{ person: Person }>("moves", { registration }, MOVE_MS)).person,
    pair: async () => void (await asked("pair", {}, LONG_MS)),
  };
}
