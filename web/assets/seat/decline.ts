// Not signing: the reason, then once more what ends with it, because it cannot be undone.

import { el, need, setBusy, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import { http, inWords } from "../lib/page.js";
import type { SeatAgreement } from "./model.js";
import { showProblem, viewOf, type Seat } from "./page.js";

export function declineView(seat: Seat): { show: (agreement: SeatAgreement) => void } {
  const part = need<HTMLDetailsElement>("[data-decline-part]", viewOf("sign"));
  const form = need<HTMLFormElement>("[data-decline-form]", part);
  const reason = need<HTMLTextAreaElement>("#reason", part);
  const missing = need("[data-decline-error]", part);
  const question = need("[data-decline-sure]", part);
  const refused = need("[data-decline-refused]", part);
  const yes = need<HTMLButtonElement>("[data-decline-yes]", part);
  let shown: SeatAgreement | null = null;

  function toReason(): void {
    question.hidden = true;
    form.hidden = false;
  }

  function ask(): void {
    if (!shown) return;
    if (!reason.value.trim()) {
      showProblem(missing, say("seat-decline-missing"));
      return reason.focus();
    }
    showProblem(missing, null);
    showProblem(refused, null);
    const follow = shown.ends_with ?? [];
    const title = need("[data-decline-title]", part);
    setText(title, say("seat-decline-sure", { title: shown.title }));
    setText(need("[data-decline-quote]", part), say("seat-ended-reason", { reason: reason.value.trim() }));
    need("[data-decline-alone]", part).hidden = follow.length > 0;
    need("[data-decline-with]", part).hidden = follow.length === 0;
    need("[data-decline-list]", part).replaceChildren(...follow.map((each) => el("li", {}, say("seat-decline-one", { title: each }))));
    form.hidden = true;
    question.hidden = false;
    // The question takes the focus, not the button: a second Enter must not be the answer.
    title.focus();
    question.scrollIntoView({ block: "nearest" });
  }

  async function decline(): Promise<void> {
    if (!shown || yes.disabled) return;
    setBusy(yes, true);
    try {
      await http.post(`${seat.api}/agreements/${shown.id}/decline`, { reason: reason.value.trim() }, { patiently: say("seat-waiting-decline") });
      seat.go("");
      await seat.refresh();
    } catch (refusal) {
      showProblem(refused, inWords(refusal));
    } finally {
      setBusy(yes, false);
    }
  }

  function back(): void {
    toReason();
    reason.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  yes.addEventListener("click", () => void decline());
  need("[data-decline-back]", part).addEventListener("click", back);
  question.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !yes.disabled) back();
  });

  return {
    show(agreement) {
      if (shown?.id !== agreement.id) {
        part.open = false;
        reason.value = "";
        showProblem(missing, null);
        toReason();
      }
      shown = agreement;
    },
  };
}
