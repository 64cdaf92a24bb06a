import assert from "node:assert/strict";
import { test } from "node:test";
import type { Keep, Queued } from "../../../web/assets/checkin/keep.js";
import type { Scan } from "../../../web/assets/checkin/model.js";
import { openSync, Refused } from "../../../web/assets/checkin/sync.js";

/** What IndexedDB does, in the order in which it does it. */
function memory(): Keep & { rows: Queued[] } {
  const kept = new Map<string, unknown>();
  let next = 1;
  const made = {
    rows: [] as Queued[],
    get: async <T>(key: string) => kept.get(key) as T | undefined,
    put: async (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
    add: async (scan: Scan) => {
      made.rows.push({ n: next, scan: structuredClone(scan) });
      return next++;
    },
    change: async (queued: Queued) => void (made.rows = made.rows.map((each) => (each.n === queued.n ? structuredClone(queued) : each))),
    remove: async (numbers: number[]) => void (made.rows = made.rows.filter((each) => !numbers.includes(each.n))),
    queue: async (most: number) => made.rows.slice(0, most),
    waiting: async () => made.rows.length,
    clear: async () => kept.clear(),
  };
  return made;
}

const scan = (nonce: string): Scan => ({ nonce, kind: "name", direction: "in", at: "2026-07-01T01:00:00.000Z", registration: "reg_1" });

interface Sent {
  scans: Scan[];
  waiting: number;
}

/** `quickMs`: so long the door waits for an answer; a busy machine must not be taken for a server that is gone. */
function door(answer: (sent: Sent) => Response | Promise<Response>, keep = memory(), quickMs = 30_000) {
  const sent: Sent[] = [];
  const fetched = (async (_url: string, init: RequestInit) => {
    sent.push(JSON.parse(String(init.body)) as Sent);
    return answer(sent.at(-1) as Sent);
  }) as unknown as typeof fetch;
  return { sync: openSync({ link: { token: "t", device: "d" }, keep, fetch: fetched, quickMs }), sent, keep };
}

const answered = ({ scans }: Sent): Response =>
  Response.json({ received_at: "", clock_off_ms: 1234, answers: scans.map(({ nonce }) => ({ nonce, decision: "admitted", registration: "reg_1", first_at: null, first_door: "" })) });
const gone = (): never => {
  throw new TypeError("Failed to fetch");
};

test("a scan is kept before it is sent, and leaves when it was answered", async () => {
  let keptWhileSending = -1;
  const { sync, keep } = door((sent) => {
    keptWhileSending = keep.rows.length;
    return answered(sent);
  });
  const { answer } = await sync.send(scan("a"));
  assert.equal(answer?.decision, "admitted");
  assert.equal(keptWhileSending, 1);
  assert.equal(keep.rows.length, 0);
  assert.equal(sync.clockOff, 1234);
});

test("without a network nothing is lost, and it goes in its order when there is one again", async () => {
  let online = false;
  const { sync, sent, keep } = door((body) => (online ? answered(body) : gone()));
  for (const nonce of ["a", "b", "c"]) assert.equal((await sync.send(scan(nonce))).answer, null);
  assert.equal(keep.rows.length, 3);
  online = true;
  assert.equal(await sync.flush(), 3);
  assert.deepEqual(sent.at(-1)?.scans.map((each) => each.nonce), ["a", "b", "c"]);
  assert.equal(keep.rows.length, 0);
});

test("a server that takes too long is no answer, and what the phone showed goes along the next time", async () => {
  let slow = true;
  const hanging = (body: Sent): Promise<Response> => (slow ? new Promise((_, reject) => setTimeout(() => reject(new DOMException("", "AbortError")), 60)) : Promise.resolve(answered(body)));
  const { sync, sent, keep } = door(hanging, memory(), 50);
  const { queued, answer } = await sync.send(scan("a"));
  assert.equal(answer, null);
  await keep.change({ n: queued.n, scan: { ...queued.scan, shown: "admitted" } });
  slow = false;
  await sync.flush();
  assert.equal(sent.at(-1)?.scans[0]?.shown, "admitted");
});

test("scans that the server did not answer stay", async () => {
  const { sync, keep } = door(({ scans }) => answered({ scans: scans.slice(0, 1), waiting: 0 }));
  await keep.add(scan("a"));
  const { answer } = await sync.send(scan("b"));
  assert.equal(answer, null);
  assert.deepEqual(keep.rows.map((each) => each.scan.nonce), ["b"]);
});

test("two scans at one moment are sent once each", async () => {
  const { sync, sent } = door(answered);
  await Promise.all([sync.send(scan("a")), sync.send(scan("b"))]);
  assert.deepEqual(sent.flatMap((each) => each.scans.map(({ nonce }) => nonce)).sort(), ["a", "b"]);
});

test("a link that was taken back is said, and the scans stay on the phone", async () => {
  const refusal = { error: { code: "door_link_revoked", message: "taken back", next: "make a new one" } };
  const { sync, keep } = door(() => Response.json(refusal, { status: 410 }));
  await assert.rejects(sync.send(scan("a")), (reason) => reason instanceof Refused && reason.gone && reason.next === "make a new one");
  assert.equal(keep.rows.length, 1);
});

test("a proxy's own page is no refusal of ours", async () => {
  const { sync, keep } = door(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  assert.equal((await sync.send(scan("a"))).answer, null);
  assert.equal(keep.rows.length, 1);
});

const WALK_IN: Scan = { ...scan("w"), kind: "walk-in", person: { name: "演示访客", audience: "aud_1", company: "", email: "", phone: "", agreed: true } };
const full = ({ scans }: Sent): Response =>
  Response.json({ received_at: "", clock_off_ms: 0, answers: [], troubles: scans.map(({ nonce }) => ({ nonce, code: "venue_full_no_waiting", message: "full", next: "ask" })) });

test("a walk-in that the server refuses is told at once, and holds up nobody", async () => {
  let refuses = true;
  const { sync, sent, keep } = door((body) => (refuses ? full(body) : answered(body)));
  const { answer, trouble } = await sync.send(WALK_IN);
  assert.equal(answer, null);
  assert.equal(trouble?.code, "venue_full_no_waiting");
  assert.deepEqual((await sync.troubled()).map((each) => each.scan.trouble), ["full ask"]);
  refuses = false;
  await sync.send(scan("a"));
  assert.deepEqual(sent.at(-1)?.scans.map((each) => each.nonce), ["a"]);
  assert.equal(keep.rows.length, 1); // kept until somebody puts it right
});

test("an answer that came with another upload is heard all the same", async () => {
  const { sync, sent } = door(async (body) => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    return answered(body);
  });
  const [first, second] = await Promise.all([sync.send(scan("a")), sync.send(scan("b"))]);
  assert.deepEqual([first.answer?.nonce, second.answer?.nonce], ["a", "b"]);
  assert.ok(sent.length <= 2);
});
