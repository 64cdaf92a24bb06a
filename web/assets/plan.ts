// The plan's agreements as a picture that is edited: lines for "comes after" are drawn and removed, cards are put in
// another row; by mouse, finger or keyboard, with the way back. The server's forms do the same without scripts.

import "./host.js";
import { el, need, setAttributes, setText } from "./lib/dom.js";
import { Refused } from "./lib/http.js";
import { pageLocale, say } from "./lib/messages.js";
import { http, inWords, toast } from "./lib/page.js";
import { pull } from "./lib/spots.js";
import { draw, drawTo } from "./plan/lines.js";
import { afterInRow, isSameOrder, rowsOf, type Order } from "./plan/order.js";

const base = document.body.dataset["order"] ?? "";
let chosen: HTMLElement | null = null;
let sending = false;
let undo: (() => Promise<void>) | null = null;

const cards = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-agreement]")];
const keyOf = (card: HTMLElement): string => card.dataset["agreementKey"] ?? "";
const titleOf = (card: HTMLElement | undefined): string => card?.dataset["title"] ?? "";
const afterOf = (card: HTMLElement): string[] => (card.dataset["after"] ?? "").split(" ").filter(Boolean);
const byKey = (key: string): HTMLElement | undefined => cards().find((card) => keyOf(card) === key);
const order = (): Order => new Map(cards().map((card) => [keyOf(card), afterOf(card)]));
const cardOf = (target: EventTarget | null): HTMLElement | null => (target instanceof Element ? target.closest<HTMLElement>("[data-agreement]") : null);

function titles(keys: readonly string[]): string {
  const zh = pageLocale().startsWith("zh");
  return keys.map((key) => titleOf(byKey(key))).map((title) => (zh ? `《${title}》` : title)).join(zh ? "、" : ", ");
}

function tell(text: string, again: (() => Promise<void>) | null, cancel = false): void {
  undo = again;
  need("[data-cascade-bar]").hidden = false;
  need("[data-cascade-said]").replaceChildren(el("strong", {}, text));
  need("[data-cascade-undo]").hidden = again === null;
  need("[data-cascade-cancel]").hidden = !cancel;
  setText(need("[data-cascade-status]"), text);
}

function why(reason: unknown): string {
  const named = reason instanceof Refused ? reason.problems.map((problem) => problem.message) : [];
  return named.length ? named.join(" ") : inWords(reason);
}

function refresh(): void {
  document.dispatchEvent(new CustomEvent("yunqian:refresh"));
}

/** The card says at once what is so now: who is quick is not held to what the page showed before. */
async function send(id: string, after: readonly string[], seen: string): Promise<{ seen: string }> {
  const answer = await http.post<{ seen: string }>(`${base}${encodeURIComponent(id)}/after`, { after, seen }, { patiently: say("common-offline-wait") });
  const card = cards().find((each) => each.dataset["agreement"] === id);
  if (card) Object.assign(card.dataset, { seen: answer.seen, after: after.join(" ") });
  return answer;
}

/** Let a card come after these; `words` say what was done. */
async function arrange(card: HTMLElement, after: readonly string[], words: string): Promise<void> {
  const { agreement = "", seen = "" } = card.dataset;
  const before = afterOf(card);
  const title = titleOf(card);
  if (sending) return;
  if (isSameOrder(before, after)) return tell(say("cascade-same", { title }), null);
  sending = true;
  try {
    const answer = await send(agreement, after, seen);
    tell(words, () => takeBack(agreement, title, before, answer.seen));
  } catch (reason) {
    const said = `${say("cascade-lost")} ${why(reason)}`;
    toast(said, "problem");
    tell(said, null);
  } finally {
    sending = false;
    refresh();
  }
}

async function takeBack(id: string, title: string, before: readonly string[], seen: string): Promise<void> {
  try {
    await send(id, before, seen);
    tell(say("cascade-undone", { title }), null);
  } catch (reason) {
    tell(`${say("cascade-lost")} ${why(reason)}`, null);
  }
  refresh();
}

function link(from: HTMLElement, to: HTMLElement): void {
  const words = say("cascade-linked", { title: titleOf(to), before: titleOf(from) });
  void arrange(to, [...new Set([...afterOf(to), keyOf(from)])], words);
}

function unlink(card: HTMLElement, before: string): void {
  const words = say("cascade-unlinked", { title: titleOf(card), before: titleOf(byKey(before)) });
  void arrange(card, afterOf(card).filter((each) => each !== before), words);
}

function putInRow(card: HTMLElement, row: number, near: readonly string[]): void {
  const after = afterInRow(keyOf(card), row, order(), near);
  const title = titleOf(card);
  void arrange(card, after, after.length ? say("cascade-moved", { title, before: titles(after) }) : say("cascade-moved-first", { title }));
}

/** The first press chooses what comes first, the second what comes after it; pressed twice it is left as it was. */
function choose(card: HTMLElement | null): void {
  const before = chosen;
  chosen = before || !card ? null : card;
  for (const each of cards()) {
    each.classList.toggle("link-chosen", each === chosen);
    const label = chosen && each !== chosen ? say("cascade-target", { title: titleOf(each), before: titleOf(chosen) }) : say("cascade-link", { title: titleOf(each) });
    setAttributes(need("[data-link-from]", each), { "aria-label": label, "aria-pressed": each === chosen ? "true" : null });
  }
  if (chosen) tell(say("cascade-choose", { title: titleOf(chosen) }), null, true);
  else if (before && card && card !== before) link(before, card);
  else if (before) need("[data-cascade-bar]").hidden = true;
}

