// From a certificate file to something that signs: a non-exportable key in this page's memory, and its certificate. File,
// password and key are sent nowhere and kept nowhere; a reload forgets them.

import { hex, sha256, type Bytes } from "../lib/bytes.js";
import { FileProblem, toBytes } from "./asn1.js";
import { base64Of, problemOf, readCertificate, type Certificate, type KeyKind } from "./certificate.js";
import { openFile, type Contents } from "./p12.js";

export interface OwnKey {
  holder: string;
  organisation: string;
  issuer: string;
  until: Date;
  /** SHA-256 of the certificate, hex. */
  sha256: string;
  certificate: string;
  /** Certificates of authorities that came along, base64. */
  chain: string[];
  sign(bytes: Bytes): Promise<Bytes>;
}

interface Pair {
  key: CryptoKey;
  certificate: Certificate;
}

const HASH = "SHA-256";
const MOST_ABOVE = 8;
const TRIAL = new TextEncoder().encode("do key and certificate belong together?");

/** Raises FileProblem: what is wrong with the file, the password, or each certificate in it. */
export async function openOwnKey(file: Bytes, password: string, now: number): Promise<OwnKey> {
  const contents = await openFile(file, password);
  if (contents.keys.length === 0) throw new FileProblem("no_key");
  if (contents.certificates.length === 0) throw new FileProblem("no_certificate");
  const certificates = contents.certificates.map(readCertificate);
  const pairs = await pairsOf(contents, certificates);
  const usable = pairs.filter(({ certificate }) => problemOf(certificate, now) === null);
  const [chosen] = usable;
  if (!chosen) throw whyNot(pairs, certificates, now);
  if (usable.length > 1) throw new FileProblem("several");
  return ownKey(chosen, certificates);
}

function whyNot(pairs: Pair[], certificates: Certificate[], now: number): FileProblem {
  // A key that the browser cannot hold has no pair: then its certificate says why.
  const looked = pairs.length > 0 ? pairs.map((pair) => pair.certificate) : certificates.filter((each) => each.key === null);
  for (const each of looked) {
    const problem = problemOf(each, now);
    if (problem) return new FileProblem(problem.code, problem.at);
  }
  return new FileProblem("no_certificate");
}

async function ownKey({ key, certificate }: Pair, all: Certificate[]): Promise<OwnKey> {
  return {
    holder: certificate.holder,
    organisation: certificate.organisation,
    issuer: certificate.issuer,
    until: certificate.until,
    sha256: hex(await sha256(toBytes(certificate.der))),
    certificate: base64Of(certificate.der),
    chain: all.filter((each) => each.isAuthority).slice(0, MOST_ABOVE).map((each) => base64Of(each.der)),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(signing(certificate.key), key, bytes)),
  };
}

/** Which key belongs to which certificate: what the one signs the other verifies. */
async function pairsOf(contents: Contents, certificates: Certificate[]): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const pkcs8 of contents.keys) {
    for (const certificate of certificates) {
      const key = await importFor(certificate, pkcs8);
      if (key && (await verifies(certificate, key))) pairs.push({ key, certificate });
    }
  }
  return pairs;
}

const signing = (kind: KeyKind): EcdsaParams | Algorithm => (kind?.name === "ECDSA" ? { name: "ECDSA", hash: HASH } : { name: "RSASSA-PKCS1-v1_5" });

const importing = (kind: NonNullable<KeyKind>): EcKeyImportParams | RsaHashedImportParams =>
  kind.name === "ECDSA" ? { name: "ECDSA", namedCurve: kind.curve } : { name: kind.name, hash: HASH };

/** The key as one that signs and cannot be taken out; null where it is of another kind than the certificate's. */
async function importFor(certificate: Certificate, pkcs8: string): Promise<CryptoKey | null> {
  if (certificate.key === null) return null;
  const bytes = toBytes(pkcs8);
  try {
    return await crypto.subtle.importKey("pkcs8", bytes, importing(certificate.key), false, ["sign"]);
  } catch (reason) {
    if (reason instanceof DOMException) return null;
    throw reason;
  } finally {
    bytes.fill(0);
  }
}

async function verifies(certificate: Certificate, key: CryptoKey): Promise<boolean> {
  if (certificate.key === null) return false;
  try {
    const open = await crypto.subtle.importKey("spki", toBytes(certificate.spki), importing(certificate.key), false, ["verify"]);
    return await crypto.subtle.verify(signing(certificate.key), open, await crypto.subtle.sign(signing(certificate.key), key, TRIAL), TRIAL);
  } catch (reason) {
    if (reason instanceof DOMException) return false;
    throw reason;
  }
}
