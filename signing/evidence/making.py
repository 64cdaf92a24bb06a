"""Certificates and kits from what was read: printing, signing, packing. Slow work, without the database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import storage
from core.errors import Conflict
from pdf import pki, render
from pdf import sign as pdf_sign
from pdf.join import join
from signing.agreements.queries import AgreementView
from signing.evidence import kit, report, summary
from signing.evidence.completing import bilingual, completion_paper
from signing.evidence.paper import completion_html
from signing.evidence.queries import Material
from signing.trust import service as trust
from signing.uploads import queries as uploads

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Validation:
    """What goes into pki/ and into certificates: the revocation lists of our authorities, DER.

    `older` are those of issuing CAs that were replaced, then of roots.
    """

    issuing_crl: bytes
    root_crl: bytes
    older: tuple[bytes, ...] = ()

    @property
    def all(self) -> list[bytes]:
        return [self.issuing_crl, *self.older, self.root_crl]


def validation(revoked: Sequence[trust.RevokedLeaf], *, rehearsal: bool) -> Validation:
    """Fresh revocation lists."""
    issuing, *older, root = trust.revocation_lists(revoked, rehearsal=rehearsal)
    return Validation(issuing, root, tuple(older))


def completion_certificate(material: Material, agreement: AgreementView, *, lists: Validation, at: datetime) -> bytes:
    """The certificate of one agreement, with its facts as data inside, attested by the platform (B-LT)."""
    paper, name = completion_paper(material, agreement), f"{stem(agreement)}.json"
    printed = render.render(completion_html(paper, data_name=name), enclosed=[summary.enclosed(paper, name=name)])
    return _attested(printed.pdf, material, stamped=_stored(agreement.head_digest), lists=lists, at=at)


def joined_certificate(material: Material, certificates: Sequence[bytes], *, lists: Validation, at: datetime) -> bytes:
    """All completion certificates of a ceremony as one file with a platform signature of its own."""
    titles = [f"{each.number} {bilingual(each.title).zh}" for each in material.agreements]
    joined = join(certificates, title=bilingual(material.ceremony.title).zh, titles=titles)
    return _attested(joined, material, stamped=certificates[-1], lists=lists, at=at)


def _attested(pdf: bytes, material: Material, *, stamped: bytes, lists: Validation, at: datetime) -> bytes:
    """The paper with the platform's signature. `stamped` has a timestamp by the same authority, if that is a third
    party's: what is known of its certificates must lie in the paper before it is stamped itself. Raises
    TimestampUnavailable.
    """
    rehearsal = material.ceremony.is_rehearsal
    found, stamps = trust.trust(rehearsal=rehearsal), trust.about_stamps(stamped, rehearsal=rehearsal)
    return pdf_sign.attest(
        pdf,
        platform=found.platform,
        timestamper=trust.timestamper(material.ceremony.time_policy, rehearsal=rehearsal),
        chain=[*found.platform.path, *found.timestamping.path, *found.crossing, *stamps.certificates],
        crls=[*lists.all, *stamps.lists],
        ocsps=stamps.responses,
        at=at,
    )


def stem(agreement: AgreementView) -> str:
    """`02-YQ-20200211-AB12-02`: the same name for an agreement in every kit."""
    return f"{agreement.position + 1:02d}-{_NOT_IN_NAMES.sub('_', agreement.number)}"


def agreement_kit(material: Material, certificate: bytes, *, lists: Validation, at: datetime) -> dict[str, bytes]:
    """The files of the evidence kit of the one agreement in `material`, by path."""
    return _kit(material, {kit.CERTIFICATE: certificate}, lists=lists, at=at)


def ceremony_kit(material: Material, *, lists: Validation, at: datetime) -> dict[str, bytes]:
    """The files of a whole ceremony's kit: each certificate by itself, and all of them in certificate.pdf."""
    each = {f"certificates/{stem(one)}.pdf": _stored(one.certificate_digest) for one in material.agreements}
    joined = joined_certificate(material, list(each.values()), lists=lists, at=at)
    return _kit(material, {kit.CERTIFICATE: joined, **each}, lists=lists, at=at)


