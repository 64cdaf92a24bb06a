import { strictEqual } from "node:assert/strict";
import { test } from "node:test";

import { readerTime, readerZone } from "../../../web/assets/lib/reader-zone.js";

const FROM = "2026-07-01T01:30:00.000Z";
const UNTIL = "2026-07-01T01:50:00.000Z";
const CHINA = "Asia/Shanghai";

test("who has the venue's clock is told nothing twice", () => {
  strictEqual(readerTime(FROM, UNTIL, CHINA, CHINA, "en"), "");
  strictEqual(readerTime(FROM, UNTIL, CHINA, "Asia/Taipei", "en"), "");
  strictEqual(readerZone(FROM, CHINA, "Asia/Taipei", "en"), "");
});

test("a reader elsewhere sees the own time of the same day", () => {
  strictEqual(readerTime(FROM, UNTIL, CHINA, "Europe/Berlin", "en"), "03:30–03:50");
});

test("where it is another day, the day is said", () => {
  strictEqual(readerTime(FROM, UNTIL, CHINA, "America/New_York", "en").endsWith(" 21:30–21:50"), true);
  strictEqual(readerTime(FROM, UNTIL, CHINA, "America/New_York", "zh-CN").startsWith("6月30日"), true);
});

test("the same time of day on another day is told, too", () => {
  // 24 hours apart: Kiritimati and Honolulu.
  strictEqual(readerTime(FROM, UNTIL, "Pacific/Kiritimati", "Pacific/Honolulu", "en").includes("15:30"), true);
});

test("the reader's zone has a name", () => {
  strictEqual(readerZone(FROM, CHINA, "Europe/Berlin", "en").length > 3, true);
});
