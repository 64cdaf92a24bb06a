// The registration form: questions come and go with the answers above them, and what was typed outlives a lost connection.

import "./base.js";
import { asked } from "./lib/conditions.js";
import { el, setBusy, setText } from "./lib/dom.js";
import { dressFileInputs } from "./lib/files.js";
import { say } from "./lib/messages.js";
import { showOffline } from "./lib/page.js";

const KEPT = `yunqian-typed:${location.pathname}`;
type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function fieldsOf(form: ParentNode, name: string): Field[] {
  return [...form.querySelectorAll<Field>(`[name="${CSS.escape(name)}"]`)];
}

function answersOf(form: ParentNode, name: string): string[] {
  const isGiven = (field: Field): boolean => !(field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) || field.checked;
  return fieldsOf(form, name).filter(isGiven).map((field) => field.value);
}

function followConditions(form: HTMLElement): void {
  const boxes = [...form.querySelectorAll<HTMLElement>("[data-question]")];
  const questions = boxes.map((box) => ({ name: box.dataset["question"] ?? "", on: box.dataset["on"] ?? "", is: box.dataset["is"] ?? "" }));
  const show = (): void => {
    const shown = asked(questions, (name) => answersOf(form, name));
    boxes.forEach((box, at) => {
      box.hidden = !shown.has(questions[at]?.name ?? "");
    });
  };
  // Said in words only where no script shows and hides.
  form.querySelectorAll<HTMLElement>(".question-when").forEach((words) => {
    words.hidden = true;
  });
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}

/** Typed words survive a reload in this tab; files and tokens do not, and nothing does once the form was taken. */
function keepTyped(form: HTMLFormElement): void {
  const keep = (): void => {
    const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.startsWith("kept_") && name !== "csrf_token");
    sessionStorage.setItem(KEPT, JSON.stringify(typed));
  };
  form.addEventListener("input", keep);
  const before = sessionStorage.getItem(KEPT);
  if (before === null || !form.hasAttribute("data-fresh")) return;
  const typed = JSON.parse(before) as [string, string][];
  for (const field of form.querySelectorAll<Field>("input, select, textarea")) {
    const given = typed.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field instanceof HTMLInputElement && field.type === "file") continue;
    if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
      if (typed.some(([name]) => name === field.name)) field.checked = given.includes(field.value);
    } else if (given[0] !== undefined && field.name !== "csrf_token") field.value = given[0];
  }
}

function showPage(html: string): void {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const main = fresh.querySelector("main");
  if (!main) throw new Error("an answer without a page");
  document.title = fresh.title;
  document.querySelector("main")?.replaceWith(document.adoptNode(main));
  begin();
  dressFileInputs();
  window.scrollTo(0, 0);
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
}

async function send(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
  const state = form.querySelector<HTMLElement>("[data-sending]");
  if (button) setBusy(button, true);
  if (state) setText(state, say("registering-sending"));
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    showOffline(null);
    if (answer.redirected) {
      sessionStorage.removeItem(KEPT);
      location.assign(answer.url);
      return;
    }
    showPage(await answer.text());
  } catch {
    // No answer: what was typed still stands here, and the same request sent again is the same registration.
    if (!navigator.onLine) {
      if (state) setText(state, say("registering-waiting"));
      await new Promise((resolve) => window.addEventListener("online", resolve, { once: true }));
      return send(form, button);
    }
    if (state) setText(state, say("registering-not-sent"));
    if (button) setBusy(button, false);
  }
}

function sendSafely(form: HTMLFormElement): void {
  let sending = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    void send(form, button).finally(() => {
      sending = false;
    });
  });
  form.querySelector("[data-sending]")?.replaceChildren(el("span"));
}

function begin(): void {
  document.querySelectorAll<HTMLInputElement>("[data-timezone]").forEach((field) => {
    field.value = new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  });
  document.querySelectorAll<HTMLElement>("[data-register]").forEach(followFirst);
}

function followFirst(form: HTMLElement): void {
  if (form instanceof HTMLFormElement) {
    keepTyped(form);
    sendSafely(form);
  }
  followConditions(form);
}

begin();
