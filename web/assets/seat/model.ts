// What the server tells a signer's page, and the few decisions that the page makes from it.

import type { Captions } from "../captions/model.js";
import type { PanelSettings } from "../ink/panel.js";
import type { CertificateAnswer } from "../lib/keys.js";
import { say } from "../lib/messages.js";

export type Mine = "waiting" | "open" | "signed" | "declined" | "closed";

export interface SeatAgreement {
  id: string;
  number: string | null;
  title: string;
  state: string;
  mine: Mine;
  blocked_by: string | null;
  pages: number;
  read_to: number;
  frozen_digest: string | null;
  frozen_length: number | null;
  record_code: string;
  /** The party's specimen seal that this signer may have drawn with the signature. */
  seal?: { image: string; edges: boolean; used: boolean } | null;
  signed_at: string | null;
  key_custody?: string | null;
  level?: string | null;
  /** Why it ended unsigned, in the reader's words; `reason` is what whoever ended it wrote. */
  ending?: { code: string; mine: boolean; words: string; reason: string } | null;
  /** Titles of what could never open any more if this one were declined. */
  ends_with?: string[];
  /** The others whose signatures stand in the file already. */
  signed_by?: { name: string; organisation: string; at: string }[];
  signed?: number;
  signers?: number;
  downloads?: Record<string, string>;
}

export interface SeatState {
  seat: { id: string; name: string; title: string; organisation: string; place: string; timezone: string; locale: string };
  ceremony: { id: string; title: string; starts_at: string; host_timezone: string; demo?: boolean };
  step: "identity" | "consent" | "agreements" | "done";
  identity: { proved: boolean; sent_to: string; code_sent?: boolean; expires_at: string | null; resend_at: string | null };
  consent: { place: string; timezone: string } | null;
  certificate: CertificateAnswer | null;
  /** Whether signers may bring certificates of their own. */
  own_certificates?: boolean;
  /** Whether the stage shows signatures while they are drawn. */
  ink?: boolean;
  /** The others' ink; null for who is not in the room. */
  ink_panel?: PanelSettings | null;
  agreements: SeatAgreement[];
  /** Where people meet, in the reader's words; null until there is a link. */
  meeting?: { words: string; url: string; facts: { name: string; value: string }[] } | null;
  /** What the host asks of this place just now: answer the roll call, or read the code of each agreement out. */
  cue?: { kind: "roll_call" | "record_code"; codes: { title: string; digits: string }[]; ticked: boolean } | null;
  /** Into which languages somebody interprets; null before the proof, and once it is all over. */
  captions?: Captions | null;
  /** Where the signer stands with the host, and what the host wrote. */
  lobby?: { standing: "admitted" | "waiting" | "held" | "removed"; why: string; messages: { id: string; at: string; text: string }[] };
  live: { url: string; seq: number };
  server_now: string;
}

export type View = "identity" | "consent" | "list" | "reader" | "sign" | "progress" | "success";

export interface Route {
  view: "list" | "reader" | "sign";
  agreement: string | null;
}

/** "#agr_1/sign" → the view that the address asks for. */
export function readRoute(hash: string): Route {
  const [agreement = "", part = ""] = hash.replace(/^#/, "").split("/");
  if (!agreement) return { view: "list", agreement: null };
  return { view: part === "sign" ? "sign" : "reader", agreement };
}

// What the signer does here is no obstacle to say on the card: the buttons lead there.
const OWN_STEPS = new Set(["identity_not_proved", "consent_missing", "not_read_to_the_end"]);

/** Whether the text may be signed once it has been read. */
export function canSign(agreement: SeatAgreement): boolean {
  return agreement.mine === "open" && (agreement.blocked_by === null || OWN_STEPS.has(agreement.blocked_by));
}

export function isRead(agreement: SeatAgreement): boolean {
  return agreement.pages > 0 && agreement.read_to >= agreement.pages;
}

/** Whether it ended without everybody's signature. */
export function isUnsigned(agreement: SeatAgreement): boolean {
  return ["declined", "voided", "expired"].includes(agreement.state);
}

/** Which of the closing notices fits a list on which nothing is left to do; null while something is. */
export function closing(agreements: SeatAgreement[]): "ended" | "partly" | "declined" | "unsigned" | null {
  if (!agreements.every((one) => one.state === "sealed" || isUnsigned(one))) return null;
  if (!agreements.some(isUnsigned)) return "ended";
  if (agreements.some((one) => one.state === "sealed")) return "partly";
  return agreements.some((one) => one.mine === "declined") ? "declined" : "unsigned";
}

/** The state of the card's mark: words for it stand in the catalogues as common-state-<state>. */
export function pillState(agreement: SeatAgreement): string {
  if (agreement.mine === "declined") return "declined";
  if (isUnsigned(agreement)) return "unsigned";
  if (agreement.mine === "signed") return agreement.state === "sealed" ? "sealed" : "signed";
  return canSign(agreement) ? "open" : "waiting";
}

/** The message that says in a sentence how things stand, and what is being waited for. */
export function wordsId(agreement: SeatAgreement): string {
  if (agreement.mine === "declined") return "seat-words-you-declined";
  if (isUnsigned(agreement)) return `seat-words-${agreement.state}`;
  if (agreement.mine === "signed") {
    if (agreement.state === "sealed") return "seat-words-sealed";
    return agreement.state === "completed" ? "seat-words-completed" : "seat-words-signed";
  }
  if (canSign(agreement)) return isRead(agreement) ? "seat-words-open" : "seat-words-read";
  return `seat-blocked-${agreement.blocked_by ?? "not_your_turn"}`;
}

/** The agreement to go to after this one, if another waits for this signer. */
export function nextOpen(state: SeatState, after?: string): SeatAgreement | undefined {
  return state.agreements.find((agreement) => agreement.id !== after && canSign(agreement));
}

/** What a signer who rests after a signature is told: what came to nothing meanwhile, whoever ended it, and what is next. */
export function afterSigning(state: SeatState, next: SeatAgreement | undefined, words: typeof say = say): string {
  const ended = state.agreements.filter((one) => isUnsigned(one) && !one.ending?.mine);
  const told = ended.flatMap((one) => [
    words("seat-success-ended", { title: one.title, why: one.ending?.words ?? words(wordsId(one)) }),
    one.ending?.reason ? words("seat-ended-reason", { reason: one.ending.reason }) : "",
  ]);
  const done = ended.length ? "seat-success-nothing-left" : "seat-notice-done";
  const then = next ? words("seat-called-now", { title: next.title }) : words(state.step === "done" ? done : "seat-notice-wait-text-short");
  return [...told, then].filter(Boolean).join("\n");
}
