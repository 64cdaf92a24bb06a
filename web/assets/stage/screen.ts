// The screen itself: kept awake, filled on request, and watched for another size.

import { need } from "../lib/dom.js";

/** The screen must not go dark in the middle of a ceremony; a browser without the API keeps its own settings. */
export async function keepAwake(): Promise<void> {
  if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
  await navigator.wakeLock.request("screen").catch((reason: unknown) => console.info("screen lock refused", reason));
}

export function fullScreenButton(): void {
  const button = need<HTMLButtonElement>("[data-fullscreen]");
  let idle = 0;
  const wake = (): void => {
    document.body.classList.add("is-awake");
    window.clearTimeout(idle);
    idle = window.setTimeout(() => document.body.classList.remove("is-awake"), 2500);
  };
  document.addEventListener("pointermove", wake);
  document.addEventListener("keydown", wake);
  button.addEventListener("click", () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
}

/** Calls back when the element's own size has really changed. */
export function followSize(element: HTMLElement, changed: () => void): void {
  let known = `${element.clientWidth}×${element.clientHeight}`;
  new ResizeObserver(() => {
    const now = `${element.clientWidth}×${element.clientHeight}`;
    if (now === known || element.clientWidth === 0) return;
    known = now;
    changed();
  }).observe(element);
}
