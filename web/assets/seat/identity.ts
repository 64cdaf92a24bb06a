// Who you are: the record, a one-time code to the address, six digits back.

import { everySecond, secondsUntil } from "../lib/clocks.js";
import { need, setBusy, setText } from "../lib/dom.js";
import { http, inWords } from "../lib/page.js";
import { say } from "../lib/messages.js";
import { Refused } from "../lib/http.js";
import { showProblem, viewOf, type Seat } from "./page.js";

interface Sent {
  sent_to: string;
  expires_at: string;
  resend_at: string;
}

export function identityView(seat: Seat): { show: () => void } {
  const view = viewOf("identity");
  const first = need<HTMLButtonElement>("[data-send-code]", view);
  const again = need<HTMLButtonElement>("[data-send-again]", view);
  const form = need<HTMLFormElement>("[data-code-form]", view);
  const input = need<HTMLInputElement>("#code", view);
  const check = need<HTMLButtonElement>("[data-check-code]", view);
  const error = need("[data-code-error]", view);
  const sendError = need("[data-send-error]", view);

  // A code that was told to be wrong would only cost another try.
  let refused = "";

  function showTimes(): void {
    const { expires_at, resend_at } = seat.state.identity;
    const left = expires_at ? secondsUntil(expires_at) : 0;
    const life = need("[data-code-life]", view);
    setText(life, left > 0 ? say("seat-code-life", { n: Math.max(1, Math.round(left / 60)) }) : expires_at ? say("seat-code-over") : "");
    const wait = resend_at ? secondsUntil(resend_at) : 0;
    again.disabled = wait > 0 || again.hasAttribute("aria-busy");
    setText(again, wait > 0 ? say("seat-send-again-in", { n: wait }) : say("seat-send-again"));
  }

  function showSent(): void {
    const sent = seat.state.identity.expires_at !== null;
    first.hidden = sent;
    form.hidden = !sent;
    setText(need("[data-code-intro]", view), say(sent ? "seat-code-sent" : "seat-code-intro", { address: seat.state.identity.sent_to }));
    showTimes();
  }

  async function send(button: HTMLButtonElement): Promise<void> {
    setBusy(button, true);
    showProblem(sendError, null);
    try {
      const sent = await http.post<Sent>(`${seat.api}/code`, {}, { patiently: say("seat-waiting-send") });
      seat.state.identity = { ...seat.state.identity, ...sent };
      refused = "";
      showProblem(error, null);
      input.removeAttribute("aria-invalid");
      input.value = "";
      setBusy(button, false);
      showSent();
      input.focus();
    } catch (reason) {
      // The answer of an earlier attempt was lost: the code is on its way, and the field for it is what is missing.
      if (button === first && reason instanceof Refused && reason.code === "code_just_sent") await seat.refresh();
      else showProblem(sendError, inWords(reason));
      setBusy(button, false);
    }
  }

  async function submit(): Promise<void> {
    const code = input.value.replace(/\D/g, "");
    if (code.length !== 6) return refuse(say("seat-code-six"));
    if (code === refused) return input.focus();
    setBusy(check, true);
    try {
      await http.post(`${seat.api}/code/check`, { code }, { patiently: say("seat-waiting-check") });
      showProblem(error, null);
      await seat.refresh();
    } catch (reason) {
      if (reason instanceof Refused && reason.code === "code_wrong") refused = code;
      refuse(inWords(reason));
      if (reason instanceof Refused) input.select();
    } finally {
      setBusy(check, false);
    }
  }

  function refuse(text: string): void {
    showProblem(error, text);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", "code-hint code-error");
    input.focus();
  }

  first.addEventListener("click", () => void send(first));
  again.addEventListener("click", () => void send(again));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check.disabled) void submit();
  });
  // The sixth digit is the whole answer: nobody has to look for the button.
  input.addEventListener("input", () => {
    if (input.value.replace(/\D/g, "").length === 6 && !check.disabled) void submit();
  });
  everySecond(() => {
    if (!view.hidden) showTimes();
  });

  return {
    show() {
      const { name, organisation, title } = seat.state.seat;
      setText(need("[data-name]", view), name);
      setText(need("[data-organisation]", view), organisation);
      setText(need("[data-capacity]", view), title);
      showSent();
    },
  };
}
