// A witness's page: what is live, and a tick beside each party whose digits were right.

import "./host.js";
import "./ticks.js";
import { need, setText } from "./lib/dom.js";
import { say } from "./lib/messages.js";
import { listenForKeys } from "./lib/shortcuts.js";

let told = document.querySelector("[data-now-title]")?.textContent ?? "";

/** What is live now, for who does not see the page change. */
function announce(): void {
  const title = document.querySelector("[data-now-title]")?.textContent ?? "";
  if (title === told) return;
  told = title;
  setText(need("[data-announce]"), title ? say("witness-now", { title }) : "");
}

listenForKeys();
document.addEventListener("yunqian:changed", announce);
