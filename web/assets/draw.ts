// The pad on a phone: draw, send, and say what became of it. A drawing that could not be sent is sent when the link is back.

import "./base.js";
import { serverNow, setServerNow } from "./lib/clocks.js";
import { heedDrill, practiseDrops } from "./lib/drill.js";
import { need, setBusy, setText } from "./lib/dom.js";
import { Refused } from "./lib/http.js";
import { openLive, SOON_MS } from "./lib/live.js";
import { say } from "./lib/messages.js";
import { http, inWords } from "./lib/page.js";
import { inkSender, type InkBatch } from "./seat/ink.js";
import { signaturePad } from "./seat/pad.js";
import { drawnAppearance } from "./seat/signing.js";

const { api = "", liveUrl = "", liveSeq } = document.body.dataset;
const form = need<HTMLFormElement>("[data-draw-form]");
const button = need<HTMLButtonElement>("[data-send]");
const error = need("[data-error]");
const hint = need("[data-pad-hint]");
const words = need("[data-words]");

function problem(text: string | null): void {
  error.hidden = text === null;
  setText(error, text ?? "");
}

let isSent = false;

function changed(): void {
  hint.hidden = true;
  isSent = false;
  problem(null);
}

const INK_PATIENCE_MS = 4_000;
const isHidden = document.querySelector<HTMLInputElement>("#ink-hidden");
const HIDDEN_PLACE = "yunqian:ink-hidden:phone";
if (isHidden) isHidden.checked = localStorage.getItem(HIDDEN_PLACE) !== null;

/** The computer has told which agreement it is: this phone names none. */
async function postInk({ agreement: _, ...body }: InkBatch): Promise<void> {
  await http.post(`${api}/ink`, body, { signal: AbortSignal.timeout(INK_PATIENCE_MS) });
}

// Without the tick the computer shows no ink, or its signer wants none: what is drawn here is seen once it was sent.
const ink = inkSender({ post: postInk, now: serverNow, isHidden: isHidden?.checked ?? true });
ink.open("the computer's");
const pad = signaturePad(need<HTMLCanvasElement>("[data-pad]"), changed, ink);

function showInk(): void {
  const words = document.querySelector<HTMLElement>("[data-ink-shown]");
  if (words) words.hidden = isHidden?.checked ?? true;
}

function over(): void {
  ink.signed();
  form.hidden = true;
  setText(words, say("drawpad-over"));
  need("[data-heading]").focus();
}

async function send(): Promise<void> {
  if (pad.isEmpty()) return problem(say("drawpad-missing"));
  const drawn = drawnAppearance(pad.picture());
  if (drawn.kind !== "drawn") return;
  setBusy(button, true);
  setText(words, say("drawpad-sending"));
  try {
    await http.post(api, { png: drawn.png }, { patiently: say("drawpad-waiting") });
    isSent = true;
    setText(words, say("drawpad-sent"));
  } catch (reason) {
    if (reason instanceof Refused && (reason.status === 410 || reason.status === 403)) return over();
    setText(words, say("drawpad-draw"));
    problem(inWords(reason));
  } finally {
    setBusy(button, false);
  }
}

/** The computer may have gone on while this phone was away. */
async function look(): Promise<void> {
  try {
    await http.get(api);
  } catch (reason) {
    if (reason instanceof Refused && (reason.status === 410 || reason.status === 403)) over();
  }
}

isHidden?.addEventListener("change", () => {
  if (isHidden.checked) localStorage.setItem(HIDDEN_PLACE, "1");
  else localStorage.removeItem(HIDDEN_PLACE);
  ink.hide(isHidden.checked);
  showInk();
});
showInk();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send();
});
need("[data-undo]").addEventListener("click", () => {
  pad.undo();
  hint.hidden = !pad.isEmpty();
});
need("[data-clear]").addEventListener("click", () => {
  pad.clear();
  hint.hidden = false;
});
new ResizeObserver(() => pad.fit()).observe(need("[data-pad]"));
pad.fit();
const live = openLive({ url: liveUrl, seq: Number(liveSeq ?? 0), longestWaitMs: SOON_MS }, { onUpdate: (update) => void (heedDrill(update) || look()), onRefetch: () => void look(), onHello: setServerNow });
practiseDrops(() => live, { drawing: () => (pad.isEmpty() ? null : isSent ? "sent" : "unsent") });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void look();
});
