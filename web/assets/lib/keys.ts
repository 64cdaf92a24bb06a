// The signer's key: P-256, made here, not exportable, kept in IndexedDB under its seat.

import { fromBase64, toBase64, type Bytes } from "./bytes.js";
import { checkCertificate, sameBase64 } from "./checks.js";
import { certificateRequest } from "./csr.js";
import type { Store } from "./store.js";

export type Custody = "client" | "server" | "external";

export interface CertificateAnswer {
  certificate: string;
  key_custody: string;
  expires_at: string;
}

interface KeptKey {
  keys: CryptoKeyPair;
  certificate: string | null;
  expires_at: string | null;
}

const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
// A certificate is not used in its last minutes: the server must still find it valid when the signature arrives.
const SPARE_MS = 120_000;

/** Where the key can be: here, or (no WebCrypto on plain HTTP, no IndexedDB in some private windows) on the server, once. */
export function custodyHere(store: Store): Custody {
  return globalThis.crypto?.subtle !== undefined && store.keepsKeys ? "client" : "server";
}

export interface SeatKey {
  /** A key with a certificate that the server also knows; asks for one where there is none. */
  ready(known: CertificateAnswer | null, now: number): Promise<void>;
  /** Forget the certificate: the server no longer accepts it. */
  forget(): Promise<void>;
  /** ECDSA with SHA-256, raw r‖s. */
  sign(bytes: Bytes): Promise<Bytes>;
}

export function seatKey(store: Store, seatId: string, name: string, enrol: (csr: string) => Promise<CertificateAnswer>): SeatKey {
  const place = `key:${seatId}`;

  async function kept(): Promise<KeptKey> {
    const found = await store.get<KeptKey>(place);
    if (found) return found;
    const keys = await crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
    const made: KeptKey = { keys, certificate: null, expires_at: null };
    await store.put(place, made);
    return made;
  }

  return {
    async ready(known, now) {
      const own = await kept();
      const current = own.certificate && known && sameBase64(own.certificate, known.certificate);
      if (current && Date.parse(known.expires_at) - SPARE_MS > now) return;
      const answer = await enrol(toBase64(await certificateRequest(own.keys, name)));
      const spki = new Uint8Array(await crypto.subtle.exportKey("spki", own.keys.publicKey));
      checkCertificate(fromBase64(answer.certificate), spki);
      await store.put(place, { keys: own.keys, certificate: answer.certificate, expires_at: answer.expires_at });
    },
    async forget() {
      const own = await store.get<KeptKey>(place);
      if (own) await store.put(place, { ...own, certificate: null });
    },
    async sign(bytes) {
      const own = await kept();
      return new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, own.keys.privateKey, bytes));
    },
  };
}
