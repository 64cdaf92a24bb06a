// What a certificate says of itself (RFC 5280), as far as a signer wants to see it before signing with it.

import forge from "./forge.js";
import { toBase64 } from "../lib/bytes.js";
import { algorithm, children, encoded, FileProblem, inside, isContext, octets, oid, parse, sequence, toBytes, unknownKind, type Node, type ProblemCode } from "./asn1.js";

export type KeyKind = { name: "RSASSA-PKCS1-v1_5"; bits: number } | { name: "ECDSA"; curve: "P-256" | "P-384" | "P-521" } | null;

export interface Certificate {
  der: string;
  spki: string;
  holder: string;
  organisation: string;
  issuer: string;
  from: Date;
  until: Date;
  key: KeyKind;
  isAuthority: boolean;
  maySign: boolean;
}

const LEAST_RSA_BITS = 2048;
const MOST_RSA_BITS = 8192;
const RSA = "1.2.840.113549.1.1.1";
const RSA_PSS = "1.2.840.113549.1.1.10";
const EC = "1.2.840.10045.2.1";
const CURVES: Record<string, "P-256" | "P-384" | "P-521"> = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521" };
const COMMON_NAME = "2.5.4.3";
const ORGANISATION = "2.5.4.10";
const KEY_USAGE = "2.5.29.15";
const BASIC_CONSTRAINTS = "2.5.29.19";
const { Type } = forge.asn1;

export function readCertificate(der: string): Certificate {
  const fields = sequence(sequence(parse(der))[0]);
  const parts = isContext(fields[0], 0) ? fields.slice(1) : fields;
  const [, , issuer, validity, subject, spki, ...rest] = parts;
  if (!spki) throw new FileProblem("broken");
  const [from, until] = sequence(validity).map(time);
  if (!from || !until) throw new FileProblem("broken");
  const extensions = extensionsOf(rest.find((node) => isContext(node, 3)));
  const usage = extensions.get(KEY_USAGE);
  const basic = extensions.get(BASIC_CONSTRAINTS);
  return {
    der,
    spki: encoded(spki),
    holder: named(subject, COMMON_NAME) || named(subject, ORGANISATION),
    organisation: named(subject, ORGANISATION),
    issuer: named(issuer, COMMON_NAME) || named(issuer, ORGANISATION),
    from,
    until,
    key: keyKind(spki),
    isAuthority: basic !== undefined && sequence(parse(basic))[0]?.type === Type.BOOLEAN && octets(sequence(parse(basic))[0]) !== "\0",
    // digitalSignature and nonRepudiation are the first two bits (RFC 5280 §4.2.1.3); the first octet counts unused ones.
    maySign: usage === undefined || (octets(parse(usage)).charCodeAt(1) & 0xc0) !== 0,
  };
}

/** Why a certificate may not sign at a moment; null where it may. */
export function problemOf(certificate: Certificate, now: number): { code: ProblemCode; at: Date | null } | null {
  const { key, from, until } = certificate;
  if (certificate.isAuthority) return { code: "authority", at: null };
  if (!certificate.maySign) return { code: "usage", at: null };
  if (key === null) return { code: unusable(certificate.spki), at: null };
  if (key.name !== "ECDSA" && key.bits < LEAST_RSA_BITS) return { code: "weak_key", at: null };
  if (key.name !== "ECDSA" && key.bits > MOST_RSA_BITS) return { code: "key_kind", at: null };
  if (now < from.getTime()) return { code: "not_yet", at: from };
  if (now > until.getTime()) return { code: "expired", at: until };
  return null;
}

export const base64Of = (binary: string): string => toBase64(toBytes(binary));

function time(node: Node | undefined): Date | null {
  if (typeof node?.value !== "string") return null;
  const read = node.type === Type.UTCTIME ? forge.asn1.utcTimeToDate : forge.asn1.generalizedTimeToDate;
  const at = read(node.value);
  return Number.isNaN(at.getTime()) ? null : at;
}

function extensionsOf(node: Node | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const extension of node ? children(inside(node, 3)) : []) {
    const parts = sequence(extension);
    found.set(oid(parts[0]), octets(parts[parts.length - 1]));
  }
  return found;
}

/** The last attribute of a kind in a name; empty where there is none. */
function named(name: Node | undefined, kind: string): string {
  let found = "";
  for (const part of children(name)) {
    for (const attribute of children(part)) {
      const [id, value] = sequence(attribute);
      if (oid(id) === kind && typeof value?.value === "string") found = text(value);
    }
  }
  return found;
}

function text(node: Node): string {
  const value = String(node.value);
  if (node.type !== Type.UTF8) return value; // BMPString is decoded already; the others are Latin
  return new TextDecoder().decode(toBytes(value));
}

/** Why no key of this kind signs here, by name. */
function unusable(spki: string): ProblemCode {
  const { id, parameters } = algorithm(sequence(parse(spki))[0]);
  if (id === RSA_PSS) return "key_pss";
  return unknownKind(id === EC && parameters?.type === Type.OID ? oid(parameters) : id, "key_kind").code;
}

function keyKind(spki: Node): KeyKind {
  const [how, bits] = sequence(spki);
  const { id, parameters } = algorithm(how);
  if (id === EC) {
    const curve = parameters?.type === Type.OID ? CURVES[oid(parameters)] : undefined;
    return curve ? { name: "ECDSA", curve } : null;
  }
  if (id !== RSA) return null;
  const modulus = octets(sequence(parse(octets(bits).slice(1)))[0]).replace(/^\0+/, "");
  return { name: "RSASSA-PKCS1-v1_5", bits: modulus.length * 8 - Math.clz32(modulus.charCodeAt(0)) + 24 };
}
