// The picture of the agreements: cards in rows, signature lines inside, and the paths that lead from one to the next.

import { spokenCode } from "../lib/checks.js";
import { timeIn } from "../lib/clocks.js";
import { el, need, setAttributes, setText, svg } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import { setPhrases } from "../lib/phrases.js";
import { fallIntoPlace } from "./falling.js";
import { isFinished, isUnsigned, levels, pickText, shownCode, textLang, type StageAgreement, type StageParty, type StageSigner, type StageState } from "./model.js";
import { inPages, turningPages } from "./pages.js";
import { spared } from "./sparing.js";
import { mark } from "./words.js";

// How large the agreements are drawn: 1 is 28 thousand-eightieths of the height.
const SMALLEST = 0.3;
const LARGEST = 1.25;
const FINENESS = 0.02;
// Smaller than a forty-fifth of the height the last row of a hall cannot read it.
const READABLE = 24 / 28;
const MOST_PAGES = 6;
const MOST_LINES = 9;
const WIDER = 0.9;

interface Slot {
  root: HTMLElement;
  name: HTMLElement;
  word: HTMLElement;
}

interface Card {
  root: HTMLElement;
  number: HTMLElement;
  state: HTMLElement;
  title: HTMLElement;
  code: HTMLElement;
  slots: Map<string, Slot>;
  list: HTMLElement;
}

export interface CascadeView {
  show(state: StageState): void;
  /** Choose rows and size again; needed when the frame changes. */
  fit(): void;
  /** The mark of one signature, where a tick stands once it is true. */
  markOf(agreement: string, seat: string): Element | null;
}

function makeSlot(): Slot {
  const name = el("span", { class: "st-slot-name" });
  const word = el("span", { class: "st-slot-word" });
  const root = el("li", { class: "st-slot" }, mark(), name, word);
  return { root, name, word };
}

function makeCard(): Card {
  const number = el("span", { class: "st-card-number" });
  const state = el("span", { class: "st-card-state" });
  const title = el("h2", { class: "st-card-title" });
  const list = el("ul", { class: "st-slots" });
  const code = el("p", { class: "st-card-code" }, el("span", {}, say("stage-record-code")), " ", el("strong", {}));
  const root = el("article", { class: "st-card" }, el("div", { class: "st-card-head" }, number, state), title, code, list);
  return { root, number, state, title, code, slots: new Map(), list };
}

function slotWord(signer: StageSigner, party: StageParty | undefined): string {
  if (signer.state === "signed" && signer.signed_at) return timeIn(party?.timezone ?? "UTC", Date.parse(signer.signed_at));
  return say(`stage-slot-${signer.state}`);
}

function showText(element: HTMLElement, text: string, locale: string): void {
  setPhrases(element, text);
  setAttributes(element, { lang: textLang(text, locale) });
}

