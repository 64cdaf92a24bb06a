// The pictures that a cue has of its own: words, roll call, same-record code, photograph, break, and the lobby before all.

import { spokenCode } from "../lib/checks.js";
import { dayIn, secondsUntil, serverNow, timeIn } from "../lib/clocks.js";
import { el, need, setAttributes, setText, type Child } from "../lib/dom.js";
import { pageLocale, say } from "../lib/messages.js";
import { fitInto, fitPages, showOnly } from "./fit.js";
import { isTicked, lastSignedAt, phase, pickText, shownCode, type Picture, type StageParty, type StageState } from "./model.js";
import { turningPages } from "./pages.js";
import { langText, mark } from "./words.js";

const READABLE = 24 / 36;
const DAY_SECONDS = 86_400;

export interface SceneView {
  /** Draw the picture; "agreements" hides the scene. */
  show(state: StageState, picture: Picture): void;
  fit(): void;
  /** What counts down by itself. */
  tick(state: StageState, at: number): void;
}

function text(value: Parameters<typeof pickText>[0]): string {
  return pickText(value, pageLocale());
}

function emblem(state: StageState): HTMLElement | null {
  const url = state.look?.emblem_url;
  return url ? el("img", { class: "st-scene-emblem", src: url, alt: "" }) : null;
}

function head(title: string, more: string): HTMLElement {
  return el("header", { class: "st-scene-head" }, langText("h2", "st-scene-title", title), more ? langText("p", "st-scene-text", more) : null);
}

function party(each: StageParty, on: boolean, under: string): HTMLElement {
  const name = langText("span", "st-roll-name", text(each.organisation));
  return el("li", { class: "st-roll-party", "data-key": each.key, "data-state": on ? "signed" : "waiting" }, mark(), name, el("span", { class: "st-roll-under" }, under));
}

function wordsScene(state: StageState): Child[] {
  const cue = state.cue;
  const live = cue?.live;
  if (cue?.state === "held") return [emblem(state), langText("h2", "st-hero-title", say("stage-held")), langText("p", "st-hero-text", say("stage-held-text"))];
  const at = state.parties.find((each) => each.key === live?.party);
  const who = [live?.speaker ?? "", at ? text(at.place) : ""].filter(Boolean).join("　");
  // The title stands above all pictures.
  const more = text(live?.text) === text(state.ceremony.title) ? "" : text(live?.text);
  return [emblem(state), langText("h2", "st-hero-title", text(live?.title)), more ? langText("p", "st-hero-text", more) : null, who ? langText("p", "st-hero-who", who) : null];
}

/** The day, where it begins on another one than today: "about to begin" is read as today. */
function dayAhead(zone: string, at: number): string {
  const day = dayIn(zone, at, pageLocale());
  return day === dayIn(zone, serverNow(), pageLocale()) ? "" : `${day} `;
}

function lobby(state: StageState): Child[] {
  const planned = state.ceremony.planned_at;
  const home = state.places[0];
  const when = planned && home ? say("stage-begins-at", { place: text(home.place), time: dayAhead(home.timezone, Date.parse(planned)) + timeIn(home.timezone, Date.parse(planned), false) }) : "";
  return [emblem(state), langText("h2", "st-hero-title", say("stage-phase-before")), el("p", { class: "st-hero-clock", "data-scene-left": true, hidden: true }), when ? langText("p", "st-hero-text", when) : null];
}

function rollCall(state: StageState): Child[] {
  const parties = state.parties.map((each) => party(each, isTicked(state, each.key), text(each.place)));
  return [head(text(state.cue?.live?.title), text(state.cue?.live?.text)), el("ul", { class: "st-roll", "data-scene-grid": true }, ...parties)];
}

function recordCode(state: StageState): Child[] {
  const called = state.cue?.live?.agreements ?? [];
  const shown = state.agreements.filter((one) => shownCode(one) && (called.length === 0 || called.includes(one.id)));
  const anyTick = (state.cue?.ticks?.host.length ?? 0) > 0;
  const parties = new Map(state.parties.map((each) => [each.key, each]));
  const cards = shown.map((one) => {
    const readers = one.signers.map((signer) => {
      const name = text(parties.get(signer.party)?.organisation) || signer.party;
      return el("li", { class: "st-code-reader", "data-key": signer.party, "data-state": isTicked(state, signer.party) ? "signed" : "waiting" }, mark(), langText("span", "", name));
    });
    return el(
      "li",
      { class: "st-code" },
      langText("h3", "st-code-title", text(one.title)),
      el("p", { class: "st-code-digits" }, spokenCode(shownCode(one))),
      anyTick ? el("ul", { class: "st-code-readers" }, ...readers) : null,
    );
  });
  return [head(text(state.cue?.live?.title), text(state.cue?.live?.text)), el("ul", { class: "st-codes", "data-scene-grid": true }, ...cards)];
}

