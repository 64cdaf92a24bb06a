// Drops, practised: told by a live update, the page asks whether its own line is to be cut, acts so until the drill is
// over, and tells what came of it. Asking and telling go past the cut line: they are the drill's own.

import { el, setText } from "./dom.js";
import { cutLine, isCut, mendLine } from "./line.js";

interface Drill {
  id: string;
  left_ms: number;
  /** Where a host ends it; empty for everybody else. */
  end_url: string;
  words: Record<"mark" | "cut" | "again" | "back" | "back-later" | "no-line" | "end", string>;
}

interface Kept {
  drill: string;
  page: string;
  /** Whether something unsent was drawn on this page when it went, or since: a page that is loaded anew has lost it. */
  drawn?: boolean;
}

export interface Practice {
  /** Of pages that follow no stream: how often they ask whether their line is to be cut; 0: they follow one. */
  askEveryMs?: number;
  /** Of a phone that draws: whether a drawing stands on it, and whether the computer has it. */
  drawing?(): "unsent" | "sent" | null;
}

/** What is looked at to know that the page is right again. */
interface Following {
  readonly state: string;
}

const KEPT = "yunqian:drill";
const ASK_MS = 2_000;
const LOOK_MS = 100;
const SHOWN_MS = 8_000;
const MOST_TRIES = 30;

const url = globalThis.document?.body?.dataset["drill"] ?? "";
const token = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let follows: () => Following | null = () => null;
let practice: Practice = {};
let current: Drill | null = null;
let endsAt = 0;
let looking = false;
let again = false;

function kept(): Kept | null {
  const text = sessionStorage.getItem(KEPT);
  return text === null ? null : (JSON.parse(text) as Kept);
}

async function ask(): Promise<Drill | null> {
  const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return ((await response.json()) as { drill: Drill | null }).drill;
}

function post(to: string, body: unknown): Promise<Response> {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() };
  return fetch(to, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", keepalive: true });
}

/** Told until it was heard: a real drop may come in the middle of one that is practised. */
async function tell(said: "cut" | "back", rightMs: number | null): Promise<void> {
  const about = kept();
  if (!about) return;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      const response = await post(url, { drill: about.drill, page: about.page, said, right_ms: rightMs, stroke: said === "back" ? stroke() : null });
      // A refusal is an answer, too: this drill is not kept any more, and nobody waits for the word.
      if (response.ok || response.status < 500) return;
    } catch (reason) {
      console.info("the drill's word was not heard", reason);
    }
    await sleep(ASK_MS);
  }
}

function noteDrawn(): void {
  const about = kept();
  if (about && !about.drawn && practice.drawing?.() === "unsent") sessionStorage.setItem(KEPT, JSON.stringify({ ...about, drawn: true }));
}

/** What became of a drawing; null where there was none. */
function stroke(): "kept" | "anew" | null {
  if (practice.drawing?.()) return "kept";
  return kept()?.drawn ? "anew" : null;
}

/** The mark at the top of the page; the small word says what it is, the sentence what the page does. */
function mark(words: string): void {
  let box = document.querySelector<HTMLElement>("[data-drill-mark]");
  if (!box) {
    box = el("aside", { class: "drill-mark", "data-drill-mark": true }, el("strong", {}, ""), el("span", { role: "status" }, ""));
    const banner = document.querySelector<HTMLElement>("[data-offline]");
    if (banner) banner.after(box);
    else document.body.prepend(box);
  }
  // Both stay while the page is scrolled, one below the other.
  box.style.setProperty("--drill-below", `${document.querySelector<HTMLElement>("[data-offline]")?.offsetHeight ?? 0}px`);
  box.dataset["cut"] = String(isCut());
  const [name, text] = [box.querySelector("strong"), box.querySelector("span")];
  if (name) setText(name, current?.words.mark ?? name.textContent ?? "");
  if (text) setText(text, words);
  const button = box.querySelector("button");
  if (current?.end_url && isCut() && !button) {
    const end = el("button", { class: "btn btn-small", type: "button" }, current.words.end);
    end.addEventListener("click", endEarly);
    box.append(end);
  }
  if (!isCut()) button?.remove();
}

function endEarly(): void {
  if (current?.end_url) void post(current.end_url, {}).catch((reason: unknown) => console.info("the drill's end was not heard", reason));
  endsAt = 0;
}

function secondsLeft(): number {
  return Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
}

async function practise(drill: Drill): Promise<void> {
  const before = kept();
  const isAgain = before?.drill === drill.id;
  current = drill;
  endsAt = performance.now() + drill.left_ms;
  sessionStorage.setItem(KEPT, JSON.stringify({ drill: drill.id, drawn: isAgain && before.drawn, page: isAgain ? before.page : crypto.getRandomValues(new Uint32Array(3)).join("-") }));
  cutLine();
  const told = tell("cut", null);
  const words = isAgain ? drill.words.again : drill.words.cut;
  let asked = performance.now();
  try {
    while (performance.now() < endsAt) {
      mark(words.replace("{n}", String(secondsLeft())));
      noteDrawn();
      await sleep(LOOK_MS);
      if (performance.now() - asked < ASK_MS) continue;
      asked = performance.now();
      // Ended by a host meanwhile; where nobody answers, it ends by its own time.
      void ask().then((found) => found?.id === drill.id || (endsAt = 0), () => undefined);
    }
  } finally {
    mendLine(); // whatever went wrong in showing it: nobody may stay cut off by a practice
  }
  mark(drill.words.back);
  const from = performance.now();
  while (!["connected", "ended"].includes(follows()?.state ?? "connected")) await sleep(LOOK_MS);
  const right = performance.now() - from;
  mark(drill.words["back-later"].replace("{n}", (right / 1000).toFixed(1)));
  await told;
  await tell("back", Math.round(right));
  sessionStorage.removeItem(KEPT);
  current = null;
  // The next drill does not wait for the mark of this one.
  setTimeout(() => current ?? document.querySelector("[data-drill-mark]")?.remove(), SHOWN_MS);
}

/** A live update has come, or the page has just been loaded: is this page's line to be cut? */
async function look(): Promise<void> {
  again = true;
  if (looking) return;
  looking = true;
  try {
    while (again) {
      again = false;
      const drill = await ask();
      if (drill) await practise(drill);
      else if (kept()) {
        // It was over before this page was loaded anew.
        await tell("back", null);
        sessionStorage.removeItem(KEPT);
      }
    }
  } catch (reason) {
    console.info("not known whether a drill is under way", reason);
  } finally {
    looking = false;
  }
}

/** Who presses a button, or follows a link, would leave the page for one that does not come. */
function holdBack(event: Event): void {
  if (!isCut() || !(event.target instanceof Element)) return;
  const leaves = event.type === "submit" ? !(event.target as HTMLFormElement).dataset["act"] : event.target.closest("a[href]:not([href^='#'])");
  if (!leaves) return;
  event.preventDefault();
  mark(`${current?.words["no-line"] ?? ""} (${secondsLeft()} s)`);
}

/** Call for each live update. */
export function heedDrill(update: { kind: string }): boolean {
  if (!url || update.kind !== "drill.changed") return false;
  void look();
  return true;
}

/** Once the page stands; `live` gives its stream. Does nothing but in a rehearsal: no other page has the address. */
export function practiseDrops(live: () => Following | null, how: Practice = {}): void {
  if (!url) return;
  follows = live;
  practice = how;
  if (how.askEveryMs) setInterval(() => void look(), how.askEveryMs);
  window.addEventListener("submit", holdBack, true);
  window.addEventListener("click", holdBack, true);
  void look();
}
