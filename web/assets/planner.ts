// The agenda to be dragged: by mouse, finger or keyboard. The server's words stand in the cards; this places them, sends
// where one was put, and shows what the server says of it: clashes, or that somebody was there before.

import "./host.js";
import { el, need, setText } from "./lib/dom.js";
import { pageLocale, say } from "./lib/messages.js";
import { http, inWords, toast } from "./lib/page.js";
import { inVenue, isSame, lanes, movedBy, pull, runs, snap, stretchedBy, type Spot } from "./lib/spots.js";

const MINUTE = 60_000;
const bar = need("[data-planner-bar]");
const status = need("[data-planner-status]");
const clock = new Intl.DateTimeFormat(pageLocale(), { timeZone: document.body.dataset["zone"] ?? "UTC", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

interface Held {
  card: HTMLElement;
  day: HTMLElement;
  before: Spot;
  now: Spot;
}

let held: Held | null = null;
let undo: (() => Promise<void>) | null = null;

const begin = (day: HTMLElement): number => Date.parse(day.dataset["starts"] ?? "");
const most = (day: HTMLElement): number => Number(day.dataset["minutes"]);
const columnsOf = (day: HTMLElement): HTMLElement[] => [...day.querySelectorAll<HTMLElement>("[data-column]")];
const dayOf = (card: HTMLElement): HTMLElement => need("[data-planner-day]", card.closest(".planner-day") ?? document);

function spotOf(card: HTMLElement, day: HTMLElement): Spot {
  const at = (name: string): number => Math.round((Date.parse(card.dataset[name] ?? "") - begin(day)) / MINUTE);
  return { from: at("starts"), until: at("ends"), venues: (card.dataset["venues"] ?? "").split(" ") };
}

function times(spot: Spot, day: HTMLElement): string {
  return [spot.from, spot.until].map((minute) => clock.format(begin(day) + minute * MINUTE)).join("–");
}

function where(spot: Spot, day: HTMLElement): string {
  const names = columnsOf(day).filter((column) => spot.venues.includes(column.dataset["column"] ?? ""));
  return names.map((column) => column.dataset["name"]).join(pageLocale().startsWith("zh") ? "、" : ", ");
}

/** A card in its columns and rows; where the columns of a joint item do not touch, the others have a shadow of it. */
function place(card: HTMLElement, day: HTMLElement, spot: Spot, lane: number): void {
  const names = columnsOf(day).map((column) => column.dataset["column"] ?? "");
  const [main, ...others] = runs(names, spot.venues);
  for (const shadow of day.querySelectorAll(`[data-shadow-of="${CSS.escape(card.dataset["key"] ?? "")}"]`)) shadow.remove();
  if (!main) return;
  const put = (element: HTMLElement, run: { first: number; span: number }): void => {
    const from = Math.max(0, spot.from);
    element.style.gridColumn = `${run.first + 2} / span ${run.span}`;
    element.style.gridRow = `${from + 2} / ${Math.max(from + 5, Math.min(spot.until, most(day))) + 2}`;
    element.style.marginInlineStart = `${Math.min(lane, 4) * 1.75}rem`;
    element.classList.toggle("planner-short", spot.until - spot.from < 40);
  };
  put(card, main);
  for (const run of others) {
    const shadow = document.createElement("div");
    shadow.className = "planner-card planner-joint planner-shadow";
    shadow.dataset["shadowOf"] = card.dataset["key"] ?? "";
    shadow.setAttribute("aria-hidden", "true");
    shadow.textContent = card.dataset["title"] ?? "";
    put(shadow, run);
    day.append(shadow);
  }
}

function lay(day: HTMLElement): void {
  day.style.setProperty("--columns", day.dataset["columns"] ?? "1");
  day.style.setProperty("--minutes", day.dataset["minutes"] ?? "600");
  for (const element of day.querySelectorAll<HTMLElement>("[data-at]")) element.style.gridColumn = String(Number(element.dataset["at"]) + 1);
  for (const hour of day.querySelectorAll<HTMLElement>("[data-minute]")) hour.style.gridRow = `${Number(hour.dataset["minute"]) + 2} / span 60`;
  const cards = [...day.querySelectorAll<HTMLElement>("[data-key]")];
  const spots = cards.map((card) => (held?.card === card ? held.now : spotOf(card, day)));
  const found = lanes(spots);
  cards.forEach((card, at) => place(card, day, spots[at]!, found[at] ?? 0));
}

function layAll(): void {
  for (const day of document.querySelectorAll<HTMLElement>("[data-planner-day]")) lay(day);
}

function show(moving: Held): void {
  setText(need(".planner-time", moving.card), times(moving.now, moving.day));
  moving.card.classList.add("planner-held");
  lay(moving.day);
}

function take(card: HTMLElement): Held | null {
  if (!card.dataset["seen"] || card.hasAttribute("aria-busy")) return null;
  const day = dayOf(card);
  const before = spotOf(card, day);
  return (held = { card, day, before, now: before });
}

function putBack(): void {
  if (!held) return;
  const { card, day, before } = held;
  held = null;
  card.classList.remove("planner-held");
  setText(need(".planner-time", card), times(before, day));
  lay(day);
  setText(status, say("planner-put-back", { title: card.dataset["title"] ?? "" }));
  document.dispatchEvent(new CustomEvent("yunqian:refresh"));
}

interface Answer {
  seen: string;
  clashes: string[];
}

function send(key: string, seen: string, day: HTMLElement, spot: Spot): Promise<Answer> {
  const at = (minute: number): string => new Date(begin(day) + minute * MINUTE).toISOString();
  const address = `${document.body.dataset["planner"]}/agenda/${encodeURIComponent(key)}/spot`;
  return http.post<Answer>(address, { starts_at: at(spot.from), ends_at: at(spot.until), venues: spot.venues, seen });
}

function tell(text: string, again: (() => Promise<void>) | null, clashes: readonly string[]): void {
  undo = again;
  bar.hidden = false;
  bar.toggleAttribute("data-clashes", clashes.length > 0);
  need("[data-planner-said]").replaceChildren(el("strong", {}, text), ...clashes.map((each) => el("span", {}, each)));
  need("[data-planner-undo]").hidden = again === null;
  setText(status, [text, ...(clashes.length ? clashes : [say("planner-clear")])].join(" "));
}

function keep(card: HTMLElement, day: HTMLElement, spot: Spot, seen: string): void {
  const at = (minute: number): string => new Date(begin(day) + minute * MINUTE).toISOString();
  Object.assign(card.dataset, { seen, starts: at(spot.from), ends: at(spot.until), venues: spot.venues.join(" ") });
  setText(need(".planner-time", card), times(spot, day));
  lay(day);
}

async function drop(): Promise<void> {
  if (!held) return;
  const { card, day, before, now } = held;
  if (isSame(before, now)) return putBack();
  const title = card.dataset["title"] ?? "";
  const words = (spot: Spot): string => `${times(spot, day)} ${where(spot, day)}`;
  card.setAttribute("aria-busy", "true");
  setText(status, say("planner-saving", { title }));
  try {
    const answer = await send(card.dataset["key"] ?? "", card.dataset["seen"] ?? "", day, now);
    keep(card, day, now, answer.seen);
    tell(say("planner-saved", { title, before: words(before), after: words(now) }), () => takeBack(card.dataset["key"] ?? "", title, day, before, answer.seen), answer.clashes);
  } catch (reason) {
    keep(card, day, before, card.dataset["seen"] ?? "");
    toast(`${say("planner-lost", { title })} ${inWords(reason)}`, "problem");
    setText(status, `${say("planner-lost", { title })} ${inWords(reason)}`);
  } finally {
    held = null;
    card.removeAttribute("aria-busy");
    card.classList.remove("planner-held");
    lay(day);
    // Also of other cards: with what do they clash now, and what did others change.
    document.dispatchEvent(new CustomEvent("yunqian:refresh"));
  }
}

async function takeBack(key: string, title: string, day: HTMLElement, before: Spot, seen: string): Promise<void> {
  try {
    const answer = await send(key, seen, day, before);
    tell(say("planner-undone", { title, after: `${times(before, day)} ${where(before, day)}` }), null, answer.clashes);
    const card = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (card) keep(card, dayOf(card), before, answer.seen);
  } catch (reason) {
    tell(`${say("planner-lost", { title })} ${inWords(reason)}`, null, []);
  }
  document.dispatchEvent(new CustomEvent("yunqian:refresh"));
}

/** While something is held near an edge of what is seen of the day, the day scrolls and `slide` is told; returns what
 * hears of each move. */
function scrolling(day: HTMLElement, isHeld: () => boolean, slide: (at: PointerEvent) => void, over: AbortSignal): (at: PointerEvent) => void {
  const frame = need(".planner-scroll", day.closest(".planner-day") ?? document);
  let last: PointerEvent | null = null;
  const step = (): void => {
    if (over.aborted) return;
    const box = frame.getBoundingClientRect();
    const x = last && isHeld() ? pull(last.clientX, Math.max(box.left, 0), Math.min(box.right, window.innerWidth)) : 0;
    const y = last && isHeld() ? pull(last.clientY, 0, window.innerHeight) : 0;
    if (last && (x || y)) {
      frame.scrollBy(x, 0);
      window.scrollBy({ top: y, behavior: "instant" });
      slide(last);
    }
    window.requestAnimationFrame(step);
  };
  window.requestAnimationFrame(step);
  return (at) => (last = at);
}

/** By mouse or pen on the whole card, by finger on its dots and its edge: elsewhere a finger scrolls. */
function press(event: PointerEvent): void {
  const target = event.target as Element;
  const card = target.closest<HTMLElement>("[data-key]");
  const edge = target.closest("[data-edge]") !== null;
  const grip = target.closest(".planner-grip") !== null;
  if (!card || event.button !== 0 || (event.pointerType === "touch" && !edge && !grip) || (target.closest("a") && event.pointerType === "touch")) return;
  const moving = held ?? take(card);
  if (!moving || moving.card !== card) return;
  const from = { x: event.clientX, y: event.clientY };
  const start = moving.now;
  let moved = false;
  const column = need("[data-column]", moving.day);
  const top = column.getBoundingClientRect().top;
  const slide = (next: { clientX: number; clientY: number }): void => {
    if (!moved && Math.hypot(next.clientX - from.x, next.clientY - from.y) < 5) return;
    moved = true;
    const box = column.getBoundingClientRect();
    // The day itself moves under the pointer where something is held at an edge of what is seen of it.
    const by = snap((next.clientY - from.y - (box.top - top)) / (box.height / most(moving.day)));
    if (edge) moving.now = stretchedBy(start, by, most(moving.day));
    else {
      moving.now = movedBy(start, by, most(moving.day));
      const over = columnsOf(moving.day).find((column) => {
        const box = column.getBoundingClientRect();
        return next.clientX >= box.left && next.clientX <= box.right;
      });
      if (over && Math.abs(next.clientX - from.x) > 24) moving.now = inVenue(moving.now, over.dataset["column"] ?? "");
    }
    show(moving);
  };
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const follow = scrolling(moving.day, () => moved, slide, stop.signal);
  window.addEventListener("pointermove", (next) => (slide(next), follow(next)), options);
  window.addEventListener("pointercancel", () => (stop.abort(), putBack()), options);
  window.addEventListener("keydown", (pressed) => pressed.key === "Escape" && (stop.abort(), putBack()), options);
  window.addEventListener("pointerup", () => {
    stop.abort();
    window.setTimeout(() => swallow.abort(), 0);
    if (moved) void drop();
    else if (isSame(moving.before, moving.now)) held = null;
  }, options);
  // A link that was dragged is not followed; the click that comes after the next press is another one.
  const swallow = new AbortController();
  window.addEventListener("click", (click) => moved && (click.preventDefault(), click.stopPropagation()), { capture: true, once: true, signal: swallow.signal });
  if (!grip) event.preventDefault();
}

const ARROWS = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);

function typed(event: KeyboardEvent): void {
  const grip = (event.target as Element).closest<HTMLElement>(".planner-grip");
  const card = grip?.closest<HTMLElement>("[data-key]");
  if (!card) return;
  if (event.key === "Escape" && held) return (event.preventDefault(), putBack());
  if ((event.key === "Enter" || event.key === " ") && held) return (event.preventDefault(), void drop());
  if (!ARROWS.has(event.key)) return;
  const moving = held ?? take(card);
  if (!moving || moving.card !== card) return;
  event.preventDefault();
  const by = event.key === "ArrowUp" ? -5 : event.key === "ArrowDown" ? 5 : 0;
  if (by && event.shiftKey) moving.now = stretchedBy(moving.now, by, most(moving.day));
  else if (by) moving.now = movedBy(moving.now, by, most(moving.day));
  else moving.now = beside(moving, event.key === "ArrowLeft" ? -1 : 1);
  show(moving);
  setText(status, say("planner-held", { title: card.dataset["title"] ?? "", time: times(moving.now, moving.day), where: where(moving.now, moving.day) }));
}

function beside(moving: Held, step: number): Spot {
  const open = columnsOf(moving.day).map((column) => column.dataset["column"] ?? "");
  const next = open[open.indexOf(moving.now.venues[0] ?? "") + step];
  return next ? inVenue(moving.now, next) : moving.now;
}

document.addEventListener("pointerdown", press);
document.addEventListener("keydown", typed);
document.addEventListener("focusout", (event) => {
  if (held && (event.target as Element).closest(".planner-grip") && held.card.contains(event.target as Node) && event.relatedTarget) void drop();
});
need("[data-planner-undo]").addEventListener("click", () => void undo?.());
// Regions that are replaced take the focus with them.
let grasped = "";
document.addEventListener("focusin", (event) => {
  grasped = (event.target as Element).closest<HTMLElement>("[data-key]")?.dataset["key"] ?? "";
});
document.addEventListener("yunqian:changed", () => {
  layAll();
  const lost = grasped !== "" && document.activeElement === document.body;
  if (lost) document.querySelector<HTMLElement>(`[data-key="${CSS.escape(grasped)}"] .planner-grip`)?.focus({ preventScroll: true });
});
layAll();
