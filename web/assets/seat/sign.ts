// The act: a drawing or a typed name, then everything else by itself, told step by step.

import { CheckFailed } from "../lib/checks.js";
import { serverNow } from "../lib/clocks.js";
import { el, need, setAttributes, setBusy, setText } from "../lib/dom.js";
import { seatKey, type CertificateAnswer, type Custody } from "../lib/keys.js";
import { say } from "../lib/messages.js";
import { http, inWords, showOffline } from "../lib/page.js";
import { Refused } from "../lib/http.js";
import { declineView } from "./decline.js";
import { inkSender } from "./ink.js";
import { isRead, canSign, type SeatAgreement } from "./model.js";
import type { OwnKey } from "../own/open.js";
import { ownCertificate } from "./own.js";
import { agreementOf, showProblem, viewOf, type Seat } from "./page.js";
import { signaturePad } from "./pad.js";
import { phonePad } from "./phone.js";
import { drawnAppearance, dropPending, findPending, keepPending, newPending, signAgreement, type Appearance, type Pending, type Stage } from "./signing.js";
import { successView } from "./success.js";

export interface SignView {
  show(id: string): void;
  /** The signer looks at something else now. */
  leave(): void;
  /** The state was read again while the last signature is still shown. */
  refresh(): void;
  /** Go on with what a reload or a lost connection interrupted; true when there was something. */
  resume(): Promise<boolean>;
}

// What is wrong with the picture itself: the same one must not be sent again.
const LOOKS = new Set(["appearance_refused", "typed_other_name", "typed_unprintable"]);
const INK_PATIENCE_MS = 4_000;
const STAGES: Stage[] = ["prepare", "check", "sign", "record"];

