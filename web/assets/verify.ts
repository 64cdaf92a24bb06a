// The page /verify: the file's SHA-256 is computed here, before anything is sent, and only the digest is asked about.

import "./base.js";
import { hex, sha256 } from "./lib/bytes.js";
import { zonedTime } from "./lib/clocks.js";
import { setBusy, setText } from "./lib/dom.js";
import { pageLocale, say } from "./lib/messages.js";

interface Known {
  issued: boolean;
  message: string;
}

// A file chosen later must not be answered by the digest of an earlier one.
let turn = 0;

async function lookUp(digest: string): Promise<Known | null> {
  try {
    const response = await fetch(`/api/verify/${digest}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    return response.ok ? ((await response.json()) as Known) : null;
  } catch {
    return null; // no network: the upload will say so, or work
  }
}

async function tell(input: HTMLInputElement, out: HTMLElement, answer: HTMLElement): Promise<void> {
  const mine = ++turn;
  const file = input.files?.[0];
  const line = out.closest<HTMLElement>("[data-hash-line]") ?? out;
  line.hidden = !file;
  answer.removeAttribute("data-issued-here");
  setText(answer, "");
  if (!file) return;
  if (globalThis.crypto?.subtle === undefined) return setText(out, say("verify-no-hash-here"));
  setText(out, say("verify-hashing"));
  const digest = hex(await sha256(new Uint8Array(await file.arrayBuffer())));
  if (mine !== turn) return;
  setText(out, digest);
  setText(answer, say("verify-asking"));
  const known = await lookUp(digest);
  if (mine !== turn) return;
  answer.setAttribute("data-issued-here", known?.issued ? "yes" : "no");
  setText(answer, known?.message ?? say("verify-lookup-failed"));
}

function showLocalTimes(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-local-time]")) {
    const at = new Date(element.dateTime);
    if (!Number.isNaN(at.getTime())) setText(element, zonedTime(zone, at.getTime(), pageLocale()));
  }
}

const input = document.querySelector<HTMLInputElement>("input[data-hash-of]");
const out = document.querySelector<HTMLElement>("[data-hash-out]");
const answer = document.querySelector<HTMLElement>("[data-issued]");
if (input && out && answer) {
  input.addEventListener("change", () => void tell(input, out, answer));
  if (input.files?.length) void tell(input, out, answer); // the browser kept the choice over a reload
}

const form = document.querySelector<HTMLFormElement>("form[data-verify-form]");
const submit = form?.querySelector<HTMLButtonElement>("[data-verify-submit]");
if (form && submit) {
  const words = submit.textContent ?? "";
  form.addEventListener("submit", () => {
    setBusy(submit, true);
    setText(submit, say("verify-working"));
  });
  // Back from the result: the page may come out of the cache as it was left.
  addEventListener("pageshow", () => {
    setBusy(submit, false);
    setText(submit, words);
  });
}

showLocalTimes();
