import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { X509Certificate, createVerify } from "node:crypto";
import { fromBase64, type Bytes } from "../../../web/assets/lib/bytes.js";
import forge from "../../../web/assets/own/forge.js";
import { FileProblem } from "../../../web/assets/own/asn1.js";
import { openOwnKey, type OwnKey } from "../../../web/assets/own/open.js";

const folder = mkdtempSync(path.join(tmpdir(), "yunqian-p12-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function openssl(...given: string[]): void {
  const done = spawnSync("openssl", given, { cwd: folder });
  assert.equal(done.status, 0, `openssl ${given.join(" ")}: ${done.stderr.toString()}`);
}

const KEYS: Record<string, string[]> = {
  p256: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
  p384: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
  rsa2048: ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
  rsa1024: ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
  ed25519: ["genpkey", "-algorithm", "ED25519"],
  pss: ["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
  sm2: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2"],
};

interface Wish {
  key?: string;
  usage?: string;
  ca?: boolean;
  /** Days from now. */
  from?: number;
  until?: number;
}

let made = 0;
openssl(...(KEYS["p256"] ?? []), "-out", "ca.key");
openssl("req", "-x509", "-new", "-utf8", "-key", "ca.key", "-subj", "/O=样例机构/CN=样例外部 CA", "-days", "900", "-out", "ca.pem");

/** A key and a certificate by the authority; returns the name of both files. */
function issue({ key = "p256", usage = "digitalSignature,nonRepudiation", ca = false, from = -1, until = 300 }: Wish = {}): string {
  const name = `n${(made += 1)}`;
  openssl(...(KEYS[key] ?? []), "-out", `${name}.key`);
  openssl("req", "-new", "-utf8", "-key", `${name}.key`, "-subj", "/O=样例甲公司/CN=样例甲", "-out", `${name}.csr`);
  writeFileSync(path.join(folder, "ext"), `basicConstraints=critical,CA:${ca ? "TRUE" : "FALSE"}\n${usage ? `keyUsage=critical,${usage}\n` : ""}`);
  writeFileSync(path.join(folder, "index"), "");
  writeFileSync(path.join(folder, "ca.cnf"), "[ca]\ndefault_ca=it\n[it]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nstring_mask=utf8only\n[any]\ncommonName=supplied\norganizationName=optional\n");
  const day = (days: number): string => `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  openssl("ca", "-batch", "-utf8", "-config", "ca.cnf", "-in", `${name}.csr`, "-cert", "ca.pem", "-keyfile", "ca.key", "-extfile", "ext", "-startdate", day(from), "-enddate", day(until), "-notext", "-out", `${name}.pem`);
  return name;
}

function p12(name: string, password: string, ...options: string[]): Bytes {
  openssl("pkcs12", "-export", "-inkey", `${name}.key`, "-in", `${name}.pem`, "-certfile", "ca.pem", "-out", "out.p12", "-passout", `pass:${password}`, ...options);
  return new Uint8Array(readFileSync(path.join(folder, "out.p12")));
}

async function refusal(act: Promise<OwnKey>): Promise<string> {
  const reason = await act.then(() => assert.fail("it was opened"), (why: unknown) => why);
  assert.ok(reason instanceof FileProblem, String(reason));
  return reason.code;
}

const now = Date.now();
const OLD = ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"];
const LOCKS: Record<string, string[]> = {
  "as OpenSSL 3 does": [],
  "AES-128 and SHA-384": ["-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha384"],
  "AES-192 and SHA-512": ["-keypbe", "AES-192-CBC", "-certpbe", "AES-192-CBC", "-macalg", "sha512"],
  "many rounds": ["-iter", "100000"],
  "3DES": OLD,
  "3DES and RC2-40, as many authorities still do": ["-legacy"],
  "RC2-128": ["-legacy", "-certpbe", "PBE-SHA1-RC2-128", "-keypbe", "PBE-SHA1-RC2-128"],
  "3DES with two keys": ["-legacy", "-keypbe", "PBE-SHA1-2DES", "-certpbe", "PBE-SHA1-2DES"],
  "certificates in the open": ["-certpbe", "NONE"],
  "no checksum": ["-nomac"],
};

const usual = issue();
for (const [how, options] of Object.entries(LOCKS)) {
  for (const password of how.startsWith("as ") || options[0] === "-legacy" ? ["geheim", "密码 Пароль"] : ["geheim"]) {
    test(`a file locked with ${how} opens with ${password}, and with no other`, async () => {
      const file = p12(usual, password, ...options);
      const own = await openOwnKey(file, password, now);
      assert.deepEqual([own.holder, own.organisation, own.issuer, own.chain.length], ["样例甲", "样例甲公司", "样例外部 CA", 1]);
      assert.equal(new X509Certificate(fromBase64(own.certificate)).fingerprint256.replaceAll(":", "").toLowerCase(), own.sha256);
      assert.match(await refusal(openOwnKey(file, `${password}.`, now)), how === "no checksum" ? /^(password|broken)$/ : /^password$/);
    });
  }
}

test("an empty password opens what has none", async () => {
  assert.equal((await openOwnKey(p12(usual, ""), "", now)).holder, "样例甲");
});

for (const key of ["p256", "p384", "rsa2048"]) {
  test(`what a ${key} key signs is verified with its certificate`, async () => {
    const own = await openOwnKey(p12(issue({ key }), "geheim"), "geheim", now);
    const message = new TextEncoder().encode("text");
    const check = createVerify("sha256").update(message);
    const publicKey = new X509Certificate(fromBase64(own.certificate)).publicKey;
    assert.ok(check.verify({ key: publicKey, dsaEncoding: "ieee-p1363" }, await own.sign(message)));
  });
}

const REFUSED: [string, Wish, string][] = [
  ["one that has ended", { from: -9, until: -1 }, "expired"],
  ["one that has not begun", { from: 2, until: 9 }, "not_yet"],
  ["one to encrypt with", { usage: "keyEncipherment" }, "usage"],
  ["an authority's", { ca: true, usage: "keyCertSign" }, "authority"],
  ["a weak key", { key: "rsa1024" }, "weak_key"],
  ["a key that browsers cannot use", { key: "ed25519" }, "key_kind"],
  ["an SM2 key", { key: "sm2" }, "key_sm2"],
  ["an RSA key for PSS alone", { key: "pss" }, "key_pss"],
];
for (const [what, wish, code] of REFUSED) {
  test(`${what} is refused as ${code}`, async () => {
    assert.equal(await refusal(openOwnKey(p12(issue(wish), "geheim"), "geheim", now)), code);
  });
}

for (const lock of [["-macalg", "sm3"], ["-keypbe", "SM4-CBC"], ["-certpbe", "SM4-CBC"]]) {
  test(`a file locked with ${lock.join(" ")} is of the SM family, and named so`, async () => {
    assert.equal(await refusal(openOwnKey(p12(issue({ key: "sm2" }), "geheim", ...lock), "geheim", now)), "key_sm2");
  });
}

test("a certificate without stated usage may sign", async () => {
  assert.equal((await openOwnKey(p12(issue({ usage: "" }), "geheim"), "geheim", now)).holder, "样例甲");
});

test("a file without a key, and one without its certificate, are refused", async () => {
  const name = issue();
  openssl("pkcs12", "-export", "-nokeys", "-in", `${name}.pem`, "-out", "out.p12", "-passout", "pass:geheim");
  assert.equal(await refusal(openOwnKey(new Uint8Array(readFileSync(path.join(folder, "out.p12"))), "geheim", now)), "no_key");
  openssl("pkcs12", "-export", "-nocerts", "-inkey", `${name}.key`, "-out", "out.p12", "-passout", "pass:geheim");
  assert.equal(await refusal(openOwnKey(new Uint8Array(readFileSync(path.join(folder, "out.p12"))), "geheim", now)), "no_certificate");
});

test("of a certificate to sign and one to encrypt the first is taken; of two to sign none is guessed", async () => {
  const { asn1, util } = forge;
  const [one, other] = [usual, issue({ usage: "keyEncipherment" })];
  // openssl writes one key a file: the bags of two files go into one that is open and has no checksum.
  const bare = (name: string): string => {
    const file = p12(name, "", "-keypbe", "NONE", "-certpbe", "NONE", "-nomac");
    const pfx = asn1.fromDer(util.createBuffer(Buffer.from(file).toString("latin1")));
    const info = (pfx.value as forgeNode[])[1] as forgeNode;
    const data = ((info.value as forgeNode[])[1] as forgeNode).value as forgeNode[];
    const safe = asn1.fromDer(util.createBuffer(String(data[0]?.value)));
    return (safe.value as forgeNode[]).map((part) => asn1.toDer(part as never).getBytes()).join("");
  };
  const wrapped = (parts: string): Bytes => {
    const { Class, Type, create } = asn1;
    const safe = asn1.toDer(create(Class.UNIVERSAL, Type.SEQUENCE, true, splitDer(parts).map((part) => asn1.fromDer(util.createBuffer(part))))).getBytes();
    const data = create(Class.CONTEXT_SPECIFIC, 0, true, [create(Class.UNIVERSAL, Type.OCTETSTRING, false, safe)]);
    const info = create(Class.UNIVERSAL, Type.SEQUENCE, true, [create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer("1.2.840.113549.1.7.1").getBytes()), data]);
    const pfx = create(Class.UNIVERSAL, Type.SEQUENCE, true, [create(Class.UNIVERSAL, Type.INTEGER, false, asn1.integerToDer(3).getBytes()), info]);
    return new Uint8Array(Buffer.from(asn1.toDer(pfx).getBytes(), "latin1"));
  };
  assert.equal((await openOwnKey(wrapped(bare(one) + bare(other)), "", now)).holder, "样例甲");
  assert.equal(await refusal(openOwnKey(wrapped(bare(one) + bare(issue())), "", now)), "several");
});

interface forgeNode {
  value: string | forgeNode[];
}

/** DER values that stand side by side, with lengths of at most two octets. */
function splitDer(parts: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < parts.length; ) {
    const first = parts.charCodeAt(at + 1);
    const octets = first < 0x80 ? 0 : first & 0x7f;
    let length = first < 0x80 ? first : 0;
    for (let k = 0; k < octets; k += 1) length = length * 256 + parts.charCodeAt(at + 2 + k);
    const end = at + 2 + octets + length;
    found.push(parts.slice(at, end));
    at = end;
  }
  return found;
}

test("what is no such file is broken, whatever was done to it", async () => {
  const file = p12(usual, "geheim");
  assert.equal(await refusal(openOwnKey(new Uint8Array(), "geheim", now)), "broken");
  assert.equal(await refusal(openOwnKey(new TextEncoder().encode("-----BEGIN CERTIFICATE-----"), "geheim", now)), "broken");
  assert.equal(await refusal(openOwnKey(new Uint8Array(300_000), "geheim", now)), "too_large");
  for (let at = 0; at < file.length; at += 37) {
    const touched = file.slice();
    touched[at] = (touched[at] ?? 0) ^ 0x5a;
    const said = await openOwnKey(touched, "geheim", now).then(() => "opened", (why: unknown) => why);
    assert.ok(said instanceof FileProblem, `octet ${at}: ${String(said)}`);
    const cut = await openOwnKey(file.slice(0, at), "geheim", now).then(() => "opened", (why: unknown) => why);
    assert.ok(cut instanceof FileProblem, `cut at ${at}: ${String(cut)}`);
  }
});
