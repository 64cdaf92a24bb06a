import assert from "node:assert/strict";
import { test } from "node:test";

import { fileSize } from "../../../web/assets/lib/files.js";

test("a file's size is said as file managers say it", () => {
  assert.equal(fileSize(1), "1 KB");
  assert.equal(fileSize(640_400), "640 KB");
  assert.equal(fileSize(1_449_000), "1.4 MB");
});
