"""Every kind of file that leaves this installation, before programs that are none of ours; and that they can refuse.

pdfsig with an NSS database, openssl (cms, ts, crl, verify), qpdf, pyHanko's own validator, page-validation.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader

from core import storage
from pdf import pki, sign
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import inviting
from signing.ceremonies import queries as ceremonies
from signing.trust import service as trust
from tests.pdf import seal_world, signing_world
from tests.pdf.foreign import drawn, words
from tests.pdf.test_sign import members, strictly_read
from tests.support import ceremony, foreign_ca, outside, quick
from tests.support.ceremony import ADDRESS, HOST
from tests.support.ceremony_world import CeremonyWorld
from tests.support.foreign_ca import ForeignCA
from tests.support.outside import ACCESSIBLE, ARCHIVE, unmet
from tests.support.papers import bring
from tests.support.quick import QuickWorld

pytestmark = pytest.mark.slow
# What page-validation says of every file with more than one signature (docs/decisions/0019).
SEVERAL = "PDFA3A-SIGNATURE-BYTERANGE-001"


@dataclass
class Produced:
    """Files by what they are, with the anchors that each leads to; `kit` is the unpacked kit of a whole ceremony."""

    folder: Path
    signed: dict[str, tuple[Path, Path]] = field(default_factory=dict)
    printed: dict[str, Path] = field(default_factory=dict)
    kit: Path = Path()
    head: str = ""

    def anchors(self, name: str, pem: bytes) -> Path:
        path = self.folder / f"{name}.pem"
        path.write_bytes(pem)
        return path

    def keep(self, what: str, data: bytes, anchors: Path | None = None) -> None:
        path = self.folder / f"{what}.pdf"
        path.write_bytes(data)
        if anchors:
            self.signed[what] = (path, anchors)
        else:
            self.printed[what] = path


@pytest.fixture(scope="module")
def produced(ceremonies: CeremonyWorld, quick_world: QuickWorld, tmp_path_factory: pytest.TempPathFactory) -> Produced:
    made = Produced(tmp_path_factory.mktemp("produced"))
    _of_a_ceremony(made, ceremonies, tmp_path_factory.mktemp("sealed"))
    _of_an_upload(made, quick_world, tmp_path_factory.mktemp("upload"))
    _with_specimen_seals(made)
    _with_own_certificates(made)
    return made


def _of_a_ceremony(made: Produced, world: CeremonyWorld, data_dir: Path) -> None:
    with world.at("sealed", "sqlite", data_dir) as (_, played):
        anchors = made.anchors("anchors", trust.published_anchors().dump())
        for key, agreement_id in played.agreements.items():
            for what, digest in _stages(agreement_id).items():
                made.keep(f"{key}-{what}", storage.read(digest), None if what == "printed" else anchors)
        whole = ceremonies.get_ceremony(played.ceremony_id).kit_digest or ""
        made.kit = outside.unpacked(storage.path(whole), made.folder / "kit")
    made.keep("joined-certificate", (made.kit / "certificate.pdf").read_bytes(), anchors)
    made.head = (made.kit / "manifest.json").read_text().split('"trail_head":"')[1][:64]


def _stages(agreement_id: str) -> dict[str, str]:
    """The digests of an agreement's files, from the printed paper to its certificate."""
    agreement = agreements.get_agreement(agreement_id)
    by_revision = sorted(agreement.signers, key=lambda signer: signer.signed_revision or 0)
    stages = {"printed": agreement.original_digest, "frozen": agreement.frozen_digest}
    stages |= {f"signed-{number}": signer.signed_digest for number, signer in enumerate(by_revision, start=1)}
    stages |= {"final": agreement.head_digest, "certificate": agreement.certificate_digest}
    return {what: digest for what, digest in stages.items() if digest}


def _of_an_upload(made: Produced, world: QuickWorld, data_dir: Path) -> None:
    paper = drawn(words("Clause one"), words("Clause two"), size=(595, 842))
    with world.at("draft", "sqlite", data_dir, parties=2, follow=0) as draft:
        bring(draft.id, draft.first, paper)
        inviting.print_and_invite(draft.id, by=HOST)
        ceremony.do_jobs()
        for person in draft.people.values():
            ceremony.enter(person)
            for page in range(1, agreements.get_agreement(draft.first).page_count + 1):
                agreement_service.note_read(person.seat_id, draft.first, page, address=ADDRESS)
            quick.finish(person, quick.prepared(person, draft.first))
        ceremony.do_jobs()
        anchors = made.anchors("upload-anchors", trust.published_anchors().dump())
        for what, digest in _stages(draft.first).items():
            if what != "printed":
                made.keep(f"upload-{what}", storage.read(digest), anchors)


