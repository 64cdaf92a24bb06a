// Cues put in another order: by mouse, finger or keyboard, with the way back. The others make room for the one that is
// held, which stays in the document where it is: it keeps the focus.

import { el, need, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import { http, inWords, toast } from "../lib/page.js";
import { pull } from "../lib/spots.js";

interface Held {
  row: HTMLElement;
  list: HTMLElement;
  before: number;
}

interface Answer {
  seq: number;
}

const base = document.body.dataset["cues"] ?? "";
let held: Held | null = null;
let sending = false;
let undo: (() => Promise<void>) | null = null;

const rowsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(":scope > [data-cue]")];
const titleOf = (row: HTMLElement): string => row.dataset["title"] ?? "";
const idOf = (row: HTMLElement | undefined): string => row?.dataset["cue"] ?? "";
const status = (text: string): void => setText(need("[data-moving-status]"), text);

/** Whether something is in somebody's hand: keys that lead rest meanwhile. */
export const isMoving = (): boolean => held !== null;

/** The first place that is free to be taken: behind what is live or done. */
function first(list: HTMLElement): number {
  return rowsOf(list).findLastIndex((row) => !row.querySelector("[data-grip]")) + 1;
}

/** Let the others make room until `row` stands at `to`. */
function reach(row: HTMLElement, list: HTMLElement, to: number): void {
  const at = (): number => rowsOf(list).indexOf(row);
  while (at() > to) row.after(rowsOf(list)[at() - 1]!);
  while (at() < to) row.before(rowsOf(list)[at() + 1]!);
}

function take(grip: Element): Held | null {
  const row = grip.closest<HTMLElement>("[data-cue]");
  const list = grip.closest<HTMLElement>("[data-cue-list]");
  if (!row || !list || sending) return null;
  row.classList.add("cue-held");
  row.toggleAttribute("data-held", true);
  return (held = { row, list, before: rowsOf(list).indexOf(row) });
}

function letGo(): void {
  held?.row.classList.remove("cue-held");
  held?.row.removeAttribute("data-held");
  held = null;
}

function refresh(): void {
  document.dispatchEvent(new CustomEvent("yunqian:refresh"));
}

function putBack(): void {
  if (!held) return;
  const { row, list, before } = held;
  reach(row, list, before);
  status(say("cues-put-back", { title: titleOf(row) }));
  letGo();
  refresh();
}

function moveTo(to: number): void {
  if (!held) return;
  const { row, list } = held;
  const all = rowsOf(list).length;
  reach(row, list, Math.min(Math.max(to, first(list)), all - 1));
  status(say("cues-moving", { title: titleOf(row), n: rowsOf(list).indexOf(row) + 1, all }));
}

function tell(text: string, again: (() => Promise<void>) | null): void {
  undo = again;
  need("[data-moving-bar]").hidden = false;
  need("[data-moving-said]").replaceChildren(el("strong", {}, text));
  need("[data-moving-undo]").hidden = again === null;
  status(text);
}

function send(cue: string, after: string, seq: number): Promise<Answer> {
  return http.post<Answer>(`${base}${encodeURIComponent(cue)}/move`, { after, seq }, { patiently: say("common-offline-wait") });
}

/** The page's own act: what is pressed next, before the page is read again, is no act on an older sheet. */
function known(list: HTMLElement, seq: number): void {
  list.dataset["seq"] = String(seq);
  for (const sent of document.querySelectorAll<HTMLInputElement>("[data-act] input[name=seq]")) sent.value = String(seq);
}

/** Tell the server where a cue stands now; `before` is behind which it stood, and at which number. */
async function keep(row: HTMLElement, list: HTMLElement, after: string, before: { after: string; number: number }): Promise<void> {
  const title = titleOf(row);
  sending = true;
  try {
    const { seq } = await send(idOf(row), after, Number(list.dataset["seq"]));
    known(list, seq);
    tell(say("cues-moved", { title, n: rowsOf(list).indexOf(row) + 1 }), () => takeBack(idOf(row), title, before, seq));
  } catch (reason) {
    reach(row, list, before.number);
    const words = `${say("cues-move-lost", { title })} ${inWords(reason)}`;
    toast(words, "problem");
    status(words);
  } finally {
    sending = false;
    refresh();
  }
}

async function takeBack(cue: string, title: string, before: { after: string; number: number }, seq: number): Promise<void> {
  try {
    await send(cue, before.after, seq);
    tell(say("cues-move-undone", { title, n: before.number + 1 }), null);
  } catch (reason) {
    tell(`${say("cues-move-lost", { title })} ${inWords(reason)}`, null);
  }
  refresh();
}

