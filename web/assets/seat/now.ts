// Which cue is live now, for a signer who does not see the hall: said by a screen reader, and nothing else on this page.

import { need, setText } from "../lib/dom.js";
import type { LiveUpdate } from "../lib/live.js";
import { pageLocale, say } from "../lib/messages.js";
import { pickText, type StageCue } from "../stage/model.js";

/** What there is to say of a cue sheet as the stage tells it; empty where nothing is live. */
export function nowSaid(cue: StageCue | null, locale: string, words: typeof say = say): string {
  if (cue?.state === "held") return words("seat-now-held");
  if (cue?.state !== "running" || !cue.live) return "";
  const text = pickText(cue.live.text, locale);
  return words("seat-now", { title: [pickText(cue.live.title, locale), text].filter(Boolean).join(" · ") });
}

export function sayCue(update: LiveUpdate): void {
  if (update.kind !== "stage.patch" || !("cue" in update)) return;
  setText(need("[data-now-said]"), nowSaid(update["cue"] as StageCue | null, pageLocale()));
}
