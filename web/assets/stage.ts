// The stage: one picture, true at every moment, that runs by itself for hours.

import "./base.js";
import { dayIn, everySecond, secondsUntil, serverNow, setServerNow, timeIn, zoneTime } from "./lib/clocks.js";
import { el, need, setAttributes, setText } from "./lib/dom.js";
import { heedDrill, practiseDrops } from "./lib/drill.js";
import { openLive, SOON_MS, type LiveUpdate } from "./lib/live.js";
import { pageJson, pageLocale, say } from "./lib/messages.js";
import { phrases, setPhrases } from "./lib/phrases.js";
import { Refused } from "./lib/http.js";
import { http, showLiveState } from "./lib/page.js";
import { askAgain } from "./stage/asking.js";
import { stageCaptions, type CaptionStream } from "./stage/captions.js";
import { cascadeView } from "./stage/cascade.js";
import { fitFinale, showFinale } from "./stage/finale.js";
import type { InkUpdate } from "./stage/drawings.js";
import { guilloche } from "./stage/guilloche.js";
import { openInk, type InkSettings } from "./stage/ink.js";
import { applyPatch, asLed, isTicked, phase, picture, pickText, roundNumber, signatureCount, textLang, type StagePatch, type StageState } from "./stage/model.js";
import { sceneView } from "./stage/scene.js";
import { followSize, fullScreenButton, keepAwake } from "./stage/screen.js";
import { langText } from "./stage/words.js";

interface PageSettings {
  state_url: string;
  live_url: string;
  demo: boolean;
  /** Where strokes are told while they are drawn; null where this ceremony shows none. */
  ink?: InkSettings | null;
  captions?: CaptionStream | null;
  /** 0: it follows the stream. */
  ask_every_ms?: number;
}

const FINALE_AFTER_MS = 3200;
const DAY_MS = 86_400_000;

const locale = pageLocale();
const settings = pageJson<PageSettings>("stage-settings", { state_url: "", live_url: "", demo: false });
const announce = (text: string): void => setText(need("[data-announce]"), text);
const cascade = cascadeView(need("[data-cascade]"), locale, announce);
const scene = sceneView(need("[data-scene]"));
let state = pageJson<StageState | null>("stage-state", null) as StageState;
let finaleTimer = 0;
const captions = stageCaptions(settings.captions, serverNow, () => void refetch());
const ink = settings.ink ? openInk(need("[data-ink]"), settings.ink, cascade.markOf) : null;

function other(text: StageState["ceremony"]["title"]): string {
  return typeof text === "string" ? "" : (text[locale.startsWith("zh") ? "en" : "zh-CN"] ?? "");
}

function sayAmount(money: { amount: string; currency: string }): string {
  const number = roundNumber(money.amount, locale);
  return money.currency === "CNY" ? say("stage-amount-cny", { number }) : say("stage-amount", { currency: money.currency, number });
}

/** One line if it need not be much smaller for it, else two. */
function fitTitle(title: HTMLElement): void {
  const lines = (): number => Math.round(title.clientHeight / parseFloat(getComputedStyle(title).lineHeight));
  const sizes = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6];
  const fits = (size: number, most: number): boolean => {
    title.style.setProperty("--k", String(size));
    return lines() <= most;
  };
  if (!sizes.slice(0, 7).some((size) => fits(size, 1))) sizes.some((size) => fits(size, 2));
}

/** The day that a photograph of this picture is to bear: the day on which it is held, and until it begins the planned one.
 * In a demonstration a day long past is the model's, and is said to be. */
function dayOf(home: string, planned: number): string {
  const day = dayIn(home, planned, locale);
  if (settings.demo && planned < serverNow() - DAY_MS) return say("stage-model-day", { day });
  return state.cue?.live && state.cue.state !== "over" ? dayIn(home, serverNow(), locale) : day;
}

let headShape = "";

function showHead(): void {
  const { ceremony } = state;
  const home = state.places[0]?.timezone ?? "UTC";
  const day = ceremony.planned_at ? dayOf(home, Date.parse(ceremony.planned_at)) : "";
  const amount = ceremony.amount ? sayAmount(ceremony.amount) : "";
  // Each trial of a size lays the whole picture out: with every signature that would be seen.
  const shape = JSON.stringify([ceremony.title, day, amount]);
  if (shape === headShape) return;
  headShape = shape;
  const title = need("[data-title]");
  setPhrases(title, pickText(ceremony.title, locale));
  setText(need("[data-title-other]"), other(ceremony.title));
  need("[data-facts]").replaceChildren(...[day, amount].filter(Boolean).map((fact) => el("span", {}, fact)));
  fitTitle(title);
}

