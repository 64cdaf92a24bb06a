// An interpreter's page: a line is typed, Enter sends it, and what the server has not taken yet stays in sight until it has.

import "./base.js";
import { lineQueue, type QueuedLine } from "./captions/queue.js";
import { units } from "./captions/model.js";
import { pause, backoffDelay } from "./lib/backoff.js";
import { serverNow, setServerNow } from "./lib/clocks.js";
import { el, need, setAttributes, setText } from "./lib/dom.js";
import { Refused } from "./lib/http.js";
import { openLive, SOON_MS, type Live } from "./lib/live.js";
import { pageJson, say } from "./lib/messages.js";
import { http, inWords, showLiveState } from "./lib/page.js";

interface Cue {
  title: string;
  place: string;
  speaker: string;
  text: string;
  script: string;
}

interface Sent {
  n: number;
  id: string;
  text: string;
  mine: boolean;
}

interface State {
  language: { code: string; name: string };
  phase: "planned" | "running" | "held" | "over" | "free" | "ended";
  on_stage: boolean;
  live: Cue | null;
  next: Cue | null;
  prepared: string[];
  sent: Sent[];
  last: number | null;
  seq: number;
  captions_seq: number;
  server_now: string;
}

interface Settings {
  api: string;
  link: string;
  language: string;
  cues: string;
  captions: string;
  longest: number;
  late_seconds: number;
}

const WAITS = { first: 500, most: 3_000 };
const ANSWER_MS = 10_000;
const settings = pageJson<Settings>("interpreter-settings", {} as Settings);
const place = `yunqian:captions:${settings.link}`;
const field = need<HTMLTextAreaElement>("[data-line]");
const sent = need("[data-sent]");
let state = pageJson<State>("interpreter-state", {} as State);
let correcting: number | null = null;
let told = state.live?.title ?? "";
let closed = false;
const streams: Live[] = [];
const pressed = new Set<string>();

function keptLines(): QueuedLine[] {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "[]") as QueuedLine[];
  } catch {
    return [];
  }
}

const queue = lineQueue<State>(
  {
    post: (line) => http.post<State>(`${settings.api}/lines`, { id: line.id, text: line.text, typed_at: line.typed_at, replaces: line.replaces ?? null }, { signal: AbortSignal.timeout(ANSWER_MS) }),
    wait: (tries, retryAfter) => pause(retryAfter === null ? backoffDelay(tries, WAITS) : retryAfter * 1000),
    keep: (lines) => {
      try {
        if (lines.length > 0) localStorage.setItem(place, JSON.stringify(lines));
        else localStorage.removeItem(place);
      } catch {
        // A private window keeps them in the page alone.
      }
    },
    now: () => new Date(serverNow()).toISOString(),
    newId: () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    changed: () => show(),
    taken: (answer, line) => {
      takeOver(answer);
      setText(need("[data-said]"), line.text ? say("interpreter-said", { text: line.text }) : say("interpreter-withdrawn"));
    },
    closed: closeDown,
  },
  keptLines(),
);

function takeOver(news: State): void {
  // An answer from before must not take a newer line from the page.
  if (news.captions_seq < state.captions_seq && news.seq <= state.seq) return;
  state = news;
  setServerNow(state.server_now);
  show();
}

function closeDown(reason: Refused): void {
  closed = true;
  for (const each of streams) each.stop();
  setText(need("[data-problem-title]"), reason.status === 410 ? say("interpreter-closed") : reason.message);
  setText(need("[data-problem-next]"), reason.status === 410 ? say("interpreter-closed-next") : reason.next);
  need("[data-problem]").hidden = false;
  need("[data-columns]").hidden = true;
  need("[data-lost]").hidden = true;
}

function sentItem(line: Sent): HTMLElement {
  const more = line.mine ? null : el("span", { class: "soft small" }, say("interpreter-other"));
  return el("li", { "data-line-state": "sent", "data-line-id": line.id }, el("span", { lang: settings.language, dir: "auto" }, line.text), more);
}

function waitingItem(line: QueuedLine): HTMLElement {
  const kind = !line.refused ? "waiting" : line.refused.code === "caption_late" ? "late" : "refused";
  const why = el("span", { class: "in-why small" }, kind === "refused" ? `${say("interpreter-state-refused")}: ${line.refused?.words ?? ""}` : say(`interpreter-state-${kind}`));
  const words = line.text || say("interpreter-withdraw");
  const item = el("li", { "data-line-state": kind, "data-line-id": line.id }, el("span", { lang: settings.language, dir: "auto" }, words), why);
  if (kind === "late" && line.text) item.append(button("interpreter-again", () => queue.again(line.id)));
  if (kind !== "waiting") item.append(button("interpreter-drop", () => queue.drop(line.id)));
  return item;
}

function button(words: string, act: () => void): HTMLElement {
  const made = el("button", { class: "btn btn-small", type: "button" }, say(words));
  made.addEventListener("click", () => {
    act();
    field.focus();
  });
  return made;
}

let shownShape = "";

function showLines(): void {
  const shape = JSON.stringify([state.sent, queue.lines]);
  if (shape === shownShape) return;
  shownShape = shape;
  const known = new Set(state.sent.map((line) => line.id));
  sent.replaceChildren(...state.sent.map(sentItem), ...queue.lines.filter((line) => !known.has(line.id)).map(waitingItem));
  need("[data-sent-none]").hidden = sent.childElementCount > 0;
  sent.scrollTop = sent.scrollHeight;
}

const where = (cue: Cue | null): string => (cue ? [cue.place, cue.speaker].filter(Boolean).join("　") : "");

