import assert from "node:assert/strict";
import { test } from "node:test";

import { asked } from "../../../web/assets/lib/conditions.js";

const FORM = [
  { name: "q_hotel", on: "", is: "" },
  { name: "q_nights", on: "q_hotel", is: "c1" },
  { name: "q_reason", on: "q_nights_kind", is: "c2" },
  { name: "q_late", on: "q_nights", is: "3" },
];

test("a question comes with the answer that it hangs on, and goes with it", () => {
  const answers: Record<string, string[]> = { q_hotel: ["c1"], q_nights: ["3"] };
  assert.deepEqual([...asked(FORM, (name) => answers[name] ?? [])], ["q_hotel", "q_nights", "q_late"]);
  answers["q_hotel"] = ["c2"];
  assert.deepEqual([...asked(FORM, (name) => answers[name] ?? [])], ["q_hotel"]);
});
