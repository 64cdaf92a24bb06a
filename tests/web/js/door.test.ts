import assert from "node:assert/strict";
import { test } from "node:test";
import { listHolds, parseBadge, readBadge } from "../../../web/assets/checkin/badge.js";
import { openLast } from "../../../web/assets/checkin/last.js";
import type { Shown } from "../../../web/assets/checkin/answer.js";
import { cleanCode, dayBegan, decide, offBy, Roster, search, walkedNonce, type ListText, type Person } from "../../../web/assets/checkin/model.js";

// Made by events/badges/qr.py with the key whose 32 secret bytes are 0, 1, 2, …, 31.
const BADGE = "YQ1.AVZHWqdUY0dMAaIG6FJerjqHVX25Kh9aaQGiBvP8OLzjmlgd7mX4XYwAAzwQO4d7ThnMPQlcTB9gXZa7j_Ub5o8WHO0_ZM9aOREDWeI-c9Qq8c0AL08Cr_Dic5V0D9FvPs4LWEDHUc6PXQE";
const CONFERENCE = "cnf_01m83egmjynrx8enbxq4n1ypk9";
const KEYS = { "56475aa75463474c": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=" };
const LIST = { list: '{"made_at":"2026-07-01T01:00:00.000Z"}', signature: "5lYXcEvAYwDd1CFpT8R649l2b5pXckIXXuYPpen9hFZvHvTTMheIcbjLoSOKOMcUke4y0pbgt9NqxsaGsQoPDw==", key: "56475aa75463474c" };
const NINE = Date.parse("2026-07-01T01:00:00Z"); // in Chengdu

function person(id: string, more: Partial<Person> = {}): Person {
  return { id, code: `CODE${id.toUpperCase()}`, state: "confirmed", venue: "here", name: id, find: id, ...more };
}

function roster(people: Person[], more: Partial<ListText> = {}): Roster {
  return new Roster({
    made_at: "2026-07-01T01:00:00.000Z",
    since: null,
    conference: { id: CONFERENCE, title: {} },
    door: { id: "east", name: {}, venue: "here", kiosk: false },
    day_began: "2026-06-30T20:00:00.000Z",
    timezone: "Asia/Shanghai",
    venues: {},
    doors: {},
    audiences: {},
    notice: { controller: {}, purpose: {}, days: 180 },
    keys: KEYS,
    people,
    prints: {},
    inside: [],
    ...more,
  });
}

const chosen = (id: string, print: number | null = null) => ({ state: "good", id, print }) as const;

test("a badge made by the server is read by the phone", async () => {
  assert.deepEqual(await readBadge(BADGE, KEYS, CONFERENCE), { state: "good", id: "reg_01m83f7z1rqkhsmp0xxsjzgqcc", print: 3 });
});

test("a badge with one sign changed is forged, cut short it is unknown, and at another conference it is foreign", async () => {
  const changed = BADGE.slice(0, 120) + (BADGE[120] === "A" ? "B" : "A") + BADGE.slice(121);
  assert.deepEqual(await readBadge(changed, KEYS, CONFERENCE), { state: "forged" });
  assert.deepEqual(await readBadge(BADGE.slice(0, -1), KEYS, CONFERENCE), { state: "unknown" });
  assert.deepEqual(await readBadge(BADGE, {}, CONFERENCE), { state: "unknown" });
  assert.deepEqual(await readBadge(BADGE, KEYS, "cnf_00000000000000000000000000"), { state: "other_conference" });
  assert.equal(parseBadge("https://menu.example"), null);
});

test("a browser that does not know Ed25519 checks badges all the same", async (context) => {
  context.mock.method(crypto.subtle, "importKey", () => Promise.reject(new DOMException("unknown algorithm", "NotSupportedError")));
  assert.equal((await readBadge(BADGE, KEYS, CONFERENCE)).state, "good");
  const changed = BADGE.slice(0, 120) + (BADGE[120] === "A" ? "B" : "A") + BADGE.slice(121);
  assert.equal((await readBadge(changed, KEYS, CONFERENCE)).state, "forged");
});

test("a list counts only as it was signed", async () => {
  assert.equal(await listHolds(LIST, KEYS), true);
  assert.equal(await listHolds({ ...LIST, list: LIST.list.replace("07", "08") }, KEYS), false);
  assert.equal(await listHolds(LIST, {}), false);
});

test("a door decides as the server does", () => {
  const list = roster([person("ann"), person("bob", { venue: "there" }), person("cy", { state: "waitlisted" }), person("dee", { state: "rejected" })], {
    prints: { ann: 2 },
    inside: [],
  });
  const said = (id: string, print: number | null = null, way: "in" | "out" = "in") => decide(list, chosen(id, print), way, NINE).decision;
  assert.deepEqual(["ann", "bob", "cy", "dee", "zoe"].map((id) => said(id)), ["admitted", "other_venue", "waiting", "withdrawn", "unknown"]);
  assert.deepEqual([said("ann", 1), said("ann", 2)], ["older_print", "admitted"]);
  assert.equal(said("ann", null, "out"), "not_in");
  list.see({ id: "ann", in: true, since: new Date(NINE).toISOString(), door: "west" });
  assert.equal(said("ann"), "already_in");
  assert.equal(decide(list, chosen("ann"), "in", NINE).first?.door, "west");
  assert.equal(said("ann", null, "out"), "left");
  assert.equal(decide(list, chosen("ann"), "in", NINE + 86_400_000).decision, "admitted"); // the next morning
  assert.equal(decide(list, { state: "forged" }, "in", NINE).decision, "forged");
});

test("a list from yesterday knows when today began", () => {
  const { text } = roster([]);
  assert.equal(dayBegan(text, NINE + 2 * 86_400_000), Date.parse("2026-07-02T20:00:00Z"));
});

test("what changed since is added, and an older presence turns nothing back", () => {
  const list = roster([person("ann")]);
  list.see({ id: "ann", in: true, since: new Date(NINE).toISOString(), door: "east" });
  list.merge({ ...list.text, since: "x", people: [person("ann", { state: "withdrawn" }), person("eve")], inside: [{ id: "ann", in: false, since: new Date(NINE - 1).toISOString(), door: "east" }] });
  assert.equal(decide(list, chosen("ann"), "in", NINE).decision, "withdrawn");
  assert.equal(list.presences.get("ann")?.in, true);
  const again = new Roster(JSON.parse(JSON.stringify(list.whole())) as ListText);
  assert.deepEqual([...again.people.keys()], ["ann", "eve"]);
});

test("people are found by name, pinyin, company and code, and never those of another venue", () => {
  const { name: _, ...elsewhere } = person("reg_9", { venue: "there", find: "zs zhangsan" });
  const list = roster([
    person("1", { name: "张三", find: "zs zhangsan", company: "演示云帆", code: "AB2CD3EF" }),
    person("2", { name: "赵四", find: "zs zhaosi" }),
    person("3", { name: "Zoë Smith", find: "zs zoesmith" }),
    elsewhere,
  ]);
  const found = (typed: string) => search(list, typed).map((each) => each.id);
  assert.deepEqual(found("zs").sort(), ["1", "2", "3"]);
  assert.deepEqual(found("ZhangS"), ["1"]);
  assert.deepEqual(found("三"), ["1"]);
  assert.deepEqual(found("云帆"), ["1"]);
  assert.deepEqual(found("ab2c-d3ef"), ["1"]);
  assert.deepEqual(found("  "), []);
  assert.equal(list.byCode(" ab2cd3ef ")?.id, "1");
  assert.equal(cleanCode("ａｂ-2"), "AB2");
});

test("a clock that is off is told in hours and minutes", () => {
  assert.deepEqual(offBy(3 * 3_600_000 + 2 * 60_000), { hours: 3, minutes: 2, isFast: true });
  assert.deepEqual(offBy(-150_000), { hours: 0, minutes: 3, isFast: false });
});

const walkIn = { name: "演示访客", audience: "aud_1", company: "演示公司", email: "", phone: "", agreed: true };
const letIn = { nonce: "n1", kind: "walk-in", direction: "in", at: "2026-07-01T01:00:00.000Z", person: walkIn, shown: "admitted" } as const;

test("who was let in without a network is found, is in, and goes out by this phone", () => {
  const list = roster([]);
  list.addWalkIn(letIn);
  const [found] = search(list, "演示");
  assert.equal(found?.name, "演示访客");
  assert.equal(walkedNonce(found?.id ?? ""), "n1");
  assert.equal(decide(list, chosen(found?.id ?? ""), "in", NINE).decision, "already_in");
  assert.equal(decide(list, chosen(found?.id ?? ""), "out", NINE).decision, "left");
});

test("once the server has registered them they are that person, and still in", () => {
  const list = roster([]);
  list.addWalkIn(letIn);
  list.settle("n1", "reg_1");
  assert.deepEqual(search(list, "演示").map((each) => each.id), ["reg_1"]);
  assert.equal(decide(list, chosen("reg_1"), "in", NINE).decision, "already_in");
});

test("a whole new list does not forget whom only this phone knows, and a phone that was killed finds them in its queue", () => {
  const [older, fresh, killed] = [roster([]), roster([]), roster([])];
  older.addWalkIn(letIn);
  fresh.carry(older);
  killed.keepWalkIns([letIn]);
  for (const list of [fresh, killed]) assert.equal(search(list, "演示").length, 1);
  fresh.keepWalkIns([]); // answered while the app was closed
  assert.equal(search(fresh, "演示").length, 0);
});

test("people of another hall have no name here and are found by their whole code", () => {
  const { name: _, ...elsewhere } = person("b", { venue: "there" });
  const list = roster([elsewhere]);
  assert.deepEqual(search(list, "codeb").map((each) => each.id), ["b"]);
  assert.deepEqual(search(list, "code"), []);
});

function memory(): { get<T>(key: string): Promise<T | undefined>; put(key: string, value: unknown): Promise<void> } {
  const kept = new Map<string, unknown>();
  return { get: async <T>(key: string) => kept.get(key) as T | undefined, put: async (key, value) => void kept.set(key, structuredClone(value)) };
}

const said = (name: string): Shown => ({ decision: "admitted", tone: "good", sign: "✓", word: "", name, more: "" });

test("whom a door answered last is still known after a reload, and not at another door", async () => {
  const keep = memory();
  const before = await openLast(keep, "east");
  for (let at = 0; at < 25; at += 1) await before.add({ at, said: said(`person ${at}`) });
  await before.drop();
  const after = await openLast(keep, "east");
  assert.deepEqual(after.scans.map(({ at }) => at), Array.from({ length: 19 }, (_, index) => 23 - index));
  assert.deepEqual((await openLast(keep, "west")).scans, []);
});
