// Consent: what is signed electronically, how else, how to withdraw, and the place where the signer declares to be.

import { serverNow, timeIn, zoneName, zoneOffset } from "../lib/clocks.js";
import { el, need, setBusy, setText } from "../lib/dom.js";
import { aside, pageLocale, say } from "../lib/messages.js";
import { http, inWords } from "../lib/page.js";
import { phrases } from "../lib/phrases.js";
import { showProblem, viewOf, type Seat } from "./page.js";

function zoneChoices(registered: string): { here: string; likely: string[]; others: string[] } {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone || registered;
  const likely = [...new Set([registered, here])];
  const all = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
  return { here, likely, others: all.filter((zone) => !likely.includes(zone)) };
}

export function consentView(seat: Seat): { show: () => void } {
  const view = viewOf("consent");
  const form = need<HTMLFormElement>("[data-consent-form]", view);
  const place = need<HTMLInputElement>("#place", view);
  const zone = need<HTMLSelectElement>("#timezone", view);
  const accepted = need<HTMLInputElement>("#accepted", view);
  const button = need<HTMLButtonElement>("[data-give-consent]", view);
  const error = need("[data-consent-error]", view);

  function fillZones(): void {
    const { here, likely, others } = zoneChoices(seat.state.seat.timezone);
    const now = serverNow();
    const called = (name: string): string => `${zoneName(name, now, pageLocale())} · ${name.replaceAll("_", " ")}`;
    const option = (name: string): HTMLOptionElement => el("option", { value: name }, called(name) + aside(zoneOffset(name, now)));
    const first = likely.map((name) => el("option", { value: name }, called(name) + aside(say("seat-zone-now", { offset: zoneOffset(name, now), time: timeIn(name, now, false) }))));
    const more = el("optgroup", { label: say("seat-other-zones") }, ...others.map(option));
    zone.replaceChildren(...first, ...(others.length > 0 ? [more] : []));
    zone.value = likely.includes(here) ? here : (likely[0] ?? "UTC");
  }

  async function give(): Promise<void> {
    showProblem(error, null);
    if (!place.value.trim()) return refuse(say("seat-place-missing"), place);
    if (!accepted.checked) return refuse(say("seat-consent-missing"), accepted);
    setBusy(button, true);
    try {
      await http.post(`${seat.api}/consent`, { accepted: true, place: place.value.trim(), timezone: zone.value }, { patiently: say("seat-waiting-consent") });
      await seat.refresh();
    } catch (reason) {
      showProblem(error, inWords(reason));
    } finally {
      setBusy(button, false);
    }
  }

  function refuse(text: string, at: HTMLElement): void {
    showProblem(error, text);
    at.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled) void give();
  });

  return {
    show() {
      need("[data-consent-agreements]", view).replaceChildren(
        ...seat.state.agreements.map((agreement) => el("li", {}, el("span", {}, el("span", { "data-phrases": true }, ...phrases(agreement.title)), agreement.number ? el("span", { class: "soft small agreement-number" }, ` ${agreement.number}`) : null))),
      );
      setText(need("[data-custody-note]", view), say(`seat-custody-${seat.custody}`));
      if (zone.options.length === 0) {
        fillZones();
        // A device whose clock is elsewhere is perhaps elsewhere: then the place is asked, not assumed.
        const elsewhere = zoneOffset(zone.value, serverNow()) !== zoneOffset(seat.state.seat.timezone, serverNow());
        if (!place.value && !elsewhere) place.value = seat.state.seat.place;
        need("[data-elsewhere]", view).hidden = !elsewhere;
        setText(need("[data-elsewhere]", view), say("seat-place-elsewhere", { zone: zoneName(zone.value, serverNow(), pageLocale()), place: seat.state.seat.place }));
      }
    },
  };
}
