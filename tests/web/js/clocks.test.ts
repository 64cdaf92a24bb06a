// Dates and times are written as the papers and core.i18n write them.

import assert from "node:assert/strict";
import test from "node:test";

import { dayIn, zonedTime, zoneName } from "../../../web/assets/lib/clocks.js";

const AT = Date.parse("2026-11-22T19:16:15.000Z");

test("a day is written day first in English", () => {
  assert.equal(dayIn("Asia/Shanghai", AT, "en"), "23 November 2026");
  assert.equal(dayIn("Asia/Shanghai", AT, "zh-CN"), "2026年11月23日");
});

test("a time has 24 hours and its distance from UTC", () => {
  assert.equal(zonedTime("Asia/Shanghai", AT, "en"), "23 November 2026, 03:16:15 (UTC+08:00)");
  assert.equal(zonedTime("America/Los_Angeles", AT, "zh-CN"), "2026年11月22日 11:16:15（UTC-08:00）");
  assert.equal(zonedTime("UTC", AT, "en"), "22 November 2026, 19:16:15 (UTC+00:00)");
});

test("a zone is called as the server's pages call it, in one way", () => {
  assert.equal(zoneName("Asia/Shanghai", AT, "zh-CN"), "中国标准时间");
  assert.equal(zoneName("Asia/Shanghai", AT, "en"), "China Standard Time");
  assert.equal(zoneName("America/Los_Angeles", AT, "zh-CN"), "北美太平洋时间");
  assert.equal(zoneName("America/Los_Angeles", AT, "en"), "Pacific Time");
});
