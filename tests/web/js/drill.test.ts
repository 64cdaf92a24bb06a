import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { createHttp, Unreachable } from "../../../web/assets/lib/http.js";
import { cutLine, isCut, LineCut, mendLine, onTheLine } from "../../../web/assets/lib/line.js";
import { openLive, type LiveState } from "../../../web/assets/lib/live.js";

afterEach(mendLine);

/** A server that answers when it is told to; a request that is broken off is told so, as by a browser. */
function server(): { fetch: typeof fetch; sent: string[]; answer: (() => void)[] } {
  const sent: string[] = [];
  const answer: (() => void)[] = [];
  const send = (url: string | URL, init: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      sent.push(String(url));
      init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      answer.push(() => resolve(new Response('{"ok": true}', { headers: { "Content-Type": "application/json" } })));
    });
  return { fetch: send as unknown as typeof fetch, sent, answer };
}

function client(site: ReturnType<typeof server>): ReturnType<typeof createHttp> {
  return createHttp({ csrf: () => "t", words: { unknown: "u", unknownNext: "n" }, fetch: site.fetch, random: () => -1 });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function until(met: () => boolean): Promise<void> {
  while (!met()) await turn();
}

test("what is on its way when the line is cut breaks off, and is sent again when it is mended", async () => {
  const site = server();
  const signed = client(site).post("/finish", { signature: "s" }, { patiently: "signing" });
  await until(() => site.sent.length === 1);
  cutLine();
  for (let n = 0; n < 20; n += 1) await turn();
  assert.equal(site.sent.length, 1, "nothing gets out meanwhile");
  mendLine();
  await until(() => site.answer.length === 2);
  site.answer[1]?.();
  assert.deepEqual(await signed, { ok: true });
});

test("an impatient request fails as it does without a network", async () => {
  cutLine();
  await assert.rejects(client(server()).get("/x"), Unreachable);
});

test("nothing is held on to once it is answered", async () => {
  const site = server();
  const asked = client(site).get("/x");
  await until(() => site.answer.length === 1);
  site.answer[0]?.();
  await asked;
  const controller = new AbortController();
  onTheLine(controller)();
  cutLine();
  assert.equal(controller.signal.aborted, false);
  assert.equal(isCut(), true);
  assert.throws(() => onTheLine(new AbortController()), LineCut);
});

test("the stream is lost with the line, and connected again after it", async () => {
  const states: LiveState[] = [];
  let streams = 0;
  const hello = 'event: hello\ndata: {"seq": 1, "server_now": "2026-01-01T00:00:00Z"}\n\n';
  const send = (async (_: unknown, init: RequestInit) => {
    streams += 1;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(hello));
        init.signal?.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
      },
    });
    return new Response(body);
  }) as unknown as typeof fetch;
  const live = openLive(
    { url: "http://page/live/t", seq: 1, fetch: send, wait: turn },
    { onUpdate: () => undefined, onRefetch: () => undefined, onState: (state) => states.push(state) },
  );
  await until(() => live.state === "connected");
  cutLine();
  await until(() => live.state === "lost");
  for (let n = 0; n < 20; n += 1) await turn();
  assert.equal(streams, 1, "no stream is opened without a line");
  mendLine();
  await until(() => live.state === "connected");
  live.stop();
  assert.deepEqual(states, ["connected", "lost", "connected"]);
  assert.equal(streams, 2);
});
