// The signer's agreements, each with its state in words and the next thing to do.

import { el, need, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import { setPhrases } from "../lib/phrases.js";
import { showMeeting } from "./meeting.js";
import { isWaiting } from "./lobby.js";
import { canSign, closing, isRead, nextOpen, pillState, wordsId, type SeatAgreement } from "./model.js";
import { dayAndTime, showSigned, viewOf, zoneOf, type Seat } from "./page.js";

function actions(agreement: SeatAgreement, waiting: boolean): HTMLElement[] {
  const made: HTMLElement[] = [];
  const link = (href: string, text: string, primary = false): HTMLElement => el("a", { class: primary ? "btn btn-primary" : "btn btn-small", href }, text);
  if (canSign(agreement)) {
    if (isRead(agreement)) made.push(link(`#${agreement.id}/sign`, say("seat-to-sign"), true), link(`#${agreement.id}`, say("seat-read-again")));
    else made.push(link(`#${agreement.id}`, say(agreement.read_to > 0 ? "seat-read-on" : "seat-read-and-sign"), true));
  } else if (agreement.pages > 0 && !waiting) {
    made.push(link(`#${agreement.id}`, say("seat-look")));
  }
  for (const [name, href] of Object.entries(agreement.downloads ?? {})) {
    const known = name.split(".")[0] ?? name;
    made.push(el("a", { class: "btn btn-small", href, download: true }, say(`seat-download-${known}`)));
  }
  return made;
}

export function listView(seat: Seat): { show: () => void } {
  const view = viewOf("list");
  const box = need("[data-agreements]", view);
  const pattern = need<HTMLTemplateElement>("[data-agreement-card]", view);

  function card(agreement: SeatAgreement): HTMLElement {
    const made = pattern.content.firstElementChild?.cloneNode(true) as HTMLElement;
    made.dataset["mine"] = canSign(agreement) ? "open" : agreement.mine;
    setText(need("[data-number]", made), agreement.number ?? "");
    const pill = need("[data-pill]", made);
    pill.dataset["state"] = pillState(agreement);
    setText(pill, say(`common-state-${pillState(agreement)}`));
    setPhrases(need("[data-title]", made), agreement.title);
    setText(need("[data-words]", made), agreement.ending?.words ?? say(wordsId(agreement), { n: agreement.signed ?? 0, m: agreement.signers ?? 0 }));
    const reason = need("[data-reason]", made);
    reason.hidden = !agreement.ending?.reason;
    if (agreement.ending?.reason) setText(reason, say("seat-ended-reason", { reason: agreement.ending.reason }));
    const signed = need("[data-signed-line]", made);
    signed.hidden = !agreement.signed_at;
    if (agreement.signed_at) setText(signed, say("seat-signed-at", { time: dayAndTime(agreement.signed_at, zoneOf(seat)) }));
    showSigned(need("[data-signed-by]", made), seat, agreement);
    need("[data-actions]", made).append(...actions(agreement, isWaiting(seat.state)));
    return made;
  }

  function showNotice(): void {
    const open = nextOpen(seat.state);
    const ended = closing(seat.state.agreements);
    const isMaking = seat.state.agreements.some((one) => one.state === "sealed" && Object.keys(one.downloads ?? {}).length === 0);
    const id = open ? null : ended && isMaking ? "seat-notice-making" : ended ? `seat-notice-${ended}` : seat.state.step === "done" ? "seat-notice-done" : "seat-notice-wait";
    const notice = need("[data-list-notice]", view);
    // Who waits to be let in is told so above.
    notice.hidden = id === null || isWaiting(seat.state);
    if (id === null) return;
    setText(need("[data-list-notice-title]", view), say(id));
    setText(need("[data-list-notice-text]", view), say(`${id}-text`));
  }

  return {
    show() {
      const focused = box.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
      box.replaceChildren(...seat.state.agreements.map(card));
      if (focused) box.querySelector<HTMLElement>(`[href="${CSS.escape(focused)}"]`)?.focus();
      showNotice();
      showMeeting(view, seat.state.meeting);
    },
  };
}
