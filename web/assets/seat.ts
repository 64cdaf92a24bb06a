// The signer's page: one state from the server, one view at a time, and nothing lost by a reload.

import "./base.js";
import { need, setText } from "./lib/dom.js";
import { heedDrill, practiseDrops } from "./lib/drill.js";
import { Refused } from "./lib/http.js";
import { custodyHere } from "./lib/keys.js";
import { openLive, SOON_MS } from "./lib/live.js";
import { say } from "./lib/messages.js";
import { inWords, showLiveState } from "./lib/page.js";
import { openStore } from "./lib/store.js";
import { consentView } from "./seat/consent.js";
import { sayCue } from "./seat/now.js";
import { showAsked } from "./seat/asked.js";
import { showCaptions } from "./seat/captions.js";
import { tellHere } from "./seat/here.js";
import { identityView } from "./seat/identity.js";
import { listView } from "./seat/list.js";
import { isWaiting, showLobby } from "./seat/lobby.js";
import { readRoute, type SeatState, type View } from "./seat/model.js";
import { dayAndTime, isSameTime, markSteps, openView, readState, zoneOf, type Seat } from "./seat/page.js";
import { pensView } from "./seat/pens.js";
import { readerView } from "./seat/reader.js";
import { signView } from "./seat/sign.js";

/** Answers that mean that this browser holds the seat no longer. */
const CLOSED = new Set([403, 410]);

const api = document.body.dataset["api"] ?? "";

/** What is under way (a signature, its success) stays on the screen until the signer leaves it. */
const HELD = new Set<View>(["progress", "success"]);
const AT_THE_PEN = new Set<View>(["sign", "progress", "success"]);

async function begin(): Promise<void> {
  const store = await openStore();
  let view: View | null = null;
  const seat: Seat = {
    api,
    store,
    custody: custodyHere(store),
    state: await readState(api),
    get view() {
      return view;
    },
    show(next) {
      if (view !== next) openView(next);
      if (!AT_THE_PEN.has(next)) sign.leave();
      view = next;
      markSteps(next, seat.state.step === "done");
    },
    go(hash) {
      view = view !== null && HELD.has(view) ? null : view;
      if (location.hash.replace("#", "") === hash) route();
      else location.hash = hash;
    },
    async refresh() {
      seat.state = keepFurthestRead(seat.state, await readState(api));
      showBegins(seat);
      showAsked(seat.state);
      showCaptions(seat.state, api);
      pens.show(seat.state);
      showClosed(null);
      if (view === null || !HELD.has(view)) route();
      else {
        showLobby(seat.state);
        markSteps(view, seat.state.step === "done");
        sign.refresh();
      }
    },
  };
  const views = { identity: identityView(seat), consent: consentView(seat), list: listView(seat), reader: readerView(seat) };
  const sign = signView(seat);
  const pens = pensView();

  function route(): void {
    const { step } = seat.state;
    showLobby(seat.state);
    if (step === "identity" || step === "consent") {
      views[step].show();
      return seat.show(step);
    }
    const wanted = readRoute(location.hash);
    if (wanted.view === "list" || wanted.agreement === null || isWaiting(seat.state)) {
      views.list.show();
      return seat.show("list");
    }
    if (!seat.state.agreements.some((agreement) => agreement.id === wanted.agreement)) return seat.go("");
    seat.show(wanted.view);
    if (wanted.view === "reader") views.reader.show(wanted.agreement);
    else sign.show(wanted.agreement);
  }

  window.addEventListener("hashchange", () => {
    if (view !== "progress") {
      if (view === "success") view = null;
      route();
    }
  });
  showBegins(seat);
  showAsked(seat.state);
  showCaptions(seat.state, api);
  pens.show(seat.state);
  if (!(await sign.resume())) route();
  follow(seat);
  tellHere(api);
}

/** When it begins where the signer is; where the host's clock shows something else, that as well. */
function showBegins(seat: Seat): void {
  const { starts_at: begins, host_timezone: host } = seat.state.ceremony;
  const [here, there] = [dayAndTime(begins, zoneOf(seat), false), dayAndTime(begins, host, false)];
  setText(need("[data-ceremony-date]"), isSameTime(begins, zoneOf(seat), host) ? here : say("seat-begins-two", { here, there }));
}

/** What was read here and is still on its way to the server is not taken back by an older answer. */
function keepFurthestRead(before: SeatState, now: SeatState): SeatState {
  const read = new Map(before.agreements.map((agreement) => [agreement.id, agreement]));
  return {
    ...now,
    agreements: now.agreements.map((agreement) => {
      const old = read.get(agreement.id);
      const same = old && old.frozen_digest === agreement.frozen_digest;
      return same ? { ...agreement, read_to: Math.max(agreement.read_to, old.read_to) } : agreement;
    }),
  };
}

/** The seat is closed to this browser, and says why; once it opens again the page goes on by itself. */
function showClosed(reason: Refused | null): void {
  need("[data-closed]").hidden = reason === null;
  document.body.toggleAttribute("data-seat-closed", reason !== null);
  if (reason) setText(need("[data-closed-text]"), inWords(reason));
}

function follow(seat: Seat): void {
  let reading = false;
  let again = false;
  const reread = async (): Promise<void> => {
    again = true;
    if (reading) return;
    reading = true;
    try {
      while (again) {
        again = false;
        await seat.refresh();
      }
    } catch (reason) {
      if (reason instanceof Refused && CLOSED.has(reason.status)) showClosed(reason);
      else console.info("the state could not be read again", reason);
    } finally {
      reading = false;
    }
  };
  const live = openLive({ url: seat.state.live.url, seq: seat.state.live.seq, longestWaitMs: SOON_MS }, { onUpdate: (update) => (sayCue(update), void (heedDrill(update) || reread())), onRefetch: () => void reread() });
  showLiveState(live);
  practiseDrops(() => live);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void reread();
  });
}

async function open(): Promise<void> {
  try {
    await begin();
  } catch (reason) {
    console.error(reason);
    need("[data-loading]").hidden = true;
    setText(need("[data-load-problem-text]"), `${say("seat-load-problem")} ${inWords(reason)}`);
    need("[data-load-problem]").hidden = false;
  }
}

document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-reload]")) location.reload();
});
void open();
