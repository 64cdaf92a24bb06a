import assert from "node:assert/strict";
import { test } from "node:test";

import { words } from "../../../web/assets/lib/phrases.js";

test("a line of Chinese ends between words", () => {
  const name = "杭州宝贝仓数字技术有限公司";
  assert.ok(words(name).includes("数字"), words(name).join("|"));
  assert.equal(words(name).join(""), name);
});

test("no character stands alone, and a number keeps its unit", () => {
  for (const text of ["成都市双流区人民政府", "战略合作协议（第10号合作伙伴）", "计划投资5亿元", "一"]) {
    const found = words(text);
    assert.equal(found.join(""), text);
    assert.ok(found.length === 1 || found.every((word) => [...word].length > 1), found.join("|"));
    assert.ok(found.every((word) => !/^\d/.test(word) && !/\d$/.test(word)), found.join("|"));
  }
});

test("a bracket is left to the browser's own rules, which keep it with what it holds", () => {
  assert.ok(words("战略合作协议（闲鱼）").every((word) => !word.startsWith("）") && !word.startsWith("（")), words("战略合作协议（闲鱼）").join("|"));
});

test("a title of several parts is broken between them and never before the dot", () => {
  const title = "数字双城记\u2060·智慧两地行\u2060·共享新机遇：成渝新经济";
  const found = words(title);
  assert.equal(found.join(""), title);
  assert.ok(found.every((word) => !word.startsWith("\u2060") && !word.startsWith("·")), found.join("|"));
  for (const part of ["智慧", "共享新", "成渝新"]) assert.ok(found.some((word) => word.startsWith(part)), found.join("|"));
  assert.ok(found.some((word) => word.endsWith("两地行\u2060·")), found.join("|"));
});
