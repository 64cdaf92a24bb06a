"""Papers that the platform alone signs stay fit for archives and for people who listen; agreements for the latter."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from functools import cache

import pikepdf
import pytest

from pdf import fonts, pki, sign
from pdf.errors import StructureUnsupported
from pdf.join import join
from pdf.render import Enclosed, render
from pdf.verify import Indication, Level, verify_file
from tests.pdf import signing_world as world
from tests.support.outside import ACCESSIBLE, ARCHIVE, unmet

MADE = datetime(2020, 2, 11, 2, 3, 4, tzinfo=UTC)
BOXES = [sign.FieldSpec(f"Signer-{n}", 0, (60.0, 600.0 - 90 * n, 260.0, 680.0 - 90 * n)) for n in (1, 2)]


@cache
def printed(name: str) -> bytes:
    at = MADE.isoformat()
    head = f'<title>{name}</title><meta name="dcterms.created" content="{at}">'
    html = f"""<html lang="zh-CN"><head>{head}<meta name="dcterms.modified" content="{at}">
    <style>body {{ font-family: "Yunqian Serif" }}</style></head><body><h1>{name}</h1>
    <table><tr><th scope="row">单位</th><td>样例公司</td></tr></table></body></html>"""
    return render(html, enclosed=[Enclosed(f"{ord(name)}.json", b"{}", "数据 Data", MADE)]).pdf


def attested(pdf: bytes, platform: pki.Authority | None = None) -> bytes:
    here = world.world()
    found = platform or here.platform
    return sign.attest(
        pdf,
        platform=found,
        timestamper=here.timestamper,
        chain=[*found.path, *here.tsa_authority.path],
        crls=here.crls,
        at=world.NOW,
    )


def standards(pdf: bytes) -> tuple[list[str], list[str]]:
    return unmet(pdf, ARCHIVE), unmet(pdf, ACCESSIBLE)


def test_a_paper_with_the_platform_s_signature_is_fit_for_archives_and_for_people_who_listen() -> None:
    assert standards(attested(printed("一"))) == ([], [])


def test_the_one_signature_covers_the_whole_paper_and_what_checks_it_later() -> None:
    verdict = verify_file(attested(printed("一")), name="a.pdf", anchors=[world.world().root.certificate])
    assert (verdict.verdict, verdict.reasons) == (Indication.TOTAL_PASSED, ())
    (signature,) = verdict.signatures
    assert (signature.level, signature.covers, signature.certification) == (Level.B_LT, "ENTIRE_FILE", True)


def test_it_must_be_renewed_before_the_certificates_of_its_timestamp_end_and_not_of_its_platform() -> None:
    here = world.world()
    began, ends = world.NOW - timedelta(days=1), world.NOW + timedelta(days=100)
    name = pki.SubjectName("短期平台", "云签测试")
    paper = attested(printed("一"), pki.issue_platform(here.ca, name, not_before=began, not_after=ends))
    until = sign.archived_until(paper)
    assert until == min(each.not_valid_after_utc for each in here.tsa_authority.path)
    for at, verdict in ((until, Indication.TOTAL_PASSED), (until + timedelta(days=1), Indication.INDETERMINATE)):
        assert verify_file(paper, name="a.pdf", anchors=[here.root.certificate], at=at).verdict == verdict


def test_renewed_it_begins_with_what_was_issued_and_passes() -> None:
    paper = attested(printed("一"))
    renewed = world.sealed(paper)
    assert renewed.startswith(paper)
    assert unmet(renewed, ACCESSIBLE) == []
    verdict = verify_file(renewed, name="a.pdf", anchors=[world.world().root.certificate])
    assert (verdict.verdict, verdict.signatures[0].level) == (Indication.TOTAL_PASSED, Level.B_LTA)


def test_a_file_without_any_timestamp_has_none_to_renew() -> None:
    with pytest.raises(StructureUnsupported):
        sign.archived_until(world.blank_pdf())


def test_an_agreement_speaks_to_people_who_listen_in_every_revision() -> None:
    here = world.world()
    frozen = sign.freeze(
        printed("一"), fields=BOXES, platform=here.platform, timestamper=here.timestamper, at=world.NOW
    )
    assert standards(frozen) == ([], [])
    drawn = sign.Appearance(drawing=world.drawn_png(), captions=world.CAPTIONS, font=fonts.file("YunqianSerif-Regular"))
    half = world.signed(frozen, slot=1, appearance=drawn, timestamper=here.timestamper)
    whole = world.signed(
        half, slot=2, appearance=sign.Appearance(typed="林晓云", font=drawn.font), timestamper=here.timestamper
    )
    final = world.sealed(whole)
    assert [unmet(pdf, ACCESSIBLE) for pdf in (half, whole, final)] == [[], [], []]
    # Several signatures cannot each cover the whole file, which is all that the judge misses in an archive.
    assert {each.partition(":")[0] for each in unmet(final, ARCHIVE)} == {"PDFA3A-SIGNATURE-BYTERANGE-001"}
    assert verify_file(final, name="a.pdf", anchors=[here.root.certificate]).verdict == Indication.TOTAL_PASSED


def test_a_field_is_announced_by_its_name() -> None:
    here = world.world()
    frozen = sign.freeze(
        printed("一"), fields=BOXES, platform=here.platform, timestamper=here.timestamper, at=world.NOW
    )
    with pikepdf.open(io.BytesIO(frozen)) as opened:
        tags = [each for each in opened.Root.StructTreeRoot.K[0].K if each.S == "/Form"]
        assert [str(each.K.Obj["/T"]) for each in tags] == ["Signer-1", "Signer-2"]
        assert {str(each.K.Obj.TU) for each in tags} == {"电子签名 Electronic signature"}


def test_joined_papers_keep_their_tags_their_files_and_both_standards() -> None:
    papers = [attested(printed(name)) for name in ("一", "二", "三")]
    joined = join(papers, title="合订 Joined", titles=["甲", "乙", "丙"])
    assert joined == join(papers, title="合订 Joined", titles=["甲", "乙", "丙"])
    assert standards(joined) == standards(attested(joined)) == ([], [])
    with pikepdf.open(io.BytesIO(joined)) as opened:
        assert sorted(opened.attachments) == sorted(f"{ord(name)}.json" for name in ("一", "二", "三"))
        assert [str(each.S) for each in opened.Root.StructTreeRoot.K[0].K] == ["/H1", "/Table"] * 3
        with opened.open_outline() as outline:
            assert [item.title for item in outline.root] == ["甲", "乙", "丙"]
        assert str(opened.docinfo.Title) == opened.open_metadata()["dc:title"] == "合订 Joined"
        assert "/AcroForm" not in opened.Root


def test_what_is_no_paper_of_ours_is_not_joined() -> None:
    with pytest.raises(StructureUnsupported):
        join([world.blank_pdf(), world.blank_pdf()], title="", titles=["", ""])
