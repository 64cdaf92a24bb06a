import assert from "node:assert/strict";
import { test } from "node:test";
import { createHttp, Refused, Unreachable } from "../../../web/assets/lib/http.js";

type Answer = () => Response | Promise<Response>;

function client(answers: Answer[]): { http: ReturnType<typeof createHttp>; sent: RequestInit[]; waited: (string | null)[] } {
  const sent: RequestInit[] = [];
  const waited: (string | null)[] = [];
  const http = createHttp({
    csrf: () => "tok",
    words: { unknown: "something failed", unknownNext: "try again" },
    waiting: (what) => waited.push(what),
    random: () => -1, // makes every wait 0 ms
    fetch: (async (_url: string, init: RequestInit) => {
      sent.push(init);
      const answer = answers.shift();
      if (!answer) throw new Error("asked once too often");
      return answer();
    }) as unknown as typeof fetch,
  });
  return { http, sent, waited };
}

const json = (status: number, body: unknown): Answer => () =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const gone: Answer = () => {
  throw new TypeError("Failed to fetch");
};

test("a patient request is repeated until the network is back, and says what it waits for", async () => {
  const { http, sent, waited } = client([gone, () => new Response("<h1>bad gateway</h1>", { status: 502 }), json(200, { ok: 1 })]);
  assert.deepEqual(await http.post("/x", { a: 1 }, { patiently: "sending" }), { ok: 1 });
  assert.equal(sent.length, 3);
  assert.deepEqual(waited, ["sending", "sending", null]);
  assert.equal((sent[2]?.headers as Record<string, string>)["X-CSRFToken"], "tok");
});

test("an answer that breaks off in its body counts as no answer", async () => {
  const broken: Answer = () =>
    new Response(new ReadableStream({ start: (c) => (c.enqueue(new TextEncoder().encode('{"ok"')), c.error(new Error("reset"))) }));
  const { http, sent } = client([broken, json(200, { ok: 2 })]);
  assert.deepEqual(await http.get("/x", { patiently: "reading" }), { ok: 2 });
  assert.equal(sent.length, 2);
});

test("an impatient request fails at once when nothing answers", async () => {
  const { http } = client([gone]);
  await assert.rejects(http.get("/x"), Unreachable);
});

test("a refusal is never repeated and keeps its code, words and next step", async () => {
  const refusal = { error: { code: "not_your_turn", message: "Not yet.", next: "Wait for Party A.", problems: [] } };
  const { http, sent } = client([json(409, refusal)]);
  await assert.rejects(http.post("/x", {}, { patiently: "x" }), (reason: unknown) => {
    assert.ok(reason instanceof Refused);
    assert.deepEqual([reason.status, reason.code, reason.message, reason.next], [409, "not_your_turn", "Not yet.", "Wait for Party A."]);
    return true;
  });
  assert.equal(sent.length, 1);
});

test("a refusal of our own with 503 is a refusal, not a lost server", async () => {
  const { http } = client([json(503, { error: { code: "timestamp_unavailable", message: "No time.", next: "Wait." } })]);
  await assert.rejects(http.post("/x", {}, { patiently: "x" }), Refused);
});

test("a failure page without JSON still has words", async () => {
  const { http } = client([() => new Response("<h1>oops</h1>", { status: 500 })]);
  await assert.rejects(http.get("/x"), (reason: unknown) => reason instanceof Refused && reason.message === "something failed");
});
