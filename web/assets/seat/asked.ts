// What the host asks of this place just now: an answer at the roll call, or the eight digits, large enough to be read out.

import { spokenCode } from "../lib/checks.js";
import { el, need, setAttributes, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import type { SeatState } from "./model.js";

export function showAsked(state: SeatState): void {
  const box = need("[data-asked]");
  const cue = state.cue ?? null;
  box.hidden = cue === null;
  if (cue === null) return;
  const { codes } = cue;
  setText(need("[data-asked-title]", box), codes.length ? say("seat-code-title", { n: codes.length }) : say("seat-roll-call-title"));
  setText(need("[data-asked-lead]", box), say(codes.length ? "seat-code-lead" : "seat-roll-call-lead"));
  showCodes(need("[data-asked-codes]", box), codes);
  need("[data-asked-done]", box).hidden = !cue.ticked;
  setAttributes(box, { "data-kind": cue.kind });
}

/** Left alone where it says so already: a screen reader reads again what is put there anew. */
function showCodes(list: HTMLElement, codes: { title: string; digits: string }[]): void {
  const next = JSON.stringify(codes);
  if (list.dataset["codes"] === next) return;
  list.dataset["codes"] = next;
  list.hidden = codes.length === 0;
  list.replaceChildren(...codes.map(({ title, digits }) => el("li", {}, el("span", { class: "seat-asked-code", translate: "no" }, spokenCode(digits)), el("span", { class: "soft" }, title))));
}
