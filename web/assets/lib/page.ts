// What base.ts and the page scripts share: the request client, the offline banner, toasts, the live mark.

import { createHttp, Refused, type Http } from "./http.js";
import { everySecond } from "./clocks.js";
import { el, setAttributes, setText } from "./dom.js";
import type { Live } from "./live.js";
import { say } from "./messages.js";

export function showOffline(what: string | null): void {
  const banner = document.querySelector<HTMLElement>("[data-offline]");
  if (!banner) return;
  banner.hidden = what === null;
  if (what !== null) setText(banner, say("common-offline", { what }));
}

export function toast(text: string, kind: "word" | "problem" = "word"): void {
  const shelf = document.querySelector("[data-toasts]");
  if (!shelf) return;
  const note = el("div", { class: "toast", "data-kind": kind }, text);
  shelf.append(note);
  window.setTimeout(() => note.remove(), kind === "problem" ? 9000 : 5000);
}

/** A failure in words, with what to do next. */
export function inWords(reason: unknown): string {
  if (reason instanceof Refused) return [reason.message, reason.next].filter(Boolean).join(" ");
  return `${say("common-error-network")} ${say("common-error-network-next")}`;
}

export function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

export const http: Http = createHttp({
  csrf,
  get words() {
    return { unknown: say("common-error-unknown"), unknownNext: say("common-error-unknown-next") };
  },
  waiting: showOffline,
});

/** Keep every [data-live-state] of the page true: "live" (or `ok`), "last heard N s ago", "ended". */
export function showLiveState(live: Live, ok = "common-live-ok"): () => void {
  return everySecond(() => {
    for (const mark of document.querySelectorAll("[data-live-state]")) {
      const state = live.state === "connected" ? "ok" : live.state;
      setAttributes(mark, { "data-live": state });
      setText(mark, say(state === "ok" ? ok : `common-live-${state}`, { n: live.heardSecondsAgo() }));
    }
  });
}