function nearest(at: { clientX: number; clientY: number }): string[] {
  const far = (card: HTMLElement): number => {
    const box = card.getBoundingClientRect();
    return Math.hypot(box.left + box.width / 2 - at.clientX, box.top + box.height / 2 - at.clientY);
  };
  return cards().sort((a, b) => far(a) - far(b)).map(keyOf);
}

/** The row below the pointer; below the last, a new one. */
function rowAt(y: number): number {
  const levels = [...document.querySelectorAll<HTMLElement>("[data-cascade] > li")];
  const found = levels.findIndex((level) => y <= level.getBoundingClientRect().bottom);
  return found < 0 ? levels.length : found;
}

interface Drag {
  card: HTMLElement;
  tool: HTMLElement;
  isLink: boolean;
}

function show(drag: Drag, at: PointerEvent): void {
  const over = cardOf(document.elementFromPoint(at.clientX, at.clientY));
  if (drag.isLink) drawTo(drag.card, at);
  else document.querySelectorAll("[data-cascade] > li").forEach((level, row) => level.classList.toggle("link-row", row === rowAt(at.clientY)));
  for (const each of cards()) each.classList.toggle("link-target", drag.isLink && each === over && each !== drag.card);
}

function stopShowing(drag: Drag): void {
  drag.card.classList.remove("link-held");
  drag.card.removeAttribute("data-held");
  drawTo(drag.card, null);
  for (const each of document.querySelectorAll(".link-target, .link-row")) each.classList.remove("link-target", "link-row");
}

function drop(drag: Drag, at: PointerEvent): void {
  const over = cardOf(document.elementFromPoint(at.clientX, at.clientY));
  if (drag.isLink) {
    if (over && over !== drag.card) link(drag.card, over);
    return;
  }
  const row = rowAt(at.clientY);
  if (row !== rowsOf(order()).get(keyOf(drag.card))) putInRow(drag.card, row, nearest(at));
}

function press(event: PointerEvent): void {
  const tool = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-link-from], [data-level-grip]") : null;
  const card = cardOf(tool);
  if (!tool || !card || event.button !== 0 || sending) return;
  const drag: Drag = { card, tool, isLink: tool.matches("[data-link-from]") };
  let last = event;
  let moved = false;
  const over = new AbortController();
  const options = { signal: over.signal };
  const step = (): void => {
    if (over.signal.aborted) return;
    const by = moved ? pull(last.clientY, 0, window.innerHeight) : 0;
    if (by) window.scrollBy({ top: by, behavior: "instant" });
    if (moved) show(drag, last);
    window.requestAnimationFrame(step);
  };
  window.requestAnimationFrame(step);
  window.addEventListener("pointermove", (next) => {
    last = next;
    moved ||= Math.hypot(next.clientX - event.clientX, next.clientY - event.clientY) > 6;
    card.classList.toggle("link-held", moved);
    card.toggleAttribute("data-held", moved);
  }, options);
  const stop = (): void => (over.abort(), stopShowing(drag));
  window.addEventListener("pointercancel", stop, options);
  window.addEventListener("keydown", (pressed) => pressed.key === "Escape" && stop(), options);
  window.addEventListener("pointerup", (up) => {
    stop();
    if (moved) drop(drag, up);
    // The click that follows a drag is no click.
    if (moved) window.addEventListener("click", (click) => (click.stopPropagation(), click.preventDefault()), { capture: true, once: true, signal: AbortSignal.timeout(50) });
  }, options);
}

function onClick(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  const card = cardOf(target);
  if (target?.closest("[data-cascade-undo]")) return void undo?.();
  if (target?.closest("[data-cascade-cancel]")) return choose(chosen);
  if (card && target?.closest("[data-link-from]")) return choose(card);
  const before = target?.closest<HTMLElement>("[data-unlink]")?.dataset["unlink"];
  if (card && before) unlink(card, before);
}

function onKey(event: KeyboardEvent): void {
  if (event.key === "Escape" && chosen) return choose(chosen);
  const card = event.target instanceof Element && event.target.closest("[data-level-grip]") ? cardOf(event.target) : null;
  if (!card || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const box = card.getBoundingClientRect();
  const row = (rowsOf(order()).get(keyOf(card)) ?? 0) + (event.key === "ArrowUp" ? -1 : 1);
  if (row >= 0) putInRow(card, row, nearest({ clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }));
}

function redraw(): void {
  for (const tool of document.querySelectorAll<HTMLElement>("[data-link-tools]")) tool.hidden = false;
  document.querySelector(".cascade-frame")?.classList.add("cascade-drawn");
  draw(cards().flatMap((to) => afterOf(to).flatMap((key) => {
    const from = byKey(key);
    const title = say("cascade-line", { title: titleOf(to), before: titleOf(from) });
    return from ? [{ from, to, title, remove: () => unlink(to, key) }] : [];
  })));
}

if (base && document.querySelector("[data-cascade]")) {
  document.addEventListener("pointerdown", press);
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  // Parts that are replaced take the focus with them.
  let grasped: { key: string; tool: string } | null = null;
  document.addEventListener("focusin", (event) => {
    const tool = event.target instanceof Element ? event.target.closest("[data-link-from], [data-level-grip]") : null;
    const card = cardOf(tool);
    grasped = tool && card ? { key: keyOf(card), tool: tool.matches("[data-link-from]") ? "[data-link-from]" : "[data-level-grip]" } : null;
  });
  document.addEventListener("yunqian:changed", () => {
    redraw();
    const card = grasped && document.activeElement === document.body ? byKey(grasped.key) : undefined;
    if (card && grasped) need(grasped.tool, card).focus({ preventScroll: true });
  });
  new ResizeObserver(redraw).observe(need(".cascade-frame"));
  redraw();
}
