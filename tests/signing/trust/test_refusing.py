"""A finished file that the verifier does not pass: given up for good, or asked again where the verifier stumbled."""

from __future__ import annotations

import pytest

from core.claims import Failure
from core.jobs import Hopeless
from pdf import verify as pdf_verify
from pdf.pki.anchors import Anchors
from pdf.verify import FileVerdict
from pdf.verify.verdict import failed
from signing.trust import service


@pytest.mark.parametrize(("code", "is_over"), [("broken-file", False), ("not-whole-file", True)])
def test_what_the_verifier_stumbles_over_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, code: str, is_over: bool
) -> None:
    verdict = FileVerdict("a.pdf", (failed(code, detail="KeyError"),), ())
    monkeypatch.setattr(service, "published_anchors", Anchors)
    monkeypatch.setattr(pdf_verify, "verify_pdf", lambda *_, **__: verdict)
    with pytest.raises(Failure) as caught:
        service.refuse_failing(b"", name="a.pdf", reason="sealed_file_fails")
    assert isinstance(caught.value, Hopeless) is is_over
    assert caught.value.reason == "sealed_file_fails"
