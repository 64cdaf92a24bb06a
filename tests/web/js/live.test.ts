import assert from "node:assert/strict";
import { test } from "node:test";
import { createLine, openLive, SOON_MS, type LiveState, type LiveUpdate } from "../../../web/assets/lib/live.js";
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

interface Rider {
  heard: (number | string)[];
  states: LiveState[];
}

/** Streams on one line, whose answers are pushed by hand. */
function lineOf(): { line: ReturnType<typeof createLine>; asked: URL[]; stop: () => void; say: (text: string) => void; end: (status?: number) => void; rider: () => Rider & { handlers: Parameters<typeof openLive>[1] } } {
  const asked: URL[] = [];
  let feed: ReadableStreamDefaultController<Uint8Array> | null = null;
  let refuseNext: number | null = null;
  const line = createLine({
    fetch: (async (input: URL, init: RequestInit) => {
      asked.push(new URL(input));
      if (refuseNext !== null) {
        const status = refuseNext;
        refuseNext = null;
        return new Response("", { status });
      }
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) });
      const own = feed;
      init.signal?.addEventListener("abort", () => {
        try {
          (own as unknown as ReadableStreamDefaultController<Uint8Array>).error(new Error("aborted"));
        } catch {
          return; // closed already
        }
      });
      return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
    }) as unknown as typeof fetch,
    random: () => 1,
    wait: async () => undefined,
  });
  const lives: { stop(): void }[] = [];
  return {
    line: {
      open(options, handlers) {
        const live = line.open(options, handlers);
        lives.push(live);
        return live;
      },
    },
    stop: () => lives.forEach((live) => live.stop()),
    asked,
    say: (text) => feed?.enqueue(new TextEncoder().encode(text)),
    end: (status) => {
      if (status !== undefined) refuseNext = status;
      feed?.close();
    },
    rider: () => {
      const heard: (number | string)[] = [];
      const states: LiveState[] = [];
      return { heard, states, handlers: { onUpdate: (one) => heard.push(one.seq), onRefetch: () => heard.push("refetch"), onState: (state) => states.push(state) } };
    },
  };
}

const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const along = (channel: string, data: object): string => `event: with:${channel}\ndata: ${JSON.stringify(data)}\n\n`;

test("what a page opens while it starts rides on one connection, and each hears its own", async (context) => {
  const site = lineOf();
  context.after(site.stop);
  const [stage, ink, captions] = [site.rider(), site.rider(), site.rider()];
  site.line.open({ url: "http://page/live/main", seq: 5 }, stage.handlers);
  site.line.open({ url: "http://page/live/pens", seq: 2 }, ink.handlers);
  site.line.open({ url: "http://page/live/words", seq: 0 }, captions.handlers);
  await quiet();
  assert.deepEqual(site.asked.map((url) => [url.pathname, url.searchParams.get("after"), url.searchParams.getAll("with")]), [["/live/main", "5", ["pens~2", "words~0"]]]);
  site.say(hello(5) + along("ink:1", { kind: "hello", n: 0, seq: 2 }) + along("captions:1", { kind: "hello", n: 1, seq: 0 }));
  site.say(update(6) + along("captions:1", { kind: "captions.said", seq: 1 }) + along("ink:1", { kind: "ink.drawn", seq: 3 }) + along("ink:1", { kind: "ink.drawn", seq: 3 }));
  await quiet();
  assert.deepEqual([stage.heard, ink.heard, captions.heard], [[6], [3], [1]]);
  assert.deepEqual([stage.states, ink.states, captions.states], [["connected"], ["connected"], ["connected"]]);
  site.say(along("ink:1", { kind: "refetch", seq: 40 }));
  await quiet();
  assert.deepEqual([stage.heard, ink.heard], [[6], [3, "refetch"]]);
  site.end();
  await quiet();
  assert.deepEqual(site.asked[1]?.searchParams.getAll("with"), ["pens~40", "words~1"]);
  assert.deepEqual(ink.states, ["connected", "lost"]);
});

test("who joins later is asked for at once, and nobody sees the line as lost", async (context) => {
  const site = lineOf();
  context.after(site.stop);
  const [stage, ink] = [site.rider(), site.rider()];
  site.line.open({ url: "http://page/live/main", seq: 5 }, stage.handlers);
  await quiet();
  site.say(hello(5) + update(6));
  await quiet();
  const pens = site.line.open({ url: "http://page/live/pens", seq: 0 }, ink.handlers);
  await quiet();
  assert.deepEqual(site.asked.map((url) => url.search), ["?after=5", "?after=6&with=pens%7E0"]);
  site.say(hello(6) + along("ink:1", { kind: "hello", n: 0, seq: 0 }) + update(7));
  await quiet();
  assert.deepEqual([stage.heard, stage.states, ink.states], [[6, 7], ["connected"], ["connected"]]);
  pens.stop();
  await quiet();
  assert.equal(site.asked[2]?.search, "?after=7");
  site.say(hello(7) + along("ink:1", { kind: "ink.drawn", seq: 9 }));
  await quiet();
  assert.deepEqual(ink.heard, []);
});

test("the others go on when the first one is stopped or its link has ended", async (context) => {
  const site = lineOf();
  context.after(site.stop);
  const [stage, ink, captions] = [site.rider(), site.rider(), site.rider()];
  const first = site.line.open({ url: "http://page/live/main", seq: 5 }, stage.handlers);
  site.line.open({ url: "http://page/live/pens", seq: 1 }, ink.handlers);
  site.line.open({ url: "http://page/live/words", seq: 2 }, captions.handlers);
  await quiet();
  first.stop();
  await quiet();
  assert.equal(site.asked[1]?.pathname + (site.asked[1]?.search ?? ""), "/live/pens?after=1&with=words%7E2");
  site.say(hello(1));
  site.end(410);
  await quiet();
  assert.deepEqual(ink.states.at(-1), "ended");
  assert.equal(site.asked[3]?.pathname + (site.asked[3]?.search ?? ""), "/live/words?after=2");
});

test("what the server does not let ride along is asked for by itself and told why there", async (context) => {
  const site = lineOf();
  context.after(site.stop);
  const [stage, ink, captions] = [site.rider(), site.rider(), site.rider()];
  site.line.open({ url: "http://page/live/main", seq: 5 }, stage.handlers);
  site.line.open({ url: "http://page/live/pens", seq: 1 }, ink.handlers);
  site.line.open({ url: "http://page/live/words", seq: 2 }, captions.handlers);
  await quiet();
  site.say(hello(5) + 'event: with\ndata: {"n":0}\n\n' + along("captions:1", { kind: "hello", n: 1, seq: 2 }));
  await quiet();
  assert.deepEqual(site.asked.map((url) => url.pathname), ["/live/main", "/live/pens"]);
  assert.deepEqual(site.asked[1]?.searchParams.getAll("with"), []);
});
