// The confidence monitor: what is said now, what comes next, and times that go on counting when the link is lost.

import "./base.js";
import { openPagePanel } from "./ink/panel.js";
import { everySecond, setServerNow, timeIn } from "./lib/clocks.js";
import { heedDrill, practiseDrops } from "./lib/drill.js";
import { need, setAttributes, setText } from "./lib/dom.js";
import { Refused } from "./lib/http.js";
import { openLive } from "./lib/live.js";
import { pageJson, say } from "./lib/messages.js";
import { http, showLiveState } from "./lib/page.js";
import { monitorCaptions } from "./monitor/captions.js";
import { expectedEnd, secondsLeft, spoken, type MonitorCue, type MonitorState } from "./monitor/model.js";

const settings = pageJson("monitor-settings", { state_url: "", live_url: "", captions: { url: "", seq: 0 } });
const pens = openPagePanel();
let state = pageJson<MonitorState | null>("monitor-state", null) as MonitorState;
const drawnLook = state?.look;
const captions = monitorCaptions({ fitRest: fitScript, refetch: () => void refetch() });

function where(cue: MonitorCue | null): string {
  return cue ? [cue.place, cue.speaker].filter(Boolean).join("　") : "";
}

/** As large as all of it can be read at once: nobody who speaks can turn a page. What is longer still can be scrolled. */
function fitScript(): void {
  const script = need("[data-script]");
  // Whoever holds a screen upright holds it in the hand, and scrolls rather than reading small print.
  const least = window.innerHeight > window.innerWidth ? 0.75 : 0;
  for (const size of [1, 0.9, 0.8, 0.7, 0.6, 0.52].filter((each) => each >= least)) {
    script.style.setProperty("--k", String(size));
    if (script.scrollHeight <= script.clientHeight) return;
  }
}

function show(): void {
  if (state.look !== drawnLook) return window.location.reload();
  const { live, next } = state;
  pens?.know(state.ink);
  setAttributes(document.body, { "data-sheet": state.state });
  setText(need("[data-number]"), live ? say("monitor-number", { n: live.number }) : "");
  setText(need("[data-where]"), state.state === "planned" ? say("monitor-begins", { time: timeIn(state.zone, Date.parse(state.planned_at), false) }) : where(live));
  setText(need("[data-live-title]"), live ? live.title : say(`monitor-state-${state.state}`));
  setText(need("[data-script]"), live?.script ?? "");
  captions.know(state.captions);
  fitScript();
  setText(need("[data-next]"), next ? next.title : say("monitor-next-none"));
  setText(need("[data-next-where]"), where(next));
  tick(Date.parse(state.server_now));
}

function tick(at: number): void {
  setText(need("[data-clock]"), timeIn(state.zone, at));
  const left = secondsLeft(state, at);
  const overdue = left !== null && left < 0;
  setText(need("[data-left]"), left === null ? "–" : spoken(Math.abs(left)));
  setText(need("[data-left-word]"), say(overdue ? "monitor-overdue" : "monitor-left"));
  setAttributes(document.body, { "data-waits": left === null, "data-overdue": overdue, "data-soon": left !== null && left >= 0 && left <= 30 });
  const end = expectedEnd(state, at);
  setText(need("[data-end]"), end === null ? "–" : timeIn(state.zone, end, false));
  const held = need("[data-held]");
  held.hidden = state.state !== "held";
  if (state.held_at && !held.hidden) setText(held, say("monitor-held", { time: timeIn(state.zone, Date.parse(state.held_at)), length: spoken(Math.max(0, Math.round((at - Date.parse(state.held_at)) / 1000))) }));
}

async function refetch(): Promise<void> {
  try {
    state = await http.get<MonitorState>(settings.state_url, { patiently: say("common-offline-wait") });
  } catch (reason) {
    if (!(reason instanceof Refused) || ![403, 410].includes(reason.status)) throw reason;
    live.stop();
    captions.stop();
    document.body.toggleAttribute("data-closed", true);
    need("[data-taken-back]").hidden = false;
    return;
  }
  setServerNow(state.server_now);
  show();
}

setServerNow(state.server_now);
show();
everySecond((at) => (tick(at), captions.show(at)));
window.addEventListener("resize", () => (captions.fit(), fitScript()));
void document.fonts.ready.then(() => (captions.fit(), fitScript()));
const live = openLive({ url: settings.live_url, seq: state.seq, longestWaitMs: 2000 }, { onUpdate: (update) => void (heedDrill(update) || refetch()), onRefetch: () => void refetch(), onHello: setServerNow });
showLiveState(live);
captions.follow(settings.captions);
practiseDrops(() => live);
if ("wakeLock" in navigator) navigator.wakeLock.request("screen").catch((reason: unknown) => console.info("screen lock refused", reason));