function photograph(state: StageState): Child[] {
  const { planned_at: planned, title } = state.ceremony;
  const last = lastSignedAt(state);
  const home = state.places[0]?.timezone ?? "UTC";
  const day = last ?? planned;
  const signed = ["completed", "sealed"].includes(phase(state));
  const facts = [day ? dayIn(home, Date.parse(day), pageLocale()) : "", signed ? say("stage-finale-title") : ""].filter(Boolean).join("　");
  const names = state.parties.map((each) => el("li", {}, langText("span", "st-photo-name", text(each.organisation)), el("span", { class: "st-photo-place" }, text(each.place))));
  return [emblem(state), langText("h2", text(title).length > (/\p{Script=Han}/u.test(text(title)) ? 16 : 40) ? "st-photo-title is-long" : "st-photo-title", text(title)), el("p", { class: "st-photo-facts" }, facts), el("ul", { class: "st-photo-names", "data-scene-grid": true }, ...names)];
}

function breakScene(state: StageState): Child[] {
  const live = state.cue?.live;
  const ends = live?.began_at ? Date.parse(live.began_at) + (live.planned_seconds ?? 0) * 1000 : null;
  const [home, ...others] = state.places;
  const until = ends && home ? timeIn(home.timezone, ends, false) : "";
  const elsewhere = ends ? others.filter((place) => timeIn(place.timezone, ends, false) !== until).map((place) => `${text(place.place)} ${timeIn(place.timezone, ends, false)}`) : [];
  const held = state.cue?.state === "held";
  return [
    langText("h2", "st-hero-title", text(live?.title)),
    until && !held ? el("p", { class: "st-hero-until" }, el("span", {}, say("stage-break-until")), " ", el("strong", {}, until)) : null,
    elsewhere.length > 0 && !held ? el("p", { class: "st-hero-who" }, [...new Set(elsewhere)].join("　")) : null,
    text(live?.text) ? langText("p", "st-hero-text", text(live?.text)) : null,
  ];
}

const DRAWN: Record<Exclude<Picture, "agreements">, (state: StageState) => Child[]> = {
  lobby,
  words: wordsScene,
  roll_call: rollCall,
  record_code: recordCode,
  photograph,
  break: breakScene,
};

/** Columns worth trying for so many things. */
function columns(count: number): number[] {
  if (count <= 1) return [1];
  if (count <= 4) return [1, 2];
  if (count <= 9) return [2, 3];
  return [2, 3, 4];
}

export function sceneView(frame: HTMLElement): SceneView {
  let shape = "";
  let ticked = new Set<string>();

  const pages = turningPages<HTMLElement>((page, number, count) => {
    const grid = frame.querySelector<HTMLElement>("[data-scene-grid]");
    if (frame.hidden || !grid) return;
    showOnly(grid, page);
    setText(need("[data-page-of]"), `${number} / ${count}`);
  });

  function fit(): void {
    if (frame.hidden) return;
    const grid = frame.querySelector<HTMLElement>("[data-scene-grid]");
    setText(need("[data-page-of]"), "");
    if (!grid) pages.set([]);
    if (!grid) return void fitInto(frame, frame, 1);
    frame.style.setProperty("--k", "1");
    pages.set(fitPages(frame, grid, columns, grid.matches(".st-codes") ? 2.2 : 1.3, READABLE));
  }

  function show(state: StageState, picture: Picture): void {
    frame.hidden = picture === "agreements";
    if (frame.dataset["picture"] !== picture) pages.set([]);
    if (picture === "agreements") {
      setAttributes(frame, { "data-picture": false });
      return void (shape = "");
    }
    const drawn = DRAWN[picture](state).filter((each): each is Element => each instanceof Element);
    const next = [picture, ...drawn.map((each) => each.outerHTML)].join("");
    // To be laid out in every size is dear: only what is seen to be another is.
    if (next === shape) return;
    shape = next;
    setAttributes(frame, { "data-picture": picture });
    frame.replaceChildren(...drawn);
    fit();
    turnToNews(state);
  }

  /** Who was ticked off before the eyes of the hall, on whichever page it stands. */
  function turnToNews(state: StageState): void {
    const now = new Set(state.parties.map((each) => each.key).filter((key) => isTicked(state, key)));
    const fresh = [...now].find((key) => !ticked.has(key));
    ticked = now;
    if (fresh) pages.turnTo((item) => [item, ...item.querySelectorAll<HTMLElement>("[data-key]")].some((each) => each.dataset["key"] === fresh));
  }

  function tickLeft(state: StageState, at: number): void {
    const face = frame.querySelector<HTMLElement>("[data-scene-left]");
    const planned = state.ceremony.planned_at;
    if (!face || !planned) return;
    const left = secondsUntil(planned, at);
    face.hidden = left <= 0 || left >= DAY_SECONDS;
    setText(face, [left / 3600, (left / 60) % 60, left % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":"));
  }

  return { show, fit, tick: tickLeft };
}

