// /door/: check-in on a phone, with a network and without one.

import { readBadge } from "./checkin/badge.js";
import { pick, shown, type Shown } from "./checkin/answer.js";
import { openCamera, openReader, type Camera, type Reader } from "./checkin/camera.js";
import { openKeep, type Keep } from "./checkin/keep.js";
import { CLOCK_TOLERANCE_MS, decide, offBy, passes, search, walkedNonce, type Answer, type Decision, type Direction, type Kind, type Person, type Read, type Scan, type WalkIn } from "./checkin/model.js";
import { allowSound, signal } from "./checkin/signal.js";
import { openSync, Refused, type Link, type Sync } from "./checkin/sync.js";
import { need, setBusy, setText } from "./lib/dom.js";
import { pageLocale, say } from "./lib/messages.js";
import { openLast, type Last } from "./checkin/last.js";
import { showAnswer, showFound, showLast, showState, showView } from "./checkin/show.js";
import { beginWalkIn, fillWalkIn, readWalkIn, showProblem } from "./checkin/walk-in.js";

const REFRESH_MS = 15_000;
const NAME_MS = 1500; // so long a name may be waited for before somebody is welcomed without it
const locale = pageLocale();

let keep: Keep;
let sync: Sync;
let camera: Camera | null = null;
let reader: Reader | null = null;
let last: Last;
let working = false;
let reached = false;
let lastText = "";

