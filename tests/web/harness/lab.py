"""A ceremony in memory that keeps the contract of the brief: what the pages read, and real checks of what they send."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from tests.web.page_lab import ROOT

CODE = "314159"


class Refusal(Exception):
    """What the JSON error body says."""

    def __init__(self, status: int, code: str, message: str, next_step: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.next_step = status, code, message, next_step


def instant(at: datetime | None = None) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Agreement:
    """One file: its frozen head, and what signatures have appended."""

    id: str
    key: str
    number: str
    title: str
    between: list[str]
    after: list[str]
    frozen: bytes
    pages: int = 6
    head: bytes = b""
    revision: int = 0
    state: str = "approved"
    signed: dict[str, str] = field(default_factory=dict)
    declined: dict[str, str] = field(default_factory=dict)


@dataclass
class Seat:
    """One signer's progress."""

    id: str
    party: dict[str, Any]
    name: str
    proved: bool = False
    sent: datetime | None = None
    tries: int = 5
    consent: dict[str, Any] | None = None
    certificate: bytes | None = None
    read: dict[str, int] = field(default_factory=dict)


@dataclass
class Prepared:
    """A revision that waits for its signature."""

    id: str
    key: str
    seat: str
    agreement: str
    revision: int
    content: bytes
    attributes: bytes
    byte_range: list[int]
    digest: str


