// Conference pages: what host.ts does, and the reader's own times beside those of the venues.

import "./host.js";
import { setText } from "./lib/dom.js";
import { pageLocale, say } from "./lib/messages.js";
import { readerTime, readerZone } from "./lib/reader-zone.js";

function showReaderTimes(): void {
  const home = document.body.dataset["zone"];
  const reader = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!home || !reader) return;
  const locale = pageLocale();
  const times = [...document.querySelectorAll<HTMLTimeElement>("time[data-reader-time]")];
  for (const time of times) {
    const { until = time.dateTime, zone: there = home } = time.dataset;
    const shown = readerTime(time.dateTime, until, there, reader, locale);
    let beside = time.parentElement?.querySelector<HTMLElement>(".reader-time") ?? null;
    if (!beside) {
      beside = document.createElement("span");
      beside.className = "reader-time";
      time.after(" ", beside);
    }
    beside.hidden = shown === "";
    setText(beside, shown && say("conference-your-time", { time: shown }));
  }
  const zone = document.querySelector<HTMLElement>("[data-reader-zone]");
  const name = times[0] ? readerZone(times[0].dateTime, home, reader, locale) : "";
  if (zone) {
    zone.hidden = name === "";
    setText(zone, name && say("conference-your-zone", { zone: name }));
  }
}

showReaderTimes();
document.addEventListener("yunqian:changed", showReaderTimes);