def _with_specimen_seals(made: Produced) -> None:
    anchors = made.anchors("seal-anchors", pki.dump_certificates([signing_world.world().root.certificate]))
    frozen = seal_world.frozen([seal_world.Page(), seal_world.Page()])
    signed = signing_world.signed(frozen, timestamper=signing_world.world().timestamper)
    made.keep("seal-signed", signed, anchors)
    made.keep("seal-final", signing_world.sealed(signed), anchors)


def _with_own_certificates(made: Produced) -> None:
    """By certificates that the signers brought along: RSA and a larger curve, of another authority."""
    here, ca = signing_world.world(), ForeignCA()
    anchors = made.anchors("own-anchors", pki.dump_certificates([here.root.certificate, ca.root]))
    for kind in ("rsa2048", "p384"):
        own, head = ca.issue(kind=kind), signing_world.frozen()
        waiting = sign.prepare(
            head, field="Signer-1", leaf=own.leaf, at=signing_world.NOW, appearance=None, name="样例甲"
        )
        raw, chain = foreign_ca.sign_raw(own.key, waiting.attributes), (*own.above, ca.root)
        signed = sign.finish(head, waiting, signature=raw, leaf=own.leaf, chain=chain, timestamper=here.timestamper)
        made.keep(f"own-{kind}-signed", signed, anchors)
        above, lists = [*here.ca.path, *chain], [*here.crls, *ca.lists()]
        final = sign.seal(signed, chain=above, crls=lists, timestamper=here.timestamper, at=signing_world.NOW)
        made.keep(f"own-{kind}-final", final, anchors)


def answers(produced: Produced, judge: Callable[[Path, Path], object]) -> dict[str, object]:
    return {what: judge(path, anchors) for what, (path, anchors) in produced.signed.items()}


def nothing_refused(produced: Produced) -> dict[str, object]:
    return {what: [] for what in produced.signed}


def test_every_kind_of_file_stands_before_the_judges(produced: Produced) -> None:
    kinds = {what.partition("-")[2] for what in produced.signed if what.startswith("park")}
    assert kinds == {"frozen", "signed-1", "signed-2", "final", "certificate"}
    assert {
        "joined-certificate",
        "upload-final",
        "upload-certificate",
        "seal-final",
        "own-rsa2048-final",
    } <= produced.signed.keys()


def test_qpdf_finds_nothing_wrong_in_any(produced: Produced) -> None:
    assert {what for what, (path, _) in produced.signed.items() if not outside.is_sound_for_qpdf(path)} == set()
    assert {what for what, path in produced.printed.items() if not outside.is_sound_for_qpdf(path)} == set()


def test_pdfsig_finds_every_signature_valid_and_trusted(produced: Produced, tmp_path: Path) -> None:
    bases: dict[Path, str] = {}

    def judge(path: Path, anchors: Path) -> list[str]:
        base = bases.get(anchors) or outside.nss(tmp_path / anchors.stem, anchors)
        bases[anchors] = base
        return outside.refused_by_pdfsig(path, base)

    assert answers(produced, judge) == nothing_refused(produced)


def test_openssl_accepts_every_signature_and_every_time(produced: Produced, tmp_path: Path) -> None:
    known: set[bytes] = set()
    found = answers(produced, lambda path, anchors: outside.refused_by_openssl(path, anchors, tmp_path, known))
    assert found == nothing_refused(produced)


def test_pyhanko_accepts_every_signature_and_what_came_after_it(produced: Produced) -> None:
    assert answers(produced, outside.refused_by_pyhanko) == nothing_refused(produced)


def test_certificates_are_fit_for_archives_and_for_people_who_listen(produced: Produced) -> None:
    papers = [path for what, (path, _) in produced.signed.items() if what.endswith("certificate")]
    papers += [produced.signed["park-frozen"][0], produced.printed["park-printed"]]
    assert len(papers) == 6
    assert {
        path.name: (unmet(path.read_bytes(), ARCHIVE), unmet(path.read_bytes(), ACCESSIBLE)) for path in papers
    } == {path.name: ([], []) for path in papers}


@pytest.mark.parametrize("stage", ["signed-1", "signed-2", "final"])
def test_a_signed_agreement_speaks_to_people_who_listen(produced: Produced, stage: str) -> None:
    data = produced.signed[f"park-{stage}"][0].read_bytes()
    assert unmet(data, ACCESSIBLE) == []
    assert {each.partition(":")[0] for each in unmet(data, ARCHIVE)} == {SEVERAL}


