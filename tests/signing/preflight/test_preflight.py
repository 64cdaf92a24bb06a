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
from core import audit, clock
from core.errors import Conflict, Invalid, Refusal, TooMany
from pdf.pki.oids import is_specimen
from signing.ceremonies import service as ceremonies_service
from signing.preflight import board, forms, queries, rules, service, trial_service
from signing.preflight.rules import Device, Standing
from signing.preflight.service import Looker
from signing.presence import rules as presence_rules
from signing.presence import service as presence
from signing.presence.rules import Beat
from tests.signing.ceremonies.test_understudy import give
from tests.support import apps, ceremony
from tests.support.quick import Quick

GOOD = {item: next(iter(outcomes)) for item, outcomes in rules.OUTCOMES.items()}


def found(**changes: Any) -> dict[str, Any]:
    """What a device that is fine sends."""
    return {"device": "phone", "results": GOOD, "delay_ms": 40, "clock_ms": -900, "browser": "Chrome 130", **changes}


PHONE = Looker("phone", "link", is_proved=False)
COMPUTER = Looker("computer", "link", is_proved=False)
SIGNER = Looker("own", "link", is_proved=True)


def keep(quick: Quick, party: str = "party_a", *, by: Looker = PHONE, **changes: Any) -> None:
    service.keep_check(quick.people[party].seat_id, forms.read_found(found(**changes)), by=by, address="192.0.2.7")


def checks_of(quick: Quick, party: str = "party_a") -> list[queries.CheckView]:
    return queries.list_checks(quick.id)[quick.people[party].seat_id]


def told(quick: Quick) -> int:
    return sum('"seat.checked"' in line for line in audit.list_lines(quick.id))


