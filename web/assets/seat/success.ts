// After a signature: what comes next, and it stays true while the signer rests here.

import { need, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import { afterSigning, nextOpen } from "./model.js";
import { agreementOf, dayAndTime, zoneOf, type Seat } from "./page.js";
import type { Custody } from "../lib/keys.js";
import type { Signed } from "./signing.js";

export interface SuccessView {
  show(id: string, signed: Signed, custody: Custody): void;
  /** The state was read again: another agreement may have been called meanwhile, or everything be done. */
  refresh(): void;
}

export function successView(seat: Seat): SuccessView {
  const called = need("[data-success-called]");
  const go = need<HTMLButtonElement>("[data-success-next]");
  let signedId = "";

  function refresh(): void {
    const next = nextOpen(seat.state, signedId);
    const words = afterSigning(seat.state, next);
    called.toggleAttribute("data-open", next !== undefined);
    if (called.textContent !== words) setText(called, words); // a screen reader says only what is new
    setText(go, next ? say("seat-next-agreement", { title: next.title }) : say("seat-to-list"));
    go.onclick = () => seat.go(next ? next.id : "");
  }

  return {
    show(id, signed, custody) {
      signedId = id;
      setText(need("[data-success-line]"), agreementOf(seat, id)?.title ?? "");
      setText(need("[data-success-time]"), say("seat-signed-at", { time: dayAndTime(signed.signed_at, zoneOf(seat)) }));
      setText(need("[data-success-note]"), say(`seat-success-${custody}`));
      // A reload after this shows the list, not a signature that is already made.
      history.replaceState(null, "", location.pathname);
      refresh();
      seat.show("success");
    },
    refresh,
  };
}
