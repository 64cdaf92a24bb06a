"""A signer opens a certificate file in a real browser: what goes out, what is kept, what is said, what is signed."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from werkzeug.serving import make_server

from tests.support import foreign_ca
from tests.support.foreign_ca import DAY, ForeignCA, Own
from tests.support.quick import Quick, QuickWorld
from tests.web.browsing import CHROMIUM, PATIENCE_MS, open_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
PASSWORD = "密码-Geheim-77"
A = "party_a"
# Before any script of the page: each import of a key is written down, and so is each export.
WATCH = """
window.imported = []; window.exported = [];
const {importKey, exportKey} = SubtleCrypto.prototype;
SubtleCrypto.prototype.importKey = function (format, data, how, extractable, uses) {
  window.imported.push([format, extractable]); return importKey.call(this, format, data, how, extractable, uses); };
SubtleCrypto.prototype.exportKey = function (format, key) {
  window.exported.push([format, key.type]); return exportKey.call(this, format, key); };
"""
# Everything that this origin keeps, as text; bytes as their codes, a key by its type.
KEPT = """async () => {
  const shown = (value) => JSON.stringify(value, (_, part) =>
    part instanceof CryptoKey ? {key: part.type, extractable: part.extractable, name: part.algorithm.name} :
    ArrayBuffer.isView(part) || part instanceof ArrayBuffer ?
      btoa(String.fromCharCode(...new Uint8Array(part.buffer ?? part))) : part);
  const found = [shown({...localStorage}), shown({...sessionStorage}), document.cookie, shown(await caches.keys())];
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll();
      found.push(await new Promise((done) => { all.onsuccess = () => done(shown(all.result)); }));
    }
    db.close();
  }
  return found.join("\\n");
}"""


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, ca: ForeignCA, tmp_path: Path) -> Iterator[tuple[Quick, str]]:
    """An installation that accepts the authority, and its address."""
    with (
        quick_world.at("entered", "sqlite", data_dir, inside=False) as made,
        foreign_ca.accepted(tmp_path, ca),
    ):
        server = make_server("127.0.0.1", 0, made.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Watched:
    """Every request of a page: address, headers, body."""

    def __init__(self, context: BrowserContext) -> None:
        self.sent: list[bytes] = []
        context.on("request", self._note)

    def _note(self, request: Request) -> None:
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        self.sent.append(f"{request.url}\n{headers}\n".encode() + (request.post_data_buffer or b""))

    def holds(self, needle: bytes) -> bool:
        return any(needle in each for each in self.sent)


def needles(secret: bytes) -> list[bytes]:
    """A secret as it might be sent: as it is, hexadecimal, base64 of either kind, percent-encoded."""
    encoded = base64.b64encode(secret).rstrip(b"=")[:-2]
    return [secret, secret.hex().encode(), encoded, base64.urlsafe_b64encode(secret).rstrip(b"=")[:-2],
            quote(secret).encode()]  # fmt: skip


def secrets_of(own: Own, file: bytes) -> list[bytes]:
    pkcs8 = own.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    if isinstance(own.key, ec.EllipticCurvePrivateKey):
        inner = own.key.private_numbers().private_value.to_bytes(32, "big")
    else:
        prime = own.key.private_numbers().p
        inner = prime.to_bytes((prime.bit_length() + 7) // 8, "big")
    return [needle for secret in (PASSWORD.encode(), file, file[40:100], pkcs8, inner) for needle in needles(secret)]


def go_to_pad(page: Page, world: Quick, url: str) -> None:
    page.goto(f"{url}{world.link(A)}")
    page.click("[data-send-code]")
    page.wait_for_selector("[data-code-form]:not([hidden])")
    page.fill("#code", world.code(A))
    page.wait_for_selector("[data-view=list]:not([hidden])")
    page.evaluate(f"location.hash = '{world.first}/sign'")
    page.wait_for_selector("[data-view=sign]:not([hidden])")


def choose(page: Page, file: bytes, password: str = PASSWORD) -> None:
    page.check("input[name=key][value=own]", force=True)
    page.set_input_files("#own-file", {"name": "own.p12", "mimeType": "application/x-pkcs12", "buffer": file})
    page.fill("#own-password", password)
    page.click("[data-own-open]")


def said(page: Page, text: str) -> None:
    expect(page.locator("[data-own-error]")).to_contain_text(text, timeout=PATIENCE_MS)


def opened(browser: Browser, world: Quick, url: str, **options: Any) -> tuple[Page, Watched, list[str]]:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    context.add_init_script(WATCH)
    watched, complaints = Watched(context), list[str]()
    page = open_page(context, complaints)
    go_to_pad(page, world, url)
    return page, watched, complaints


@pytest.mark.parametrize(("kind", "options"), [("p256", ()), ("rsa2048", ("-legacy",))])
def test_file_password_and_key_never_leave_the_page(
    browser: Browser, world: tuple[Quick, str], ca: ForeignCA, tmp_path: Path, kind: str, options: tuple[str, ...]
) -> None:
    quick, url = world
    own = ca.issue(kind=kind)
    file = foreign_ca.openssl_p12(own, PASSWORD, tmp_path, *options)
    page, watched, complaints = opened(browser, quick, url)

    choose(page, file)
    page.wait_for_selector("[data-own-card]:not([hidden])")
    assert page.inner_text("[data-own-holder]") == "样例甲"
    assert (page.input_value("#own-password"), page.input_value("#own-file")) == ("", "")
    page.check("input[name=kind][value=typed]", force=True)
    page.click("[data-sign-now]")
    page.wait_for_selector("[data-view=success]:not([hidden])")

    kept = page.evaluate(KEPT)
    assert watched.holds(base64.b64encode(own.der))  # the certificate did go: the watch sees bodies
    assert '"key":"private"' not in kept
    for needle in secrets_of(own, file):
        assert not watched.holds(needle), needle[:60]
        assert needle not in kept.encode(), needle[:60]
    imported = [extractable for format, extractable in page.evaluate("imported") if format == "pkcs8"]
    assert (bool(imported), any(imported)) == (True, False)
    assert [each for each in page.evaluate("exported") if each[1] != "public"] == []
    state = page.evaluate(f"fetch('/api/seat/{quick.people[A].seat_id}').then((answer) => answer.json())")
    assert [each["key_custody"] for each in state["agreements"] if each["mine"] == "signed"] == ["external"]
    assert "自有证书" in page.inner_text("[data-success-note]")
    assert complaints == []
    page.context.close()


def test_each_thing_that_is_wrong_is_said_with_what_to_do(
    browser: Browser, world: tuple[Quick, str], ca: ForeignCA, tmp_path: Path
) -> None:
    quick, url = world
    good = foreign_ca.openssl_p12(ca.issue(), PASSWORD, tmp_path)
    page, watched, complaints = opened(browser, quick, url)
    choose(page, good, "wrong")
    said(page, "密码不对")
    choose(page, b"no certificate at all")
    said(page, "重新导出")
    choose(page, foreign_ca.openssl_p12(ca.issue(begin=-9 * DAY, end=-DAY), PASSWORD, tmp_path))
    said(page, "到期")
    assert not any(b"/certificate/own" in each for each in watched.sent)
    choose(page, foreign_ca.openssl_p12(ca.issue("样例乙"), PASSWORD, tmp_path))
    said(page, "样例乙")
    choose(page, foreign_ca.openssl_p12(ForeignCA("别家").issue(), PASSWORD, tmp_path))
    said(page, "不在本平台接受的范围内")
    page.check("input[name=kind][value=typed]", force=True)
    page.click("[data-sign-now]")
    said(page, "先打开")
    page.check("input[name=key][value=device]", force=True)
    page.click("[data-sign-now]")
    page.wait_for_selector("[data-view=success]:not([hidden])")
    assert complaints == []
    page.context.close()
