// Reading ASN.1 (BER, as .p12 files come) with node-forge; what is not there is a broken file.

import forge from "./forge.js";
import type { Bytes } from "../lib/bytes.js";

export type Node = forge.asn1.Asn1;

export type ProblemCode =
  | "broken"
  | "too_large"
  | "password"
  | "unsupported"
  | "no_key"
  | "no_certificate"
  | "several"
  | "weak_key"
  | "key_kind"
  | "key_sm2"
  | "key_pss"
  | "not_yet"
  | "expired"
  | "usage"
  | "authority";

/** Why a certificate file cannot be signed with; words for it: seat-own-<code>. */
export class FileProblem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly at: Date | null = null,
  ) {
    super(code);
    this.name = "FileProblem";
  }
}

const { asn1, util } = forge;
const SM_ARC = "1.2.156.10197."; // GM/T 0006: SM2, SM3, SM4 and what is made of them

/** An algorithm or content that is not known here; what comes from the SM family is named. */
export function unknownKind(id: string, otherwise: ProblemCode = "unsupported"): FileProblem {
  return new FileProblem(id.startsWith(SM_ARC) ? "key_sm2" : otherwise);
}

/** One value from the beginning of a binary string. */
export function parse(binary: string): Node {
  try {
    return asn1.fromDer(util.createBuffer(binary), { strict: true, parseAllBytes: false, decodeBitStrings: false } as never);
  } catch {
    throw new FileProblem("broken");
  }
}

export function children(node: Node | undefined): Node[] {
  if (!node || !Array.isArray(node.value)) throw new FileProblem("broken");
  return node.value;
}

/** The parts of a SEQUENCE, each there or undefined. */
export function sequence(node: Node | undefined): (Node | undefined)[] {
  if (node?.tagClass !== asn1.Class.UNIVERSAL || node.type !== asn1.Type.SEQUENCE) throw new FileProblem("broken");
  return children(node);
}

export function isContext(node: Node | undefined, tag: number): node is Node {
  return node !== undefined && node.tagClass === asn1.Class.CONTEXT_SPECIFIC && Number(node.type) === tag;
}

/** What stands inside an explicit [tag]. */
export function inside(node: Node | undefined, tag: number): Node {
  const [value] = isContext(node, tag) ? children(node) : [];
  if (!value) throw new FileProblem("broken");
  return value;
}

export function oid(node: Node | undefined): string {
  if (typeof node?.value !== "string" || node.type !== asn1.Type.OID) throw new FileProblem("broken");
  return asn1.derToOid(node.value);
}

/** The octets of an OCTET STRING, in one piece or in several (BER). */
export function octets(node: Node | undefined): string {
  if (!node) throw new FileProblem("broken");
  return typeof node.value === "string" ? node.value : node.value.map(octets).join("");
}

export function integer(node: Node | undefined): number {
  if (typeof node?.value !== "string" || node.type !== asn1.Type.INTEGER || node.value.length > 4) throw new FileProblem("broken");
  return asn1.derToInteger(node.value);
}

export function algorithm(node: Node | undefined): { id: string; parameters: Node | undefined } {
  const [id, parameters] = sequence(node);
  return { id: oid(id), parameters };
}

export const encoded = (node: Node): string => asn1.toDer(node).getBytes();

export function toBytes(binary: string): Bytes {
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

export function toBinary(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return text;
}
