import assert from "node:assert/strict";
import { test } from "node:test";
import { closing, pillState, wordsId, type Mine, type SeatAgreement } from "../../../web/assets/seat/model.js";

function agreement(state: string, mine: Mine): SeatAgreement {
  return {
    id: `${state}-${mine}`,
    number: null,
    title: "T",
    state,
    mine,
    blocked_by: null,
    pages: 3,
    read_to: 3,
    frozen_digest: null,
    frozen_length: null,
    record_code: "",
    signed_at: null,
  };
}

const sealed = agreement("sealed", "signed");
const declined = agreement("declined", "declined");
const byOthers = agreement("declined", "signed");
const notOpened = agreement("voided", "closed");

test("the closing word fits what became of the agreements, and none is said while something is under way", () => {
  assert.equal(closing([sealed, sealed]), "ended");
  assert.equal(closing([sealed, declined, notOpened]), "partly");
  assert.equal(closing([declined, notOpened]), "declined");
  assert.equal(closing([byOthers, notOpened]), "unsigned");
  for (const running of [agreement("open", "open"), agreement("approved", "waiting"), agreement("completed", "signed")]) {
    assert.equal(closing([sealed, declined, running]), null);
  }
});

test("a signature on an agreement that somebody else declined is not shown as a success", () => {
  assert.deepEqual([pillState(byOthers), wordsId(byOthers)], ["unsigned", "seat-words-declined"]);
  assert.deepEqual([pillState(declined), wordsId(declined)], ["declined", "seat-words-you-declined"]);
  assert.deepEqual([pillState(notOpened), pillState(sealed)], ["unsigned", "sealed"]);
});