def test_openssl_accepts_what_a_kit_is_sealed_with(produced: Produced) -> None:
    kit, anchors = produced.kit, produced.folder / "anchors.pem"
    assert outside.openssl_accepts_manifest(kit, anchors)
    assert outside.openssl_accepts_time_of_manifest(kit, anchors)
    assert outside.openssl_accepts_time_of_trail(kit, produced.head, anchors)
    assert not outside.openssl_accepts_time_of_trail(kit, "0" * 64, anchors)


def test_openssl_accepts_the_certificates_and_lists_of_a_kit(produced: Produced) -> None:
    folder, anchors = produced.kit / "pki", produced.folder / "anchors.pem"
    signers = sorted((folder / "signers").glob("*.pem"))
    assert len(signers) >= 2
    between = folder / "issuing.pem"
    assert all(outside.openssl_accepts_signer(each, between=between, anchors=anchors) for each in signers)
    assert outside.openssl_accepts_list(folder / "root.crl", anchors)
    assert outside.openssl_accepts_list(folder / "issuing.crl", between)
    assert not outside.openssl_accepts_list(folder / "issuing.crl", anchors)


def signed_data(pdf: Path) -> dict[str, bytes]:
    """The CMS of each signature and document timestamp as it stands in the file, without its padding."""
    found = PdfFileReader(io.BytesIO(pdf.read_bytes())).embedded_signatures
    return {each.field_name: cms.ContentInfo.load(each.pkcs7_content).dump() for each in found}


def looked_into(data: bytes) -> list[str]:
    """Read a CMS strictly: itself, and what a token states; names what was found inside, tokens of signatures too."""
    strictly_read(data)
    content = cms.ContentInfo.load(data, strict=True)["content"]
    stated, (signer,) = content["encap_content_info"], content["signer_infos"]
    if stated["content"].native is not None:
        strictly_read(stated["content"].contents)
    tokens = [
        token.dump()
        for attribute in signer["unsigned_attrs"]
        if attribute["type"].native == "signature_time_stamp_token"
        for token in attribute["values"]
    ]
    return [stated["content_type"].native, *(kind for token in tokens for kind in looked_into(token))]


def test_every_signature_and_time_is_strict_der(produced: Produced) -> None:
    found = {
        what: {n: looked_into(d) for n, d in signed_data(path).items()} for what, (path, _) in produced.signed.items()
    }
    loose = {
        path.name: looked_into(path.read_bytes()) for path in produced.kit.iterdir() if path.suffix in {".p7s", ".tst"}
    }

    assert found["own-rsa2048-final"]["Signer-1"] == ["data", "tst_info"]
    assert {kinds[0] for kinds in found["park-final"].values()} == {"data", "tst_info"}
    assert loose == {"manifest.p7s": ["data"], "manifest.tst": ["tst_info"], "trail.tst": ["tst_info"]}


@pytest.mark.parametrize("spoil", [b"\x30\x80", b"\x30\x84\x00\x00"], ids=["no end said", "a length too long"])
def test_a_signature_in_loose_ber_is_found(produced: Produced, spoil: bytes) -> None:
    der = (produced.kit / "manifest.p7s").read_bytes()
    assert der[:2] == b"\x30\x82"
    loose = spoil + (der[4:] + b"\0\0" if spoil[1] == 0x80 else der[2:])
    assert len(members(loose)) == 1
    with pytest.raises((AssertionError, ValueError)):
        looked_into(loose)


def changed(path: Path, folder: Path) -> Path:
    """The file with one bit of its text turned round."""
    data = bytearray(path.read_bytes())
    data[data.index(b"/MediaBox") + 12] ^= 1
    (folder / "changed.pdf").write_bytes(data)
    return folder / "changed.pdf"


def test_each_judge_of_signatures_refuses_a_changed_file(produced: Produced, tmp_path: Path) -> None:
    path, anchors = produced.signed["park-certificate"]
    turned = changed(path, tmp_path)
    assert "Yunqian-Platform" in outside.refused_by_pdfsig(turned, outside.nss(tmp_path / "nss", anchors))
    assert outside.refused_by_openssl(turned, anchors, tmp_path) == ["Yunqian-Platform"]
    assert outside.refused_by_pyhanko(turned, anchors) == ["Yunqian-Platform"]


def test_each_judge_of_signatures_refuses_foreign_anchors(produced: Produced, tmp_path: Path) -> None:
    path, foreign = produced.signed["park-certificate"][0], produced.signed["seal-final"][1]
    assert outside.refused_by_pdfsig(path, outside.nss(tmp_path / "nss", foreign)) == ["Yunqian-Platform"]
    assert outside.refused_by_openssl(path, foreign, tmp_path) == ["Yunqian-Platform", "the time of Yunqian-Platform"]
    assert outside.refused_by_pyhanko(path, foreign) == ["Yunqian-Platform"]
