// Reading: page pictures as they come into view, the same pages as text, and how far the signer has read.

import { spokenCode } from "../lib/checks.js";
import { el, need, setAttributes, setText } from "../lib/dom.js";
import { say } from "../lib/messages.js";
import { http, inWords, toast } from "../lib/page.js";
import { setPhrases } from "../lib/phrases.js";
import { canSign, isRead, type SeatAgreement } from "./model.js";
import { agreementOf, showSigned, viewOf, type Seat } from "./page.js";

export function readerView(seat: Seat): { show: (id: string) => void } {
  const view = viewOf("reader");
  const sheets = need("[data-sheets]", view);
  const texts = need("[data-sheets-text]", view);
  const toggle = need<HTMLButtonElement>("[data-toggle-text]", view);
  const large = need<HTMLButtonElement>("[data-toggle-large]", view);
  const toSign = need<HTMLButtonElement>("[data-to-sign]", view);
  let shown: string | null = null;
  let sending = false;

  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const end = entry.target as HTMLElement;
        if (entry.isIntersecting) reached(Number(end.dataset["pageEnd"]));
      }
    },
    { threshold: 0 },
  );

  function current(): SeatAgreement | undefined {
    return agreementOf(seat, shown);
  }

  function reached(page: number): void {
    const agreement = current();
    if (!agreement || page <= agreement.read_to || view.hidden) return;
    agreement.read_to = page;
    showProgress(agreement);
    void tell(agreement.id);
  }

  /** One request at a time. The server counts page after page, so what it has not heard of is told in order. */
  async function tell(id: string): Promise<void> {
    if (sending) return;
    sending = true;
    try {
      for (let heard = -1; heard < (agreementOf(seat, id)?.read_to ?? 0); ) {
        const page = heard < 0 ? (agreementOf(seat, id)?.read_to ?? 0) : heard + 1;
        const answer = await http.post<{ read_to: number }>(`${seat.api}/agreements/${id}/read`, { page }, { patiently: say("seat-waiting-read") });
        if (answer.read_to <= heard) break;
        heard = answer.read_to;
      }
    } catch (reason) {
      toast(inWords(reason), "problem");
    } finally {
      sending = false;
    }
  }

  function showProgress(agreement: SeatAgreement): void {
    const read = isRead(agreement);
    const bar = need<HTMLProgressElement>("[data-read-bar]", view);
    bar.max = agreement.pages;
    bar.value = Math.min(agreement.read_to, agreement.pages);
    setText(need("[data-read-words]", view), read ? say("seat-read-all") : say("seat-read-n", { n: agreement.read_to, m: agreement.pages }));
    toSign.hidden = !canSign(agreement);
    toSign.setAttribute("aria-disabled", String(!read));
    setText(need("[data-to-sign-why]", view), read ? "" : say("seat-read-first"));
  }

  function sheet(agreement: SeatAgreement, page: number): HTMLElement {
    const source = `/seat/${seat.state.seat.id}/agreements/${agreement.id}/pages/${page}.png`;
    const label = say("seat-page-n", { n: page, m: agreement.pages });
    const image = el("img", { src: source, alt: label, loading: page > 1 ? "lazy" : "eager", width: 794, height: 1123, decoding: "async" });
    const figure = el("figure", { class: "sheet" }, image, el("figcaption", {}, label));
    const end = el("span", { "data-page-end": page });
    // A page counts as read when its lower end was in view and its picture was there to be read.
    image.addEventListener("load", () => {
      figure.append(end);
      seen.observe(end);
    });
    image.addEventListener("error", () => {
      const again = el("button", { class: "btn btn-small", type: "button" }, say("seat-try-again"));
      again.addEventListener("click", () => {
        problem.replaceWith(image);
        image.src = `${source}?again=${Date.now()}`;
      });
      const problem = el("div", { class: "sheet-problem" }, el("p", {}, say("seat-page-problem", { n: page })), again);
      image.replaceWith(problem);
    });
    return figure;
  }

  async function showTexts(agreement: SeatAgreement): Promise<void> {
    if (texts.dataset["of"] === agreement.id) return;
    const html = await http.text(`/seat/${seat.state.seat.id}/agreements/${agreement.id}/text`, { patiently: say("seat-waiting-text") });
    const pages = new DOMParser().parseFromString(html, "text/html").querySelectorAll<HTMLElement>("[data-text-page]");
    texts.dataset["of"] = agreement.id;
    texts.replaceChildren(
      ...[...pages].map((page) => {
        const end = el("span", { "data-page-end": page.dataset["textPage"] });
        const note = page.querySelector("[data-picture-note]")?.textContent ?? "";
        const number = el("p", { class: "soft small" }, say("seat-page-n", { n: page.dataset["textPage"] ?? "", m: agreement.pages }));
        const made = el("article", { class: "text-page card" }, number, note && el("p", { class: "soft small" }, note), el("div", { class: "text-body" }, page.querySelector(".text-body")?.textContent ?? ""), end);
        seen.observe(end);
        return made;
      }),
    );
  }

  /** Pages wider than the screen are moved sideways, each by itself, also with the keyboard. */
  function enlarge(wanted: boolean): void {
    large.setAttribute("aria-pressed", String(wanted));
    setAttributes(sheets, { "data-large": wanted });
    for (const page of sheets.children) setAttributes(page, { tabindex: wanted ? 0 : null });
  }

  async function choose(asText: boolean): Promise<void> {
    const agreement = current();
    if (!agreement) return;
    try {
      if (asText) await showTexts(agreement);
      toggle.setAttribute("aria-pressed", String(asText));
      setText(toggle, say(asText ? "seat-as-pages" : "seat-as-text"));
      texts.hidden = !asText;
      sheets.hidden = asText;
      large.hidden = asText;
    } catch (reason) {
      toast(inWords(reason), "problem");
    }
  }

  function open(agreement: SeatAgreement): void {
    shown = agreement.id;
    seen.disconnect();
    delete texts.dataset["of"];
    setPhrases(need("[data-reader-title]", view), agreement.title);
    setText(need("[data-record-code]", view), spokenCode(agreement.record_code));
    sheets.replaceChildren(...Array.from({ length: agreement.pages }, (_, index) => sheet(agreement, index + 1)));
    enlarge(false);
    void choose(false);
  }

  toggle.addEventListener("click", () => void choose(texts.hidden === true));
  large.addEventListener("click", () => enlarge(large.getAttribute("aria-pressed") !== "true"));
  need("[data-back]", view).addEventListener("click", () => seat.go(""));
  toSign.addEventListener("click", () => {
    const agreement = current();
    if (!agreement) return;
    if (isRead(agreement)) seat.go(`${agreement.id}/sign`);
    else toast(say("seat-read-first"));
  });

  return {
    show(id) {
      const agreement = agreementOf(seat, id);
      if (!agreement) return seat.go("");
      if (shown !== id) open(agreement);
      showSigned(need("[data-signed-by]", view), seat, agreement);
      showProgress(agreement);
    },
  };
}