function secret(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The token of a door's link: behind the # of its address, so that no server's log ever holds it. */
function tokenIn(text: string): string | null {
  const found = /#([A-Za-z0-9_.-]{40,})$/.exec(text.trim());
  return found?.[1] ?? null;
}

async function linkFrom(text: string): Promise<Link | null> {
  const token = tokenIn(text);
  if (!token) return null;
  const device = (await keep.get<string>("device")) ?? secret(24);
  await keep.put("device", device);
  return { token, device };
}

function problemAtStart(words: string): void {
  const place = need<HTMLElement>("[data-start-problem]");
  place.hidden = words === "";
  setText(place, words);
}

async function askForLink(words = ""): Promise<void> {
  camera?.stop();
  camera = null;
  showView("start");
  problemAtStart(words);
}

/** Begin with a link that was scanned, opened or typed; the phone that uses it first has it to itself. */
async function begin(link: Link): Promise<void> {
  sync = openSync({ link, keep });
  await sync.start();
  try {
    await sync.pair();
    await keep.put("link", link);
    await sync.refresh();
    reached = true;
  } catch (reason) {
    if (reason instanceof Refused && reason.gone) return gone(reason);
    if (!sync.roster) return askForLink(reason instanceof Refused ? [reason.message, reason.next].join(" ") : say("checkin-start-no-network"));
  }
  await openDoor();
}

/** The link was taken back: what was scanned stays on the phone, and is sent by the next link of this door. */
async function gone(reason: Refused): Promise<void> {
  const waiting = await keep.waiting();
  const words = [reason.message, reason.next, waiting > 0 ? say("checkin-still-waiting", { n: waiting }) : ""];
  await keep.put("link", null);
  await askForLink(words.filter(Boolean).join(" "));
}

async function openDoor(): Promise<void> {
  const text = sync.roster?.text;
  if (!text) return askForLink();
  document.body.toggleAttribute("data-kiosk", text.door.kiosk);
  need<HTMLElement>("[data-kiosk-only]").hidden = !text.door.kiosk;
  const [door, hall, title] = [pick(text.door.name, locale), pick(text.venues[text.door.venue], locale), pick(text.conference.title, locale)];
  // A clerk looks whether it is their door; a guest, whether it is their conference.
  setText(need("[data-door-name]"), text.door.kiosk ? title : door);
  setText(need("[data-door-venue]"), (text.door.kiosk ? [hall, door] : [hall, title]).join(" · "));
  fillWalkIn(need("[data-walk-in]"), text, locale);
  last = await openLast(keep, [text.conference.id, text.door.id, text.day_began].join(" "));
  showLast(last.scans, text.timezone);
  showView("door");
  await state();
  void startCamera(true);
}

async function state(): Promise<void> {
  const waiting = await keep.waiting();
  const mend = (await sync.troubled()).length;
  showState({ mend, online: reached, listAt: sync.listAge(), waiting, off: Math.abs(sync.clockOff) > CLOCK_TOLERANCE_MS ? offBy(sync.clockOff) : null });
}

async function tidy(): Promise<void> {
  if (!sync?.roster || need<HTMLElement>('[data-view="door"]').hidden) return;
  try {
    await sync.flush();
    await sync.refresh();
    reached = true;
  } catch (reason) {
    if (reason instanceof Refused && reason.gone) return gone(reason);
    reached = reason instanceof Refused;
  }
  await state();
}

async function startCamera(quietly: boolean): Promise<void> {
  const off = need<HTMLElement>("[data-camera-off]");
  if (camera) return;
  if (!navigator.mediaDevices?.getUserMedia) return setText(need("[data-camera-words]"), say("checkin-camera-none"));
  try {
    reader ??= await openReader(document.body.dataset["wasm"] ?? "");
    camera = await openCamera(need<HTMLVideoElement>("[data-video]"), reader, (text) => void seen(text));
    off.hidden = true;
    need<HTMLElement>("[data-camera-hint]").hidden = false;
  } catch (reason) {
    console.info("no camera", reason);
    if (!quietly) setText(need("[data-camera-words]"), say(reason instanceof DOMException && reason.name === "NotAllowedError" ? "checkin-camera-refused" : "checkin-camera-none"));
  }
}

async function seen(text: string): Promise<void> {
  if (!need<HTMLElement>('[data-view="start"]').hidden) {
    const link = await linkFrom(text);
    return link ? begin(link) : problemAtStart(say("checkin-start-not-a-link"));
  }
  if (working || document.querySelector("dialog[open]")) return;
  const answer = need<HTMLElement>("[data-answer]");
  // Whoever was let in is gone: the next badge needs no tap. What asks for a look stays until somebody has looked.
  if (!answer.hidden && (answer.dataset["tone"] !== "good" || text === lastText)) return;
  lastText = text;
  const badge = text.startsWith("YQ1.");
  await scan(badge ? "badge" : "code", { code: text.slice(0, 300) });
}

function way(): Direction {
  return document.querySelector<HTMLInputElement>('input[name="way"]:checked')?.value === "out" ? "out" : "in";
}

async function readHere(kind: Kind, about: { code?: string; registration?: string }): Promise<Read> {
  const roster = sync.roster;
  if (!roster) return { state: "unknown" };
  if (kind === "badge") return readBadge(about.code ?? "", roster.text.keys, roster.text.conference.id);
  const id = about.registration ?? roster.byCode(about.code ?? "")?.id;
  return id === undefined ? { state: "unknown" } : { state: "good", id, print: null };
}

/** One person at the door: kept on the phone first, then the server's answer, or the list's where none comes soon. */
async function scan(kind: Kind, about: { code?: string; registration?: string }, person?: Person): Promise<void> {
  const roster = sync.roster;
  if (!roster || working) return;
  working = true;
  try {
    const direction = way();
    const walked = about.registration === undefined ? undefined : walkedNonce(about.registration);
    const made: Scan = { nonce: secret(16), kind, direction, at: new Date().toISOString(), ...(walked === undefined ? about : { walked }) };
    const here = decide(roster, await readHere(kind, about), direction, Date.now() - sync.clockOff);
    const { queued, answer } = await sync.send(made);
    reached = answer !== null;
    if (!answer) await keep.change({ n: queued.n, scan: { ...made, shown: here.decision } });
    const decision = answer?.decision ?? here.decision;
    const who = here.person ?? person ?? (answer ? await whoIs(answer.registration) : undefined);
    await note(decision, who, direction);
    await tell(decision, who, answer, here.first?.since ?? null, here.first?.door ?? "", made);
  } catch (reason) {
    if (reason instanceof Refused) await gone(reason);
    else throw reason;
  } finally {
    working = false;
    await state();
  }
}

/** Somebody whom the server knows; who registered since the last list came is asked for, if that takes but a moment. */
async function whoIs(id: string): Promise<Person | undefined> {
  if (!id) return undefined;
  if (!sync.roster?.people.has(id)) await Promise.race([sync.refresh().catch(() => undefined), new Promise((done) => window.setTimeout(done, NAME_MS))]);
  return sync.roster?.people.get(id);
}

/** This door's own list knows what it has just done. */
async function note(decision: Decision, who: Person | undefined, direction: Direction): Promise<void> {
  const roster = sync.roster;
  if (!roster) return;
  if (passes(decision) && who) roster.see({ id: who.id, in: direction === "in", since: new Date(Date.now() - sync.clockOff).toISOString(), door: roster.text.door.id });
  await keep.put("list", roster.whole());
}

async function tell(decision: Decision, who: Person | undefined, answer: Answer | null, since: string | null, door: string, made: Scan): Promise<void> {
  const text = sync.roster?.text;
  if (!text) return;
  const said: Shown = shown({
    decision,
    person: who,
    firstAt: answer?.first_at ?? since,
    firstDoor: text.doors[answer?.first_door || door],
    venue: who ? text.venues[who.venue] : undefined,
    audience: who?.audience ? text.audiences[who.audience] : undefined,
    timezone: text.timezone,
    locale,
    alone: answer === null,
    kept: answer === null && made.person !== undefined,
    kiosk: text.door.kiosk,
  });
  signal(said.tone);
  const undo = passes(decision) && !text.door.kiosk ? () => void takeBack(made, who) : null;
  const move = decision === "other_venue" && answer !== null && who && !text.door.kiosk ? () => void moveHere(who) : null;
  showAnswer(said, { undo, move }, text.door.kiosk ? 4000 : said.tone === "good" ? 2500 : null);
  await last.add({ at: Date.now(), said });
  showLast(last.scans, text.timezone);
}

async function takeBack(wrong: Scan, who: Person | undefined): Promise<void> {
  const { answer } = await sync.send({ nonce: secret(16), kind: "undo", direction: wrong.direction, at: new Date().toISOString(), undoes: wrong.nonce });
  if (who) sync.roster?.forget(who.id);
  reached = answer !== null;
  await last.drop();
  showLast(last.scans, sync.roster?.text.timezone ?? "UTC");
  const said = shown({ decision: "undone", person: who, firstAt: null, firstDoor: undefined, venue: undefined, audience: undefined, timezone: "UTC", locale, alone: answer === null, kiosk: false });
  showAnswer(said, {}, 1500);
  await state();
}

/** Change somebody to the venue of this door and let them in; refused, they keep the place that they have. */
async function moveHere(who: Person): Promise<void> {
  const text = sync.roster?.text;
  if (!text || working) return;
  working = true;
  try {
    const person = await sync.move(who.id);
    sync.roster?.people.set(person.id, person);
  } catch (reason) {
    if (reason instanceof Refused && reason.gone) return gone(reason);
    const full = reason instanceof Refused && reason.code === "venue_full";
    const about = { name: who.name ?? say("checkin-move-this"), venue: pick(text.venues[who.venue], locale) };
    const why = reason instanceof Refused ? [reason.message, reason.next].join(" ") : say("checkin-move-offline");
    signal("stop");
    return showAnswer({ decision: "other_venue", tone: "stop", sign: "✕", word: say(full ? "checkin-move-full" : "checkin-move-failed"), name: who.name ?? "", more: full ? say("checkin-move-full-next", about) : why }, {}, null);
  } finally {
    working = false;
  }
  await scan("name", { registration: who.id });
}

/** Register who never did, and let them in: by the server, or on this phone until there is a network. */
async function walkIn(form: HTMLFormElement): Promise<void> {
  const roster = sync.roster;
  if (!roster || working) return;
  working = true;
  const button = need<HTMLButtonElement>("[data-walk-in-send]", form);
  setBusy(button, true);
  try {
    const person = readWalkIn(form);
    const mends = Number(form.dataset["mends"]);
    if (mends) return await mend(form, mends, person);
    const made: Scan = { nonce: secret(16), kind: "walk-in", direction: "in", at: new Date().toISOString(), person };
    const { queued, answer, trouble } = await sync.send(made);
    reached = answer !== null || trouble !== null;
    if (trouble) {
      await keep.remove([queued.n]);
      return showProblem(form, [trouble.message, trouble.next].join(" "));
    }
    const decision = answer?.decision ?? "admitted";
    if (!answer) await keep.change({ n: queued.n, scan: { ...made, shown: decision } });
    const here: Person = { id: answer?.registration ?? "", code: "", state: "confirmed", venue: roster.text.door.venue, name: person.name, company: person.company, audience: person.audience };
    const who = answer ? { ...here, ...roster.people.get(answer.registration) } : roster.addWalkIn(made);
    if (answer && who && !roster.people.has(who.id)) roster.people.set(who.id, who);
    await note(decision, who, "in");
    form.closest("dialog")?.close();
    await tell(decision, who, answer, null, "", made);
  } catch (reason) {
    if (reason instanceof Refused) await gone(reason);
    else throw reason;
  } finally {
    working = false;
    setBusy(button, false);
    await state();
  }
}

/** Whom the server could not register is in all the same: sent again with what was put right, under the same nonce. */
async function mend(form: HTMLFormElement, n: number, person: WalkIn): Promise<void> {
  const queued = (await sync.troubled()).find((each) => each.n === n);
  if (queued) {
    const { trouble: _, ...scan } = queued.scan;
    await keep.change({ n, scan: { ...scan, person, shown: "admitted" } });
  }
  form.closest("dialog")?.close();
  void tidy();
}

async function openWalkIn(mended = false): Promise<void> {
  const [first = null] = mended ? await sync.troubled() : [];
  beginWalkIn(need("[data-walk-in]"), reached, first);
  const dialog = need<HTMLDialogElement>("#door-walk-in");
  dialog.showModal();
  dialog.scrollTop = 0;
}

function listen(): void {
  document.addEventListener("pointerdown", allowSound, { once: true });
  document.addEventListener("click", (event) => {
    const button = (event.target as Element | null)?.closest<HTMLElement>("button");
    if (!button) return;
    if (button.dataset["dialogOpen"]) (document.getElementById(button.dataset["dialogOpen"]) as HTMLDialogElement).showModal();
    if (button.hasAttribute("data-walk-in-open")) void openWalkIn();
    if (button.hasAttribute("data-door-mend-open")) void openWalkIn(true);
    if (button.hasAttribute("data-dialog-close")) button.closest("dialog")?.close();
    if (button.hasAttribute("data-camera-start") || button.hasAttribute("data-start-camera")) void startCamera(false);
    if (button.hasAttribute("data-full-screen")) void document.documentElement.requestFullscreen();
    if (button.dataset["person"]) {
      button.closest("dialog")?.close();
      void scan("name", { registration: button.dataset["person"] });
    }
  });
  const typed = need<HTMLInputElement>("#door-typed");
  typed.addEventListener("input", () => sync.roster && showFound(search(sync.roster, typed.value), sync.roster, typed.value, locale));
  need<HTMLDialogElement>("#door-search").addEventListener("close", () => {
    typed.value = "";
    if (sync.roster) showFound([], sync.roster, "", locale);
  });
  need<HTMLFormElement>("[data-walk-in]").addEventListener("submit", (event) => {
    event.preventDefault();
    void walkIn(event.target as HTMLFormElement);
  });
  need<HTMLFormElement>("[data-start-form]").addEventListener("submit", (event) => {
    event.preventDefault();
    void linkFrom(need<HTMLInputElement>("#door-link").value).then((link) => (link ? begin(link) : problemAtStart(say("checkin-start-not-a-link"))));
  });
  window.addEventListener("online", () => void tidy());
  window.addEventListener("offline", () => {
    reached = false;
    void state();
  });
  window.addEventListener("hashchange", () => void fromAddress());
}

/** A link in the address: taken, and out of the address bar and the history at once. */
async function fromAddress(): Promise<boolean> {
  const link = await linkFrom(location.hash);
  if (!link) return false;
  history.replaceState(null, "", location.pathname);
  await begin(link);
  return true;
}

async function main(): Promise<void> {
  keep = await openKeep();
  listen();
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/door/worker.js").catch((reason: unknown) => console.info("not kept for offline", reason));
  void navigator.storage?.persist?.();
  if (!(await fromAddress())) {
    const link = await keep.get<Link>("link");
    if (link) await begin(link);
    else await askForLink();
  }
  window.setInterval(() => void tidy(), REFRESH_MS);
}

void main();
