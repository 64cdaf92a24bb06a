"""One person's signature through the use cases, on both databases: in order, out of order, twice, and against rules."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import func, select

from core import clock, storage
from core.db import db, transaction
from core.errors import Conflict, NotFound, Refusal
from core.live import LiveUpdate
from pdf import fonts
from pdf import sign as pdf_sign
from pdf.errors import TimestampUnavailable
from pdf.verify import verify_pdf
from signing.agreements import preparing, queries, signing
from signing.agreements import service as agreement_service
from signing.agreements.models import Signing
from signing.agreements.rules import AgreementState, DrawnOrTyped, SignerState
from signing.ceremonies import service as ceremonies
from signing.seats import proving
from signing.seats import service as seat_service
from signing.seats.models import Seat
from signing.trust import service as trust
from tests.support import ceremony, quick
from tests.support.ceremony import ADDRESS, HOST, Person
from tests.support.quick import Quick
from tests.support.trail import with_private


def entries(world: Quick, action: str = "") -> list[dict[str, object]]:
    found = with_private(world.id)
    db.session.remove()
    return [entry for entry in found if not action or entry["action"] == action]


def everything(world: Quick) -> tuple[object, ...]:
    """All that a refused signature must leave as it was."""
    db.session.remove()
    found = (
        queries.list_agreements(world.id),
        len(entries(world)),
        db.session.scalar(select(func.count()).select_from(LiveUpdate)),
        db.session.scalar(select(func.count()).select_from(Signing).where(Signing.finished_at.is_not(None))),
    )
    db.session.remove()
    return found


def people(world: Quick) -> list[Person]:
    return list(world.people.values())


def sign_raw(person: Person, preparation: preparing.Preparation) -> bytes:
    return pdf_sign.sign_attributes(person.key, preparation.signed_attributes)


def test_a_signature_is_in_the_file_in_the_row_in_the_trail_and_on_the_stage(entered: Quick) -> None:
    person = people(entered)[0]
    before = queries.get_agreement(entered.first)
    found = quick.prepared(person, entered.first)
    content = preparing.read_content(person.seat_id, found.signing_id)
    signed = quick.finish(person, found)
    after = queries.get_agreement(entered.first)
    signer = after.signer_of(person.seat_id)
    assert (signed.revision, signed.level, signed.key_custody) == (1, "B-T", "client")
    assert (signer.state, signer.signed_revision, signer.signed_digest) == (SignerState.SIGNED, 1, after.head_digest)
    assert signed.digest == after.head_digest
    assert before.frozen_digest == after.frozen_digest == before.head_digest
    head = storage.read(after.head_digest or "")
    assert head.startswith(storage.read(before.frozen_digest or ""))
    zero, first, second, length = found.byte_range
    # What the device hashed is what was kept: only the placeholder differs.
    assert (zero, head[:first], head[second : second + length]) == (0, content[:first], content[second:])
    (line,) = entries(entered, "agreement.signed")
    assert line["actor"] == {"kind": "seat", "id": person.seat_id, "party": person.party, "address": ADDRESS}
    assert line["data"]["before"] == before.head_digest  # type: ignore[index]
    assert line["data"]["after"] == after.head_digest  # type: ignore[index]
    assert line["data"]["third_party_time"] is False  # type: ignore[index]
    update = db.session.scalars(
        select(LiveUpdate).filter_by(channel=f"stage:{entered.id}").order_by(LiveUpdate.seq.desc())
    ).first()
    assert update is not None
    states = {each["party"]: each["state"] for each in update.data["agreements"][0]["signers"]}
    assert states == {"party_a": "signed", "party_b": "open", "party_c": "open"}


def test_the_picture_calls_its_time_that_of_the_preparation(entered: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[pdf_sign.Appearance] = []
    real = pdf_sign.prepare

    def prepare(*args: object, appearance: pdf_sign.Appearance, **options: object) -> pdf_sign.Prepared:
        used.append(appearance)
        return real(*args, appearance=appearance, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pdf_sign, "prepare", prepare)
    at = clock.now()
    with clock.frozen(at):
        quick.prepare(people(entered)[0], entered.first)
    there = at + timedelta(hours=8)
    said = f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}（UTC+08:00）起签，以时间戳为准"
    assert used[0].captions[1] == said


def test_the_time_that_people_see_is_the_one_in_the_signature_s_timestamp(entered: Quick) -> None:
    person = people(entered)[0]
    signed = quick.finish(person, quick.prepared(person, entered.first))
    signer = queries.get_agreement(entered.first).signer_of(person.seat_id)
    head = storage.read(signer.signed_digest or "")
    verdict = verify_pdf(head, name="file.pdf", anchors=trust.published_anchors(), at=clock.now())
    (proved,) = [each.signed_at for each in verdict.signatures if each.field == signer.field]
    assert proved is not None
    assert signed.signed_at == signer.shown_at == clock.cut(proved)
    (line,) = entries(entered, "agreement.signed")
    assert line["data"]["timestamped_at"] == clock.iso(proved)  # type: ignore[index]
    assert line["data"]["mark"] == signer.mark == "typed"  # type: ignore[index]


def test_a_drawn_signature_is_taken_too(entered: Quick) -> None:
    person = people(entered)[0]
    drawn = DrawnOrTyped(drawing=ceremony.drawing(), typed="")
    found = quick.prepare(person, entered.first, appearance=drawn)
    assert isinstance(found, preparing.Preparation)
    assert quick.finish(person, found).revision == 1
    assert queries.get_agreement(entered.first).signer_of(person.seat_id).mark == "drawn"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (DrawnOrTyped(drawing=b"GIF89a", typed=""), "appearance_refused"),
        (DrawnOrTyped(drawing=b"", typed=""), "appearance_refused"),
        (DrawnOrTyped(drawing=None, typed="\U0002a6a5"), "typed_unprintable"),
        (DrawnOrTyped(drawing=None, typed="样例乙"), "typed_other_name"),
    ],
)
def test_what_is_no_picture_of_this_signer_s_name_is_refused(entered: Quick, broken: DrawnOrTyped, code: str) -> None:
    before = everything(entered)
    with pytest.raises(Refusal, match=code):
        quick.prepare(people(entered)[0], entered.first, appearance=broken)
    assert everything(entered) == before


@pytest.mark.parametrize(("typed", "bundled"), [("样例", True), ("朱镕喆", False)])
def test_a_name_with_a_rare_character_is_drawn_in_a_font_that_has_it(
    entered: Quick, monkeypatch: pytest.MonkeyPatch, typed: str, bundled: bool
) -> None:
    used: list[pdf_sign.Appearance] = []
    real = pdf_sign.prepare

    def prepare(*args: object, appearance: pdf_sign.Appearance, **options: object) -> pdf_sign.Prepared:
        used.append(appearance)
        return real(*args, appearance=appearance, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pdf_sign, "prepare", prepare)
    with transaction():
        db.session.get_one(Seat, people(entered)[0].seat_id).name = typed
    quick.prepare(people(entered)[0], entered.first, appearance=DrawnOrTyped(None, typed))
    (look,) = used
    assert look.font is not None
    assert (look.font == fonts.file("YunqianSerif-Regular")) is bundled
    assert "Serif" in look.font.name
    face = fonts.faces(look.font)[look.font_index].getBestCmap()
    assert {ord(char) for char in typed} <= set(face)


def test_the_same_key_prepares_the_same_until_somebody_was_faster(entered: Quick) -> None:
    one, other, _ = people(entered)
    first = quick.prepared(one, entered.first)
    db.session.remove()
    assert quick.prepared(one, entered.first) == first
    quick.finish(other, quick.prepared(other, entered.first))
    with pytest.raises(Conflict, match="revision_moved"):
        quick.finish(one, first)
    db.session.remove()
    again = quick.prepared(one, entered.first)
    assert (again.signing_id, again.revision) == (first.signing_id, 1)
    assert again.digest != first.digest
    assert quick.finish(one, again).revision == 2


def test_a_lost_answer_is_no_second_signature(entered: Quick) -> None:
    person = people(entered)[0]
    found = quick.prepared(person, entered.first)
    signed = quick.finish(person, found)
    db.session.remove()
    before = everything(entered)
    assert quick.finish(person, found) == signed
    db.session.remove()
    assert quick.prepare(person, entered.first) == signed
    assert everything(entered) == before
    assert len(entries(entered, "agreement.signed")) == 1


def test_another_key_after_the_signature_is_told_that_it_is_there(entered: Quick) -> None:
    person = people(entered)[0]
    other_way = quick.prepared(person, entered.first, key="another-tab")
    quick.finish(person, quick.prepared(person, entered.first))
    db.session.remove()
    with pytest.raises(Conflict, match="already_signed"):
        quick.prepare(person, entered.first, key="a-third-tab")
    with pytest.raises(Conflict, match="revision_moved"):
        quick.finish(person, other_way)
    db.session.remove()
    with pytest.raises(Conflict, match="already_signed"):
        quick.prepare(person, entered.first, key="another-tab")
    assert len(entries(entered, "agreement.signed")) == 1


def test_nobody_finishes_or_reads_what_was_prepared_for_another(entered: Quick) -> None:
    one, other, _ = people(entered)
    found = quick.prepared(one, entered.first)
    before = everything(entered)
    for act in (
        lambda: signing.finish(other.seat_id, found.signing_id, signature=sign_raw(other, found), address=ADDRESS),
        lambda: signing.finish(other.seat_id, found.signing_id, signature=sign_raw(one, found), address=ADDRESS),
        lambda: preparing.read_content(other.seat_id, found.signing_id),
        lambda: preparing.read_content(one.seat_id, "sig_nothing"),
    ):
        with pytest.raises(NotFound, match="signing_not_found"):
            act()
    assert everything(entered) == before


def test_a_signature_that_does_not_fit_writes_nothing(entered: Quick) -> None:
    one, other, _ = people(entered)
    found, others = quick.prepared(one, entered.first), quick.prepared(other, entered.first)
    stranger = ec.generate_private_key(ec.SECP256R1())
    wrong = {
        "another key": pdf_sign.sign_attributes(stranger, found.signed_attributes),
        "zeros": bytes(64),
        "ones": b"\xff" * 64,
        "other bytes": pdf_sign.sign_attributes(one.key, found.signed_attributes + b"\0"),
        "another's attributes": sign_raw(one, others),
    }
    before = everything(entered)
    for what, raw in wrong.items():
        with pytest.raises(Refusal) as refused:
            signing.finish(one.seat_id, found.signing_id, signature=raw, address=ADDRESS)
        assert (what, refused.value.code, refused.value.status) == (what, "signature_mismatch", 422)
        assert everything(entered) == before
    assert quick.finish(one, found).revision == 1  # and the right one still counts


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "A" * 86 + "==" + "A", "签" * 88, "A" * 2736 + "="])
def test_what_no_key_makes_is_no_signature(text: str) -> None:
    with pytest.raises(Refusal, match="signature_mismatch"):
        signing.decode_signature(text)


def test_64_octets_are_read() -> None:
    assert signing.decode_signature("AAAA" * 21 + "AA==") == bytes(64)


def test_no_timestamp_no_signature_but_the_next_try_counts(entered: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    person = people(entered)[0]
    found = quick.prepared(person, entered.first)
    before = everything(entered)

    class Silent:
        name, third_party = "silent", True

        def stamp(self, _digest: bytes) -> bytes:
            raise TimestampUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(trust, "timestamper", lambda _policy, **_: Silent())
        patched.setattr(trust, "waits_for_time", lambda _policy: False)
        with pytest.raises(Refusal) as refused:
            quick.finish(person, found)
    assert (refused.value.code, refused.value.status) == ("timestamp_unavailable", 503)
    assert everything(entered) == before
    assert quick.finish(person, found).revision == 1


def test_an_act_that_is_prepared_anew_while_it_is_finished_takes_nobodys_signature_away(
    entered: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device gave up waiting and asked again, and between the two another signer was faster."""
    one, other, _ = people(entered)
    slow = quick.prepared(one, entered.first)
    real = signing._finish_file

    def finish_slowly(*args: object) -> bytes:
        made = real(*args)  # type: ignore[arg-type]
        monkeypatch.setattr(signing, "_finish_file", real)
        quick.finish(other, quick.prepared(other, entered.first))
        db.session.remove()
        assert quick.prepared(one, entered.first).revision == 1
        db.session.remove()
        return made

    monkeypatch.setattr(signing, "_finish_file", finish_slowly)
    with pytest.raises(Conflict, match="revision_moved"):
        quick.finish(one, slow)
    db.session.remove()
    found = queries.get_agreement(entered.first)
    assert found.head_digest == found.signer_of(other.seat_id).signed_digest
    assert quick.finish(one, quick.prepared(one, entered.first)).revision == 2


