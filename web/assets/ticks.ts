// Ticks of a live cue, on the host's page and on a witness's: sent without leaving the page, and the focus stays where it was.

import { say } from "./lib/messages.js";
import { http, inWords, toast } from "./lib/page.js";

const path = document.body.dataset["ticks"] ?? "";
/** The party whose button has the focus: it is a new button once the page has changed. */
let focused = "";

function buttonOf(party: string): HTMLButtonElement | null {
  return document.querySelector(`[data-tick-row="${CSS.escape(party)}"] .tick-button`);
}

async function send(form: HTMLFormElement): Promise<void> {
  const sent = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const party = sent["party"] ?? "";
  form.toggleAttribute("data-sending", true);
  try {
    // Sent again after a lost answer it is what it was: a tick that stands already stays.
    await http.post(path, { cue: sent["cue"], run: sent["run"], party, ticked: sent["ticked"] === "yes", mark: sent["mark"] ?? "", shown: sent["shown"] ?? "" }, { patiently: say("common-offline-wait") });
  } catch (reason) {
    toast(inWords(reason), "problem");
  } finally {
    form.toggleAttribute("data-sending", false);
    document.dispatchEvent(new CustomEvent("yunqian:refresh"));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-tick") || !path) return;
  event.preventDefault();
  if (!form.hasAttribute("data-sending")) void send(form);
});
document.addEventListener("click", (event) => {
  // Who ticks with a mouse or a finger presses Space for the next cue, not to take back the last tick. A key is no click with a pointer.
  if (event.detail > 0) (event.target as Element).closest<HTMLElement>(".tick-button")?.blur();
});
document.addEventListener("focusin", (event) => {
  focused = (event.target as Element).closest<HTMLElement>("[data-tick-row]")?.dataset["tickRow"] ?? "";
});
document.addEventListener("focusout", (event) => {
  // Who leaves a button leaves one that is still there; one that was replaced is gone when this is asked.
  window.setTimeout(() => {
    if ((event.target as Element).isConnected && document.activeElement === document.body) focused = "";
  });
});
document.addEventListener("yunqian:changed", () => {
  if (focused && document.activeElement === document.body) buttonOf(focused)?.focus();
});