/** Fills `frame` with the agreements; `locale` is the page's language. */
export function cascadeView(frame: HTMLElement, locale: string, announce: (text: string) => void): CascadeView {
  const rowsBox = el("div", { class: "st-rows" });
  const lines = svg("svg", { class: "st-lines", "aria-hidden": "true" });
  frame.replaceChildren(lines, rowsBox);
  const cards = new Map<string, Card>();
  let shape = "";
  let arranged = "";
  let shown: StageState | null = null;

  function showSlot(card: Card, signer: StageSigner, party: StageParty | undefined, title: string): void {
    let slot = card.slots.get(signer.seat);
    const isNew = !slot;
    if (!slot) {
      slot = makeSlot();
      card.slots.set(signer.seat, slot);
      card.list.append(slot.root);
    }
    const name = pickText(party?.organisation, locale) || signer.party;
    showText(slot.name, name, locale);
    setText(slot.word, slotWord(signer, party));
    if (slot.root.dataset["state"] === signer.state) return;
    slot.root.dataset["state"] = signer.state;
    // Only what becomes true before the eyes of the audience falls into place; what was true already simply stands.
    if (!isNew && signer.state === "signed") {
      void fallIntoPlace(slot.root);
      announce(say("stage-announce-signed", { party: name, title }));
    }
  }

  function showCard(agreement: StageAgreement, parties: Map<string, StageParty>): Card {
    let card = cards.get(agreement.id);
    if (!card) {
      card = makeCard();
      cards.set(agreement.id, card);
    }
    const title = pickText(agreement.title, locale);
    // Until its text is fixed, the plan may give it another number.
    setText(card.number, agreement.state === "draft" ? "" : (agreement.number ?? ""));
    showText(card.title, title, locale);
    const open = agreement.signers.some((signer) => signer.state === "open");
    const first = agreement.after.length === 0;
    const word = isFinished(agreement) || !["open", "approved", "draft"].includes(agreement.state) ? agreement.state : open ? "open" : first ? "first" : "waiting";
    setText(card.state, say(`stage-card-${word}`));
    card.root.dataset["state"] = word;
    card.code.hidden = shownCode(agreement) === "";
    setText(need("strong", card.code), spokenCode(shownCode(agreement)));
    setAttributes(card.list, { "data-count": agreement.signers.length });
    for (const signer of agreement.signers) showSlot(card, signer, parties.get(signer.party), title);
    return card;
  }

  /** What the live cue calls, where that is less than all; else all. */
  function focused(state: StageState): StageAgreement[] {
    const called = state.cue?.state === "over" ? [] : (state.cue?.live?.agreements ?? []);
    const found = state.agreements.filter((one) => called.includes(one.id));
    return found.length > 0 ? found : state.agreements;
  }

  function arrange(rows: StageAgreement[][]): void {
    const next = JSON.stringify(rows.map((row) => row.map((one) => one.id)));
    if (next === arranged) return;
    arranged = next;
    rowsBox.replaceChildren(
      ...rows.map((row) => {
        const wide = row.length === 1 && row.some((agreement) => agreement.signers.length > 4);
        const box = el("div", { class: "st-row", "data-count": row.length, "data-wide": wide });
        box.append(...row.map((agreement) => cards.get(agreement.id)?.root).filter((root) => root !== undefined));
        return box;
      }),
    );
  }

  function drawLines(state: StageState): void {
    const frameBox = frame.getBoundingClientRect();
    const byKey = new Map(state.agreements.map((agreement) => [agreement.key, agreement]));
    setAttributes(lines, { viewBox: `0 0 ${frameBox.width} ${frameBox.height}` });
    const wanted: [string, string, boolean][] = [];
    for (const agreement of state.agreements) {
      for (const before of agreement.after.map((key) => byKey.get(key))) {
        const from = before && cards.get(before.id)?.root.getBoundingClientRect();
        const to = cards.get(agreement.id)?.root.getBoundingClientRect();
        if (!before || !from?.width || !to?.width) continue;
        const x1 = from.x + from.width / 2 - frameBox.x;
        const y1 = from.bottom - frameBox.y;
        const x2 = to.x + to.width / 2 - frameBox.x;
        const y2 = to.top - frameBox.y;
        // On a page that holds both beside each other nothing leads from one to the other.
        if (y2 <= y1) continue;
        const bend = (y2 - y1) * 0.62;
        wanted.push([`${before.id}>${agreement.id}`, `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`, isFinished(before) && !isUnsigned(agreement)]);
      }
    }
    const kept = new Map([...lines.children].map((line) => [line.getAttribute("data-edge"), line]));
    lines.replaceChildren(
      ...wanted.flatMap(([edge, d, lit]) => {
        const pair = (["", "lit"] as const).map((kind) => {
          const line = kept.get(edge + kind) ?? svg("path", { pathLength: 1, "data-edge": edge + kind, class: kind ? "st-line st-line-lit" : "st-line" });
          setAttributes(line, { d, ...(kind ? { "data-lit": lit } : {}) });
          return line;
        });
        return pair;
      }),
    );
  }

  function overflows(): boolean {
    return rowsBox.scrollHeight > rowsBox.clientHeight + 1 || rowsBox.scrollWidth > rowsBox.clientWidth + 1;
  }

  function setColumns(breaks: number): void {
    for (const row of rowsBox.querySelectorAll<HTMLElement>(".st-row")) {
      row.style.setProperty("--columns", String(Math.ceil(Number(row.dataset["count"]) / breaks)));
    }
  }

  function fitsAt(size: number): boolean {
    rowsBox.style.setProperty("--k", size.toFixed(3));
    return !overflows();
  }

  /** The largest size at which everything fits, if it is more than `floor`; else `floor`. Every trial lays the picture out anew. */
  function sizeAbove(floor: number): number {
    if (!fitsAt(floor + FINENESS)) return floor;
    let low = floor + FINENESS;
    let high = LARGEST;
    while (high - low > FINENESS) {
      const middle = (low + high) / 2;
      if (fitsAt(middle)) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Choose the number of lines that each row is broken into, and the size; returns the size. */
  function fitRows(rows: StageAgreement[][]): number {
    const most = Math.max(...rows.map((row) => row.length), 1);
    let best = { breaks: 1, size: SMALLEST };
    rowsBox.classList.add("is-measured");
    for (let breaks = 1; breaks <= Math.min(MOST_LINES, most); breaks += 1) {
      setColumns(breaks);
      // Wider cards are worth a little size: names break less.
      const size = sizeAbove(Math.max(SMALLEST, best.size * (most <= 6 ? WIDER : 1)));
      if (size > best.size * (most <= 6 ? WIDER : 1) + FINENESS / 2) best = { breaks, size };
    }
    setColumns(best.breaks);
    rowsBox.classList.remove("is-measured");
    rowsBox.style.setProperty("--k", best.size.toFixed(3));
    return best.size;
  }

  const pages = turningPages<StageAgreement>((part, number, count) => {
    if (shown === null || frame.hidden) return;
    placed(part);
    setText(need("[data-page-of]"), `${number} / ${count}`);
    drawLines(shown);
  });

  /** Arrange these and nothing else, whatever comes after what; returns the size. */
  function placed(some: StageAgreement[]): number {
    arrange([some]);
    return fitRows([some]);
  }

  /** As few pages as can be read from the last row; the fullest one is the first. */
  function paged(all: StageAgreement[], state: StageState): StageAgreement[][] {
    if (all.length < 2) return [];
    const most = Math.min(MOST_PAGES, all.length);
    setAttributes(document.body, { "data-spared": spared(state).paged });
    for (let count = 2; count < most; count += 1) {
      const parts = inPages(all, count);
      if (parts.every((part) => placed(part) >= READABLE)) return parts;
    }
    return inPages(all, most);
  }

  function isLegible(state: StageState, upright: boolean): boolean {
    return spared(state).steps.some((step) => {
      setAttributes(document.body, { "data-spared": step || false });
      const some = step.includes("others") && !upright ? focused(state) : state.agreements;
      const rows = levels(some);
      arrange(rows);
      return upright || fitRows(rows) >= READABLE;
    });
  }

  function fit(): void {
    if (!shown || frame.clientWidth === 0) return;
    const upright = window.innerWidth <= window.innerHeight;
    setText(need("[data-page-of]"), "");
    pages.set(isLegible(shown, upright) ? [] : paged(focused(shown), shown));
    if (upright) {
      rowsBox.style.setProperty("--k", "1");
      for (const row of rowsBox.querySelectorAll<HTMLElement>(".st-row")) row.style.setProperty("--columns", "1");
    }
    drawLines(shown);
  }

  /** What becomes true before the eyes of the audience, on whichever page it stands. */
  function wasOpen(agreement: string, seat: string): boolean {
    return cards.get(agreement)?.slots.get(seat)?.root.dataset["state"] === "open";
  }

  function show(state: StageState): void {
    const parties = new Map(state.parties.map((party) => [party.key, party]));
    const rows = levels(state.agreements);
    const news = state.agreements.find((one) => one.signers.some((signer) => signer.state === "signed" && wasOpen(one.id, signer.seat)));
    shown = state;
    if (news) pages.turnTo((one) => one.id === news.id);
    for (const agreement of state.agreements) showCard(agreement, parties);
    const next = JSON.stringify([spared(state), state.cue?.live?.agreements, rows.map((row) => row.map((one) => [one.id, pickText(one.title, locale), one.signers.length, one.record_code !== ""]))]);
    if (next !== shape) {
      shape = next;
      fit();
    } else {
      drawLines(state);
    }
  }

  const markOf = (agreement: string, seat: string): Element | null => cards.get(agreement)?.slots.get(seat)?.root.firstElementChild ?? null;

  return { show, fit, markOf };
}