def _kit(material: Material, certificates: dict[str, bytes], *, lists: Validation, at: datetime) -> dict[str, bytes]:
    rehearsal = material.ceremony.is_rehearsal
    timestamper = trust.timestamper(material.ceremony.time_policy, rehearsal=rehearsal)
    plan = kit.KitPlan(
        ceremony=material.ceremony.id,
        agreements=tuple(agreement.number for agreement in material.agreements),
        trail_head=material.trail.head,
        trail_entries=material.trail.seq,
        made_at=at,
    )
    files = {**certificates, **_pki_files(material, lists)}
    for agreement in material.agreements:
        name = stem(agreement)
        files[f"agreements/{name}.pdf"] = _stored(agreement.head_digest)
        if upload := uploads.find_upload(agreement.id):
            files[f"originals/{name}-uploaded.{upload.kind}"] = storage.read(upload.original_digest)
        files[f"originals/{name}-printed.pdf"] = _stored(agreement.original_digest)
        files[f"originals/{name}-frozen.pdf"] = _stored(agreement.frozen_digest)
    files |= _letters(material)
    files["trail.jsonl"] = material.trail.jsonl
    files["trail.tst"] = timestamper.token(bytes.fromhex(material.trail.head))
    files |= _beside_the_trail(material)
    papers = [completion_paper(material, agreement) for agreement in material.agreements]
    files["report.html"] = report.report_html(material, papers, made_at=at)
    found = trust.trust(rehearsal=rehearsal)
    files["README.txt"] = report.readme(
        material, sorted(files), fingerprint=found.fingerprint, platform=found.platform_name, made_at=at
    )
    return kit.sealed(plan, files, platform=found.platform, timestamper=timestamper)


def _letters(material: Material) -> dict[str, bytes]:
    """The letters of authority of those who signed in another's place."""
    found = {}
    for agreement in material.agreements:
        for signer in agreement.signers:
            seat = material.seats[signer.seat_id]
            person = seat.as_at(signer.signed_at) if signer.signed_at else seat
            if person.letter_digest:
                name = f"letters/{seat.party_key}-{person.letter_digest[:12]}.{person.letter_kind}"
                found[name] = storage.read(person.letter_digest)
    return found


def _beside_the_trail(material: Material) -> dict[str, bytes]:
    """The SM2 signature over the head where there is a key, and the private values that concern these agreements."""
    files = {}
    # What proves that a trail was ours is no business of a rehearsal's.
    if material.ceremony.is_rehearsal:
        return _private(material)
    if signed := trust.sign_head(material.trail.head):
        files["trail.sm2"], files["pki/trail-sm2.pem"] = signed
    return files | _private(material)


def _private(material: Material) -> dict[str, bytes]:
    private = b"".join(each.line for each in material.private)
    return {kit.PRIVATE: private} if private else {}


def packed(files: Mapping[str, str]) -> bytes:
    """The archive of a kit whose files are kept: the same paths and digests give the same bytes."""
    return kit.archive({path: storage.read(digest) for path, digest in files.items()})


def _stored(digest: str | None) -> bytes:
    if digest is None:
        raise Conflict("agreement_not_ready")
    return storage.read(digest)


def _pki_files(material: Material, lists: Validation) -> dict[str, bytes]:
    """The anchors as we publish them, what lies between them and the signers, and the revocation lists."""
    found = trust.trust(rehearsal=material.ceremony.is_rehearsal)
    files = {
        "pki/anchors.pem": trust.anchors_of(rehearsal=material.ceremony.is_rehearsal).dump(),
        "pki/issuing.pem": pki.dump_certificates([found.issuing.certificate]),
        "pki/platform.pem": pki.dump_certificates([found.platform.certificate]),
        "pki/timestamp.pem": pki.dump_certificates([found.timestamping.certificate]),
        "pki/issuing.crl": lists.issuing_crl,
        "pki/root.crl": lists.root_crl,
    }
    older = [("issuing", number, each.certificate) for number, each in enumerate(found.retired_issuers, start=1)]
    older += [("root", number, each.certificate) for number, each in enumerate(found.roots[1:], start=1)]
    for (kind, number, certificate), crl in zip(older, lists.older, strict=False):
        files[f"pki/{kind}-before-{number}.pem"] = pki.dump_certificates([certificate])
        files[f"pki/{kind}-before-{number}.crl"] = crl
    for agreement in material.agreements:
        for signer in agreement.signers:
            if signer.certificate_id is None:
                raise Conflict("agreement_not_ready")
            found_path = material.certificates[signer.certificate_id].path
            certificate = found_path[0]
            seat = material.seats[signer.seat_id]
            name = f"pki/signers/{seat.party_key}-{certificate.serial_number:x}"[:120]
            files[f"{name}.pem"] = pki.dump_certificates(found_path)
    return files
