"""What the pages read of a ceremony in memory: one lock, one list of live updates, the states of the contract."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.web.harness.papers import certificate_json
from tests.web.harness.values import Agreement, Seat, instant
from tests.web.page_lab import ROOT

PLACES = {"成都": "Chengdu", "杭州": "Hangzhou", "美国": "United States", "厦门": "Xiamen"}


class Shown:
    """The reading half of a lab."""

    def __init__(self, case: dict[str, Any] | None, locale: str) -> None:
        self.case = case or json.loads((ROOT / "examples" / "shuangliu-signing.json").read_text(encoding="utf-8"))
        for item in (*self.case["parties"], *self.case["agreements"]):
            item |= {name: text["zh-CN"] for name, text in item.items() if isinstance(text, dict)}
        self.locale = locale
        self.lock = threading.Condition()
        self.updates: list[dict[str, Any]] = []
        self.stream_epoch = 0
        self.heartbeat = 15.0
        self.parties = {party["key"]: party for party in self.case["parties"]}
        self.agreements = [self._agreement(index, item) for index, item in enumerate(self.case["agreements"], 1)]
        self.seats = {
            f"seat_{key}": Seat(f"seat_{key}", party, f"代表{chr(0x7532 + index % 8)}")
            for index, (key, party) in enumerate(self.parties.items())
        }
        self.started = False
        self.cue: dict[str, Any] | None = None

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

    def is_open(self, agreement: Agreement) -> bool:
        """Whether its signers may sign now."""
        finished = {one.key for one in self.agreements if one.state in ("completed", "sealed")}
        return self.started and agreement.state in ("approved", "open") and set(agreement.after) <= finished

    def start(self) -> None:
        """The host opens the ceremony."""
        with self.lock:
            self.started = True
            self.tell(self.agreements)

    def lead(self, cue: dict[str, Any]) -> None:
        """The host makes another cue live, holds, or ends the sheet."""
        with self.lock:
            self.cue = cue
            self.publish("stage.patch", cue=cue)

    def stage_agreement(self, agreement: Agreement) -> dict[str, Any]:
        """One agreement as the stage sees it."""
        waiting = "open" if self.is_open(agreement) else "waiting"
        return {
            "id": agreement.id,
            "key": agreement.key,
            "number": agreement.number,
            "title": agreement.title,
            "state": "open" if waiting == "open" and agreement.state == "approved" else agreement.state,
            "record_code": agreement.record_code,
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
            "cue": self.cue,
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
            "ceremony": {
                "id": "cer_1",
                "title": self.case["title"][self.locale],
                "starts_at": self.case["date"] + "T02:00:00.000Z",
                "host_timezone": "Asia/Shanghai",
            },
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
            "record_code": agreement.record_code,
            "ends_with": [one.title for one in self.agreements if agreement.key in one.after] if mine == "open" else [],
            "signed_at": agreement.signed.get(key),
            "signed": len(agreement.signed),
            "signers": len(agreement.between),
            "downloads": {"final.pdf": f"/download/{agreement.id}.pdf", "kit.zip": "/download/kit.zip"}
            if state == "sealed"
            else {},
        }

    def tell(self, agreements: list[Agreement]) -> None:
        """Let every stream know; the lock is held by the caller."""
        self.publish("stage.patch", agreements=[self.stage_agreement(agreement) for agreement in agreements])