let saidCue = "";

/** The cue that is live, in the place of the title's other language; a picture of its own says it itself, and nothing does once all is over. */
function showCue(): void {
  const cue = state.cue && state.cue.state !== "over" ? state.cue : null;
  const held = cue?.state === "held";
  const [title, text] = held ? [say("stage-held"), ""] : [pickText(cue?.live?.title, locale), pickText(cue?.live?.text, locale)];
  need("[data-cue]").hidden = !title || picture(state) !== "agreements";
  setPhrases(need("[data-cue-title]"), title);
  setPhrases(need("[data-cue-text]"), text);
  setAttributes(document.body, { "data-cue-kind": cue?.live?.kind ?? false, "data-led": Boolean(state.cue), "data-picture": picture(state) });
  const spoken = [title, text].filter(Boolean).join(" · ");
  if (spoken !== saidCue && spoken) announce(spoken);
  saidCue = spoken;
}

function partyItem(party: StageState["parties"][number]): HTMLElement {
  const name = pickText(party.organisation, locale);
  return el("li", { lang: textLang(name, locale) }, ...phrases(name));
}

let placesShape = "";

function showPlaces(): void {
  const shape = JSON.stringify([state.places, state.parties]);
  if (shape === placesShape) return;
  placesShape = shape;
  const box = need("[data-places]");
  const many = state.parties.length > 3 * state.places.length;
  setAttributes(box, { "data-count": state.places.length });
  box.style.setProperty("--places", String(state.places.length));
  box.toggleAttribute("data-brief", many);
  box.replaceChildren(
    ...state.places.map((place) => {
      const here = state.parties.filter((party) => JSON.stringify(party.place) === JSON.stringify(place.place));
      const name = pickText(place.place, locale);
      return el(
        "li",
        { class: "st-place" },
        langText("span", "st-place-name", name),
        el("time", { class: "st-place-time", "data-zone": place.timezone }, "--:--:--"),
        el("span", { class: "st-place-day", "data-zone-day": place.timezone }),
        el("ul", { class: "st-place-parties" }, ...here.map(partyItem)),
        el("p", { class: "st-place-count" }, say("stage-parties-here", { n: here.length })),
      );
    }),
  );
}

/** No party's name is cut: where one would be, each place says how many are there. */
function fitPlaces(): void {
  const names = [...document.querySelectorAll<HTMLElement>(".st-place-parties li")];
  if (names.some((name) => name.scrollHeight > name.clientHeight + 1)) need("[data-places]").toggleAttribute("data-brief", true);
}

/** What is counted at the foot: signatures, or in the roll call the parties that are there. */
function counted(): { done: number; all: number; word: string } {
  if (picture(state) !== "roll_call") return { ...signatureCount(state), word: say("stage-signatures") };
  return { done: state.parties.filter((party) => isTicked(state, party.key)).length, all: state.parties.length, word: say("stage-present") };
}

function showProgress(): void {
  const { done, all, word } = counted();
  setText(need("[data-count-word]"), word);
  setText(need("[data-done]"), String(done));
  setText(need("[data-all]"), String(all));
  const bar = need("[data-bar]");
  if (bar.childElementCount !== all) bar.replaceChildren(...Array.from({ length: all }, () => el("i")));
  [...bar.children].forEach((piece, index) => setAttributes(piece, { "data-on": index < done }));
  const now = phase(asLed(state));
  // Where nothing was signed the closing picture says it already.
  const led = now === "before" && state.cue && ["running", "held"].includes(state.cue.state);
  setText(need("[data-phase-word]"), now === "unsigned" ? "" : say(led ? "stage-phase-led" : `stage-phase-${now}`));
  const quiet = ["lobby", "words", "break", "record_code"].includes(picture(state)) && done === 0;
  need("[data-signatures]").hidden = all === 0 || quiet;
  need("[data-bar]").hidden = all === 0 || quiet;
}

function isEnded(): boolean {
  return !["before", "signing"].includes(phase(asLed(state)));
}

/** The last signature is seen falling into place before the closing picture comes. */
function showPhase(atOnce: boolean): void {
  const now = phase(asLed(state));
  document.body.dataset["phase"] = now;
  const ended = isEnded();
  if (ended) showFinale(state, now);
  window.clearTimeout(finaleTimer);
  const own = picture(state) !== "agreements";
  const turn = (): void => {
    document.body.toggleAttribute("data-closing", ended && !own);
    need("[data-finale]").hidden = !ended || own;
    const agreements = need("[data-cascade]");
    const back = agreements.hidden && !ended && !own;
    agreements.hidden = ended || own;
    if (ended && !own) fitFinale();
    scene.show(asLed(state), picture(state));
    if (back) cascade.fit();
  };
  if (atOnce || !ended || own || document.body.hasAttribute("data-closing")) turn();
  else finaleTimer = window.setTimeout(turn, FINALE_AFTER_MS);
}

