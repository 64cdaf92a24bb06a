// The closing picture: every party, its last signature, and where anybody can check it all.

import { timeIn } from "../lib/clocks.js";
import { el, need, setAttributes, setText } from "../lib/dom.js";
import { pageLocale, say } from "../lib/messages.js";
import { fitNames, fitPages, showOnly } from "./fit.js";
import { isFinished, lastSignedAt, pickText, signatureCount, type Phase, type StageState } from "./model.js";
import { turningPages } from "./pages.js";
import { langText, mark } from "./words.js";

const READABLE = 24 / 34;
// Below this the proof gives way: names are what is photographed.
const COMFORTABLE = 32 / 34;
// Whole steps above what can be read.
const [LARGE, LARGEST] = [READABLE + 0.55, READABLE + 0.8];

const pages = turningPages<HTMLElement>((page, number, count) => {
  if (need("[data-finale]").hidden) return;
  showOnly(need("[data-finale-parties]"), page);
  setText(need("[data-page-of]"), `${number} / ${count}`);
});

/** The words of the closing picture; with something left unsigned they are others, and as calm. */
function words(state: StageState, now: Phase): { title: string; line: string } {
  const { all } = signatureCount(state);
  const agreements = state.agreements.length;
  if (now === "unsigned") return { title: say("stage-finale-title-unsigned"), line: say("stage-finale-line-unsigned") };
  if (now !== "ended") return { title: say("stage-finale-title"), line: say("stage-finale-line", { agreements, parties: state.parties.length, signatures: all }) };
  const signed = state.agreements.filter(isFinished).length;
  return { title: say("stage-finale-title-ended"), line: say("stage-finale-line-ended", { agreements, signed, signatures: all }) };
}

export function showFinale(state: StageState, now: Phase): void {
  const locale = pageLocale();
  const home = state.places[0]?.timezone ?? "UTC";
  const last = lastSignedAt(state);
  const { title, line } = words(state, now);
  setText(need("[data-finale-title]"), title);
  setText(need("[data-finale-line]"), line);
  need("[data-finale-proof]").hidden = now === "unsigned";
  const signers = state.parties.filter((party) => lastSignedAt(state, party.key) !== null);
  setText(need("[data-finale-time]"), last ? say("stage-finale-time", { place: pickText(state.places[0]?.place, locale), time: timeIn(home, Date.parse(last)) }) : "");
  need("[data-finale-parties]").replaceChildren(
    ...signers.map((party) => {
      const at = lastSignedAt(state, party.key);
      const where = [pickText(party.place, locale), at ? timeIn(party.timezone, Date.parse(at)) : ""].filter(Boolean).join("　");
      return el("li", { class: "st-finale-party" }, mark(), langText("span", "st-finale-name", pickText(party.organisation, locale)), el("span", { class: "st-finale-where" }, where));
    }),
  );
}

function choices(count: number): number[] {
  if (count <= 2) return [1];
  if (count <= 6) return [2];
  return count <= 12 ? [2, 3] : [2, 3, 4];
}

/** All names at once as long as the last row can read them: the proof grows smaller for them, then what the ceremony no longer needs
 * (data-crowded: the clocks, the title's other language) goes; and only then do they come in pages. */
export function fitFinale(): void {
  const [frame, words, list] = [need("[data-finale]"), need("[data-finale-words]"), need("[data-finale-parties]")];
  const count = list.childElementCount;
  const fits = (least: number): boolean => {
    const size = fitNames(words, list, choices(count), count <= 2 ? LARGEST : LARGE, READABLE);
    return size >= least - 0.005 && frame.scrollHeight <= frame.clientHeight + 1;
  };
  showOnly(list, [...list.children]);
  pages.set([]);
  setText(need("[data-page-of]"), "");
  setAttributes(document.body, { "data-crowded": false });
  setAttributes(frame, { "data-many": count > 12 });
  if (fits(COMFORTABLE) && !list.hasAttribute("data-lean")) return;
  setAttributes(frame, { "data-many": true });
  if (fits(READABLE)) return;
  setAttributes(document.body, { "data-crowded": true });
  pages.set(fitPages(words, list, choices, LARGE, READABLE));
}
