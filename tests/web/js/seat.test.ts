import assert from "node:assert/strict";
import { test } from "node:test";
import { afterSigning, closing, pillState, wordsId, type Mine, type SeatAgreement, type SeatState } from "../../../web/assets/seat/model.js";

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

test("who rests after a signature is told what others ended, and is not told that all was signed", () => {
  const words = (id: string, values: Record<string, string | number> = {}): string => [id, ...Object.values(values)].join(" ");
  const lost: SeatAgreement = { ...agreement("declined", "closed"), title: "Two", ending: { code: "declined", mine: false, words: "Pacific decided not to sign.", reason: "Annex" } };
  const rest = (agreements: SeatAgreement[], step: SeatState["step"]): SeatState => ({ agreements, step }) as SeatState;
  assert.equal(
    afterSigning(rest([sealed, lost], "done"), undefined, words),
    "seat-success-ended Two Pacific decided not to sign.\nseat-ended-reason Annex\nseat-success-nothing-left",
  );
  assert.equal(afterSigning(rest([sealed], "done"), undefined, words), "seat-notice-done");
  assert.equal(afterSigning(rest([sealed, { ...lost, ending: { code: "declined", mine: true, words: "W", reason: "" } }], "agreements"), undefined, words), "seat-notice-wait-text-short");
  assert.match(afterSigning(rest([sealed, lost], "agreements"), { ...sealed, title: "Three" }, words), /Two.*\n.*\nseat-called-now Three$/);
});