def test_the_same_act_arriving_by_two_ways_gets_one_answer(entered: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    person = people(entered)[0]
    real = preparing.prepare_file

    def prepare_slowly(*args: object) -> pdf_sign.Prepared:
        made = real(*args)  # type: ignore[arg-type]
        monkeypatch.setattr(preparing, "prepare_file", real)
        quick.finish(person, quick.prepared(person, entered.first))
        db.session.remove()
        return made

    monkeypatch.setattr(preparing, "prepare_file", prepare_slowly)
    answer = quick.prepare(person, entered.first)
    assert isinstance(answer, preparing.Signed)
    assert len(entries(entered, "agreement.signed")) == 1


def test_a_certificate_that_ran_out_since_is_not_signed_with(entered: Quick) -> None:
    person = people(entered)[0]
    found = quick.prepared(person, entered.first)
    with clock.frozen(clock.now() + trust.LEAF_LIFE + timedelta(minutes=1)):
        with pytest.raises(Conflict, match="certificate_missing"):
            quick.finish(person, found)
        db.session.remove()
        with pytest.raises(Conflict, match="certificate_missing"):
            quick.prepare(person, entered.first)
        db.session.remove()
        person.key = ec.generate_private_key(ec.SECP256R1())
        seat_service.enrol(person.seat_id, ceremony.certificate_request(person.key), address=ADDRESS)
        assert quick.finish(person, quick.prepared(person, entered.first)).revision == 1


def test_a_second_device_s_certificate_makes_the_first_prepare_again(entered: Quick) -> None:
    person = people(entered)[0]
    first = quick.prepared(person, entered.first)
    second_key = ec.generate_private_key(ec.SECP256R1())
    seat_service.enrol(person.seat_id, ceremony.certificate_request(second_key), address=ADDRESS)
    again = quick.prepared(person, entered.first)
    assert again.signed_attributes != first.signed_attributes
    with pytest.raises(Refusal, match="signature_mismatch"):
        quick.finish(person, again)
    assert quick.finish(dataclasses.replace(person, key=second_key), again).revision == 1


def test_who_has_not_come_that_far_is_told_what_is_missing(invited: Quick) -> None:
    person, other, _ = people(invited)

    def refusal() -> str:
        with pytest.raises(Refusal) as refused:
            quick.prepare(person, invited.first)
        db.session.remove()
        return refused.value.code

    assert refusal() == "identity_not_proved"
    seat_service.open_link(ceremony.link_token(person.seat_id))
    proving.send_code(person.seat_id, address=ADDRESS)
    code = ceremony.mailed_code(person.seat_id)
    proving.check_code(person.seat_id, code, address=ADDRESS)
    assert refusal() == "consent_missing"
    seat_service.give_consent(person.seat_id, place="成都", timezone="Asia/Shanghai", text_version="t", address=ADDRESS)
    assert refusal() == "not_read_to_the_end"
    quick.read_all(person, invited.first)
    assert refusal() == "certificate_missing"
    with pytest.raises(NotFound):
        preparing.prepare(other.seat_id, "agr_nothing", idempotency_key="k" * 8, appearance=quick.typed(other))


def test_pages_are_read_one_after_the_other(invited: Quick) -> None:
    person = people(invited)[0]

    def read(page: int) -> int:
        return agreement_service.note_read(person.seat_id, invited.first, page, address=ADDRESS)

    assert [read(page) for page in (2, 3, 1, 3, 1, 2, 4, 99, 3, 3)] == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3]
    (line,) = entries(invited, "agreement.read")
    assert line["data"]["pages"] == quick.PAGES  # type: ignore[index]


