// What the door's page shows; it decides nothing.

import { timeIn } from "../lib/clocks.js";
import { el, need, setBusy, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import { pick, type Shown } from "./answer.js";
import type { LastScan } from "./last.js";
import { walkedNonce, type Person, type Roster } from "./model.js";

const OLD_LIST_MS = 60 * 60_000;

export function showView(name: "start" | "door"): void {
  for (const view of document.querySelectorAll<HTMLElement>("[data-view]")) view.hidden = view.dataset["view"] !== name;
}

export interface DoorState {
  online: boolean;
  listAt: number | null;
  waiting: number;
  off: { hours: number; minutes: number; isFast: boolean } | null;
  /** Walk-ins that the server could not register. */
  mend: number;
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return say("checkin-list-new");
  return minutes < 60 ? say("checkin-list-minutes", { n: minutes }) : say("checkin-list-hours", { n: Math.floor(minutes / 60), m: minutes % 60 });
}

function offInWords({ hours, minutes }: { hours: number; minutes: number }): string {
  return hours > 0 ? say("checkin-clock-hours", { hours, minutes }) : say("checkin-clock-minutes", { minutes });
}

export function showState(state: DoorState): void {
  const place = need<HTMLElement>("[data-door-state]");
  const age = state.listAt === null ? 0 : Date.now() - state.listAt;
  const words = [say(state.online ? "checkin-online" : "checkin-offline"), ago(age), state.waiting > 0 ? say("checkin-waiting", { n: state.waiting }) : say("checkin-none-waiting")];
  setText(place, words.join(" · "));
  place.dataset["state"] = state.online ? "online" : "offline";
  const notice = need<HTMLElement>("[data-door-notice]");
  const said = [
    state.off ? say(state.off.isFast ? "checkin-clock-fast" : "checkin-clock-slow", { by: offInWords(state.off) }) : "",
    age > OLD_LIST_MS ? say("checkin-list-old") : "",
  ].filter(Boolean);
  notice.hidden = said.length === 0;
  setText(notice, said.join(" "));
  need<HTMLElement>("[data-door-mend]").hidden = state.mend === 0;
  setText(need("[data-door-mend-words]"), say("checkin-walk-in-mend", { n: state.mend }));
}

let closing = 0;

export interface Acts {
  undo?: (() => void) | null;
  /** Change them to the venue of this door; the answer stays until another one comes. */
  move?: (() => void) | null;
}

/** Full screen, until somebody presses or `ms` are over. */
export function showAnswer(said: Shown, { undo = null, move = null }: Acts, ms: number | null): void {
  const place = need<HTMLElement>("[data-answer]");
  const back = document.activeElement as HTMLElement | null;
  const close = (): void => {
    window.clearTimeout(closing);
    place.hidden = true;
    back?.focus?.();
  };
  window.clearTimeout(closing);
  place.dataset["tone"] = said.tone;
  place.dataset["decision"] = said.decision;
  for (const part of ["sign", "word", "name", "more"] as const) setText(need(`[data-answer-${part}]`), said[part]);
  place.hidden = false;
  const undoing = need<HTMLButtonElement>("[data-answer-undo]");
  undoing.hidden = undo === null;
  undoing.onclick = () => {
    close();
    undo?.();
  };
  const moving = need<HTMLButtonElement>("[data-answer-move]");
  moving.hidden = move === null;
  setBusy(moving, false);
  moving.onclick = () => {
    setBusy(moving, true);
    move?.();
  };
  need<HTMLButtonElement>("[data-answer-close]").onclick = close;
  // A thumb need not find the button where nothing else is to be decided.
  place.onclick = (event) => event.target === place && move === null && close();
  place.onkeydown = (event) => event.key === "Escape" && close();
  need<HTMLButtonElement>("[data-answer-close]").focus();
  if (ms !== null) closing = window.setTimeout(close, ms);
}

export function showLast(scans: LastScan[], zone: string): void {
  need("[data-last]").replaceChildren(
    ...scans.map(({ at, said }) =>
      el(
        "li",
        { "data-tone": said.tone },
        el("time", {}, timeIn(zone, at, false)),
        el("span", { class: "door-last-name" }, said.name || said.word),
        said.name ? el("span", { class: "door-last-word" }, said.word) : null,
      ),
    ),
  );
  need<HTMLElement>("[data-last-none]").hidden = scans.length > 0;
}

export function showFound(people: Person[], roster: Roster, typed: string, locale: string): void {
  const rows = people.map((person) => {
    const isIn = roster.presences.get(person.id)?.in === true;
    const elsewhere = person.name === undefined ? say("checkin-why-other_venue", { venue: pick(roster.text.venues[person.venue], locale) }) : "";
    const kept = walkedNonce(person.id) === undefined ? "" : say("checkin-walk-in-kept");
    return el(
      "li",
      {},
      el(
        "button",
        { class: "door-person", type: "button", "data-person": person.id },
        el("strong", {}, person.name ?? person.code),
        el("span", { class: "soft" }, elsewhere || [person.company, person.code, kept].filter(Boolean).join(" · ")),
        isIn ? el("span", { class: "door-in" }, say("checkin-is-in")) : null,
      ),
    );
  });
  need("[data-found]").replaceChildren(...(rows.length === 0 && typed.trim() !== "" ? [el("li", { class: "soft" }, say("checkin-search-none"))] : rows));
}
