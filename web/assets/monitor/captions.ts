// Captions on the confidence monitor: what an interpreter types, in the language that its leader reads, in a row of their own.

import { stageBand } from "../captions/band.js";
import { chosen, keepChoice, merged, NO_CAPTIONS, OFF, readChoice, shownLines, type Captions } from "../captions/model.js";
import { serverNow } from "../lib/clocks.js";
import { el, need } from "../lib/dom.js";
import { openLive, SOON_MS, type Live } from "../lib/live.js";
import { pageLocale, say } from "../lib/messages.js";

/** Apart from what a person chose on the same machine for the stage or a seat. */
const PLACE = "yunqian:captions:monitor";

export interface MonitorCaptions {
  /** What the monitor's own state says of them: at the beginning, and where the stream asked for it. */
  know(captions: Captions): void;
  follow(stream: { url: string; seq: number }): void;
  show(at: number): void;
  fit(): void;
  stop(): void;
}

/** `fitRest`: the row came or went, what is above it has another height. */
export function monitorCaptions({ fitRest, refetch }: { fitRest: () => void; refetch: () => void }): MonitorCaptions {
  const box = need("[data-captions-band]");
  const select = need<HTMLSelectElement>("[data-captions-language]");
  const band = stageBand(box, false);
  let captions: Captions = NO_CAPTIONS;
  let live: Live | null = null;
  let wanted = true;
  let offered = "";

  const language = (): string => chosen(captions, readChoice(PLACE), pageLocale());

  function offer(): void {
    need("[data-captions-choose]").hidden = captions.languages.length === 0;
    const shape = JSON.stringify(captions.languages);
    if (shape !== offered) select.replaceChildren(el("option", { value: OFF }, say("captions-off")), ...captions.languages.map((each) => el("option", { value: each.code, lang: each.code }, each.name)));
    offered = shape;
    select.value = language() || OFF;
  }

  /** The row is there as long as a language is read: nothing moves when a line comes or goes. */
  function show(at: number): void {
    const code = language();
    const moved = box.hidden === Boolean(code);
    box.hidden = !code;
    const lines = code ? shownLines(captions, code, at) : [];
    const waiting = box.querySelector(".mo-waiting");
    if (lines.length > 0) waiting?.remove();
    else if (code && !waiting) box.append(el("p", { class: "mo-waiting" }, say("captions-waiting")));
    band.show(lines, code);
    if (moved) fitRest();
  }

  function heard(news: Captions | null): void {
    captions = merged(captions, news) ?? captions;
    offer();
    show(serverNow());
  }

  select.addEventListener("change", () => {
    keepChoice(select.value, PLACE);
    show(serverNow());
  });
  return {
    know(news) {
      // The stream is ahead of what is read meanwhile.
      if (wanted) heard(news);
      wanted = false;
    },
    follow({ url, seq }) {
      live = openLive({ url, seq, longestWaitMs: SOON_MS }, { onUpdate: (update: { [more: string]: unknown }) => heard(update["captions"] as Captions), onRefetch: () => ((wanted = true), refetch()) });
    },
    show,
    fit: band.fit,
    stop: () => live?.stop(),
  };
}
