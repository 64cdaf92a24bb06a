// Leading by the cue sheet: acts are sent without leaving the page, the keyboard does them, clocks run by themselves.

import "./host.js";
import "./ticks.js";
import { openPagePanel, type PanelNames } from "./ink/panel.js";
import { everySecond, serverNow } from "./lib/clocks.js";
import { need, setAttributes, setText } from "./lib/dom.js";
import { Refused } from "./lib/http.js";
import { say } from "./lib/messages.js";
import { http, inWords, toast } from "./lib/page.js";
import { isMoving, startMoving } from "./lead/moving.js";
import { listenForKeys } from "./lib/shortcuts.js";

interface Act {
  verb: string;
  seq: number;
  cue: string;
}

/** What is done when it is said once more. */
const ASKED = new Set(["cue_early", "cue_ticks_anew", "cue_unsigned", "cue_unticked"]);

/** The question and its answer, where they are not "something is missing" and "go on anyway". */
const WORDS: Record<string, [string, string]> = {
  cue_early: ["cues-early-title", "cues-early-do"],
  cue_ticks_anew: ["cues-back-title", "cues-back-do"],
};

const base = document.body.dataset["lead"] ?? "";
let underWay = false;
/** The newest number that the server told; until the page shows that state its buttons are of an older one. */
let newest = 0;
let warnedOf: Act | null = null;
/** Whether the question came while a control had the focus: then one gets it back. */
let warnedByKey = false;

function refresh(): void {
  document.dispatchEvent(new CustomEvent("yunqian:refresh"));
}

/** Buttons and keys rest while an act is under way, and until the page shows what came of it. */
function showResting(): void {
  const shown = Number(document.querySelector<HTMLInputElement>("[data-act] input[name=seq]")?.value ?? newest);
  document.body.toggleAttribute("data-leading", underWay || shown < newest);
}

/** Sent again after a lost answer it is refused by its number, never done twice. */
async function send(act: Act, anyway: boolean): Promise<void> {
  if (underWay || act.seq < newest) return;
  underWay = true;
  showResting();
  try {
    const sheet = await http.post<{ seq: number }>(base + act.verb, { seq: act.seq, cue: act.cue, anyway }, { patiently: say("common-offline-wait") });
    newest = sheet.seq;
  } catch (reason) {
    if (reason instanceof Refused && ASKED.has(reason.code)) warn(act, reason);
    else toast(inWords(reason), "problem");
  } finally {
    underWay = false;
    showResting();
    refresh();
  }
}

function warn(act: Act, reason: Refused): void {
  warnedOf = act;
  warnedByKey = document.activeElement !== document.body;
  const [title, does] = WORDS[reason.code] ?? ["cues-anyway-title", "cues-anyway"];
  setText(need("#anyway-title"), say(title));
  setText(need("[data-anyway]"), say(does));
  setText(need("[data-anyway-words]"), inWords(reason));
  need<HTMLDialogElement>("#anyway").showModal();
}

function actOf(form: HTMLFormElement): Act {
  const sent = new FormData(form);
  return { verb: form.dataset["act"] ?? "", seq: Number(sent.get("seq")), cue: String(sent.get("cue") ?? "") };
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset["act"] || !base) return;
  event.preventDefault();
  void send(actOf(form), false);
}

function tick(at: number): void {
  for (const face of document.querySelectorAll<HTMLElement>("[data-since]")) {
    const seconds = Math.max(0, Math.floor((at - Date.parse(face.dataset["since"] ?? "")) / 1000));
    setText(face, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    setAttributes(face, { "data-overdue": seconds > Number(face.dataset["planned"]) });
  }
}

interface Heard {
  state: string;
  live: string;
  waits: string;
  skipped: string[];
}

function lookForChanges(): Heard {
  const titles = (state: string): string[] => [...document.querySelectorAll<HTMLElement>(`[data-cue-state="${state}"]`)].map((row) => row.dataset["title"] ?? "");
  const state = document.querySelector<HTMLElement>("[data-sheet-state]")?.dataset["sheetState"] ?? "";
  return { state, live: titles("live")[0] ?? "", waits: titles("standby")[0] ?? "", skipped: titles("skipped") };
}

let heard = lookForChanges();

/** What has changed since the page last showed something else, for who does not see it change. */
function announce(): void {
  const [before, now] = [heard, lookForChanges()];
  heard = now;
  const said = now.skipped.filter((title) => !before.skipped.includes(title)).map((title) => say("cues-said-skipped", { title }));
  if (now.state !== before.state && (now.state === "over" || now.state === "held")) said.push(say(`cues-said-${now.state}`));
  if (before.state === "held" && now.state === "running") said.push(say("cues-said-resumed"));
  if (now.live && now.live !== before.live) said.push(say("cues-now", { title: now.live }));
  if (now.waits && now.waits !== before.waits) said.push(say("cues-said-waits", { title: now.waits }));
  if (said.length) setText(need("[data-announce]"), said.join(" "));
  setText(need("[data-announce-ended]"), [...document.querySelectorAll(".lead-ended p")].map((line) => line.textContent ?? "").join(" "));
}

/** Who leads with a mouse or a finger presses Space for the next cue, not for the button that was pressed last. */
function letGo(event: MouseEvent): void {
  if (event.detail > 0) (event.target as Element).closest<HTMLElement>("[data-act] button, [data-move] button")?.blur();
}

document.addEventListener("submit", onSubmit);
document.addEventListener("click", letGo);
listenForKeys(isMoving);
document.querySelector("[data-anyway]")?.addEventListener("click", () => {
  need<HTMLDialogElement>("#anyway").close();
  if (warnedOf) void send(warnedOf, true);
  warnedOf = null;
});
if (document.querySelector("[data-announce]")) {
  document.addEventListener("yunqian:changed", announce);
  document.addEventListener("yunqian:changed", showResting);
  document.addEventListener("yunqian:changed", () => tick(serverNow()));
}
document.querySelector("#anyway")?.addEventListener("close", () => {
  if (warnedByKey && document.activeElement === document.body) document.querySelector<HTMLElement>("#lead-acts button")?.focus();
});
startMoving();
const pens = openPagePanel();
document.addEventListener("yunqian:changed", () => {
  const names = document.querySelector<HTMLElement>("#ink-names")?.dataset["names"];
  if (names) pens?.know(JSON.parse(names) as PanelNames);
});
everySecond(tick);
