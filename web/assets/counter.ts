// The counter on a screen in the lobby or beside the stage: how many are in each hall. It runs by itself for days.

import "./base.js";
import { everySecond, setServerNow, timeIn, serverNow } from "./lib/clocks.js";
import { need, setText } from "./lib/dom.js";
import { Refused } from "./lib/http.js";
import { openLive, type LiveUpdate } from "./lib/live.js";
import { pageJson, say } from "./lib/messages.js";
import { http } from "./lib/page.js";

type Counts = [expected: number, inside: number, came: number];

interface State {
  halls: { id: string; timezone: string; counts: Counts }[];
  seq: number;
  server_now: string;
}

// A day begins anew at four in the morning, when no door says anything; and who registers changes what is expected.
const READ_ANEW_MS = 60_000;

const settings = pageJson("counter-settings", { state_url: "", live_url: "" });
let state = pageJson<State>("counter-state", { halls: [], seq: 0, server_now: "" });
const home = state.halls[0]?.timezone ?? "UTC";

function show(): void {
  need<HTMLElement>("[data-none]").hidden = state.halls.length > 0;
  for (const { id, counts } of state.halls) {
    const hall = document.querySelector<HTMLElement>(`[data-hall="${CSS.escape(id)}"]`);
    // A hall that was added or removed: another picture.
    if (!hall) return location.reload();
    const [expected, inside, came] = counts;
    setText(need("[data-expected]", hall), String(expected));
    setText(need("[data-inside]", hall), String(inside));
    setText(need("[data-came]", hall), String(came));
    need<HTMLElement>("[data-bar]", hall).style.setProperty("inline-size", `${expected > 0 ? Math.min(100, (100 * came) / expected) : 0}%`);
  }
  const [expected = 0, inside = 0, came = 0] = [0, 1, 2].map((at) => state.halls.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0));
  need<HTMLElement>("[data-all]").hidden = state.halls.length < 2;
  setText(need("[data-all]"), say("counter-all", { expected, inside, came }));
}

async function readAnew(): Promise<void> {
  try {
    state = await http.get<State>(settings.state_url);
  } catch (reason) {
    if (reason instanceof Refused && [403, 410].includes(reason.status)) return closeDown();
    return; // the stream says since when there is no link
  }
  // The stream's own token is over after a day: a new page has a new one.
  if (live.state === "ended") return location.reload();
  setServerNow(state.server_now);
  show();
}

function closeDown(): void {
  live.stop();
  document.body.toggleAttribute("data-closed", true);
  need<HTMLElement>("[data-taken-back]").hidden = false;
}

function onUpdate(update: LiveUpdate): void {
  const halls = update["halls"] as Record<string, Counts> | undefined;
  if (!halls) return void readAnew();
  state = { ...state, halls: state.halls.map((hall) => ({ ...hall, counts: halls[hall.id] ?? hall.counts })) };
  show();
}

function showLink(): void {
  const heard = serverNow() - live.heardSecondsAgo() * 1000;
  const words = live.state === "connected" ? "counter-live" : live.state === "connecting" ? "counter-connecting" : "counter-lost";
  const place = need<HTMLElement>("[data-link]");
  place.dataset["link"] = live.state;
  setText(place, say(words, { time: timeIn(home, live.state === "connected" ? serverNow() : heard, false) }));
  for (const clock of document.querySelectorAll<HTMLElement>("[data-zone]")) setText(clock, timeIn(clock.dataset["zone"] ?? "UTC", serverNow(), false));
}

async function keepAwake(): Promise<void> {
  if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
  await navigator.wakeLock.request("screen").catch((reason: unknown) => console.info("screen lock refused", reason));
}

setServerNow(state.server_now);
const live = openLive({ url: settings.live_url, seq: state.seq }, { onUpdate, onRefetch: () => void readAnew(), onHello: setServerNow });
show();
everySecond(showLink);
window.setInterval(() => void readAnew(), READ_ANEW_MS);
document.addEventListener("visibilitychange", () => void keepAwake());
void keepAwake();
need("[data-fullscreen]").addEventListener("click", () => void document.documentElement.requestFullscreen());
document.addEventListener("fullscreenchange", () => (need<HTMLElement>("[data-fullscreen]").hidden = document.fullscreenElement !== null));
