// What the host says to this signer: wait to be let in, wait a moment, and short messages.

import { timeIn } from "../lib/clocks.js";
import { el, need, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import type { SeatState } from "./model.js";

/** Whether the host has yet to let this signer in: until then there is nothing to read. */
export function isWaiting(state: SeatState): boolean {
  return state.identity.proved && state.lobby?.standing === "waiting";
}

function zoneOf(state: SeatState): string {
  return state.consent?.timezone ?? state.seat.timezone;
}

function showPlace(state: SeatState): void {
  const standing = state.identity.proved && state.step !== "consent" ? state.lobby?.standing : undefined;
  const box = need("[data-lobby]");
  box.hidden = standing !== "waiting" && standing !== "held";
  if (box.hidden) return;
  setText(need("[data-lobby-title]", box), say(`seat-lobby-${standing}`));
  setText(need("[data-lobby-text]", box), say(`seat-lobby-${standing}-text`, { why: state.lobby?.why ?? "" }));
}

function closedPlace(state: SeatState): string {
  return `yunqian:closed-messages:${state.seat.id}`;
}

function closed(state: SeatState): string[] {
  try {
    return JSON.parse(sessionStorage.getItem(closedPlace(state)) ?? "[]") as string[];
  } catch {
    return [];
  }
}

/** Each message is put there once, so that a screen reader says it once. */
function showMessages(state: SeatState): void {
  const box = need("[data-messages]");
  const gone = new Set(closed(state));
  const messages = (state.lobby?.messages ?? []).filter((one) => !gone.has(one.id)).slice(-3);
  const shown = new Set(messages.map((one) => one.id));
  for (const note of box.querySelectorAll<HTMLElement>("[data-message]")) if (!shown.has(note.dataset["message"] ?? "")) note.remove();
  for (const message of messages) {
    if (box.querySelector(`[data-message="${CSS.escape(message.id)}"]`)) continue;
    const close = el("button", { class: "btn btn-quiet btn-small", type: "button", "aria-label": say("seat-message-close-what", { text: message.text }) }, say("seat-message-close"));
    const at = timeIn(zoneOf(state), Date.parse(message.at), false);
    const note = el("div", { class: "seat-message", "data-message": message.id }, el("p", { class: "soft small" }, say("seat-message-at", { time: at })), el("p", {}, message.text), close);
    close.addEventListener("click", () => {
      sessionStorage.setItem(closedPlace(state), JSON.stringify([...closed(state), message.id].slice(-50)));
      note.remove();
    });
    box.prepend(note);
    // On a phone with the pad open it covers nothing, and is gone to instead.
    if (getComputedStyle(box).position === "static") box.scrollIntoView({ block: "nearest" });
  }
}

const AT_REST_MS = 2000;
let isDown = false;
let lifted = -AT_REST_MS;

/** Between two strokes of a signature nothing on the page may move. */
function whenPenRests(act: () => void): void {
  const left = isDown ? AT_REST_MS : lifted + AT_REST_MS - performance.now();
  if (left <= 0) act();
  else window.setTimeout(() => whenPenRests(act), left);
}

document.addEventListener("pointerdown", (event) => (isDown = event.target instanceof Element && event.target.matches("[data-pad]")), true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    if (isDown) lifted = performance.now();
    isDown = false;
  }, true);
}

let newest: SeatState | null = null;

export function showLobby(state: SeatState): void {
  showPlace(state);
  newest = state;
  whenPenRests(() => newest && showMessages(newest));
}
