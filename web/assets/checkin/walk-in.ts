// The form for who never registered: what was typed, and what they are told of their data. It sends nothing.

import { el, need, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import { pick } from "./answer.js";
import type { Queued } from "./keep.js";
import type { ListText, WalkIn } from "./model.js";

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function field(form: HTMLFormElement, name: string): HTMLInputElement | HTMLSelectElement {
  return need(`[name="${name}"]`, form);
}

function contact(form: HTMLFormElement): HTMLInputElement {
  return field(form, "contact") as HTMLInputElement;
}

/** What the list says: kinds of guests, and who keeps what is typed here, for what and how long. */
export function fillWalkIn(form: HTMLFormElement, text: ListText, locale: string): void {
  field(form, "audience").replaceChildren(...Object.entries(text.audiences).map(([id, name]) => el("option", { value: id }, pick(name, locale))));
  const { controller, purpose, days } = text.notice;
  const told = { controller: pick(controller, locale) || say("checkin-walk-in-controller"), purpose: pick(purpose, locale) || say("checkin-walk-in-purpose"), days };
  setText(need("[data-walk-in-notice]", form), say("checkin-walk-in-notice", told));
  const address = contact(form);
  address.oninput = () => address.setCustomValidity(address.value.includes("@") && !ADDRESS.test(address.value.trim()) ? say("checkin-walk-in-contact-bad") : "");
}

/** Begin with an empty form, or with somebody who was let in and could not be registered. */
export function beginWalkIn(form: HTMLFormElement, online: boolean, mended: Queued | null): void {
  form.reset();
  contact(form).setCustomValidity("");
  form.dataset["mends"] = mended ? String(mended.n) : "";
  const person = mended?.scan.person;
  if (person) {
    for (const name of ["name", "company", "audience"] as const) field(form, name).value = person[name];
    field(form, "contact").value = person.email || person.phone;
    (field(form, "agreed") as HTMLInputElement).checked = true;
  }
  setText(need("[data-walk-in-lead]", form), say(mended ? "checkin-walk-in-mend-lead" : online ? "checkin-walk-in-lead" : "checkin-walk-in-offline"));
  setText(need("[data-walk-in-send]", form), say(mended ? "checkin-walk-in-mend-send" : "checkin-walk-in-send"));
  showProblem(form, mended?.scan.trouble ?? "");
}

export function showProblem(form: HTMLFormElement, words: string): void {
  const place = need<HTMLElement>("[data-walk-in-problem]", form);
  place.hidden = words === "";
  setText(place, words);
}

export function readWalkIn(form: HTMLFormElement): WalkIn {
  const said = (name: string): string => field(form, name).value.trim();
  const address = said("contact");
  const isMail = address.includes("@");
  return {
    name: said("name"),
    audience: said("audience"),
    company: said("company"),
    email: isMail ? address : "",
    phone: isMail ? "" : address,
    agreed: (field(form, "agreed") as HTMLInputElement).checked,
  };
}