def test_an_agreement_that_waits_for_another_is_not_signed_yet(entered: Quick) -> None:
    person = people(entered)[1]
    waiting = entered.agreements["next_0"]
    quick.read_all(person, waiting)
    with pytest.raises(Conflict, match="not_your_turn"):
        quick.prepare(person, waiting)
    with pytest.raises(NotFound, match="agreement_not_found"):
        quick.prepare(people(entered)[2], waiting)  # is not asked to sign it


def test_who_declines_ends_the_agreement_for_everybody(entered: Quick) -> None:
    one, other, third = people(entered)
    late = quick.prepared(third, entered.first)
    quick.finish(one, quick.prepared(one, entered.first))
    agreement_service.decline(other.seat_id, entered.first, reason="条款不符", address=ADDRESS)
    found = queries.get_agreement(entered.first)
    assert (found.state, found.ended_reason) == (AgreementState.DECLINED, "条款不符")
    assert [signer.state for signer in found.signers] == [SignerState.SIGNED, SignerState.DECLINED, SignerState.PENDING]
    (line,) = entries(entered, "agreement.declined")
    assert line["data"] == {"reason": "条款不符"}
    for act in (
        lambda: quick.prepare(third, entered.first),
        lambda: quick.prepare(other, entered.first),
        lambda: agreement_service.decline(third.seat_id, entered.first, reason="x", address=ADDRESS),
    ):
        db.session.remove()
        with pytest.raises(Conflict, match="agreement_closed"):
            act()
    db.session.remove()
    with pytest.raises(Conflict, match="revision_moved"):  # the first signature moved the head; again is refused above
        quick.finish(third, late)
    follower = queries.get_agreement(entered.agreements["next_0"])
    assert (follower.state, follower.ended_after_id) == (AgreementState.VOIDED, entered.first)
    with pytest.raises(Conflict, match="already_signed"):
        agreement_service.decline(one.seat_id, entered.first, reason="x", address=ADDRESS)


