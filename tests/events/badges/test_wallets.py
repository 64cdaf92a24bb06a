"""Tickets for phone wallets are held to their makers' rules by somebody else's programs, and hidden where not set."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from PIL import Image

from core.config import ConfigError, Settings
from core.ids import new
from events.badges import apple_pass, google_pass
from events.badges.rules import COLOURS
from events.badges.wallet_ticket import Ticket
from tests.support import wallets

TICKET = Ticket(
    registration_id=new("reg"),
    venue_id=new("ven"),
    text="YQ1." + "A9_-" * 35 + "abc",
    code="K7Q2M9XA",
    locale="zh-CN",
    name="样例甲",
    organiser="云签 Yunqian",
    title={"zh-CN": "样例双城“投资”大会", "en": 'Sample "two-city" conference \\ 2026'},
    audience={"zh-CN": "企业", "en": "Companies"},
    venue={"zh-CN": "成都会场", "en": "Chengdu hall"},
    address={"zh-CN": "成都 · 样例路 1 号", "en": "Chengdu · 1 Sample Road"},
    timezone="Asia/Shanghai",
    starts_at=datetime(2026, 11, 30, 1, 0, tzinfo=UTC),
    ends_at=datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
    colour=COLOURS[1],
    is_demo=True,
    is_online=False,
)


@pytest.fixture
def signer(tmp_path: Path) -> apple_pass.AppleSigner:
    found = apple_pass.signer(Settings(data_dir=tmp_path, **wallets.apple(tmp_path)))
    assert found
    return found


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def openssl_verifies(folder: Path, manifest: bytes, signature: bytes) -> bool:
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "signature").write_bytes(signature)
    words = (
        "openssl smime -verify -binary -inform DER -in signature -content manifest.json -CAfile root.pem -purpose any"
    )
    ended = subprocess.run([*words.split(), "-out", "said"], cwd=folder, capture_output=True, check=False)
    return ended.returncode == 0 and (folder / "said").read_bytes() == manifest


def test_openssl_finds_the_manifest_signed_by_the_pass_certificate_and_no_other(
    signer: apple_pass.AppleSigner, tmp_path: Path
) -> None:
    files = unpacked(apple_pass.package(TICKET, signer))
    assert openssl_verifies(tmp_path, files["manifest.json"], files["signature"])
    assert not openssl_verifies(tmp_path, files["manifest.json"] + b" ", files["signature"])


def test_the_signature_states_its_time_and_carries_both_certificates(
    signer: apple_pass.AppleSigner, tmp_path: Path
) -> None:
    signature = unpacked(apple_pass.package(TICKET, signer))["signature"]
    shown = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-inform", "DER"], input=signature, capture_output=True, check=True
    ).stdout.decode()
    assert "signingTime" in shown
    assert "eContent: <ABSENT>" in shown
    assert wallets.PASS_TYPE in shown
    assert "Sample Developer Relations CA" in shown
    assert "sha256" in shown


def test_the_manifest_has_the_hash_of_every_file_and_no_other(signer: apple_pass.AppleSigner) -> None:
    files = unpacked(apple_pass.package(TICKET, signer))
    manifest = json.loads(files.pop("manifest.json"))
    del files["signature"]
    assert manifest == {name: hashlib.sha1(data).hexdigest() for name, data in files.items()}  # noqa: S324


def test_the_pass_says_what_apple_requires_and_names_what_its_certificate_names(
    signer: apple_pass.AppleSigner,
) -> None:
    said = json.loads(unpacked(apple_pass.package(TICKET, signer))["pass.json"])
    assert said["formatVersion"] == 1
    assert (said["passTypeIdentifier"], said["teamIdentifier"]) == (wallets.PASS_TYPE, wallets.TEAM)
    assert all(said[name] for name in ("serialNumber", "organizationName", "description", "eventTicket"))
    (code,) = said["barcodes"]
    assert (code["format"], code["message"], code["altText"]) == ("PKBarcodeFormatQR", TICKET.text, TICKET.code)
    code["message"].encode(code["messageEncoding"])
    assert said["relevantDate"] == "2026-11-30T09:00+08:00"
    assert said["backgroundColor"] == "rgb(157, 42, 34)"
    keys = [field["key"] for fields in said["eventTicket"].values() for field in fields]
    assert len(keys) == len(set(keys))
    assert "demo" in keys


def test_its_pictures_have_the_sizes_that_phones_want(signer: apple_pass.AppleSigner) -> None:
    files = unpacked(apple_pass.package(TICKET, signer))
    sizes = {name: Image.open(io.BytesIO(data)).size for name, data in files.items() if name.endswith(".png")}
    icons = {"icon.png": (29, 29), "icon@2x.png": (58, 58), "icon@3x.png": (87, 87)}
    assert icons.items() <= sizes.items()
    assert all(wide <= 160 * 3 and high <= 50 * 3 for wide, high in sizes.values())


@pytest.mark.parametrize(("folder", "locale", "label"), [("zh-Hans", "zh-CN", "姓名"), ("en", "en", "Name")])
def test_every_text_stands_there_in_both_languages(
    signer: apple_pass.AppleSigner, folder: str, locale: str, label: str
) -> None:
    files = unpacked(apple_pass.package(TICKET, signer))
    strings = parsed(files[f"{folder}.lproj/pass.strings"].decode())
    said = json.loads(files["pass.json"])
    fields = [field for group in said["eventTicket"].values() for field in group]
    labels = {field["label"] for field in fields if "label" in field}
    assert labels <= strings.keys()
    assert {"title", "venue", "audience", "address", "label-demo", "label-about-words"} <= strings.keys()
    assert strings["title"] == TICKET.title[locale]
    assert strings["label-name"] == label


def parsed(strings: str) -> dict[str, str]:
    """A .strings file read as its pairs; the escapes are those of JSON."""
    found = {}
    for line in strings.splitlines():
        key, _, value = line.removesuffix(";").partition('" = "')
        assert line.endswith('";'), line
        found[json.loads(f'{key}"')] = json.loads(f'"{value}')
    return found


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"days": -1}, "run out"),
        ({"names": False}, "no Pass Type ID certificate"),
        ({"of_key": 3}, "another certificate's"),
    ],
)
def test_a_certificate_that_does_not_fit_is_refused_with_the_reason(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    settings = Settings(data_dir=tmp_path, **wallets.apple(tmp_path, **changes))
    with pytest.raises(ConfigError, match=why):
        apple_pass.signer(settings)


def _wide_open(folder: Path) -> None:
    (folder / "pass.key").chmod(0o644)


def _stranger(folder: Path) -> None:
    (folder / "wwdr.cer").write_bytes((folder / "root.pem").read_bytes())


def _garbage(folder: Path) -> None:
    (folder / "pass.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def _gone(folder: Path) -> None:
    (folder / "wwdr.cer").unlink()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_wide_open, "can be read by others"),
        (_stranger, "not the certificate that issued it"),
        (_garbage, "is no certificate"),
        (_gone, "cannot be read"),
    ],
)
def test_files_that_are_open_to_others_or_wrong_are_refused(
    tmp_path: Path, spoil: Callable[[Path], None], why: str
) -> None:
    settings = Settings(data_dir=tmp_path, **wallets.apple(tmp_path))
    spoil(tmp_path)
    with pytest.raises(ConfigError, match=why):
        apple_pass.signer(settings)


@pytest.mark.parametrize(
    "given",
    [
        {"wallet_apple_certificate": "pass.pem"},
        {"wallet_apple_key": "pass.key", "wallet_apple_wwdr": "wwdr.cer"},
        {"wallet_google_account": "account.json"},
        {"wallet_google_issuer": "33"},
        {"wallet_google_issuer": "no number", "wallet_google_account": "account.json"},
    ],
)
def test_half_a_setting_stops_the_start(given: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"go together|pattern"):
        Settings(data_dir=tmp_path, **given)  # type: ignore[arg-type]


def google_signer(folder: Path) -> google_pass.GoogleSigner:
    found = google_pass.signer(Settings(data_dir=folder, **wallets.google(folder)))
    assert found
    return found


def claims(link: str) -> dict[str, Any]:
    token = link.removeprefix(google_pass.SAVE)
    return jwt.decode(token, wallets.key(3).public_key(), algorithms=["RS256"], audience="google")


def test_a_google_link_is_signed_by_the_account_and_names_class_object_and_code(tmp_path: Path) -> None:
    link = google_pass.link(TICKET, google_signer(tmp_path), origin="https://sign.example.test")
    assert jwt.get_unverified_header(link.removeprefix(google_pass.SAVE)) == {"alg": "RS256", "typ": "JWT"}
    said = claims(link)
    assert (said["iss"], said["typ"]) == (wallets.ACCOUNT, "savetowallet")
    assert said["origins"] == ["https://sign.example.test"]
    (made,), (ticket,) = said["payload"]["eventTicketClasses"], said["payload"]["eventTicketObjects"]
    assert ticket["classId"] == made["id"]
    assert all(each["id"].startswith(f"{wallets.ISSUER}.") for each in (made, ticket))
    assert ticket["barcode"] == {"type": "QR_CODE", "value": TICKET.text, "alternateText": TICKET.code}
    assert made["eventName"]["defaultValue"] == {"language": "zh-CN", "value": TICKET.title["zh-CN"]}
    assert made["dateTime"]["start"] == "2026-11-30T09:00+08:00"


LONG = replace(TICKET, title={"zh-CN": "样例" * 20, "en": "Sample " * 20}, name="样例" * 15, code="K7Q2M9XA" * 2)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("ticket", [TICKET, LONG], ids=["usual", "long"])
def test_a_google_link_stays_as_short_as_browsers_need_it_and_keeps_name_and_code(
    tmp_path: Path, ticket: Ticket, locale: str
) -> None:
    link = google_pass.link(replace(ticket, locale=locale), google_signer(tmp_path), origin="https://sign.example.test")
    assert len(link.removeprefix(google_pass.SAVE)) <= google_pass.LONGEST
    (said,) = claims(link)["payload"]["eventTicketObjects"]
    assert (said["ticketHolderName"], said["barcode"]["value"]) == (ticket.name, ticket.text)


def test_the_least_needed_is_left_out_of_a_google_link_first(tmp_path: Path) -> None:
    def parts(ticket: Ticket) -> tuple[str, bool]:
        payload = claims(google_pass.link(ticket, google_signer(tmp_path), origin="https://a.test"))["payload"]
        (made,), (said,) = payload["eventTicketClasses"], payload["eventTicketObjects"]
        return "".join(each["body"] for each in said.get("textModulesData", ())), "dateTime" in made

    assert parts(TICKET) == ("成都会场 · 成都 · 样例路 1 号", True)
    assert parts(replace(TICKET, address={"zh-CN": "样例路" * 30})) == ("成都会场", True)
    assert parts(LONG) == ("", True)


def test_an_account_open_to_others_or_broken_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, **wallets.google(tmp_path))
    (tmp_path / "account.json").chmod(0o644)
    with pytest.raises(ConfigError, match="can be read by others"):
        google_pass.signer(settings)
    (tmp_path / "account.json").chmod(0o600)
    (tmp_path / "account.json").write_text('{"client_email": "a"}')
    with pytest.raises(ConfigError, match="no service account"):
        google_pass.signer(settings)
