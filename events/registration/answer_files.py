"""Files that answer questions: taken in, kept encrypted, given to one registration, read, and removed for good."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import String, cast, func, select

from core import claims, clock, ids, jobs, storage, tokens
from core.claims import Claim
from core.db import db, require_transaction, transaction
from core.errors import Invalid, NotFound, Problem
from events.registration import question_queries as queries
from events.registration.answer_rules import path
from events.registration.models import Registration
from events.registration.question_models import AnswerFile
from events.registration.question_queries import FileView

MOST_BYTES = 5_000_000
KEPT = "answer_file"  # purpose of the token by which a form names a file that it sent before
UNCLAIMED = timedelta(hours=6)  # then a file whose form was never accepted is removed
REMOVE = "registration.remove_files"
_NONCE_BYTES = 12  # of AES-GCM (NIST SP 800-38D §8.2.2); each key encrypts one file
_LONGEST_NAME = 120
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "docx": b"PK\x03\x04",
               "xlsx": b"PK\x03\x04"}  # fmt: skip
_ENDINGS = {"jpeg": "jpg"}


@dataclass(frozen=True)
class NewFile:
    """A file that a form brought, in memory; the id that stands for it among answers is its own from the beginning."""

    id: str
    question_key: str
    name: str
    kind: str
    content: bytes

    @property
    def bytes(self) -> int:
        """How long it is."""
        return len(self.content)

    def as_answer(self) -> dict[str, object]:
        """What stands for it among somebody's answers."""
        return {"file": self.id, "name": self.name, "bytes": self.bytes}


def look_at(question_key: str, *, name: str | None, content: bytes) -> NewFile:
    """A file that may answer a question. What it holds is never looked into.

    Raises Invalid at the question's answer: `file_too_large`, `bad_file_kind`, `no_file` for an empty one.
    """
    shown = _shown_name(name)
    return NewFile(ids.new("afl"), question_key, shown, _kind(shown, content, path(question_key)), content)


def keep(conference_id: str, new: NewFile) -> None:
    """Keep a file; nobody's yet."""
    key = AESGCM.generate_key(bit_length=256)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    digest = storage.put(nonce + AESGCM(key).encrypt(nonce, new.content, None))
    with transaction():
        db.session.add(
            AnswerFile(
                id=new.id,
                conference_id=conference_id,
                registration_id=None,
                question_key=new.question_key,
                name=new.name,
                kind=new.kind,
                bytes=new.bytes,
                digest=digest,
                key=key.hex(),
                uploaded_at=clock.now(),
            )
        )


def unclaimed_bytes() -> int:
    """How many bytes of files are nobody's."""
    return db.session.scalar(select(func.sum(AnswerFile.bytes)).where(AnswerFile.registration_id.is_(None))) or 0


def forget_unclaimed(file_ids: Collection[str]) -> None:
    """Remove those of these files that are nobody's."""
    with transaction():
        nobodys = select(AnswerFile).where(AnswerFile.id.in_(file_ids), AnswerFile.registration_id.is_(None))
        _remove(db.session.scalars(nobodys))


def _shown_name(name: str | None) -> str:
    last = _CONTROLS.sub("", (name or "").replace("\\", "/").rpartition("/")[2]).strip()
    return last.encode("utf-8", "replace").decode()[-_LONGEST_NAME:] or "-"