async function drop(): Promise<void> {
  if (!held) return;
  const { row, list, before } = held;
  const rows = rowsOf(list);
  const at = rows.indexOf(row);
  if (at === before) return putBack();
  const others = rows.filter((each) => each !== row);
  const after = idOf(others[at - 1]);
  const stood = { after: idOf(others[before - 1]), number: before };
  letGo();
  await keep(row, list, after, stood);
}

/** Where the held row belongs under a pointer at this height: behind every other whose middle is above it. */
function under(list: HTMLElement, row: HTMLElement, y: number): number {
  const others = rowsOf(list).filter((each) => each !== row);
  return others.filter((each) => {
    const box = each.getBoundingClientRect();
    return box.top + box.height / 2 < y;
  }).length;
}

function press(event: PointerEvent): void {
  const grip = (event.target as Element).closest("[data-grip]");
  if (!grip || event.button !== 0) return;
  const moving = held ?? take(grip);
  if (!moving || !moving.row.contains(grip)) return;
  let last = event;
  let moved = false;
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const slide = (): void => {
    moved ||= Math.abs(last.clientY - event.clientY) > 5;
    if (moved) moveTo(under(moving.list, moving.row, last.clientY));
  };
  const step = (): void => {
    if (stop.signal.aborted) return;
    const by = moved ? pull(last.clientY, 0, window.innerHeight) : 0;
    if (by) {
      window.scrollBy({ top: by, behavior: "instant" });
      slide();
    }
    window.requestAnimationFrame(step);
  };
  window.requestAnimationFrame(step);
  window.addEventListener("pointermove", (next) => ((last = next), slide()), options);
  window.addEventListener("pointercancel", () => (stop.abort(), putBack()), options);
  window.addEventListener("pointerup", () => {
    stop.abort();
    if (moved) void drop();
    else letGo();
  }, options);
}

function typed(event: KeyboardEvent): void {
  if (event.key === "Escape" && held) return (event.preventDefault(), putBack());
  const grip = (event.target as Element).closest("[data-grip]");
  if (!grip) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    if (held) void drop();
    else moveTo(take(grip)?.before ?? 0);
    return;
  }
  if (!["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
  const moving = held ?? take(grip);
  if (!moving || !moving.row.contains(grip)) return;
  event.preventDefault();
  const at = rowsOf(moving.list).indexOf(moving.row);
  moveTo({ ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: Infinity }[event.key] ?? at);
  grip.scrollIntoView({ block: "nearest" });
}

/** The arrows of a row: the same as a drag by one step. */
function stepped(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset["move"]) return;
  event.preventDefault();
  const row = form.closest<HTMLElement>("[data-cue]");
  const list = form.closest<HTMLElement>("[data-cue-list]");
  if (!row || !list || sending || held) return;
  const others = rowsOf(list).filter((each) => each !== row);
  const at = rowsOf(list).indexOf(row);
  // From where the row stands now: the form itself is as old as the page, until that is read again.
  const to = Math.min(Math.max(at + (form.dataset["move"] === "up" ? -1 : 1), first(list)), others.length);
  if (to === at) return;
  reach(row, list, to);
  void keep(row, list, idOf(others[to - 1]), { after: idOf(others[at - 1]), number: at });
}

function showGrips(): void {
  for (const grip of document.querySelectorAll<HTMLElement>("[data-grip]")) grip.hidden = false;
}

/** Make the list of cues movable, where the page's reader may move them. */
export function startMoving(): void {
  if (!base) return;
  document.addEventListener("pointerdown", press);
  document.addEventListener("keydown", typed);
  document.addEventListener("submit", stepped);
  document.addEventListener("focusout", (event) => {
    if (held && held.row.contains(event.target as Node) && document.hasFocus() && !held.row.contains(event.relatedTarget as Node | null)) void drop();
  });
  need("[data-moving-undo]").addEventListener("click", () => void undo?.());
  // Parts that are replaced take the focus with them.
  let grasped = "";
  document.addEventListener("focusin", (event) => {
    const grip = (event.target as Element).closest("[data-grip]");
    grasped = grip ? idOf(grip.closest<HTMLElement>("[data-cue]") ?? undefined) : "";
  });
  document.addEventListener("yunqian:changed", () => {
    showGrips();
    if (grasped && document.activeElement === document.body) document.querySelector<HTMLElement>(`[data-cue="${CSS.escape(grasped)}"] [data-grip]`)?.focus({ preventScroll: true });
  });
  showGrips();
}
