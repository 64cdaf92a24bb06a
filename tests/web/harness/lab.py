"""A ceremony in memory that keeps the pages' contract, checks what they send, and lies when told to (`faults`)."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tests.web.harness.papers import check_signature, issue, signed_attributes
from tests.web.harness.showing import Shown
from tests.web.harness.values import CODE, Agreement, Prepared, Refusal, Seat, instant


class Lab(Shown):
    """The server's side: what the pages send is checked as the product does it, and every call is recorded."""

    def __init__(self, case: dict[str, Any] | None = None, locale: str = "zh-CN") -> None:
        super().__init__(case, locale)
        self.calls: list[tuple[str, Any]] = []
        self.prepared: dict[str, Prepared] = {}
        self.done: dict[str, dict[str, Any]] = {}
        self.appearances: list[dict[str, Any]] = []
        self.custody: list[str] = []
        self.faults: list[str] = []
        self.ca_key = ec.generate_private_key(ec.SECP256R1())

    def check_code(self, seat: Seat, code: str) -> None:
        """Five tries, then no more."""
        if seat.tries == 0 or seat.sent is None:
            raise Refusal(429, "code_exhausted", "这个验证码已不能再用。", "请重新发送验证码。")
        if code != CODE:
            seat.tries -= 1
            raise Refusal(422, "code_wrong", "验证码不对。", f"还可以试 {seat.tries} 次。")
        seat.proved = True

    def enrol(self, seat: Seat, der: bytes) -> bytes:
        """A certificate for the key in a PKCS#10 request."""
        seat.certificate = issue(self.ca_key, seat.name, der)
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
        content, byte_range = self._placeholder(seat, agreement)
        digest = _digest(content, byte_range)
        lie = hashlib.sha256(b"another file").digest() if "wrong_digest" in self.faults else digest
        made = Prepared(
            id=f"sig_{len(self.prepared) + 1}",
            key=key,
            seat=seat.id,
            agreement=agreement.id,
            revision=agreement.revision,
            content=content,
            attributes=signed_attributes(lie, seat.certificate),
            byte_range=byte_range,
            digest=digest.hex(),
        )
        self.prepared[made.id] = made
        return {
            "status": "prepared",
            "signing_id": made.id,
            "revision": made.revision + 1,
            "signed_attributes": made.attributes,
            "byte_range": byte_range,
            "digest": made.digest,
            "content_url": f"/content/{made.id}",
        }

    def _placeholder(self, seat: Seat, agreement: Agreement) -> tuple[bytes, list[int]]:
        """The next revision without its signature, and what that will cover."""
        start = agreement.head + f"\n% field for {seat.id}\n".encode()
        content = start + b"<" + b"0" * 64 + b">" + b"\n%%EOF\n"
        if "other_text" in self.faults:
            content = content.replace(b"v1", b"v2", 1)
        if "hole_in_range" in self.faults:
            return content, [0, 40, 60, len(content) - 60]
        return content, [0, len(start), len(start) + 66, 7]

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
        check_signature(seat.certificate, signature, made.attributes)
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
        self.tell(changed)
        return self.done[key]

    def seal_all(self) -> None:
        """Every completed agreement gets its last revision."""
        with self.lock:
            for agreement in self.agreements:
                agreement.state = "sealed" if agreement.state == "completed" else agreement.state
            self.tell(self.agreements)

    def sign_for(self, agreement_key: str, party: str) -> None:
        """Another signer signs, far away."""
        with self.lock:
            agreement = next(one for one in self.agreements if one.key == agreement_key)
            self._record(
                self.seats[f"seat_{party}"], agreement, f"remote-{agreement_key}-{party}", agreement.head + b"\nsigned"
            )


def _digest(content: bytes, byte_range: list[int]) -> bytes:
    at, length, then, more = byte_range
    return hashlib.sha256(content[at : at + length] + content[then : then + more]).digest()