export function signView(seat: Seat): SignView {
  const view = viewOf("sign");
  const form = need<HTMLFormElement>("[data-sign-form]", view);
  const button = need<HTMLButtonElement>("[data-sign-now]", view);
  const error = need("[data-sign-error]", view);
  const typed = need<HTMLInputElement>("#typed", view);
  const before = need<HTMLButtonElement>("[data-use-before]", view);
  const hint = need("[data-pad-hint]", view);
  const seal = need<HTMLInputElement>("#seal", view);
  const beforePlace = `yunqian:drawing:${seat.state.ceremony.id}:${seat.state.seat.id}`;
  const isHidden = need<HTMLInputElement>("#ink-hidden", view);
  const hiddenPlace = `yunqian:ink-hidden:${seat.state.seat.id}`;
  isHidden.checked = localStorage.getItem(hiddenPlace) !== null;
  const ink = inkSender({ post: postInk, now: serverNow, isHidden: isHidden.checked });
  const changed = (): void => {
    hint.hidden = true;
    showProblem(error, null);
  };
  const pad = signaturePad(need<HTMLCanvasElement>("[data-pad]", view), changed, ink);
  const phone = phonePad(
    view,
    seat.api,
    () => showKind(),
    () => (seat.state.ink && !isHidden.checked ? shown : null),
  );
  const enrol = (csr: string): Promise<CertificateAnswer> => http.post(`${seat.api}/certificate`, { csr });
  const key = seatKey(seat.store, seat.state.seat.id, seat.state.seat.name, enrol);
  const own = ownCertificate(seat);
  const declining = declineView(seat);
  const success = successView(seat);
  let shown: string | null = null;
  let running = false;

  async function postInk(body: unknown): Promise<void> {
    const patience = new AbortController();
    const timer = window.setTimeout(() => patience.abort(), INK_PATIENCE_MS);
    await http.post(`${seat.api}/ink`, body, { signal: patience.signal }).finally(() => window.clearTimeout(timer));
  }

  function showInk(): void {
    // While a phone draws it is asked there.
    need("[data-ink-ask]", view).hidden = !seat.state.ink || phone.isOpen;
    for (const words of view.querySelectorAll<HTMLElement>("[data-ink-shown]")) words.hidden = isHidden.checked || words.dataset["inkShown"] !== kind();
  }

  function openInk(): void {
    if (seat.state.ink && shown && !phone.isOpen) ink.open(shown);
    else ink.leave();
    if (kind() === "typed") ink.clear();
    showInk();
  }

  function kind(): string {
    return new FormData(form).get("kind") === "typed" ? "typed" : "drawn";
  }

  function showKind(): void {
    if (kind() === "typed" && phone.isOpen) return phone.close();
    need("[data-drawn]", view).hidden = kind() !== "drawn" || phone.isOpen;
    need("[data-typed]", view).hidden = kind() !== "typed";
    if (kind() === "drawn") pad.fit();
    openInk();
    showProblem(error, null);
  }

  function showNote(): void {
    setText(need("[data-custody-note]", view), say(`seat-custody-${own.isChosen() ? "external" : seat.custody}`));
  }

  function appearance(): Appearance | null {
    if (kind() === "typed") {
      const text = typed.value.trim();
      return text ? { kind: "typed", text } : null;
    }
    const sent = phone.picture();
    if (sent !== null) return drawnAppearance(sent);
    return pad.isEmpty() || phone.isOpen ? null : drawnAppearance(pad.picture());
  }

  function showSeal(agreement: SeatAgreement): void {
    need("[data-seal-ask]", view).hidden = !agreement.seal;
    seal.checked = false;
    if (!agreement.seal) return;
    const picture = need<HTMLElement>("[data-seal-image]", view);
    picture.replaceChildren(el("img", { src: agreement.seal.image, alt: picture.dataset.sealImage ?? "" }));
    for (const words of view.querySelectorAll<HTMLElement>("[data-seal-where]")) words.hidden = (words.dataset.sealWhere === "edges") !== agreement.seal.edges;
  }

  async function start(chosen: Appearance | null): Promise<void> {
    const agreement = agreementOf(seat, shown);
    if (!agreement || running) return;
    if (!chosen) {
      showProblem(error, say(kind() === "typed" ? "seat-typed-missing" : "seat-drawn-missing"));
      if (kind() === "typed") typed.focus();
      return;
    }
    const held = own.isChosen() ? own.opened() : undefined;
    if (held === null) return;
    const custody = held ? "external" : seat.custody;
    const pending = newPending(agreement.id, agreement.seal && seal.checked ? { ...chosen, seal: true } : chosen, custody);
    await keepPending(seat.store, seat.state.seat.id, pending);
    if (chosen.kind === "typed") ink.type();
    if (chosen.kind === "drawn") sessionStorage.setItem(beforePlace, JSON.stringify(chosen));
    await run(pending, agreement, held);
  }

  function showStage(stage: Stage, again: boolean): void {
    const at = STAGES.indexOf(stage);
    document.querySelectorAll<HTMLElement>("[data-stage]").forEach((item, index) => setAttributes(item, { "data-done": index < at, "data-now": index === at }));
    need("[data-again]").hidden = !again;
  }

  async function run(pending: Pending, agreement: SeatAgreement, held?: OwnKey): Promise<void> {
    const custody: Custody = held ? "external" : seat.custody;
    running = true;
    need("[data-progress-problem]").hidden = true;
    setText(need("[data-progress-title]"), say("seat-progress-title", { title: agreement.title }));
    for (const stage of document.querySelectorAll<HTMLElement>('[data-stage="check"], [data-stage="sign"]')) stage.hidden = custody === "server";
    seat.show("progress");
    try {
      const frozen = { digest: agreement.frozen_digest ?? "", length: agreement.frozen_length ?? 0 };
      const signed = await signAgreement(seat.state.seat.id, pending, frozen, {
        http,
        key: held ? own.key(held) : key,
        custody,
        ...(held ? { own: held.sha256 } : {}),
        certificate: () => seat.state.certificate,
        now: serverNow,
        onStage: showStage,
        waiting: showOffline,
        words: { preparing: say("seat-waiting-sign"), recording: say("seat-waiting-sign") },
      });
      await dropPending(seat.store, seat.state.seat.id);
      ink.signed();
      pad.clear();
      phone.close();
      hint.hidden = false;
      running = false;
      await seat.refresh();
      success.show(agreement.id, signed, custody);
    } catch (reason) {
      running = false;
      await fail(reason, pending, agreement, held);
    }
  }

  async function fail(reason: unknown, pending: Pending, agreement: SeatAgreement, held?: OwnKey): Promise<void> {
    const text = reason instanceof CheckFailed ? `${say("seat-check-failed")} ${say(`seat-check-${reason.code}`)}` : inWords(reason);
    if (!(reason instanceof Refused) && !(reason instanceof CheckFailed)) console.error(reason);
    if (pending.appearance.kind === "typed") ink.clear();
    // A refusal or a failed check is final for this attempt: nothing may go on by itself after a reload.
    await dropPending(seat.store, seat.state.seat.id);
    if (reason instanceof Refused && (LOOKS.has(reason.code) || reason.code.startsWith("external_"))) {
      seat.show("sign");
      showProblem(error, text);
      (kind() === "typed" ? typed : button).focus();
      return;
    }
    setText(need("[data-progress-problem-text]"), text);
    need("[data-progress-problem]").hidden = false;
    document.querySelectorAll("[data-stage][data-now]").forEach((item) => item.removeAttribute("data-now"));
    const retry = need<HTMLButtonElement>("[data-progress-retry]");
    retry.onclick = () => void keepPending(seat.store, seat.state.seat.id, pending).then(() => run(pending, agreement, held));
    retry.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void start(appearance());
  });
  form.addEventListener("change", () => {
    showKind();
    showNote();
  });
  isHidden.addEventListener("change", () => {
    if (isHidden.checked) localStorage.setItem(hiddenPlace, "1");
    else localStorage.removeItem(hiddenPlace);
    ink.hide(isHidden.checked);
    showInk();
  });
  typed.addEventListener("input", () => setText(need("[data-typed-preview]", view), typed.value));
  need("[data-undo]", view).addEventListener("click", () => {
    pad.undo();
    hint.hidden = !pad.isEmpty();
  });
  need("[data-clear]", view).addEventListener("click", () => {
    pad.clear();
    hint.hidden = false;
  });
  before.addEventListener("click", () => {
    const kept = sessionStorage.getItem(beforePlace);
    if (kept) void start(JSON.parse(kept) as Appearance);
  });
  need("[data-back-to-text]", view).addEventListener("click", () => seat.go(shown ?? ""));
  need("[data-progress-back]").addEventListener("click", () => {
    seat.go("");
    void seat.refresh();
  });
  new ResizeObserver(() => pad.fit()).observe(need("[data-pad]", view));

  return {
    show(id) {
      const agreement = agreementOf(seat, id);
      if (!agreement || !canSign(agreement)) return seat.go(agreement ? id : "");
      if (!isRead(agreement)) return seat.go(id);
      if (shown !== id) {
        shown = id;
        pad.clear();
        phone.close();
        hint.hidden = false;
        showSeal(agreement);
      }
      declining.show(agreement);
      const { name, organisation, title } = seat.state.seat;
      setText(need("[data-sign-sentence]", view), say("seat-sign-sentence", { name, organisation, capacity: title, title: agreement.title }));
      showNote();
      own.show();
      if (!typed.value) typed.value = name;
      setText(need("[data-typed-preview]", view), typed.value);
      before.hidden = sessionStorage.getItem(beforePlace) === null;
      setBusy(button, false);
      showKind();
    },
    leave: () => ink.leave(),
    refresh: success.refresh,
    async resume() {
      const pending = await findPending(seat.store, seat.state.seat.id);
      const agreement = pending && agreementOf(seat, pending.agreement);
      if (!pending || !agreement) return false;
      if (agreement.mine === "signed") {
        await dropPending(seat.store, seat.state.seat.id);
        return false;
      }
      if (pending.custody === "external") {
        // The key was forgotten with the page: the signer opens the file again and signs anew, under another act.
        await dropPending(seat.store, seat.state.seat.id);
        return false;
      }
      shown = agreement.id;
      void run(pending, agreement);
      return true;
    },
  };
}
