// One test signature by the ways of a real one: key, request, certificate, checks and signature; the paper is a specimen.

import { toBase64 } from "../lib/bytes.js";
import { checkPrepared, type Prepared } from "../lib/checks.js";
import { seatKey, type CertificateAnswer } from "../lib/keys.js";
import { http } from "../lib/page.js";
import type { Store } from "../lib/store.js";

type Trial = Prepared & { frozen: { digest: string; length: number } };

/** The seat's own key lies elsewhere and is not touched. */
export async function trySignature(store: Store, api: string, seatId: string): Promise<"ok" | "failed"> {
  const place = `check:${seatId}`;
  try {
    const key = seatKey(store, place, "Yunqian check", (csr) => http.post<CertificateAnswer>(`${api}/certificate`, { csr }));
    await key.ready(null, Date.now());
    const prepared = await http.post<Trial>(`${api}/prepare`, {});
    const content = await http.bytes(prepared.content_url);
    const attributes = await checkPrepared(prepared, content, prepared.frozen);
    const signature = await key.sign(attributes);
    await http.post(`${api}/finish`, { signature: toBase64(signature) });
    return "ok";
  } catch {
    return "failed";
  } finally {
    await store.remove(`key:${place}`).catch(() => undefined);
  }
}
