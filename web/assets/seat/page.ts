// The frame of the signer's page: its state, its views, and how one leads to the next.

import { el, need, setAttributes, setText } from "../lib/dom.js";
import { dayIn, setServerNow, timeIn, zoneName } from "../lib/clocks.js";
import { http } from "../lib/page.js";
import { pageLocale, say } from "../lib/messages.js";
import type { Custody } from "../lib/keys.js";
import type { Store } from "../lib/store.js";
import type { SeatAgreement, SeatState, View } from "./model.js";

export interface Seat {
  readonly api: string;
  readonly store: Store;
  readonly custody: Custody;
  state: SeatState;
  /** Read the state again and show what it asks for. */
  refresh(): Promise<void>;
  go(hash: string): void;
  show(view: View): void;
  readonly view: View | null;
}

export function agreementOf(seat: Seat, id: string | null): SeatAgreement | undefined {
  return seat.state.agreements.find((agreement) => agreement.id === id);
}

export function viewOf(name: View): HTMLElement {
  return need(`[data-view="${name}"]`);
}

// The device is looked at before, not with the pen in hand.
const BEFOREHAND = new Set<View>(["identity", "consent", "list"]);

/** Show one view; its heading takes the focus, so that a screen reader says where we are. */
export function openView(name: View): void {
  need("[data-loading]").hidden = true;
  for (const view of document.querySelectorAll<HTMLElement>("[data-view]")) view.hidden = view.dataset["view"] !== name;
  need("[data-seat-head]").hidden = name === "reader" || name === "sign";
  need("[data-check-link]").hidden = !BEFOREHAND.has(name);
  const heading = viewOf(name).querySelector<HTMLElement>("h2");
  heading?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

const STEP_OF: Record<View, number> = { identity: 0, consent: 1, list: 2, reader: 2, sign: 2, progress: 2, success: 2 };

export function markSteps(view: View, done: boolean): void {
  const now = done && (view === "list" || view === "success") ? 3 : STEP_OF[view];
  document.querySelectorAll(".steps li").forEach((step, index) => {
    setAttributes(step, { "data-done": index < now, "aria-current": index === now ? "step" : null });
  });
}

export function showProblem(element: HTMLElement, text: string | null): void {
  element.hidden = text === null;
  setText(element, text ?? "");
}

/** "11 February 2020, 10:05:12 (China Standard Time)" in the page's language, with or without its seconds. */
export function dayAndTime(instant: string, zone: string, seconds = true): string {
  const at = Date.parse(instant);
  const locale = pageLocale();
  return say("seat-time-in-zone", { day: dayIn(zone, at, locale), time: timeIn(zone, at, seconds), zone: zoneName(zone, at, locale) });
}

/** Whether two zones' clocks show the same day and time at this instant. */
export function isSameTime(instant: string, zone: string, other: string): boolean {
  const at = Date.parse(instant);
  return dayIn(zone, at, "en") === dayIn(other, at, "en") && timeIn(zone, at, false) === timeIn(other, at, false);
}

/** Where the reader's times are told: the declared zone, before that the plan's. */
export function zoneOf(seat: Seat): string {
  return seat.state.consent?.timezone ?? seat.state.seat.timezone;
}

/** One line for each of the others who has signed: their boxes on the pages stay empty, for all sign the same text. */
export function showSigned(box: HTMLElement, seat: Seat, agreement: SeatAgreement): void {
  const others = agreement.signed_by ?? [];
  box.hidden = others.length === 0;
  box.replaceChildren(...others.map((one) => el("p", {}, say("seat-signed-by", { who: one.name, organisation: one.organisation, time: dayAndTime(one.at, zoneOf(seat)) }))));
}

export async function readState(api: string): Promise<SeatState> {
  const state = await http.get<SeatState>(api, { patiently: say("seat-waiting-state") });
  setServerNow(state.server_now);
  return state;
}
