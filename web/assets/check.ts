// A seat's device looks at itself: one line for each thing, green or the one sentence that says what to do.

import "./base.js";
import { lookAtBrowser, lookAtCamera, lookAtNetwork, lookAtStream, stopCamera, type Looks } from "./check/looks.js";
import { trySignature } from "./check/trial.js";
import { need, setText } from "./lib/dom.js";
import { say } from "./lib/messages.js";
import { http, inWords } from "./lib/page.js";
import { openStore } from "./lib/store.js";
import { signaturePad } from "./seat/pad.js";

type Standing = "good" | "skipped" | "care" | "problem" | "looking";

const GOOD = new Set(["ok"]);
const QUIET = new Set(["skipped", "unknown"]);
const PROBLEMS = new Set(["browser-old", "network-none", "live-none", "signature-failed"]);

const needsCamera = document.body.hasAttribute("data-needs-camera");

const api = document.body.dataset["api"] ?? "";
const results = new Map<string, string>();
let looks: Looks = { delayMs: null, clockMs: null };

function standing(item: string, outcome: string): Standing {
  if (GOOD.has(outcome)) return "good";
  if (item === "camera" && needsCamera) return outcome === "skipped" ? "care" : "problem";
  if (QUIET.has(outcome)) return "skipped";
  return PROBLEMS.has(`${item}-${outcome}`) ? "problem" : "care";
}

/** What a line says; figures are filled in where it has some. */
function tell(item: string, outcome: string): void {
  results.set(item, outcome);
  const line = need<HTMLElement>(`[data-check="${item}"]`);
  const kind = standing(item, outcome);
  line.dataset["standing"] = kind;
  setText(need("[data-check-mark]", line), say(`check-mark-${kind}`));
  const seconds = Math.round(Math.abs(looks.clockMs ?? 0) / 1000);
  const words = item === "camera" && outcome === "skipped" && needsCamera ? "check-camera-needed" : `check-${item}-${outcome}`;
  setText(need("[data-check-words]", line), say(words, { ms: looks.delayMs ?? 0, n: seconds }));
}

function device(): string {
  const touch = matchMedia("(pointer: coarse)").matches;
  if (!touch) return "computer";
  return Math.min(screen.width, screen.height) < 600 ? "phone" : "tablet";
}

const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger\/(\d+)/, "WeChat"],
  [/DingTalk\/(\d+)/, "DingTalk"],
  [/Edg\/(\d+)/, "Edge"],
  [/Firefox\/(\d+)/, "Firefox"],
  [/Chrome\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
];

/** Name and main version, which is all that helps a host; never the whole description of a device. */
function browserName(): string {
  for (const [pattern, name] of BROWSERS) {
    const found = pattern.exec(navigator.userAgent);
    if (found) return `${name} ${found[1] ?? ""}`;
  }
  return "";
}

async function send(): Promise<void> {
  const state = need("[data-check-sent]");
  try {
    await http.post(`${api}/results`, {
      device: device(),
      results: Object.fromEntries(results),
      delay_ms: looks.delayMs,
      clock_ms: looks.clockMs,
      browser: browserName(),
    });
    setText(state, say("check-sent"));
  } catch (reason) {
    setText(state, inWords(reason));
  }
  need<HTMLElement>("[data-check-end]").hidden = false;
  sum();
}

/** The one sentence at the top. */
function sum(): void {
  const all = [...results].map(([item, outcome]) => standing(item, outcome));
  const verdict = all.includes("problem") ? "problem" : all.includes("care") ? "care" : "good";
  const box = need<HTMLElement>("[data-check-sum]");
  box.dataset["standing"] = verdict;
  const onlyCamera = verdict === "care" && needsCamera && results.get("camera") === "skipped" && all.filter((each) => each === "care").length === 1;
  setText(box, say(`check-sum-${onlyCamera ? "camera" : verdict}`));
}

async function run(): Promise<void> {
  const store = await openStore();
  for (const [item, outcome] of lookAtBrowser(store)) tell(item, outcome);
  looks = await lookAtNetwork(() => http.get<{ server_now: string }>(`${api}/ping`));
  tell("network", looks.delayMs === null ? "none" : looks.delayMs > 800 ? "slow" : "ok");
  tell("clock", looks.clockMs === null ? "unknown" : Math.abs(looks.clockMs) > 60_000 ? "off" : "ok");
  tell("live", (await lookAtStream(document.body.dataset["liveUrl"] ?? "", Number(document.body.dataset["liveSeq"] ?? 0))) ? "ok" : "none");
  const canSign = results.get("crypto") === "ok" && results.get("storage") === "ok";
  tell("signature", canSign ? await trySignature(store, api, document.body.dataset["seat"] ?? "") : "skipped");
  await send();
}

function preparePad(): void {
  const canvas = need<HTMLCanvasElement>("[data-check-pad]");
  const pad = signaturePad(
    canvas,
    () => {
      if (results.get("pad") === "ok" || pad.isEmpty()) return;
      tell("pad", "ok");
      if (!need<HTMLElement>("[data-check-end]").hidden) void send();
    },
    { begin: () => undefined, draw: () => undefined, undo: () => undefined, clear: () => undefined },
  );
  pad.fit();
  addEventListener("resize", () => pad.fit());
}

function prepareCamera(): void {
  const button = need<HTMLButtonElement>("[data-check-camera]");
  const picture = need<HTMLVideoElement>("[data-check-video]");
  button.addEventListener("click", () => {
    button.disabled = true;
    void lookAtCamera(picture).then(async (outcome) => {
      tell("camera", outcome);
      picture.hidden = outcome !== "ok";
      button.disabled = false;
      await send();
    });
  });
  addEventListener("pagehide", () => stopCamera(picture));
}

tell("pad", "skipped");
tell("camera", "skipped");
preparePad();
prepareCamera();
need("[data-check-again]").addEventListener("click", () => location.reload());
void run();
