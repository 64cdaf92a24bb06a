"""Devices and the server look at themselves days before; the host sees what they found."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from accounts.rules import Role
from core import clock
from core.errors import Conflict, Invalid, Refusal, TooMany
from pdf.pki.oids import is_specimen
from signing.preflight import board, forms, queries, rules, service, trial_service
from signing.preflight.rules import Device, Standing
from tests.support import apps, ceremony
from tests.support.quick import Quick

GOOD = {item: next(iter(outcomes)) for item, outcomes in rules.OUTCOMES.items()}


def found(**changes: Any) -> dict[str, Any]:
    """What a device that is fine sends."""
    return {"device": "phone", "results": GOOD, "delay_ms": 40, "clock_ms": -900, "browser": "Chrome 130", **changes}


def keep(quick: Quick, party: str = "party_a", **changes: Any) -> None:
    service.keep_check(quick.people[party].seat_id, forms.read_found(found(**changes)), address="192.0.2.7")


class TestWhatADeviceSays:
    def test_the_newest_look_of_each_kind_of_device_is_kept(self, invited: Quick) -> None:
        keep(invited)
        keep(invited, device="computer")
        keep(invited, browser="Safari 18")
        checks = queries.list_checks(invited.id)[invited.people["party_a"].seat_id]
        assert {(each.device, each.browser) for each in checks} == {
            (Device.PHONE, "Safari 18"),
            (Device.COMPUTER, "Chrome 130"),
        }
        assert all(each.worst is Standing.GOOD for each in checks)

    def test_figures_weigh_more_than_words(self, invited: Quick) -> None:
        keep(invited, delay_ms=3_000, clock_ms=600_000)
        check = queries.list_checks(invited.id)[invited.people["party_a"].seat_id][0]
        assert check.troubles == [("network", "slow"), ("clock", "off")]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"device": "fridge"},
            {"results": {**GOOD, "camera": "<script>"}},
            {"results": {"browser": "ok"}},
            {"results": "ok"},
            {"delay_ms": -1},
            {"delay_ms": True},
            {"clock_ms": 10**15},
            {"clock_ms": "soon"},
            {"browser": "x" * 61},
            {"browser": 7},
        ],
    )
    def test_anything_that_is_not_on_the_list_is_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            forms.read_found(found(**wrong))

    def test_a_link_that_leaked_fills_no_table(self, invited: Quick) -> None:
        for _ in range(30):
            keep(invited)
        with pytest.raises(TooMany):
            keep(invited)

    def test_the_host_reads_one_sentence_for_each_thing_to_do(self, invited: Quick) -> None:
        from signing.ceremonies import queries as ceremonies

        with invited.app.test_request_context():
            keep(invited, results={**GOOD, "camera": "denied", "storage": "private", "browser": "old"})
            rows = board.seats_of(ceremonies.get_ceremony(invited.id))
        [check] = next(row["checks"] for row in rows if row["seat_id"] == invited.people["party_a"].seat_id)
        assert check["standing"] == "problem"
        assert len(check["troubles"]) == 3
        assert all(each["todo"] for each in check["troubles"])


def test_the_page_and_the_rules_know_the_same_outcomes() -> None:
    """Every outcome has a sentence in both languages."""
    from core import i18n

    for locale in ("zh-CN", "en"):
        with i18n.use_locale(locale):
            for item, outcomes in rules.OUTCOMES.items():
                assert i18n.has(f"check-item-{item}")
                assert all(i18n.has(f"check-{item}-{outcome}") for outcome in outcomes)


class TestTrialSignature:
    def begin(self, seat_id: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
        return key, trial_service.certify(seat_id, request.public_bytes(Encoding.DER))

    def sign(self, key: ec.EllipticCurvePrivateKey, attributes: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(attributes, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    def test_a_key_of_the_device_signs_a_specimen_that_is_verified(self, invited: Quick) -> None:
        seat_id = invited.people["party_a"].seat_id
        key, certificate = self.begin(seat_id)
        assert is_specimen(certificate)
        paper = trial_service.prepare(seat_id)
        content = trial_service.read_content(seat_id)
        assert len(content) > paper.frozen_length
        trial_service.finish(seat_id, self.sign(key, paper.attributes))
        with pytest.raises(Conflict, match="trial_not_begun"):
            trial_service.read_content(seat_id)

    def test_another_keys_signature_is_refused(self, invited: Quick) -> None:
        seat_id = invited.people["party_a"].seat_id
        self.begin(seat_id)
        paper = trial_service.prepare(seat_id)
        with pytest.raises(Refusal, match="signature_mismatch"):
            trial_service.finish(seat_id, self.sign(ec.generate_private_key(ec.SECP256R1()), paper.attributes))

    def test_it_is_no_certificate_to_sign_with(self, invited: Quick) -> None:
        from signing.seats import queries as seats

        seat_id = invited.people["party_a"].seat_id
        self.begin(seat_id)
        assert seats.find_certificate(seat_id, custody="client", now=clock.now()) is None

    def test_steps_out_of_order_are_refused(self, invited: Quick) -> None:
        seat_id = invited.people["party_a"].seat_id
        with pytest.raises(Conflict, match="trial_not_begun"):
            trial_service.prepare(seat_id)
        with pytest.raises(Refusal):
            forms.read_signature({"signature": base64.b64encode(b"short").decode()})


class TestServer:
    def test_the_server_looks_in_the_background_and_says_when(self, invited: Quick) -> None:
        from signing.ceremonies import queries as ceremonies

        assert queries.find_server() is None
        service.ask_server("org_one")
        asked = queries.find_server()
        assert asked is not None
        assert asked.is_looking
        ceremony.do_jobs(kinds=(service.LOOK,))
        seen = queries.find_server()
        assert seen is not None
        assert not seen.is_looking
        codes = {each["code"] for each in seen.findings}
        assert {"certificate", "disk", "fonts"} <= codes
        with invited.app.test_request_context():
            shown = board.server(ceremonies.get_ceremony(invited.id))
        assert all(line["words"] for line in shown["lines"])

    def test_the_pages_show_it(self, invited: Quick) -> None:
        host = apps.add_account(invited.app, Role.HOST, organisation_id=invited.played.organisation_id)
        client = apps.sign_in(invited.app, host)
        page = client.get(f"/ceremonies/{invited.id}/preflight")
        assert page.status_code == 200
        assert page.text.count('scope="row"') == 3