function showCues(): void {
  const { live, next } = state;
  setText(need("[data-cue-title]"), live ? live.title : say(`interpreter-phase-${state.phase}`));
  setText(need("[data-cue-where]"), where(live));
  setText(need("[data-cue-text]"), live?.text ?? "");
  setText(need("[data-next-title]"), next ? next.title : say("interpreter-next-none"));
  setText(need("[data-next-where]"), where(next));
  need("[data-prepared-part]").hidden = !live;
  need("[data-script-part]").hidden = !live?.script;
  setText(need("[data-script]"), live?.script ?? "");
  showPrepared();
  const title = live?.title ?? "";
  if (title !== told) setText(need("[data-announce]"), title ? `${say("interpreter-now")}: ${title}` : "");
  told = title;
}

let preparedShape = "";

function showPrepared(): void {
  const shape = JSON.stringify([state.prepared, state.live?.title]);
  need("[data-prepared-none]").hidden = state.prepared.length > 0;
  need("[data-prepared-hint]").hidden = state.prepared.length === 0;
  if (shape === preparedShape) return;
  preparedShape = shape;
  need("[data-prepared]").replaceChildren(
    ...state.prepared.map((text, index) => {
      const key = index < 9 ? el("kbd", { "aria-hidden": "true" }, String(index + 1)) : null;
      const made = el("button", { class: "in-ready", type: "button", "data-ready": index, "data-pressed": pressed.has(text), "aria-keyshortcuts": index < 9 ? `Alt+${index + 1}` : null }, key, el("span", { lang: settings.language, dir: "auto" }, text));
      made.addEventListener("click", () => sendPrepared(index));
      return el("li", {}, made);
    }),
  );
}

function sendPrepared(index: number): void {
  const text = state.prepared[index];
  if (text === undefined || state.phase === "ended" || closed) return;
  pressed.add(text);
  need(`[data-ready="${index}"]`).toggleAttribute("data-pressed", true);
  queue.add(text);
}

let wasLost = false;

function isLost(): boolean {
  return queue.isStuck || streams.some((each) => each.state === "lost");
}

function showLink(): void {
  const lost = isLost() && !closed;
  const waiting = queue.lines.filter((line) => !line.refused).length;
  const box = need("[data-lost]");
  if (box.hidden === lost) box.hidden = !lost;
  setText(need("[data-lost-waiting]"), waiting > 0 ? say("interpreter-lost-waiting", { n: waiting }) : "");
  if (wasLost && !lost && waiting === 0) setText(need("[data-said]"), say("interpreter-back"));
  wasLost = lost || (wasLost && waiting > 0);
}

function showField(): void {
  const room = settings.longest - units(field.value.trim());
  const text = need("[data-room]");
  setText(text, room < 0 ? say("interpreter-too-long", { n: -room }) : room <= 60 ? say("interpreter-room", { n: room }) : "");
  setAttributes(text, { "data-over": room < 0 });
  const ended = state.phase === "ended";
  field.disabled = ended;
  need<HTMLButtonElement>("[data-send]").disabled = ended || room < 0 || !field.value.trim();
  const own = state.last !== null && state.sent.some((line) => line.n === state.last);
  const can = own && !ended && queue.lines.every((line) => line.refused);
  need<HTMLButtonElement>("[data-correct]").disabled = !can || correcting !== null;
  need<HTMLButtonElement>("[data-withdraw]").disabled = !can;
  need("[data-correcting]").hidden = correcting === null;
}

function show(): void {
  setText(need("[data-on-stage]"), say(state.on_stage ? "interpreter-on-stage" : "interpreter-off-stage"));
  setAttributes(need("[data-on-stage]"), { "data-shown": state.on_stage });
  showLines();
  showCues();
  showField();
  showLink();
}

function correct(): void {
  const last = state.sent.find((line) => line.n === state.last);
  if (!last || need<HTMLButtonElement>("[data-correct]").disabled) return;
  correcting = last.n;
  field.value = last.text;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  showField();
}

function leaveCorrecting(): void {
  correcting = null;
  field.value = "";
  field.focus();
  showField();
}

function send(): void {
  const text = field.value.replace(/\s+/g, " ").trim();
  if (!text || units(text) > settings.longest || state.phase === "ended") return;
  const replaces = correcting ?? undefined;
  correcting = null;
  field.value = "";
  queue.add(text, replaces);
  showField();
}

async function reread(): Promise<void> {
  if (closed) return;
  try {
    takeOver(await http.get<State>(settings.api));
  } catch (reason) {
    if (reason instanceof Refused && [403, 410].includes(reason.status)) closeDown(reason);
    else console.info("the state could not be read again", inWords(reason));
  }
}

field.addEventListener("input", showField);
field.addEventListener("keydown", (event) => {
  // Enter takes a word from an input method as well: that is no line.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter") {
    event.preventDefault();
    if (!event.repeat) send();
  } else if (event.key === "ArrowUp" && field.value === "") {
    event.preventDefault();
    correct();
  } else if (event.key === "Escape" && correcting !== null) leaveCorrecting();
});
need("[data-form]").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
  field.focus();
});
need("[data-correct]").addEventListener("click", correct);
need("[data-cancel]").addEventListener("click", leaveCorrecting);
need("[data-withdraw]").addEventListener("click", () => {
  if (state.last !== null) queue.add("", state.last);
  leaveCorrecting();
});
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat || !/^Digit[1-9]$/.test(event.code)) return;
  event.preventDefault();
  sendPrepared(Number(event.code.slice(5)) - 1);
});

setServerNow(state.server_now);
for (const [url, seq] of [[settings.captions, state.captions_seq], [settings.cues, state.seq]] as const) {
  const handlers = { onUpdate: () => void reread(), onRefetch: () => void reread(), onHello: setServerNow, onState: showLink };
  streams.push(openLive({ url, seq, longestWaitMs: SOON_MS }, handlers));
}
showLiveState(streams[0] as Live);
show();
