// Captions on the stage and on observers' pages: whose language, from which stream, and until when.

import { chosen, keepChoice, merged, NO_CAPTIONS, OFF, readChoice, shownLines, type Captions } from "../captions/model.js";
import { stageBand } from "../captions/band.js";
import { el, need, setAttributes } from "../lib/dom.js";
import { openLive, SOON_MS, type Live } from "../lib/live.js";
import { say } from "../lib/messages.js";

export interface StageCaptions {
  /** What the stage's own state says of them. */
  show(captions: Captions | null | undefined, at: number): void;
  tick(at: number): void;
  fit(): void;
  stop(): void;
}

export interface CaptionStream {
  url: string;
  seq: number;
}

/** `refetch`: read the stage's state again. Without a stream (an observer) the state brings the lines with it. */
export function stageCaptions(stream: CaptionStream | null | undefined, now: () => number, refetch: () => void): StageCaptions {
  const band = stageBand(need("[data-captions-band]"));
  const box = document.querySelector<HTMLElement>("[data-captions-choose]");
  const select = box?.querySelector<HTMLSelectElement>("[data-captions-language]") ?? null;
  let captions: Captions = NO_CAPTIONS;
  let live: Live | null = null;
  let offered = "";
  let told: Captions | null | undefined = null;
  /** The stream is ahead of any state that was read before, except where it asked for one. */
  let wanted = false;

  // The hall sees what the host chose; whoever looks on alone may choose for themselves.
  const language = (): string => (select ? chosen(captions, readChoice(), captions.stage) : captions.stage);

  function offer(): void {
    if (!box || !select) return;
    box.hidden = captions.languages.length === 0;
    const shape = JSON.stringify(captions.languages);
    if (shape !== offered) select.replaceChildren(el("option", { value: OFF }, say("captions-off")), ...captions.languages.map((each) => el("option", { value: each.code, lang: each.code }, each.name)));
    offered = shape;
    select.value = language() || OFF;
  }

  function tick(at: number): void {
    const code = language();
    setAttributes(document.body, { "data-captions": Boolean(code) });
    band.show(code ? shownLines(captions, code, at) : [], code);
  }

  function follow(): void {
    if (!stream || live || !captions.stage) return;
    const onUpdate = (update: { [more: string]: unknown }): void => {
      captions = merged(captions, update["captions"] as Captions) ?? captions;
      tick(now());
    };
    live = openLive({ url: stream.url, seq: stream.seq, longestWaitMs: SOON_MS }, { onUpdate, onRefetch: () => ((wanted = true), refetch()) });
  }

  select?.addEventListener("change", () => {
    keepChoice(select.value);
    tick(now());
  });
  return {
    show(news, at) {
      if (news && news !== told) {
        captions = merged(captions, live && !wanted ? { stage: news.stage, languages: news.languages } : news) ?? captions;
        wanted = false;
        told = news;
      }
      offer();
      tick(at);
      follow();
    },
    tick,
    fit: band.fit,
    stop: () => live?.stop(),
  };
}