class Lab:
    """The server's side: one lock, one list of live updates, every call recorded."""

    def __init__(self, case: dict[str, Any] | None = None, locale: str = "zh-CN") -> None:
        self.case = case or json.loads((ROOT / "examples" / "shuangliu-signing.json").read_text(encoding="utf-8"))
        self.locale = locale
        self.lock = threading.Condition()
        self.updates: list[dict[str, Any]] = []
        self.calls: list[tuple[str, Any]] = []
        self.prepared: dict[str, Prepared] = {}
        self.done: dict[str, dict[str, Any]] = {}
        self.appearances: list[dict[str, Any]] = []
        self.custody: list[str] = []
        self.faults: list[str] = []
        self.streams_closed = 0
        self.stream_epoch = 0
        self.heartbeat = 15.0
        self.ca_key = ec.generate_private_key(ec.SECP256R1())
        self.parties = {party["key"]: party for party in self.case["parties"]}
        self.agreements = [self._agreement(index, item) for index, item in enumerate(self.case["agreements"], 1)]
        self.seats = {
            f"seat_{key}": Seat(f"seat_{key}", party, f"代表{chr(0x7532 + index % 8)}")
            for index, (key, party) in enumerate(self.parties.items())
        }
        self.started = False

    def _agreement(self, index: int, item: dict[str, Any]) -> Agreement:
        frozen = f"%PDF-1.7\n% {item['title']} v1\n".encode() + hashlib.sha256(item["key"].encode()).digest() * 400
        agreement = Agreement(
            id=f"agr_{item['key']}",
            key=item["key"],
            number=f"SL-2020-{index:02}",
            title=item["title"],
            between=item["between"],
            after=item["after"],
            frozen=frozen,
        )
        agreement.head = frozen
        return agreement

    # ---- live -------------------------------------------------------------------------------------------------
    def publish(self, kind: str, **data: Any) -> None:
        """Number an update and wake every stream; the lock is held by the caller."""
        self.updates.append({"kind": kind, "seq": len(self.updates) + 1, "at": instant(), **data})
        self.lock.notify_all()

    def stream(self, after: int) -> Iterator[str]:
        """A real text/event-stream: hello, replay, updates, heartbeats."""
        with self.lock:
            epoch = self.stream_epoch
            head = len(self.updates)
        yield f"event: hello\ndata: {json.dumps({'seq': head, 'server_now': instant()})}\n\n"
        sent = after
        while True:
            with self.lock:
                if len(self.updates) <= sent:
                    self.lock.wait(self.heartbeat)
                if epoch != self.stream_epoch:
                    return
                fresh = self.updates[sent:]
            if not fresh:
                yield ": beat\n\n"
            for update in fresh:
                sent = update["seq"]
                yield f"id: {sent}\ndata: {json.dumps(update)}\n\n"

    def cut_streams(self) -> None:
        """End every open stream, as a restart does."""
        with self.lock:
            self.stream_epoch += 1
            self.lock.notify_all()

    # ---- what the pages read ----------------------------------------------------------------------------------
    def is_open(self, agreement: Agreement) -> bool:
        """Whether its signers may sign now."""
        finished = {one.key for one in self.agreements if one.state in ("completed", "sealed")}
        return self.started and agreement.state in ("approved", "open") and set(agreement.after) <= finished

    def start(self) -> None:
        """The host opens the ceremony."""
        with self.lock:
            self.started = True
            self._tell(self.agreements)

    def stage_agreement(self, agreement: Agreement) -> dict[str, Any]:
        """One agreement as the stage sees it."""
        waiting = "open" if self.is_open(agreement) else "waiting"
        return {
            "id": agreement.id,
            "key": agreement.key,
            "number": agreement.number,
            "title": agreement.title,
            "state": "open" if waiting == "open" and agreement.state == "approved" else agreement.state,
            "after": agreement.after,
            "signers": [
                {
                    "seat": f"seat_{key}",
                    "party": key,
                    "state": "signed" if key in agreement.signed else waiting,
                    "signed_at": agreement.signed.get(key),
                }
                for key in agreement.between
            ],
        }

    def stage_state(self) -> dict[str, Any]:
        """The whole stage state of the contract."""
        places: dict[str, dict[str, Any]] = {}
        for party in self.parties.values():
            places.setdefault(
                party["place"],
                {
                    "place": {"zh-CN": party["place"], "en": PLACES.get(party["place"], party["place"])},
                    "timezone": party["timezone"],
                },
            )
        return {
            "ceremony": {
                "id": "cer_1",
                "title": self.case["title"],
                "state": "open",
                "planned_at": self.case.get("planned_at", "2020-02-11T01:30:00.000Z"),
                "amount": self.case.get("planned_investment"),
            },
            "places": list(places.values()),
            "parties": [
                {
                    "key": party["key"],
                    "organisation": {
                        "zh-CN": party["organisation"],
                        "en": party.get("organisation_en", party["organisation"]),
                    },
                    "place": places[party["place"]]["place"],
                    "timezone": party["timezone"],
                    "representative_title": {"zh-CN": party["representative_title"]},
                }
                for party in self.parties.values()
            ],
            "agreements": [self.stage_agreement(agreement) for agreement in self.agreements],
            "verify_url": "yunqian.example/verify/7K2M-94QX",
            "server_now": instant(),
            "seq": len(self.updates),
        }

    def seat_state(self, seat: Seat) -> dict[str, Any]:
        """GET /api/seat/<id>."""
        mine = [agreement for agreement in self.agreements if seat.party["key"] in agreement.between]
        done = all(
            seat.party["key"] in agreement.signed or seat.party["key"] in agreement.declined for agreement in mine
        )
        step = "identity" if not seat.proved else "consent" if not seat.consent else "done" if done else "agreements"
        return {
            "seat": {
                "id": seat.id,
                "name": seat.name,
                "title": seat.party["representative_title"],
                "organisation": seat.party["organisation"],
                "place": seat.party["place"],
                "timezone": seat.party["timezone"],
                "locale": self.locale,
            },
            "ceremony": {"id": "cer_1", "title": self.case["title"][self.locale], "date": self.case["date"]},
            "step": step,
            "identity": {"proved": seat.proved, **self.sent_code(seat)},
            "consent": seat.consent,
            "certificate": certificate_json(seat.certificate),
            "agreements": [self.seat_agreement(seat, agreement) for agreement in mine],
            "live": {"url": f"/live/{seat.id}", "seq": len(self.updates)},
            "server_now": instant(),
        }

    def sent_code(self, seat: Seat) -> dict[str, Any]:
        """When the code was sent and how long it lives."""
        return {
            "sent_to": "s***@example.cn",
            "expires_at": instant(seat.sent + timedelta(minutes=10)) if seat.sent else None,
            "resend_at": instant(seat.sent + timedelta(seconds=30)) if seat.sent else None,
        }

    def seat_agreement(self, seat: Seat, agreement: Agreement) -> dict[str, Any]:
        """One agreement as its signer sees it."""
        key = seat.party["key"]
        can = self.is_open(agreement)
        mine = (
            "signed"
            if key in agreement.signed
            else "declined"
            if key in agreement.declined
            else "open"
            if can
            else "waiting"
        )
        state = self.stage_agreement(agreement)["state"]
        digest = hashlib.sha256(agreement.frozen).hexdigest()
        blocked = None if mine != "waiting" else "cue_not_live" if not self.started else "not_your_turn"
        return {
            "id": agreement.id,
            "number": agreement.number,
            "title": agreement.title,
            "state": state,
            "mine": mine,
            "blocked_by": blocked,
            "pages": agreement.pages,
            "read_to": seat.read.get(agreement.id, 0),
            "frozen_digest": digest,
            "frozen_length": len(agreement.frozen),
            "record_code": f"{int(digest[:12], 16) % 10**8:08}",
            "signed_at": agreement.signed.get(key),
            "signed": len(agreement.signed),
            "signers": len(agreement.between),
            "downloads": {"final.pdf": f"/download/{agreement.id}.pdf", "kit.zip": "/download/kit.zip"}
            if state == "sealed"
            else {},
        }

    # ---- what the pages send ----------------------------------------------------------------------------------
    def check_code(self, seat: Seat, code: str) -> None:
        """Five tries, then no more."""
        if seat.tries == 0 or seat.sent is None:
            raise Refusal(429, "code_exhausted", "这个验证码已不能再用。", "请重新发送验证码。")
        if code != CODE:
            seat.tries -= 1
            raise Refusal(422, "code_wrong", "验证码不对。", f"还可以试 {seat.tries} 次。")
        seat.proved = True

    def enrol(self, seat: Seat, der: bytes) -> bytes:
        """Check the PKCS#10 request as pdf.pki does, and issue a certificate over its key."""
        request = x509.load_der_x509_csr(der)
        key = request.public_key()
        if (
            not request.is_signature_valid
            or not isinstance(key, ec.EllipticCurvePublicKey)
            or key.curve.name != "secp256r1"
        ):
            raise Refusal(422, "request_invalid", "证书请求无效。")
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, seat.name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ceremony CA")]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(hours=12))
            .sign(self.ca_key, hashes.SHA256())
        )
        seat.certificate = made.public_bytes(serialization.Encoding.DER)
        return seat.certificate

    def prepare(self, seat: Seat, agreement: Agreement, body: dict[str, Any]) -> dict[str, Any]:
        """A placeholder over the current head, or what this key has already done."""
        key = str(body["idempotency_key"])
        self.appearances.append(body["appearance"])
        self.custody.append(body["custody"])
        if key in self.done:
            return self.done[key]
        self._may_sign(seat, agreement)
        if body["custody"] == "server":
            return self._record(seat, agreement, key, agreement.head + b"\nserver-signed")
        if seat.certificate is None:
            raise Refusal(409, "certificate_missing", "没有证书。")
        base = agreement.head
        start = base + f"\n% field for {seat.id}\n".encode()
        content = start + b"<" + b"0" * 64 + b">" + b"\n%%EOF\n"
        byte_range = [0, len(start), len(start) + 66, 7]
        digest = hashlib.sha256(content[: len(start)] + content[len(start) + 66 :])
        attributes = signed_attributes(digest.digest(), seat.certificate)
        if "wrong_digest" in self.faults:
            attributes = signed_attributes(hashlib.sha256(b"another file").digest(), seat.certificate)
        if "other_text" in self.faults:
            content = content.replace(b"v1", b"v2", 1)
            digest = hashlib.sha256(content[: len(start)] + content[len(start) + 66 :])
            attributes = signed_attributes(digest.digest(), seat.certificate)
        if "hole_in_range" in self.faults:
            byte_range = [0, 40, 60, len(content) - 60]
            digest = hashlib.sha256(content[:40] + content[60:])
            attributes = signed_attributes(digest.digest(), seat.certificate)
        made = Prepared(
            f"sig_{len(self.prepared) + 1}",
            key,
            seat.id,
            agreement.id,
            agreement.revision,
            content,
            attributes,
            byte_range,
            digest.hexdigest(),
        )
        self.prepared[made.id] = made
        return {
            "status": "prepared",
            "signing_id": made.id,
            "revision": made.revision + 1,
            "signed_attributes": attributes,
            "byte_range": byte_range,
            "digest": made.digest,
            "content_url": f"/content/{made.id}",
        }

    def _may_sign(self, seat: Seat, agreement: Agreement) -> None:
        if not self.is_open(agreement):
            raise Refusal(409, "not_your_turn", "现在还不能签这份协议。", "轮到您时页面会自动打开。")
        if seat.read.get(agreement.id, 0) < agreement.pages:
            raise Refusal(409, "not_read_to_the_end", "还没有读到最后一页。", "请读完后再签署。")

    def finish(self, seat: Seat, made: Prepared, signature: bytes) -> dict[str, Any]:
        """Verify raw r‖s over the attributes against the enrolled certificate, then append by compare-and-set."""
        agreement = next(one for one in self.agreements if one.id == made.agreement)
        if made.key in self.done:
            return self.done[made.key]
        if seat.certificate is None or len(signature) != 64:
            raise Refusal(422, "signature_invalid", "签名无效。")
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        public = x509.load_der_x509_certificate(seat.certificate).public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(encode_dss_signature(r, s), made.attributes, ec.ECDSA(hashes.SHA256()))
        if "moved_once" in self.faults:
            self.faults.remove("moved_once")
            agreement.revision += 1
            agreement.head += b"\n% somebody else was faster"
        if made.revision != agreement.revision:
            raise Refusal(409, "revision_moved", "另一位签署人快了一步。", "会自动再试一次。")
        return self._record(seat, agreement, made.key, made.content)

    def _record(self, seat: Seat, agreement: Agreement, key: str, head: bytes) -> dict[str, Any]:
        agreement.head, agreement.revision = head, agreement.revision + 1
        agreement.signed[seat.party["key"]] = instant()
        agreement.state = "open"
        changed = [agreement]
        if set(agreement.signed) >= set(agreement.between):
            agreement.state = "completed"
            changed += [one for one in self.agreements if agreement.key in one.after]
        self.done[key] = {
            "status": "signed",
            "revision": agreement.revision,
            "signed_at": agreement.signed[seat.party["key"]],
            "digest": hashlib.sha256(head).hexdigest(),
            "level": "B-T",
        }
        self._tell(changed)
        return self.done[key]

    def seal_all(self) -> None:
        """Every completed agreement gets its last revision."""
        with self.lock:
            for agreement in self.agreements:
                agreement.state = "sealed" if agreement.state == "completed" else agreement.state
            self._tell(self.agreements)

    def sign_for(self, agreement_key: str, party: str) -> None:
        """Another signer signs, far away."""
        with self.lock:
            agreement = next(one for one in self.agreements if one.key == agreement_key)
            self._record(
                self.seats[f"seat_{party}"], agreement, f"remote-{agreement_key}-{party}", agreement.head + b"\nsigned"
            )

    def _tell(self, agreements: list[Agreement]) -> None:
        self.publish("stage.patch", agreements=[self.stage_agreement(agreement) for agreement in agreements])


PLACES = {"成都": "Chengdu", "杭州": "Hangzhou", "美国": "United States", "厦门": "Xiamen"}


def signed_attributes(digest: bytes, certificate: bytes) -> bytes:
    """DER of the CMS signed attributes as SET OF, like the product's own."""
    parsed = asn1_x509.Certificate.load(certificate)
    assert parsed.subject is not None
    cert_id = tsp.SigningCertificateV2(
        {"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate).digest()})]}
    )
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [core.OctetString(digest)]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [cert_id]}),
        ]
    )
    return bytes(attributes.dump())


def certificate_json(der: bytes | None) -> dict[str, Any] | None:
    """As POST /certificate answers."""
    if der is None:
        return None
    expires = x509.load_der_x509_certificate(der).not_valid_after_utc
    return {"certificate": base64.b64encode(der).decode(), "key_custody": "client", "expires_at": instant(expires)}
