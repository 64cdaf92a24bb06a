// What the monitor knows, and the times that it works out by itself.

import type { Captions } from "../captions/model.js";
import type { PanelNames } from "../ink/panel.js";

export interface MonitorCue {
  id: string;
  number: number;
  title: string;
  place: string;
  speaker: string;
  script: string;
  began_at: string | null;
  planned_seconds: number;
}

export interface MonitorState {
  title: string;
  zone: string;
  planned_at: string;
  look: number;
  server_now: string;
  seq: number;
  /** Whose pens there are, and what they sign. */
  ink: PanelNames;
  captions: Captions;
  state: "none" | "planned" | "running" | "held" | "over";
  held_at: string | null;
  live: MonitorCue | null;
  next: MonitorCue | null;
  /** What is planned behind the live cue. */
  left_seconds: number;
}

/** Seconds of the live cue's time that are left, negative when it is overdue; null where none is live. */
export function secondsLeft(state: MonitorState, at: number): number | null {
  const { live } = state;
  if (!live?.began_at) return null;
  return Math.round((Date.parse(live.began_at) + live.planned_seconds * 1000 - at) / 1000);
}

/** When it ends if all that is left takes as long as planned: an overdue cue ends now. Null once it is over, or where nothing is planned. */
export function expectedEnd(state: MonitorState, at: number): number | null {
  if (state.state === "over" || state.state === "none") return null;
  const from = state.state === "planned" ? Math.max(at, Date.parse(state.planned_at)) : at + Math.max(0, secondsLeft(state, at) ?? 0) * 1000;
  return from + state.left_seconds * 1000;
}

/** "2:05", minutes and seconds. */
export function spoken(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
