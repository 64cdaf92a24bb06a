"""Revocation by OCSP and by lists: believed from who may say it, and nobody else (RFC 6960 §3.2, RFC 5280 §6.3)."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from pdf import pki
from pdf.verify import FileVerdict, Indication, Level, Sub
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign
from tests.pdf.verify.responders import HOUR, NOW, answer, archived, delegate
from tests.pdf.verify.test_good_files import codes, judged

HERE = world.world()
CA = HERE.ca.certificate
WHO = foreign.stranger()


@lru_cache(maxsize=2)
def signed(stamped: bool = True) -> bytes:
    return foreign.signed(foreign.with_fields(foreign.one_page(), "A"), "A", who=WHO, stamped=stamped)


def stored(*responses: bytes, lists: list[bytes] | None = None) -> FileVerdict:
    """The verdict on a signed file whose DSS holds these, the root's list, and a good answer about the clock."""
    clock = answer(HERE.tsa_authority.certificate, CA, HERE.ca)
    return judged(archived(signed(), responses=[clock, *responses], lists=[HERE.crls[0], *(lists or [])]))


def level_of(verdict: FileVerdict) -> Level | None:
    assert (verdict.verdict, codes(verdict)) == (Indication.TOTAL_PASSED, [])
    return verdict.signatures[0].level


@pytest.mark.parametrize("responder", [HERE.ca, delegate(HERE.ca)], ids=["the issuer", "its delegate"])
def test_a_good_answer_of_who_may_give_it_makes_b_lta(responder: pki.Authority) -> None:
    assert level_of(stored(answer(WHO.leaf, CA, responder))) is Level.B_LTA


def test_without_a_word_about_the_clock_it_stays_b_t() -> None:
    told = [answer(WHO.leaf, CA, HERE.ca)]
    assert level_of(judged(archived(signed(), responses=told, lists=[HERE.crls[0]]))) is Level.B_T


OTHER = pki.create_root(pki.SubjectName("Other"), not_before=NOW - 9 * HOUR, not_after=NOW + 99 * HOUR)
SAYS_NOTHING = {
    "nothing at all": list,
    "a delegate for something else": lambda: [answer(WHO.leaf, CA, delegate(HERE.ca, for_ocsp=False))],
    "a delegate of the root": lambda: [answer(WHO.leaf, CA, delegate(HERE.root))],
    "a delegate whose time was over": lambda: [answer(WHO.leaf, CA, delegate(HERE.ca, until=NOW - HOUR))],
    "another authority": lambda: [answer(WHO.leaf, CA, OTHER)],
    "a signer of the same authority": lambda: [answer(WHO.leaf, CA, pki.Authority(WHO.key, WHO.leaf))],
    "an answer about another certificate": lambda: [answer(foreign.stranger().leaf, CA, HERE.ca)],
    "an answer for another issuer": lambda: [answer(WHO.leaf, HERE.root.certificate, HERE.ca)],
    "an answer that had run out": lambda: [answer(WHO.leaf, CA, HERE.ca, until=NOW - HOUR)],
    "unknown": lambda: [answer(WHO.leaf, CA, HERE.ca, status=ocsp.OCSPCertStatus.UNKNOWN)],
    "a refusal": lambda: [
        ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(world.Encoding.DER)
    ],
}


@pytest.mark.parametrize("name", SAYS_NOTHING)
def test_any_other_answer_is_none(name: str) -> None:
    assert level_of(stored(*SAYS_NOTHING[name]())) is Level.B_T


def test_a_delegate_that_was_revoked_says_nothing() -> None:
    responder = delegate(HERE.ca)
    item = pki.Revoked(responder.certificate.serial_number, NOW - 2 * HOUR)
    other = pki.make_crl(HERE.ca, [item], number=9, this_update=NOW - 2 * HOUR, next_update=NOW - HOUR)
    assert level_of(stored(answer(WHO.leaf, CA, responder), lists=[other])) is Level.B_T


@pytest.mark.parametrize("responder", [HERE.ca, delegate(HERE.ca)], ids=["the issuer", "its delegate"])
def test_a_certificate_revoked_before_it_signed_fails(responder: pki.Authority) -> None:
    verdict = stored(answer(WHO.leaf, CA, responder, revoked_at=NOW - HOUR))
    assert (verdict.verdict, verdict.sub_indication, codes(verdict)) == (
        Indication.TOTAL_FAILED, Sub.REVOKED, ["revoked"],
    )  # fmt: skip


def test_a_certificate_revoked_after_it_signed_does_no_harm() -> None:
    assert level_of(stored(answer(WHO.leaf, CA, HERE.ca, revoked_at=NOW + 5 * HOUR))) is Level.B_LTA


def test_a_revocation_by_who_has_no_right_to_it_does_no_harm() -> None:
    verdict = stored(answer(WHO.leaf, CA, delegate(HERE.root), revoked_at=NOW - HOUR))
    assert verdict.verdict is Indication.TOTAL_PASSED


def test_without_a_time_nobody_knows_which_came_first() -> None:
    pdf = archived(signed(stamped=False), responses=[answer(WHO.leaf, CA, HERE.ca, revoked_at=NOW)], lists=[])
    verdict = judged(pdf[: len(signed(stamped=False))])
    assert verdict.verdict is Indication.TOTAL_PASSED
    cut = judged(pdf, at=NOW + timedelta(days=1))
    assert codes(cut) == ["revoked"]


def test_one_bit_of_an_answer_changed_and_it_says_nothing() -> None:
    good = answer(WHO.leaf, CA, HERE.ca)
    # The last digit of a time: one bit of another would make 30 o'clock of 20, and that is no answer at all.
    at = good.index(b"\x18\x0f") + 15
    assert level_of(stored(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])) is Level.B_T


def test_an_authority_that_was_revoked_before_leaves_doubt() -> None:
    item = pki.Revoked(CA.serial_number, NOW - HOUR)
    lists = [pki.make_crl(HERE.root, [item], number=9, this_update=NOW, next_update=NOW + HOUR)]
    verdict = stored(answer(WHO.leaf, CA, HERE.ca), lists=lists)
    assert verdict.verdict is Indication.INDETERMINATE
    assert ("authority-revoked", Sub.REVOKED_CA_NO_POE) in [(each.code, each.sub) for each in verdict.reasons]


@pytest.mark.parametrize(("reason", "stands"), [("superseded", True), ("key_compromise", False)])
def test_a_timestamp_authoritys_lost_key_undoes_its_tokens_and_a_retired_one_does_not(
    reason: str, stands: bool
) -> None:
    item = pki.Revoked(HERE.tsa_authority.certificate.serial_number, NOW + HOUR, x509.ReasonFlags[reason])
    lists = [pki.make_crl(HERE.ca, [item], number=9, this_update=NOW, next_update=NOW + 9 * HOUR)]
    pdf = archived(signed(), responses=[], lists=[HERE.crls[0], *lists])
    verdict = judged(pdf, at=NOW + 2 * HOUR)
    assert (verdict.verdict is Indication.TOTAL_PASSED) is stands
    assert stands or "timestamp-revoked" in codes(verdict)
