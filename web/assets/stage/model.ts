// What the stage knows, and the pure decisions about it.

import type { Captions } from "../captions/model.js";

export type Text = string | Record<string, string>;
export type SignerState = "waiting" | "open" | "signed" | "closed";

export interface StageSigner {
  seat: string;
  party: string;
  state: SignerState;
  signed_at: string | null;
}

export interface StageAgreement {
  id: string;
  key: string;
  number: string | null;
  title: Text;
  state: string;
  /** Eight digits of the frozen text's digest; empty before it is frozen. */
  record_code: string;
  after: string[];
  signers: StageSigner[];
}

export interface StageParty {
  key: string;
  organisation: Text;
  place: Text;
  timezone: string;
  representative_title: Text | null;
}

export interface StagePlace {
  place: Text;
  timezone: string;
}

export interface StageCeremony {
  id: string;
  title: Text;
  state: string;
  planned_at: string | null;
  amount: { amount: string; currency: string } | null;
}

export interface LiveCue {
  kind: string;
  title: Text;
  text: Text;
  agreements: string[];
  speaker?: string;
  /** Key of the party at whose place it happens; empty: everywhere. */
  party?: string;
  began_at?: string | null;
  planned_seconds?: number;
}

/** Keys of the parties that were ticked off on the live cue, by the host and by every one of the witnesses that are awaited. */
export interface Ticks {
  parties: number;
  host: string[];
  witness: string[];
  witnesses: number;
}

/** Who leads by a cue sheet: how it stands and what is live. */
export interface StageCue {
  state: "planned" | "running" | "held" | "over";
  held_at?: string | null;
  live: LiveCue | null;
  ticks?: Ticks | null;
}

/** The organiser's own look, as web pages draw it. */
export interface StageLook {
  /** Counts its changes: the page's style sheet is of one of them. */
  seq?: number;
  emblem_url?: string | null;
}

export interface StageState {
  ceremony: StageCeremony;
  places: StagePlace[];
  parties: StageParty[];
  agreements: StageAgreement[];
  cue?: StageCue | null | undefined;
  look?: StageLook | null | undefined;
  captions?: Captions | null | undefined;
  /** By seat the name of who holds its pen; empty where no ink is shown. */
  pens?: Record<string, string> | undefined;
  verify_url: string | null;
  server_now: string;
  seq: number;
}

export type StagePatch = Partial<Omit<StageState, "ceremony">> & { ceremony?: Partial<StageCeremony> };

function mergeBy<T>(kept: T[], changed: T[] | undefined, key: (item: T) => string): T[] {
  if (!changed) return kept;
  const fresh = new Map(changed.map((item) => [key(item), item]));
  const merged = kept.map((item) => fresh.get(key(item)) ?? item);
  const known = new Set(kept.map(key));
  return [...merged, ...changed.filter((item) => !known.has(key(item)))];
}

/** The state with a patch's changed items put in: whole agreements by id, parties by key, single fields of the ceremony. */
export function applyPatch(state: StageState, patch: StagePatch): StageState {
  return {
    ceremony: { ...state.ceremony, ...patch.ceremony },
    places: patch.places ?? state.places,
    parties: mergeBy(state.parties, patch.parties, (party) => party.key),
    agreements: mergeBy(state.agreements, patch.agreements, (agreement) => agreement.id),
    cue: patch.cue === undefined ? state.cue : patch.cue,
    look: patch.look === undefined ? state.look : patch.look,
    captions: patch.captions ?? state.captions,
    pens: patch.pens ?? state.pens,
    verify_url: patch.verify_url ?? state.verify_url,
    server_now: patch.server_now ?? state.server_now,
    seq: Math.max(state.seq, patch.seq ?? 0),
  };
}

/** The state as people in the hall may know it: who leads by a cue sheet has called what is live, and nothing else. */
export function asLed(state: StageState): StageState {
  const { cue } = state;
  if (!cue || cue.state === "over") return state;
  const called = cue.state === "running" ? (cue.live?.agreements ?? []) : [];
  const uncalled = (one: StageAgreement): StageAgreement => ({
    ...one,
    state: one.state === "open" ? "uncalled" : one.state,
    signers: one.signers.map((signer) => (signer.state === "open" ? { ...signer, state: "waiting" } : signer)),
  });
  return { ...state, agreements: state.agreements.map((one) => (called.includes(one.id) ? one : uncalled(one))) };
}

/** Agreements in rows: each row comes after everything that it waits for. */
export function levels(agreements: StageAgreement[]): StageAgreement[][] {
  const byKey = new Map(agreements.map((agreement) => [agreement.key, agreement]));
  const depths = new Map<string, number>();
  const depth = (agreement: StageAgreement, above: ReadonlySet<string>): number => {
    const known = depths.get(agreement.key);
    if (known !== undefined) return known;
    if (above.has(agreement.key)) return 0;
    const path = new Set(above).add(agreement.key);
    const before = agreement.after.map((key) => byKey.get(key)).filter((one) => one !== undefined);
    const found = before.length === 0 ? 0 : 1 + Math.max(...before.map((one) => depth(one, path)));
    depths.set(agreement.key, found);
    return found;
  };
  const rows: StageAgreement[][] = [];
  for (const agreement of agreements) (rows[depth(agreement, new Set())] ??= []).push(agreement);
  return rows.filter((row) => row !== undefined);
}

