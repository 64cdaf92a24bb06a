"""What the issuers of signers' own certificates say of them: by files, lists over HTTP, OCSP; and their silence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from core import clock, storage
from pdf import pki
from pdf.verify import Indication, verify_file
from signing.trust import external
from signing.trust import service as trust
from tests.signing.seats.own_certificates import A, bring, code_of, complete
from tests.support import foreign_ca
from tests.support.foreign_ca import ForeignCA
from tests.support.quick import Quick


class Issuer(HTTPServer):
    """The authority's web server on loopback: its lists by HTTP, and how often each was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.revoked: dict[int, pki.Revoked] = {}
        self.authority: pki.Authority | None = None

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def responder(self) -> x509.AuthorityInformationAccess:
        url = x509.UniformResourceIdentifier(f"http://{self.place}/ocsp")
        return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, url)])

    def address(self, name: str) -> x509.CRLDistributionPoints:
        url = f"http://{self.place}/{name}"
        return x509.CRLDistributionPoints(
            [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)]
        )


class _Answer(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.files.get(self.path.lstrip("/"))
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        now = clock.now()
        answer = pki.answer_ocsp(
            asked,
            issuers=[self.server.authority] if self.server.authority else [],
            register=lambda _, serial: pki.Status(self.server.revoked.get(serial)),
            now=now,
            next_update=now + foreign_ca.DAY,
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_issuers_are_asked_only_where_that_is_set(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    own = ca.issue(extra=(issuer.address("personal.crl"),))
    issuer.files["personal.crl"], root_list = ca.lists()
    with foreign_ca.accepted(tmp_path, ca, lists=[root_list]):
        assert not external.check(own.der, own.above_der).is_revocation_known
    assert issuer.asked == []
    with foreign_ca.accepted(
        tmp_path, ca, lists=[root_list], external_revocation="ask", external_hosts=(issuer.place,)
    ):
        assert external.check(own.der, own.above_der).is_revocation_known
        external.check(own.der, own.above_der)
    assert issuer.asked == ["/personal.crl"]  # and not again for every signature


def test_an_address_inside_our_network_is_asked_only_where_a_setting_names_it(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    issuer.files["personal.crl"], root_list = ca.lists()
    own = ca.issue(extra=(issuer.address("personal.crl"),))
    with foreign_ca.accepted(tmp_path, ca, lists=[root_list], external_revocation="ask"):
        assert not external.check(own.der, own.above_der).is_revocation_known
    assert issuer.asked == []


def test_a_silent_issuer_is_borne_or_refused_as_it_is_set(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    own = ca.issue(extra=(issuer.address("gone.crl"),))
    with foreign_ca.accepted(tmp_path, ca, external_revocation="ask", external_hosts=(issuer.place,)):
        assert bring(entered.people[A], own).revocation == "unknown"
    with foreign_ca.accepted(tmp_path, ca, external_revocation="require", external_hosts=(issuer.place,)):
        assert code_of(lambda: bring(entered.people[A], own)) == "external_revocation_unknown"


def test_a_list_that_names_it_refuses_it_and_another_s_list_does_not(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    one, other = (ca.issue(number=number, extra=(issuer.address("personal.crl"),)) for number in (1, 2))
    with foreign_ca.accepted(tmp_path, ca, external_revocation="ask", external_hosts=(issuer.place,)):
        issuer.files["personal.crl"] = ForeignCA("另一家").lists(one.leaf)[0]
        external.check(one.der, one.above_der)
        issuer.files["personal.crl"] = ca.lists(other.leaf)[0]
        assert code_of(lambda: bring(entered.people[A], other)) == "external_revoked"


def test_an_ocsp_answer_goes_into_the_file_and_raises_its_level(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    issuer.authority = pki.Authority(ca.key, ca.certificate, (ca.root,))  # type: ignore[arg-type]
    own = ca.issue(extra=(issuer.responder(),))
    with foreign_ca.accepted(
        tmp_path, ca, lists=[ca.lists()[1]], external_revocation="ask", external_hosts=(issuer.place,)
    ):
        agreement = complete(entered, own)
        anchors = trust.published_anchors()
    verdict = verify_file(storage.read(agreement.head_digest or ""), name="a.pdf", anchors=anchors)
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    assert [each.level for each in verdict.signatures if each.key_custody == "external"] == ["B-LTA"]
    assert issuer.asked == ["/ocsp"]


def test_an_ocsp_answer_that_it_is_revoked_refuses_it(
    entered: Quick, ca: ForeignCA, issuer: Issuer, tmp_path: Path
) -> None:
    issuer.authority = pki.Authority(ca.key, ca.certificate, (ca.root,))  # type: ignore[arg-type]
    own = ca.issue(extra=(issuer.responder(),))
    issuer.revoked[own.leaf.serial_number] = pki.Revoked(own.leaf.serial_number, clock.now() - foreign_ca.DAY)
    with foreign_ca.accepted(tmp_path, ca, external_revocation="ask", external_hosts=(issuer.place,)):
        assert code_of(lambda: bring(entered.people[A], own)) == "external_revoked"