def test_a_cancelled_ceremony_voids_what_is_not_finished(entered: Quick) -> None:
    one, *_ = people(entered)
    late = quick.prepared(one, entered.first)
    ceremonies.cancel(entered.id, reason="改期", by=HOST)
    found = queries.list_agreements(entered.id)
    assert [(each.state, each.ended_reason) for each in found] == [(AgreementState.VOIDED, "改期")] * 2
    with pytest.raises(Conflict, match="agreement_closed"):
        quick.finish(one, late)
    assert queries.get_agreement(entered.first).head_digest == found[0].frozen_digest


def test_a_key_made_by_the_server_signs_once_and_is_said_to_be_the_server_s(entered: Quick) -> None:
    person = people(entered)[0]

    def sign(key: str = "server-act-1") -> preparing.Signed:
        db.session.remove()
        return signing.sign_with_server_key(
            person.seat_id, entered.first, idempotency_key=key, appearance=quick.typed(person), address=ADDRESS
        )

    signed = sign()
    assert signed.key_custody == "server"
    assert sign() == signed
    with pytest.raises(Conflict, match="already_signed"):
        sign("server-act-2")
    assert [line["data"]["key_custody"] for line in entries(entered, "agreement.signed")] == ["server"]  # type: ignore[index]


def test_the_server_tries_again_by_itself_when_others_were_faster(
    entered: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, third = people(entered)
    real, faster = signing._finish_file, [other, third]

    def finish_slowly(*args: object) -> bytes:
        made = real(*args)  # type: ignore[arg-type]
        if faster:
            with monkeypatch.context() as patched:
                patched.setattr(signing, "_finish_file", real)
                person = faster.pop()
                quick.finish(person, quick.prepared(person, entered.first))
                db.session.remove()
        return made

    monkeypatch.setattr(signing, "_finish_file", finish_slowly)
    signed = signing.sign_with_server_key(
        one.seat_id, entered.first, idempotency_key="server-act", appearance=quick.typed(one), address=ADDRESS
    )
    assert signed.revision == 3
    assert queries.get_agreement(entered.first).state is AgreementState.COMPLETED
