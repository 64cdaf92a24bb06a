// Clocks that run by themselves from the server's time, in any IANA zone, and go on when the link is lost.

export interface ZoneTime {
  time: string;
  day: string;
  /** Days between the zone's date and the home zone's date: -1, 0 or 1. */
  shift: number;
}

import { aside } from "./messages.js";

let offset = 0;

/** Take over the server's time; later reads of serverNow() follow it. */
export function setServerNow(instant: string): void {
  const at = Date.parse(instant);
  if (!Number.isNaN(at)) offset = at - Date.now();
}

export function serverNow(): number {
  return Date.now() + offset;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** English is written day first, as the papers and core.i18n write it. */
function dayFirst(locale: string): string {
  return locale === "en" ? "en-GB" : locale;
}

function format(zone: string, language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = dayFirst(language);
  const key = `${zone}|${locale}|${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone })));
  return made;
}

/** "09:41:07" in a zone, 24 hours. */
export function timeIn(zone: string, at: number, seconds = true): string {
  const hours: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return format(zone, "en-GB", seconds ? { ...hours, second: "2-digit" } : hours).format(at);
}

/** "11 February 2020" or "2020年2月11日", as core.i18n.format_date writes it. */
export function dayIn(zone: string, at: number, locale: string): string {
  return format(zone, locale, { year: "numeric", month: "long", day: "numeric" }).format(at);
}

/** "11 February 2020, 10:05:12 (UTC+08:00)" or "2020年2月11日 10:05:12（UTC+08:00）", as core.i18n.format_zoned. */
export function zonedTime(zone: string, at: number, locale: string): string {
  const parts = format(zone, "en-GB", { timeZoneName: "longOffset" }).formatToParts(at);
  const named = (parts.find((part) => part.type === "timeZoneName")?.value ?? zone).replace("GMT", "UTC");
  const offset = named === "UTC" ? "UTC+00:00" : named;
  const [day, time] = [dayIn(zone, at, locale), timeIn(zone, at)];
  return `${day}${locale.startsWith("zh") ? "" : ","} ${time}${aside(offset, locale)}`;
}

function dayNumber(zone: string, at: number): number {
  const parts = format(zone, "en-CA", { year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
  return Math.round(Date.parse(`${parts}T00:00:00Z`) / 86_400_000);
}

export function zoneTime(zone: string, at: number, locale: string, home?: string): ZoneTime {
  return {
    time: timeIn(zone, at),
    day: format(zone, locale, { month: "long", day: "numeric", weekday: "short" }).format(at),
    shift: home ? dayNumber(zone, at) - dayNumber(home, at) : 0,
  };
}

/** The zone's own short name at that time, as "GMT+8". */
export function zoneOffset(zone: string, at: number): string {
  const parts = format(zone, "en-GB", { timeZoneName: "shortOffset" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** The zone as people say it, "China Standard Time" or "Pacific Time", as core.i18n.zone_name calls it. */
export function zoneName(zone: string, at: number, locale: string): string {
  const parts = format(zone, locale, { timeZoneName: "longGeneric" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** Whole seconds left until an instant by the server's time, never below 0. */
export function secondsUntil(instant: string, at: number = serverNow()): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - at) / 1000));
}

/** Call `tick` now and at the start of each following second. Returns what stops it. */
export function everySecond(tick: (at: number) => void): () => void {
  let timer = 0;
  const step = (): void => {
    const at = serverNow();
    tick(at);
    timer = window.setTimeout(step, 1000 - (at % 1000) + 4);
  };
  step();
  return () => window.clearTimeout(timer);
}