class TestWhatADeviceSays:
    def test_the_newest_look_of_each_device_is_kept(self, invited: Quick) -> None:
        keep(invited)
        keep(invited, by=COMPUTER, device="computer")
        keep(invited, browser="Safari 18")
        checks = checks_of(invited)
        assert {(each.device, each.browser) for each in checks} == {
            (Device.PHONE, "Safari 18"),
            (Device.COMPUTER, "Chrome 130"),
        }
        assert all(each.worst is Standing.GOOD for each in checks)

    def test_figures_weigh_more_than_words(self, invited: Quick) -> None:
        keep(invited, delay_ms=3_000, clock_ms=600_000)
        check = checks_of(invited)[0]
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

    def test_a_device_that_never_stops_is_held_up_and_no_other(self, invited: Quick) -> None:
        for _ in range(30):
            keep(invited)
        with pytest.raises(TooMany):
            keep(invited)
        keep(invited, by=COMPUTER)
        assert len(checks_of(invited)) == 2

    def test_a_link_that_leaked_fills_no_table_and_keeps_the_signer_from_nothing(self, invited: Quick) -> None:
        for number in range(30):
            keep(invited, by=Looker(f"stranger{number}", "link", is_proved=False))
        with pytest.raises(TooMany):
            keep(invited, by=Looker("one more", "link", is_proved=False))
        keep(invited, by=SIGNER)
        found = checks_of(invited)
        assert [each.is_proved for each in found] == [True] + [False] * rules.MOST_STRANGERS

    def test_a_stranger_changes_nothing_that_the_signers_device_found(self, invited: Quick) -> None:
        keep(invited, by=SIGNER)
        keep(invited, results={**GOOD, "browser": "old"})
        assert [(each.is_proved, each.worst) for each in checks_of(invited)] == [
            (True, Standing.GOOD),
            (False, Standing.PROBLEM),
        ]

    def test_what_the_device_of_who_sat_there_before_found_says_nothing_of_who_sits_there_now(
        self, invited: Quick
    ) -> None:
        keep(invited, by=SIGNER)
        give(invited, "party_a")
        assert invited.people["party_a"].seat_id not in queries.list_checks(invited.id)
        keep(invited, by=COMPUTER, device="computer")
        assert [(each.device, each.is_proved) for each in checks_of(invited)] == [(Device.COMPUTER, False)]

    def test_what_is_told_while_somebody_else_takes_the_seat_is_nobodys(
        self, invited: Quick, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        judge = rules.judge_numbers

        def given_meanwhile(*results: Any, **figures: Any) -> dict[str, str]:
            give(invited, "party_a")
            return judge(*results, **figures)

        with monkeypatch.context() as at_once:
            at_once.setattr(rules, "judge_numbers", given_meanwhile)
            keep(invited, by=SIGNER)
        assert (told(invited), queries.list_checks(invited.id)) == (0, {})

    def test_the_same_found_by_who_sits_there_now_is_told_again(self, invited: Quick) -> None:
        keep(invited, by=SIGNER)
        give(invited, "party_a")
        keep(invited, by=SIGNER)
        assert told(invited) == 2

    def test_the_host_reads_that_nobody_proved_who_it_was(self, invited: Quick) -> None:
        host = apps.add_account(invited.app, Role.HOST, organisation_id=invited.played.organisation_id)
        client = apps.sign_in(invited.app, host)
        path = f"/ceremonies/{invited.id}/preflight"
        keep(invited, by=SIGNER)
        assert "check-unproved" not in client.get(path).text
        keep(invited)
        assert client.get(path).text.count("check-unproved") == 1

    def test_who_proves_it_later_on_the_same_device_is_believed(self, invited: Quick) -> None:
        keep(invited)
        beat = Beat(PHONE.device_id, presence_rules.Device.PHONE, is_proved=True)
        presence.note_beat(invited.people["party_a"].seat_id, beat, link_id="link", address="192.0.2.7")
        assert [each.is_proved for each in checks_of(invited)] == [True]

    def test_the_trail_tells_of_proved_devices_when_something_is_new(self, invited: Quick) -> None:
        keep(invited)
        assert told(invited) == 0
        keep(invited, by=SIGNER)
        keep(invited, by=SIGNER)
        assert told(invited) == 1
        keep(invited, by=SIGNER, results={**GOOD, "storage": "private"})
        assert told(invited) == 2

    def test_where_all_are_seen_and_heard_a_camera_is_needed(self, invited: Quick) -> None:
        keep(invited, results={**GOOD, "camera": "skipped"})
        assert checks_of(invited)[0].worst is Standing.GOOD
        for _ in range(2):
            ceremonies_service.choose_camera(invited.id, is_needed=True, by=ceremony.HOST)
        assert checks_of(invited)[0].troubles == [("camera", "skipped")]
        keep(invited, results={**GOOD, "camera": "none"})
        assert checks_of(invited)[0].worst is Standing.PROBLEM
        assert sum('"ceremony.camera_chosen"' in line for line in audit.list_lines(invited.id)) == 1

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
    def begin(self, seat_id: str, by: Looker = PHONE) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
        return key, trial_service.certify(seat_id, request.public_bytes(Encoding.DER), by=by)

    def sign(self, key: ec.EllipticCurvePrivateKey, attributes: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(attributes, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    def test_a_key_of_the_device_signs_a_specimen_that_is_verified(self, invited: Quick) -> None:
        seat_id = invited.people["party_a"].seat_id
        key, certificate = self.begin(seat_id)
        assert is_specimen(certificate)
        paper = trial_service.prepare(seat_id, by=PHONE)
        content = trial_service.read_content(seat_id, by=PHONE)
        assert len(content) > paper.frozen_length
        trial_service.finish(seat_id, self.sign(key, paper.attributes), by=PHONE)
        with pytest.raises(Conflict, match="trial_not_begun"):
            trial_service.read_content(seat_id, by=PHONE)

    def test_another_keys_signature_is_refused(self, invited: Quick) -> None:
        seat_id = invited.people["party_a"].seat_id
        self.begin(seat_id)
        paper = trial_service.prepare(seat_id, by=PHONE)
        with pytest.raises(Refusal, match="signature_mismatch"):
            trial_service.finish(
                seat_id, self.sign(ec.generate_private_key(ec.SECP256R1()), paper.attributes), by=PHONE
            )

    def test_two_devices_of_a_seat_do_not_disturb_each_other(self, invited: Quick) -> None:
        seat_id = invited.people["party_a"].seat_id
        key, _ = self.begin(seat_id)
        paper = trial_service.prepare(seat_id, by=PHONE)
        self.begin(seat_id, by=COMPUTER)
        trial_service.finish(seat_id, self.sign(key, paper.attributes), by=PHONE)
        assert queries.find_trial(seat_id, "computer") is not None

    def test_it_is_no_certificate_to_sign_with(self, invited: Quick) -> None:
        from signing.seats import queries as seats

        seat_id = invited.people["party_a"].seat_id
        self.begin(seat_id)
        assert seats.find_certificate(seat_id, custody="client", now=clock.now()) is None

    def test_steps_out_of_order_are_refused(self, invited: Quick) -> None:
        seat_id = invited.people["party_a"].seat_id
        with pytest.raises(Conflict, match="trial_not_begun"):
            trial_service.prepare(seat_id, by=PHONE)
        with pytest.raises(Refusal):
            forms.read_signature({"signature": base64.b64encode(b"short").decode()})


class TestServer:
    def test_the_server_looks_in_the_background_and_says_when(self, invited: Quick) -> None:
        from signing.ceremonies import queries as ceremonies

        assert queries.find_server() is None
        service.ask_server("org_one", ceremony_id=invited.id)
        service.ask_server("org_one", ceremony_id=invited.id)
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
