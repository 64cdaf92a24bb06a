// One signature from the drawing to the record: prepare, check, sign, finish; again by itself when another signer was faster,
// and with the same idempotency key when an answer was lost.

import { backoffDelay, pause } from "../lib/backoff.js";
import { fromBase64, toBase64, type Bytes } from "../lib/bytes.js";
import { checkPrepared, type Prepared } from "../lib/checks.js";
import { Refused, Unreachable, type Http } from "../lib/http.js";
import type { CertificateAnswer, Custody, SeatKey } from "../lib/keys.js";
import type { Store } from "../lib/store.js";

export type Appearance = ({ kind: "drawn"; png: string } | { kind: "typed"; text: string }) & { seal?: boolean };

export interface Pending {
  idempotency_key: string;
  agreement: string;
  appearance: Appearance;
  /** "external": a reload forgets the key, and the signer has to open the file again. */
  custody?: Custody;
}

export interface Signed {
  status: "signed";
  revision: number;
  signed_at: string;
  digest: string;
  level: string;
}

export type Stage = "prepare" | "check" | "sign" | "record";

export interface SigningTools {
  http: Http;
  key: SeatKey;
  custody: Custody;
  /** SHA-256 of the signer's own certificate, with custody `external`. */
  own?: string;
  certificate: () => CertificateAnswer | null;
  now: () => number;
  onStage: (stage: Stage, again: boolean) => void;
  waiting: (what: string | null) => void;
  words: { preparing: string; recording: string };
  wait?: (ms: number) => Promise<void>;
}

const place = (seatId: string): string => `pending:${seatId}`;
const RACE = { first: 120, most: 4000 };
const NETWORK = { first: 600, most: 12_000 };

export function newPending(agreement: string, appearance: Appearance, custody?: Custody): Pending {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return { idempotency_key: toBase64(random).replace(/[+/=]/g, (c) => ({ "+": "-", "/": "_" })[c] ?? ""), agreement, appearance, ...(custody ? { custody } : {}) };
}

export const keepPending = (store: Store, seatId: string, pending: Pending): Promise<void> => store.put(place(seatId), pending);
export const findPending = (store: Store, seatId: string): Promise<Pending | undefined> => store.get<Pending>(place(seatId));
export const dropPending = (store: Store, seatId: string): Promise<void> => store.remove(place(seatId));

const PREPARE_AGAIN = new Set(["revision_moved", "preparation_expired"]);
const STALE_CERTIFICATE = new Set(["certificate_missing", "certificate_expired", "certificate_mismatch", "signature_mismatch"]);

/**
 * Sign until it is recorded or refused. `frozen` is the digest and length of what the signer read.
 * Raises Refused (the server's words) or CheckFailed (what was prepared is not what was read).
 */
export async function signAgreement(seatId: string, pending: Pending, frozen: { digest: string; length: number }, tools: SigningTools): Promise<Signed> {
  const wait = tools.wait ?? ((ms: number) => pause(ms));
  const base = `/api/seat/${seatId}`;
  let renewed = false;
  let lost = 0;

  async function signWith(prepared: Prepared, again: boolean): Promise<Signed> {
    tools.onStage("check", again);
    const content: Bytes = await tools.http.bytes(prepared.content_url);
    const attributes = await checkPrepared(prepared, content, frozen);
    tools.onStage("sign", again);
    const signature = toBase64(await tools.key.sign(attributes));
    tools.onStage("record", again);
    return tools.http.post<Signed>(`${base}/signatures/${prepared.signing_id}/finish`, { signature });
  }

  async function once(again: boolean): Promise<Signed> {
    tools.onStage("prepare", again);
    if (tools.custody !== "server") await tools.key.ready(tools.certificate(), tools.now());
    const answer = await tools.http.post<Prepared | Signed>(`${base}/agreements/${pending.agreement}/signature/prepare`, {
      idempotency_key: pending.idempotency_key,
      custody: tools.custody,
      ...(tools.own ? { certificate: tools.own } : {}),
      appearance: pending.appearance,
    });
    return answer.status === "signed" ? answer : signWith(answer, again);
  }

  for (let moved = 0; ; ) {
    try {
      const signed = await once(moved > 0);
      if (lost > 0) tools.waiting(null);
      return signed;
    } catch (reason) {
      if (reason instanceof Unreachable) {
        // Whether the server heard us is not known: preparing again under the same key tells.
        tools.waiting(tools.words.recording);
        await wait(backoffDelay(lost, NETWORK));
        lost += 1;
        continue;
      }
      if (lost > 0) tools.waiting(null);
      if (!(reason instanceof Refused)) throw reason;
      if (PREPARE_AGAIN.has(reason.code)) {
        await wait(backoffDelay(moved, RACE));
        moved += 1;
      } else if (STALE_CERTIFICATE.has(reason.code) && tools.custody !== "server" && !renewed) {
        renewed = true;
        await tools.key.forget();
      } else {
        throw reason;
      }
    }
  }
}

export function drawnAppearance(dataUrl: string): Appearance {
  return { kind: "drawn", png: dataUrl.slice(dataUrl.indexOf(",") + 1) };
}

/** Bytes of a drawn appearance, for showing it again. */
export function appearanceBytes(appearance: Appearance): Bytes | null {
  return appearance.kind === "drawn" ? fromBase64(appearance.png) : null;
}
