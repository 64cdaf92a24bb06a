// What every page does: clocks, dialogs, copying, focus on what went wrong, the offline banner.

import { everySecond, setServerNow, zoneTime } from "./lib/clocks.js";
import { setText } from "./lib/dom.js";
import { dressFileInputs } from "./lib/files.js";
import { pageLocale, say } from "./lib/messages.js";
import { keepPhrasesWhole } from "./lib/phrases.js";
import { showOffline, toast } from "./lib/page.js";

/** Looked for at each tick: live parts of a page are put there anew. */
function runClocks(): void {
  const locale = pageLocale();
  everySecond((at) => {
    for (const clock of document.querySelectorAll<HTMLElement>("[data-clock]")) {
      const shown = zoneTime(clock.dataset["zone"] ?? "UTC", at, locale);
      const [time, day] = [clock.querySelector("[data-clock-time]"), clock.querySelector("[data-clock-day]")];
      if (time) setText(time, shown.time);
      if (day) setText(day, shown.day);
    }
  });
}

/** Pages of a paper, large or two beside each other; what was being read stays in view. */
function enlarge(button: HTMLElement): void {
  const pages = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!pages) return;
  const reading = pages.getBoundingClientRect().top < 0 ? [...pages.children].find((page) => page.getBoundingClientRect().bottom > button.getBoundingClientRect().bottom) : undefined;
  const wanted = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(wanted));
  pages.toggleAttribute("data-large", wanted);
  reading?.scrollIntoView();
}

function onPress(event: MouseEvent): void {
  const button = (event.target as Element | null)?.closest<HTMLElement>("[data-dialog-open], [data-dialog-close], [data-copy], [data-print], [data-enlarge]");
  if (!button) return;
  const { dialogOpen, copy } = button.dataset;
  if (dialogOpen) (document.getElementById(dialogOpen) as HTMLDialogElement | null)?.showModal();
  if (button.hasAttribute("data-dialog-close")) button.closest("dialog")?.close();
  if (button.hasAttribute("data-print")) window.print();
  if (button.hasAttribute("data-enlarge")) enlarge(button);
  if (copy !== undefined) void navigator.clipboard.writeText(copy).then(() => toast(say("common-copied")), () => window.prompt("", copy));
}

/** What takes long says what is being waited for, if the form has words for it. */
function saySending(form: HTMLFormElement, button: HTMLElement | null): void {
  const words = form.querySelector<HTMLElement>("[data-sending]");
  if (!words) return;
  setText(words, words.dataset["sending"] ?? "");
  button?.setAttribute("aria-busy", "true");
}

/** Back from another page: what was sent may be sent again. */
function forgetSent(form: HTMLFormElement): void {
  delete form.dataset["sent"];
  for (const words of form.querySelectorAll("[data-sending]")) setText(words, "");
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

/** A form is sent once: a second press while the first is under way does nothing. */
function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset["sent"]) return event.preventDefault();
  form.dataset["sent"] = "yes";
  saySending(form, event.submitter);
}

keepPhrasesWhole(document);
dressFileInputs();
setServerNow(document.body.dataset["serverNow"] ?? "");
runClocks();
document.addEventListener("click", onPress);
document.addEventListener("submit", onSubmit);
window.addEventListener("pageshow", () => document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach(forgetSent));
window.addEventListener("offline", () => showOffline(say("common-offline-wait")));
window.addEventListener("online", () => showOffline(null));
document.querySelector<HTMLElement>("[data-focus]")?.focus();
