// The signer's own certificate: a file and its password, opened here, shown, and kept in this page's memory alone.

import { toBase64 } from "../lib/bytes.js";
import { serverNow } from "../lib/clocks.js";
import { need, setBusy, setText } from "../lib/dom.js";
import { Refused, Unreachable } from "../lib/http.js";
import type { SeatKey } from "../lib/keys.js";
import { pageLocale, say } from "../lib/messages.js";
import { http, inWords } from "../lib/page.js";
import type { OwnKey } from "../own/open.js";
import { showProblem, viewOf, type Seat } from "./page.js";

export interface OwnCertificate {
  /** Whether the signer wants to sign with it. */
  isChosen(): boolean;
  /** What was opened; null before, with a word to the signer on what is missing. */
  opened(): OwnKey | null;
  /** The opened key as signing wants it. */
  key(own: OwnKey): SeatKey;
  /** Show the choice where this installation takes such certificates and this browser can hold a key. */
  show(): void;
}

const day = (at: Date): string => new Intl.DateTimeFormat(pageLocale(), { dateStyle: "long" }).format(at);

export function ownCertificate(seat: Seat): OwnCertificate {
  const view = viewOf("sign");
  const form = need<HTMLFormElement>("[data-sign-form]", view);
  const part = need("[data-own]", view);
  const file = need<HTMLInputElement>("#own-file", part);
  const password = need<HTMLInputElement>("#own-password", part);
  const button = need<HTMLButtonElement>("[data-own-open]", part);
  const error = need("[data-own-error]", part);
  const isOffered = seat.state.own_certificates === true && globalThis.crypto?.subtle !== undefined;
  let own: OwnKey | null = null;
  let accepted: string | null = null; // SHA-256 of the certificate that the server took

  const isChosen = (): boolean => isOffered && new FormData(form).get("key") === "own";

  function showPart(): void {
    part.hidden = !isChosen();
    need("[data-own-ask]", part).hidden = own !== null;
    need("[data-own-card]", part).hidden = own === null;
    if (!own) return;
    setText(need("[data-own-holder]", part), own.organisation && own.organisation !== own.holder ? `${own.holder} · ${own.organisation}` : own.holder);
    setText(need("[data-own-issuer]", part), own.issuer);
    setText(need("[data-own-until]", part), day(own.until));
    setText(need("[data-own-print]", part), own.sha256.replace(/(.{4})(?=.)/g, "$1 "));
  }

  async function open(): Promise<void> {
    showProblem(error, null);
    const chosen = file.files?.[0];
    if (!chosen) return missing(say("seat-own-file-missing"), file);
    setBusy(button, true);
    try {
      // 200 kB that only those load who choose this.
      const { openOwnKey } = await import("../own/open.js");
      const found = await openOwnKey(new Uint8Array(await chosen.arrayBuffer()), password.value, serverNow());
      await bring(found);
      own = found;
      forget();
      showPart();
      need("[data-own-card]", part).focus();
    } catch (reason) {
      fail(reason);
    } finally {
      setBusy(button, false);
    }
  }

  /** The certificate goes to the server, with a proof that its key is at hand; the key does not. */
  async function bring(found: OwnKey): Promise<void> {
    if (accepted === found.sha256) return;
    const statement = `Yunqian: I sign for seat ${seat.state.seat.id} with my own certificate ${found.sha256}`;
    const proof = toBase64(await found.sign(new TextEncoder().encode(statement)));
    await http.post(`${seat.api}/certificate/own`, { certificate: found.certificate, chain: found.chain, proof });
    accepted = found.sha256;
  }

  function fail(reason: unknown): void {
    if (reason instanceof Refused || reason instanceof Unreachable) return missing(inWords(reason), file);
    const { code, at } = reason as { code?: string; at?: Date | null };
    if (code === undefined) console.error(reason);
    missing(say(`seat-own-${code === "password" ? "password-wrong" : (code ?? "broken")}`, { day: at ? day(at) : "" }), code === "password" ? password : file);
    if (code === "password") password.select();
  }

  function missing(text: string, at: HTMLElement): void {
    showProblem(error, text);
    at.focus();
  }

  /** File and password leave the page's fields as soon as they were used. */
  function forget(): void {
    password.value = "";
    if (!file.value) return;
    file.value = "";
    file.dispatchEvent(new Event("change", { bubbles: true })); // its face shows no name of a file that is gone
  }

  form.addEventListener("change", showPart);
  button.addEventListener("click", () => void open());
  password.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // else the form would sign
    if (!button.disabled) void open();
  });
  need("[data-own-other]", part).addEventListener("click", () => {
    own = null;
    forget();
    showPart();
    file.focus();
  });

  return {
    isChosen,
    opened() {
      if (!own) missing(say("seat-own-open-first"), file);
      return own;
    },
    key: (chosen) => ({
      ready: () => bring(chosen),
      async forget() {
        accepted = null;
      },
      sign: (bytes) => chosen.sign(bytes),
    }),
    show() {
      need("[data-key-choice]", view).hidden = !isOffered;
      showPart();
    },
  };
}
