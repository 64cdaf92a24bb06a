import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen, merged, shownLines, units, type Captions } from "../../../web/assets/captions/model.js";
import { lineQueue, type LineQueue, type QueuedLine } from "../../../web/assets/captions/queue.js";
import { Refused, Unreachable } from "../../../web/assets/lib/http.js";

const at = Date.parse("2026-11-23T02:00:10.000Z");
const line = (n: number, until: string): { n: number; text: string; at: string; until: string } => ({ n, text: `line ${n}`, at: "2026-11-23T02:00:00.000Z", until: `2026-11-23T02:00:${until}.000Z` });
const captions: Captions = { stage: "en", languages: [{ code: "en", name: "English" }, { code: "ja", name: "日本語" }], lines: { en: [line(1, "05"), line(2, "11"), line(3, "12"), line(4, "20")] } };

test("the last two lines stand, each until its own instant, whatever the link does", () => {
  assert.deepEqual(shownLines(captions, "en", at).map((each) => each.n), [3, 4]);
  assert.deepEqual(shownLines(captions, "en", at + 5_000).map((each) => each.n), [4]);
  assert.deepEqual(shownLines(captions, "en", at + 10_000), []);
  assert.deepEqual(shownLines(captions, "ja", at), []);
});

test("a reader's own choice holds while somebody interprets into it, else what is usual there", () => {
  assert.equal(chosen(captions, null, "en"), "en");
  assert.equal(chosen(captions, "ja", "en"), "ja");
  assert.equal(chosen(captions, "fr", "en"), "en");
  assert.equal(chosen(captions, "off", "en"), "");
  assert.equal(chosen(captions, null, "zh-CN"), "");
});

test("settings alone leave the lines, and take those of a language that is gone", () => {
  const news = { stage: "", languages: [{ code: "ja", name: "日本語" }] };
  assert.deepEqual(merged(captions, news)?.lines, {});
  assert.equal(merged(captions, { stage: "ja", languages: captions.languages })?.lines?.["en"]?.length, 4);
});

test("room is counted as the server counts it", () => {
  assert.equal(units("Good morning"), 12);
  assert.equal(units("大家好！ok"), 10);
});

class Server {
  said: string[] = [];
  seen = new Set<string>();
  /** What becomes of the next tries; an empty list takes everything. */
  next: ("cut" | "lost answer" | Refused)[] = [];
  kept: QueuedLine[] = [];
  waits = 0;
  closed = 0;
  private ids = 0;

  queue(kept: QueuedLine[] = []): LineQueue {
    return lineQueue<number>(
      {
        post: async (one) => {
          const how = this.next.shift();
          if (how === "cut") throw new Unreachable("cut");
          if (how instanceof Refused) throw how;
          if (!this.seen.has(one.id)) this.said.push(one.text);
          this.seen.add(one.id);
          if (how === "lost answer") throw new Unreachable("no answer");
          return 1;
        },
        wait: async () => void (this.waits += 1),
        keep: (lines) => (this.kept = [...lines]),
        now: () => "2026-11-23T02:00:00.000Z",
        newId: () => `id-${(this.ids += 1)}`,
        changed: () => undefined,
        taken: () => undefined,
        closed: () => (this.closed += 1),
      },
      kept,
    );
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("lines go out in order over a cut and over answers that were lost, each once", async () => {
  const server = new Server();
  server.next = ["cut", "lost answer", "cut"];
  const queue = server.queue();
  for (const text of ["one", "two", "three"]) queue.add(text);
  assert.equal(server.kept.length, 3);
  await settled();
  assert.deepEqual(server.said, ["one", "two", "three"]);
  assert.equal(server.waits, 3);
  assert.deepEqual(server.kept, []);
  assert.equal(queue.isStuck, false);
});

test("what was unsent goes out after a reload under the ids that it had", async () => {
  const server = new Server();
  server.seen.add("id-a");
  server.queue([{ id: "id-a", text: "was taken", typed_at: "" }, { id: "id-b", text: "was not", typed_at: "" }]);
  await settled();
  assert.deepEqual(server.said, ["was not"]);
});

test("a line that came too late stays in sight, does not hold up the next, and can be sent as typed now", async () => {
  const server = new Server();
  server.next = [new Refused(409, "caption_late", "late", "again")];
  const queue = server.queue();
  queue.add("old");
  queue.add("new");
  await settled();
  assert.deepEqual(server.said, ["new"]);
  assert.equal(queue.lines[0]?.refused?.code, "caption_late");
  queue.again("id-1");
  await settled();
  assert.deepEqual(server.said, ["new", "old"]);
  assert.equal(queue.lines.length, 0);
});

test("too fast waits as long as it is told, and a link that was taken back ends it", async () => {
  const server = new Server();
  server.next = [new Refused(429, "too_many", "", "", [], 7), new Refused(410, "interpreter_link_taken_back", "", "")];
  const queue = server.queue();
  queue.add("one");
  await settled();
  assert.deepEqual([server.waits, server.closed, server.said.length, queue.lines.length], [1, 1, 0, 1]);
});