const drawnLook = state?.look?.seq;

function show(first = false): void {
  // Its colours and emblem came with the page.
  if (state.look && state.look.seq !== drawnLook) return window.location.reload();
  // Before all that is fitted into what is left: the band takes room while the host shows captions.
  captions.show(state.captions, serverNow());
  showHead();
  showCue();
  showPlaces();
  // The clocks before the cascade: what they say takes room, and the cascade is fitted into what is left.
  tickClocks(serverNow());
  fitPlaces();
  showProgress();
  // What is not seen is not laid out in every size.
  if (picture(state) !== "agreements" || (first && isEnded())) need("[data-cascade]").hidden = true;
  cascade.show(asLed(state));
  ink?.show(state);
  showPhase(first);
}

function tickClocks(at: number): void {
  showHead();
  const home = state.places[0]?.timezone;
  for (const face of document.querySelectorAll<HTMLElement>("[data-zone]")) setText(face, timeIn(face.dataset["zone"] ?? "UTC", at));
  for (const face of document.querySelectorAll<HTMLElement>("[data-zone-day]")) {
    const shown = zoneTime(face.dataset["zoneDay"] ?? "UTC", at, locale, home);
    setText(face, shown.shift === 0 ? "" : say(shown.shift < 0 ? "common-day-before" : "common-day-after"));
  }
  const planned = state.ceremony.planned_at;
  const left = planned && phase(state) === "before" ? secondsUntil(planned, at) : 0;
  const clock = [left / 3600, (left / 60) % 60, left % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  scene.tick(state, at);
  captions.tick(at);
  setText(need("[data-countdown]"), picture(state) !== "lobby" && left > 0 && left < 86_400 ? say("stage-countdown", { left: clock }) : "");
}

function takeOver(news: StageState): void {
  state = news;
  setServerNow(state.server_now);
  show();
}

/** What an observer's page is told: the stage as it was, and what was drawn since it last asked. */
interface Observed extends StageState {
  ink: InkUpdate[];
}

function observe({ ink: drawn, ...news }: Observed): void {
  takeOver(news);
  ink?.feed(drawn);
}

async function refetch(): Promise<void> {
  try {
    takeOver(await http.get<StageState>(settings.state_url, { patiently: say("common-offline-wait") }));
  } catch (reason) {
    if (reason instanceof Refused && [403, 410].includes(reason.status)) return closeDown();
    throw reason;
  }
  setServerNow(state.server_now);
  show();
}

/** The host took this screen's link back: the picture goes, and a quiet word stays. */
function closeDown(): void {
  live.stop();
  ink?.stop();
  captions.stop();
  window.clearTimeout(finaleTimer);
  document.body.toggleAttribute("data-closed", true);
  need("[data-taken-back]").hidden = false;
}

function onUpdate(update: LiveUpdate): void {
  if (heedDrill(update)) return;
  if (update.kind !== "stage.patch") return void refetch();
  state = applyPatch(state, update as unknown as StagePatch);
  show();
}

setServerNow(state.server_now);
need("[data-guilloche]").append(guilloche());
show(true);
everySecond(tickClocks);
fullScreenButton();
void keepAwake();
document.addEventListener("visibilitychange", () => void keepAwake());
followSize(need(".stage-frame"), () => fitTitle(need("[data-title]")));
followSize(need("[data-cascade]"), () => cascade.fit());
followSize(need("[data-finale]"), fitFinale);
followSize(need("[data-captions-band]"), captions.fit);
followSize(need("[data-scene]"), () => scene.fit());
const live = settings.ask_every_ms
  ? askAgain<Observed>(http, () => `${settings.state_url}?ink=${ink?.seq || ""}`, settings.ask_every_ms, observe, closeDown)
  : openLive({ url: settings.live_url, seq: state.seq, longestWaitMs: SOON_MS }, { onUpdate, onRefetch: () => void refetch(), onHello: setServerNow });
// "Live" would not be true beside "30 seconds later".
showLiveState(live, document.querySelector(".st-late") ? "stage-connected" : undefined);
practiseDrops(() => live, { askEveryMs: settings.ask_every_ms ?? 0 });
