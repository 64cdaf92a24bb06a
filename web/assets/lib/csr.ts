// A PKCS#10 certification request (RFC 2986) for a P-256 key, signed with ECDSA and SHA-256.

import type { Bytes } from "./bytes.js";
import { bits, integer, oid, sequence, set, tlv, utf8 } from "./der.js";

const ECDSA = { name: "ECDSA", hash: "SHA-256" } as const;
const COMMON_NAME = "2.5.4.3";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";

/** Raw r‖s (64 bytes, as WebCrypto gives it) → ECDSA-Sig-Value (RFC 3279 §2.2.3). */
export function ecdsaDer(raw: Uint8Array): Bytes {
  return sequence(integer(raw.subarray(0, 32)), integer(raw.subarray(32, 64)));
}

/** The request in DER. The name proves nothing: the server takes the subject from its own record of the signer. */
export async function certificateRequest(keys: CryptoKeyPair, commonName: string): Promise<Bytes> {
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
  const subject = sequence(set(sequence(oid(COMMON_NAME), utf8(commonName))));
  const info = sequence(integer(Uint8Array.of(0)), subject, spki, tlv(0xa0));
  const signature = new Uint8Array(await crypto.subtle.sign(ECDSA, keys.privateKey, info));
  return sequence(info, sequence(oid(ECDSA_WITH_SHA256)), bits(ecdsaDer(signature)));
}
