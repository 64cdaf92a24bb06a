// What the host asks of this place just now: an answer at the roll call, or the eight digits, large enough to be read out.

import { spokenCode } from "../lib/checks.js";
import { need, setAttributes, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import type { SeatState } from "./model.js";

export function showAsked(state: SeatState): void {
  const box = need("[data-asked]");
  const cue = state.cue ?? null;
  box.hidden = cue === null;
  if (cue === null) return;
  const { code } = cue;
  setText(need("[data-asked-title]", box), say(code ? "seat-code-title" : "seat-roll-call-title"));
  setText(need("[data-asked-lead]", box), code ? say("seat-code-lead", { title: code.title }) : say("seat-roll-call-lead"));
  need("[data-asked-code]", box).hidden = code === null;
  setText(need("[data-asked-code]", box), code ? spokenCode(code.digits) : "");
  need("[data-asked-done]", box).hidden = !cue.ticked;
  setAttributes(box, { "data-kind": cue.kind });
}