const FINISHED = new Set(["completed", "sealed"]);
const UNSIGNED = new Set(["declined", "voided", "expired"]);

/** What can no longer be signed is not waited for. */
export function signatureCount(state: StageState): { done: number; all: number } {
  const signers = state.agreements.filter((one) => !UNSIGNED.has(one.state)).flatMap((agreement) => agreement.signers);
  return { done: signers.filter((signer) => signer.state === "signed").length, all: signers.length };
}

/** "ended": all is over, something was signed and something was not; "unsigned": all is over and nothing was signed. */
export type Phase = "before" | "signing" | "completed" | "sealed" | "ended" | "unsigned";

export function phase(state: StageState): Phase {
  const { done } = signatureCount(state);
  if (state.agreements.length > 0 && state.agreements.every((one) => FINISHED.has(one.state) || UNSIGNED.has(one.state))) {
    if (!state.agreements.some(isFinished)) return "unsigned";
    if (state.agreements.some((one) => UNSIGNED.has(one.state))) return "ended";
    return state.agreements.every((one) => one.state === "sealed") ? "sealed" : "completed";
  }
  const begun = done > 0 || state.agreements.some((one) => one.signers.some((signer) => signer.state === "open"));
  return begun ? "signing" : "before";
}

/** The picture in the middle: one of a cue's own, or the agreements and their end. */
export type Picture = "lobby" | "words" | "roll_call" | "record_code" | "photograph" | "break" | "agreements";

const OWN_PICTURES: Record<string, Picture> = {
  welcome: "words",
  speech: "words",
  closing: "words",
  roll_call: "roll_call",
  record_code: "record_code",
  photograph: "photograph",
  break: "break",
};

/** A pause never hides signatures under way; at the end the closing picture stands, and nothing but a photograph is put before it. */
export function picture(state: StageState): Picture {
  const { cue } = state;
  const now = phase(state);
  const over = now !== "before" && now !== "signing";
  if (!cue || cue.state === "over") return "agreements";
  if (over) return cue.live?.kind === "photograph" ? "photograph" : "agreements";
  if (cue.state === "planned") return signatureCount(state).done === 0 ? "lobby" : "agreements";
  const own = OWN_PICTURES[cue.live?.kind ?? ""];
  if (own === undefined) return "agreements";
  return cue.state === "held" && own !== "break" && own !== "photograph" ? "words" : own;
}

/** Whether all who tick have ticked this party. */
export function isTicked(state: StageState, party: string): boolean {
  const ticks = state.cue?.ticks;
  return Boolean(ticks?.host.includes(party)) && (ticks?.witnesses === 0 || Boolean(ticks?.witness.includes(party)));
}

export function isFinished(agreement: StageAgreement): boolean {
  return FINISHED.has(agreement.state);
}

export function isUnsigned(agreement: StageAgreement): boolean {
  return UNSIGNED.has(agreement.state);
}

/** The same-record code to be read aloud beside an agreement; empty where there is no frozen text, or nothing to compare any more. */
export function shownCode(agreement: StageAgreement): string {
  return UNSIGNED.has(agreement.state) ? "" : agreement.record_code;
}

/** The last instant at which a party signed anything that everybody may still sign or has signed, if it did. */
export function lastSignedAt(state: StageState, party?: string): string | null {
  const instants = state.agreements
    .filter((agreement) => !UNSIGNED.has(agreement.state))
    .flatMap((agreement) => agreement.signers)
    .filter((signer) => signer.signed_at && (party === undefined || signer.party === party))
    .map((signer) => signer.signed_at as string);
  return instants.sort().at(-1) ?? null;
}

export function pickText(text: Text | null | undefined, locale: string): string {
  if (text === null || text === undefined) return "";
  if (typeof text === "string") return text;
  return text[locale] ?? text[locale.startsWith("zh") ? "zh-CN" : "en"] ?? Object.values(text)[0] ?? "";
}

/** The language that a text is really in, for its lang attribute: fonts and screen readers need it. */
export function textLang(text: string, locale: string): string {
  return /\p{Script=Han}/u.test(text) ? "zh-CN" : locale.startsWith("zh") ? "en" : locale;
}

/** A round amount as people say it, without its unit: "5亿" or "500 million". */
export function roundNumber(amount: string, locale: string): string {
  const words = { notation: "compact", compactDisplay: "long", maximumFractionDigits: 4 } as const;
  return new Intl.NumberFormat(locale, words).format(Number(amount));
}
