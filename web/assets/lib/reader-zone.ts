// Times of other places in the reader's own zone, where that shows another time of day or another day.

import { timeIn, zoneName, zoneTime } from "./clocks.js";

/** "03:30–03:50" for a reader elsewhere, with the day where it is another one; empty where the clocks agree. */
export function readerTime(from: string, until: string, home: string, reader: string, locale: string): string {
  const [first, last] = [Date.parse(from), Date.parse(until)];
  const there = zoneTime(reader, first, locale, home);
  if (timeIn(reader, first, false) === timeIn(home, first, false) && there.shift === 0) return "";
  const span = `${timeIn(reader, first, false)}–${timeIn(reader, last, false)}`;
  return there.shift === 0 ? span : `${there.day} ${span}`;
}

/** The name of the reader's zone at an instant, where its clocks differ from those of `home`; empty otherwise. */
export function readerZone(at: string, home: string, reader: string, locale: string): string {
  const instant = Date.parse(at);
  return timeIn(reader, instant, false) === timeIn(home, instant, false) ? "" : zoneName(reader, instant, locale);
}
