// The page /verify: the file's SHA-256 is shown before anything is sent. <input type="file" data-hash-of> … <output data-hash-out>.

import "./base.js";
import { setText } from "./lib/dom.js";
import { hex, sha256 } from "./lib/bytes.js";
import { say } from "./lib/messages.js";

async function showDigest(input: HTMLInputElement, out: HTMLElement): Promise<void> {
  const file = input.files?.[0];
  const line = out.closest<HTMLElement>("[data-hash-line]") ?? out;
  line.hidden = !file;
  if (!file) return;
  if (globalThis.crypto?.subtle === undefined) return setText(out, say("verify-no-hash-here"));
  setText(out, hex(await sha256(new Uint8Array(await file.arrayBuffer()))));
}

const input = document.querySelector<HTMLInputElement>("input[data-hash-of]");
const out = document.querySelector<HTMLElement>("[data-hash-out]");
if (input && out) input.addEventListener("change", () => void showDigest(input, out));
