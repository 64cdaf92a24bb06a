// Captions on a signer's page: in the language that the signer chose on this device, or none. The stream is open only while somebody reads.

import { putLines } from "../captions/band.js";
import { chosen, keepChoice, merged, NO_CAPTIONS, OFF, readChoice, shownLines, type Captions } from "../captions/model.js";
import { everySecond, serverNow, setServerNow } from "../lib/clocks.js";
import { el, need } from "../lib/dom.js";
import { openLive, SOON_MS, type Live } from "../lib/live.js";
import { pageLocale, say } from "../lib/messages.js";
import { http } from "../lib/page.js";
import type { SeatState } from "./model.js";

interface Answer {
  captions: Captions;
  stream: { url: string; seq: number };
  server_now: string;
}

let captions: Captions = NO_CAPTIONS;
let live: Live | null = null;
let opening = false;
let offered = "";
let path = "";

const language = (): string => chosen(captions, readChoice(), pageLocale());

function show(at: number = serverNow()): void {
  const code = language();
  const box = need("[data-captions-lines]");
  box.hidden = !code;
  const lines = code ? shownLines(captions, code, at) : [];
  putLines(box, lines, code);
  const waiting = box.querySelector("[data-captions-waiting]");
  if (lines.length > 0) waiting?.remove();
  else if (code && !waiting) box.append(el("p", { class: "soft small", "data-captions-waiting": true }, say("captions-waiting")));
  need("[data-captions-lost]").hidden = !(code && live?.state === "lost");
}

function offer(): void {
  need("[data-captions]").hidden = captions.languages.length === 0;
  const select = need<HTMLSelectElement>("[data-captions-language]");
  const shape = JSON.stringify(captions.languages);
  if (shape !== offered) select.replaceChildren(el("option", { value: OFF }, say("captions-off")), ...captions.languages.map((each) => el("option", { value: each.code, lang: each.code }, each.name)));
  offered = shape;
  select.value = language() || OFF;
}

async function read(): Promise<Answer> {
  const answer = await http.get<Answer>(path);
  setServerNow(answer.server_now);
  captions = answer.captions;
  offer();
  show();
  return answer;
}

/** Listen while somebody reads, and not otherwise. */
async function follow(): Promise<void> {
  if (!language()) {
    live?.stop();
    live = null;
    return;
  }
  if (live || opening) return;
  opening = true;
  try {
    const { stream } = await read();
    const onUpdate = (update: { [more: string]: unknown }): void => {
      captions = merged(captions, update["captions"] as Captions) ?? captions;
      offer();
      show();
    };
    live = openLive({ url: stream.url, seq: stream.seq, longestWaitMs: SOON_MS }, { onUpdate, onRefetch: () => void read().catch(() => undefined), onState: () => show() });
  } catch (reason) {
    console.info("captions could not be read", reason);
  } finally {
    opening = false;
  }
}

/** What the seat's state says of captions; called again with each state. */
export function showCaptions(state: SeatState, api: string): void {
  const first = path === "";
  path = `${api}/captions`;
  captions = state.captions === null ? NO_CAPTIONS : (merged(captions, state.captions) ?? captions);
  offer();
  show();
  void follow();
  if (!first) return;
  everySecond(show);
  need("[data-captions-language]").addEventListener("change", (event) => {
    keepChoice((event.target as HTMLSelectElement).value);
    show();
    void follow();
  });
}
