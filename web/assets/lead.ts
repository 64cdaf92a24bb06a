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
const ASKED = new Set(["cue_early", "cue_unsigned", "cue_unticked"]);

const base = document.body.dataset["lead"] ?? "";
let underWay = false;
/** The newest number that the server told; until the page shows that state its buttons are of an older one. */
let newest = 0;
let warnedOf: Act | null = null;

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
  const isEarly = reason.code === "cue_early";
  setText(need("#anyway-title"), say(isEarly ? "cues-early-title" : "cues-anyway-title"));
  setText(need("[data-anyway]"), say(isEarly ? "cues-early-do" : "cues-anyway"));
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

/** What is live now, for who does not see the page change. */
function announce(): void {
  const title = document.querySelector("[data-now-title]")?.textContent ?? "";
  setText(need("[data-announce]"), title ? say("cues-now", { title }) : "");
}

document.addEventListener("submit", onSubmit);
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
startMoving();
const pens = openPagePanel();
document.addEventListener("yunqian:changed", () => {
  const names = document.querySelector<HTMLElement>("#ink-names")?.dataset["names"];
  if (names) pens?.know(JSON.parse(names) as PanelNames);
});
everySecond(tick);