def _kind(name: str, content: bytes, path: str) -> str:
    """What a file is: its name and how it begins must agree."""
    if not content:
        raise Invalid([Problem(path, "no_file")])
    if len(content) > MOST_BYTES:
        raise Invalid([Problem(path, "file_too_large", {"limit": MOST_BYTES // 1000})])
    ending = name.rpartition(".")[2].lower()
    kind = _ENDINGS.get(ending, ending)
    if kind not in _BEGINNINGS or not content.startswith(_BEGINNINGS[kind]):
        raise Invalid([Problem(path, "bad_file_kind", {"name": name})])
    return kind


def token_of(file_id: str) -> str:
    """What a form sends back, so that nobody has to choose a file again because of another field."""
    return tokens.issue_fleeting(KEPT, file_id, expires_in=UNCLAIMED)


def find_kept(conference_id: str, question_key: str, token: str) -> FileView | None:
    """The file that a form names by its token; None for what was not made here, is for another question, or is gone."""
    try:
        file_id = tokens.decode(token, KEPT).subject
    except (tokens.LinkInvalid, tokens.LinkExpired):
        return None
    found = queries.find_file(file_id)
    is_it = found is not None and (found.conference_id, found.question_key) == (conference_id, question_key)
    return found if is_it else None


def claim(registration_id: str, answers: Mapping[str, Any]) -> None:
    """The files among somebody's answers are theirs from now on; earlier ones that are no longer answers go.

    Inside a transaction.
    """
    require_transaction()
    named = {answer["file"] for answer in answers.values() if isinstance(answer, Mapping) and "file" in answer}
    free = select(AnswerFile).where(AnswerFile.id.in_(named), AnswerFile.registration_id.is_(None))
    for row in db.session.scalars(free):
        row.registration_id = registration_id
    theirs = select(AnswerFile).filter_by(registration_id=registration_id).where(AnswerFile.id.not_in(named))
    _remove(db.session.scalars(theirs))


def claim_after(registration_id: str, answers: Mapping[str, Any]) -> None:
    """As `claim`, in a transaction of its own; should the server stop before it, `remove_unclaimed` makes up for it."""
    if any(isinstance(answer, Mapping) and "file" in answer for answer in answers.values()):
        with transaction():
            claim(registration_id, answers)


def forget(registration_id: str) -> int:
    """Remove all files of a person for good, inside a transaction; returns how many there were."""
    require_transaction()
    return _remove(db.session.scalars(select(AnswerFile).filter_by(registration_id=registration_id)))


def _remove(rows: Iterable[AnswerFile]) -> int:
    """Without the row's key nobody reads the file any more; its bytes go once the rows are gone."""
    gone = list(rows)
    for row in gone:
        db.session.delete(row)
    if gone:
        chain = gone[0].conference_id
        jobs.add(REMOVE, ids.new("rem"), chain=chain, digests=[row.digest for row in gone])
        db.session.flush()
    return len(gone)


@jobs.handles(REMOVE)
def remove_files(claimed: Claim, payload: dict[str, Any]) -> None:
    """Remove the bytes of files whose rows are gone. Each was encrypted with a key of its own: nothing else in the
    storage has its digest."""
    db.session.rollback()
    for digest in payload["digests"]:
        storage.remove(digest)
    with transaction():
        claims.finish(claimed)


def remove_unclaimed() -> int:
    """Inside a transaction: remove files whose form was never accepted; returns how many.

    A file that a registration names all the same, because the server stopped between the two, is given to it.
    """
    require_transaction()
    old = select(AnswerFile).where(AnswerFile.registration_id.is_(None))
    left = []
    for row in db.session.scalars(old.where(AnswerFile.uploaded_at < clock.now() - UNCLAIMED).limit(200)).all():
        names_it = cast(Registration.answers, String).contains(row.id)
        owner = select(Registration.id).filter_by(conference_id=row.conference_id).where(names_it).limit(1)
        row.registration_id = db.session.scalar(owner)
        if row.registration_id is None:
            left.append(row)
    return _remove(left)


def read(registration_id: str, question_key: str) -> tuple[FileView, bytes]:
    """A file of somebody's with its content; raises NotFound."""
    query = select(AnswerFile).filter_by(registration_id=registration_id, question_key=question_key)
    row = db.session.scalar(query.order_by(AnswerFile.uploaded_at.desc()).limit(1))
    if row is None:
        raise NotFound("file_not_found")
    sealed = storage.read(row.digest)
    content = AESGCM(bytes.fromhex(row.key)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    return queries.file_view(row), content
