// The seat's page says that it is there: every ten seconds, when it is hidden or shown, and when it closes.

import { onTheLine } from "../lib/line.js";
import { csrf } from "../lib/page.js";

const BEAT_MS = 10_000;
const FIRST_MS = 1_000;
const HIDDEN_MS = 200;

interface Answer {
  server_now: string;
}

interface Measured {
  delay_ms: number;
  clock_offset_ms: number;
}

/** How long there and back, and how far this device's clock is ahead of the server's (behind: negative). */
export function measure(began: number, ended: number, clockAtEnd: number, serverNow: string): Measured | null {
  const server = Date.parse(serverNow);
  if (Number.isNaN(server)) return null;
  const delay = Math.max(0, ended - began);
  return { delay_ms: Math.round(delay), clock_offset_ms: Math.round(clockAtEnd - delay / 2 - server) };
}

/** Begin to tell; a lost beat is told by the next one. */
export function tellHere(api: string): void {
  let measured: Measured | null = null;
  let timer = 0;

  async function beat(leaving = false): Promise<void> {
    const body = { ...measured, visible: document.visibilityState === "visible", touch: navigator.maxTouchPoints > 1, leaving };
    const began = performance.now();
    const controller = new AbortController();
    const hangUp = onTheLine(controller);
    const response = await fetch(`${api}/here`, {
      signal: controller.signal,
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify(body),
      credentials: "same-origin",
      // The one that says goodbye outlives its page.
      keepalive: leaving,
    }).finally(hangUp);
    if (!response.ok) return;
    const ended = performance.now();
    const clock = Date.now();
    measured = measure(began, ended, clock, ((await response.json()) as Answer).server_now) ?? measured;
  }

  function tell(leaving = false): void {
    beat(leaving).catch((reason: unknown) => console.info("presence not told", reason));
  }

  function next(after: number): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      tell();
      next(BEAT_MS);
    }, after);
  }

  tell();
  next(FIRST_MS); // the first that knows figures
  // A page that closes is hidden first: of two beats at once, "hidden" could come last and would hold for longer.
  document.addEventListener("visibilitychange", () => next(document.visibilityState === "hidden" ? HIDDEN_MS : 0));
  window.addEventListener("pagehide", () => {
    window.clearTimeout(timer);
    tell(true);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    tell();
    next(BEAT_MS);
  });
}
