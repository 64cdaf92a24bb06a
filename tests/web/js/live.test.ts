import assert from "node:assert/strict";
import { test } from "node:test";
import { openLive, SOON_MS, type LiveState, type LiveUpdate } from "../../../web/assets/lib/live.js";
import { streamParser, type StreamEvent } from "../../../web/assets/lib/sse.js";

function parsed(chunks: string[]): { events: StreamEvent[]; comments: number } {
  const events: StreamEvent[] = [];
  let comments = 0;
  const feed = streamParser({ onEvent: (event) => events.push(event), onComment: () => (comments += 1) });
  chunks.forEach(feed);
  return { events, comments };
}

test("an event split at every possible byte is read the same", () => {
  const whole = '\uFEFFid: 7\r\nevent: hello\r\ndata: {"seq":7,\r\ndata: "a":1}\r\n\r\n: beat\r\n\r\nid:8\ndata:x\n\n';
  const wanted = parsed([whole]);
  assert.deepEqual(wanted.events, [
    { event: "hello", data: '{"seq":7,\n"a":1}', id: "7" },
    { event: "message", data: "x", id: "8" },
  ]);
  assert.equal(wanted.comments, 1);
  for (let cut = 1; cut < whole.length; cut += 1) assert.deepEqual(parsed([whole.slice(0, cut), whole.slice(cut)]), wanted);
  assert.deepEqual(parsed([...whole]), wanted);
});

/** A server whose answers are given one after the other; records what it was asked. */
function server(answers: (string | number)[]): { fetch: typeof fetch; asked: string[]; waits: number[] } {
  const asked: string[] = [];
  const fetchStub = (async (input: URL, init: RequestInit) => {
    asked.push(String(input));
    const answer = answers.shift();
    if (answer === undefined) {
      return new Promise<Response>((_, reject) => init.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    }
    if (typeof answer === "number") return new Response("", { status: answer });
    if (answer === "down") throw new TypeError("network");
    return new Response(answer, { headers: { "Content-Type": "text/event-stream" } });
  }) as unknown as typeof fetch;
  return { fetch: fetchStub, asked, waits: [] };
}

interface Heard {
  updates: LiveUpdate[];
  states: LiveState[];
  refetches: number;
}

async function play(answers: (string | number)[], seq: number, asks: number, longestWaitMs?: number): Promise<Heard & { asked: string[]; waits: number[] }> {
  const site = server(answers);
  const heard: Heard = { updates: [], states: [], refetches: 0 };
  let settled: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (settled = resolve));
  const live = openLive(
    {
      url: "http://page/live/tok",
      seq,
      ...(longestWaitMs === undefined ? {} : { longestWaitMs }),
      fetch: (...args) => {
        const answer = site.fetch(...args);
        if (site.asked.length >= asks) setImmediate(() => setImmediate(settled));
        return answer;
      },
      random: () => 1,
      wait: async (ms) => void site.waits.push(ms),
    },
    {
      onUpdate: (update) => heard.updates.push(update),
      onRefetch: () => (heard.refetches += 1),
      onState: (state) => {
        heard.states.push(state);
        if (state === "ended") settled();
      },
    },
  );
  await done;
  live.stop();
  return { ...heard, asked: site.asked, waits: site.waits };
}

const hello = (seq: number): string => `event: hello\ndata: {"seq":${seq},"server_now":"2026-01-01T00:00:00.000Z"}\n\n`;
const update = (seq: number): string => `id: ${seq}\ndata: {"kind":"stage.patch","seq":${seq}}\n\n`;

test("after a break the stream goes on behind the last update that was heard", async () => {
  const heard = await play([hello(5) + update(6) + update(7), hello(8) + update(8)], 5, 3);
  assert.deepEqual(heard.asked, ["http://page/live/tok?after=5", "http://page/live/tok?after=7", "http://page/live/tok?after=8"]);
  assert.deepEqual(heard.updates.map((one) => one.seq), [6, 7, 8]);
  assert.equal(heard.refetches, 0);
});

test("a repeated update is heard once", async () => {
  const heard = await play([hello(2) + update(1) + update(2) + update(2)], 0, 2);
  assert.deepEqual(heard.updates.map((one) => one.seq), [1, 2]);
});

test("a page of a ceremony never waits longer than it says", async () => {
  const heard = await play(["down", "down", "down", "down", "down", hello(0)], 0, 6, SOON_MS);
  assert.deepEqual(heard.waits, [500, 1000, 2000, 2000, 2000, 500]);
});

test("waits grow while nothing answers and start again after a hello", async () => {
  const heard = await play(["down", 503, "down", hello(0), "down"], 0, 6);
  assert.deepEqual(heard.waits, [500, 1000, 2000, 500, 1000]);
});

test("a stream that cannot replay asks for the whole state", async () => {
  const heard = await play([hello(90) + 'event: refetch\ndata: {"seq":90}\n\n' + update(91)], 3, 2);
  assert.equal(heard.refetches, 1);
  assert.deepEqual(heard.asked[1], "http://page/live/tok?after=91");
});

test("a server whose count is behind ours was restored: the whole state is read again", async () => {
  const heard = await play([hello(4) + update(5)], 50, 2);
  assert.equal(heard.refetches, 1);
  assert.deepEqual(heard.updates.map((one) => one.seq), [5]);
});

test("a revoked link ends the stream and says so", async () => {
  const heard = await play([hello(1), 410], 1, 99);
  assert.deepEqual(heard.states, ["connected", "lost", "ended"]);
  assert.equal(heard.asked.length, 2);
});
