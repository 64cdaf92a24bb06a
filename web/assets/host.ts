// Host pages: server-made regions that follow the live stream. <body data-live-url data-live-seq>; every element with
// data-live-region="name" is replaced by its new self when an update says that something has changed.

import "./base.js";
import { heedDrill, practiseDrops } from "./lib/drill.js";
import { keepFocus } from "./lib/focus.js";
import { openLive, SOON_MS } from "./lib/live.js";
import { say } from "./lib/messages.js";
import { http, showLiveState } from "./lib/page.js";
import { keepPhrasesWhole } from "./lib/phrases.js";

const GATHER_MS = 150;
const MOST_LATE = 3;

let wanted = false;
let reading = false;

function swapRegions(html: string): void {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  keepPhrasesWhole(fresh);
  for (const region of document.querySelectorAll<HTMLElement>("[data-live-region]")) {
    const next = fresh.querySelector<HTMLElement>(`[data-live-region="${CSS.escape(region.dataset["liveRegion"] ?? "")}"]`);
    // A part that is gone: the ceremony has come to its next stage, and with it another page.
    if (!next) return location.reload();
    // What somebody is typing into, or has opened, is left alone until the next update.
    if (next.innerHTML === region.innerHTML || (region.contains(document.activeElement) && !region.hasAttribute("data-live-always"))) continue;
    // What is held in the hand stays there; it is read again when it was put down.
    if (region.querySelector(".planner-held, [data-held]")) continue;
    const bringBack = keepFocus(region);
    region.replaceChildren(...next.childNodes);
    region.dispatchEvent(new CustomEvent("yunqian:changed", { bubbles: true }));
    bringBack();
  }
}

/** Read the page again; updates that come meanwhile lead to one more reading, never to many. */
async function refresh(): Promise<void> {
  wanted = true;
  if (reading) return;
  reading = true;
  let late = 0;
  try {
    while (wanted) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      wanted = false;
      const html = await http.text(location.href, { patiently: say("common-offline-wait") });
      // Something has changed while it was read: what is old by now is not shown, unless changes never end.
      late = wanted ? late + 1 : 0;
      if (late % MOST_LATE === 0) swapRegions(html);
    }
  } finally {
    reading = false;
  }
}

document.addEventListener("yunqian:refresh", () => void refresh());

const { liveUrl, liveSeq } = document.body.dataset;
if (liveUrl) {
  const live = openLive({ url: liveUrl, seq: Number(liveSeq ?? 0), longestWaitMs: SOON_MS }, { onUpdate: (update) => void (heedDrill(update), refresh()), onRefetch: () => void refresh() });
  showLiveState(live);
  practiseDrops(() => live);
}
