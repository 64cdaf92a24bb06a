// A sound and a tremble for each kind of answer: at a loud door one of the two is noticed.

type Tone = "good" | "care" | "stop";

const NOTES: Record<Tone, [number, number][]> = {
  good: [[880, 0.12]],
  care: [
    [520, 0.14],
    [520, 0.14],
  ],
  stop: [[180, 0.55]],
};
const TREMBLE: Record<Tone, number[]> = { good: [60], care: [80, 60, 80], stop: [350] };

let context: AudioContext | undefined;

/** Browsers let a page sound only after somebody touched it. */
export function allowSound(): void {
  context ??= new AudioContext();
  void context.resume();
}

export function signal(tone: Tone): void {
  navigator.vibrate?.(TREMBLE[tone]);
  if (context?.state !== "running") return;
  let at = context.currentTime;
  for (const [pitch, length] of NOTES[tone]) {
    const note = context.createOscillator();
    const loudness = context.createGain();
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.25, at);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + length);
    note.connect(loudness).connect(context.destination);
    note.start(at);
    note.stop(at + length);
    at += length + 0.06;
  }
}
