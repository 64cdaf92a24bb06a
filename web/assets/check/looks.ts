// What a device can find out about itself without signing anything.

import { openLive } from "../lib/live.js";
import type { Store } from "../lib/store.js";

export interface Looks {
  /** The median of the pings, or null where none came back. */
  delayMs: number | null;
  /** By how much this device's clock is ahead of the server's; null where that is not known. */
  clockMs: number | null;
}

const PINGS = 5;
const PATIENCE_MS = 8_000;

/** Whether what the pages are built from is there: modules run (or this would not), streams, structured keys. */
export function lookAtBrowser(store: Store): [string, string][] {
  const modern = typeof ReadableStream === "function" && typeof TextDecoderStream === "function" && "at" in Array.prototype && typeof structuredClone === "function";
  const crypto = globalThis.crypto?.subtle ? "ok" : globalThis.isSecureContext ? "none" : "http";
  return [
    ["browser", modern ? "ok" : "old"],
    ["crypto", crypto],
    ["storage", store.keepsKeys ? "ok" : "private"],
  ];
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Five pings: how long they took, and what the quickest says of the clock. */
export async function lookAtNetwork(ping: () => Promise<{ server_now: string }>): Promise<Looks> {
  const delays: number[] = [];
  let best: { delay: number; offset: number } | null = null;
  for (let tries = 0; tries < PINGS; tries += 1) {
    const began = performance.now();
    try {
      const { server_now } = await ping();
      const delay = performance.now() - began;
      const offset = Date.now() - delay / 2 - Date.parse(server_now);
      delays.push(delay);
      if (best === null || delay < best.delay) best = { delay, offset };
    } catch {
      // The next one may get through.
    }
  }
  return { delayMs: delays.length ? Math.round(median(delays)) : null, clockMs: best ? Math.round(best.offset) : null };
}

/** Whether the stream by which pages hear of changes says hello. */
export function lookAtStream(url: string, seq: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (heard: boolean): void => {
      clearTimeout(limit);
      live.stop();
      resolve(heard);
    };
    const limit = setTimeout(() => done(false), PATIENCE_MS);
    const live = openLive({ url, seq }, { onUpdate: () => undefined, onRefetch: () => undefined, onHello: () => queueMicrotask(() => done(true)) });
  });
}

/** Camera and microphone, asked for because somebody pressed the button. */
export async function lookAtCamera(picture: HTMLVideoElement): Promise<"ok" | "denied" | "none" | "busy"> {
  if (!navigator.mediaDevices?.getUserMedia) return "none";
  try {
    picture.srcObject = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    await picture.play();
    return "ok";
  } catch (reason) {
    const name = reason instanceof DOMException ? reason.name : "";
    if (name === "NotAllowedError" || name === "SecurityError") return "denied";
    return name === "NotFoundError" || name === "OverconstrainedError" ? "none" : "busy";
  }
}

/** Let go of camera and microphone. */
export function stopCamera(picture: HTMLVideoElement): void {
  const stream = picture.srcObject;
  if (stream instanceof MediaStream) for (const track of stream.getTracks()) track.stop();
  picture.srcObject = null;
}
