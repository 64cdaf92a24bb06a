"""A mail server on loopback that keeps what it is sent, and refuses or hangs up when told to."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Mail:
    """One accepted message: who it was handed over from and to, and what it says."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain text part, with ordinary line ends."""
        part = self.message.get_body(("plain",))
        return part.get_content().replace("\r\n", "\n") if part else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return part.get_content() if part else ""

    @property
    def attachments(self) -> dict[str, bytes]:
        """Content by file name."""
        return {
            part.get_filename() or "": part.get_payload(decode=True)  # type: ignore[misc]
            for part in self.message.iter_attachments()
        }


class MailServer:
    """Speaks SMTP on 127.0.0.1; `with MailServer() as server` starts and ends it. `utf8`: it offers SMTPUTF8."""

    def __init__(self, *, login: tuple[str, str] | None = None, utf8: bool = True) -> None:
        self.port = 0
        self._login = login
        self._utf8 = utf8
        self._mails: list[Mail] = []
        self._answers: deque[str] = deque()
        self._refused: dict[str, str] = {}
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-double", daemon=True)

    @property
    def url(self) -> str:
        """For Settings.smtp_url."""
        login = f"{self._login[0]}:{self._login[1]}@" if self._login else ""
        return f"smtp://{login}127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[Mail]:
        """Everything accepted so far, in order."""
        with self._arrived:
            return list(self._mails)

    def wait_for(self, *, to: str = "", subject: str = "", count: int = 1, timeout: float = 10.0) -> list[Mail]:
        """Wait until `count` mails to this address with these words in the subject are there; returns them."""

        def found() -> list[Mail]:
            return [m for m in self._mails if (not to or to in m.recipients) and subject in m.subject]

        with self._arrived:
            if not self._arrived.wait_for(lambda: len(found()) >= count, timeout):
                seen = [(m.recipients, m.subject) for m in self._mails]
                raise AssertionError(f"{count} mail(s) to {to!r} with {subject!r} did not come; came: {seen}")
            return found()

    def answer_next(self, *answers: str) -> None:
        """Answer the next messages with these, e.g. `451 4.3.0 try again later`; `hang up` drops the connection."""
        self._answers.extend(answers)

    def refuse_recipient(self, address: str, answer: str = "550 5.1.1 no such mailbox") -> None:
        self._refused[address] = answer

    def __enter__(self) -> MailServer:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._session(), "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _session(self) -> Callable[[], SMTP]:
        options: dict[str, Any] = {"hostname": "mail.test", "enable_SMTPUTF8": self._utf8, "loop": self._loop}
        if self._login:
            options |= {"authenticator": self._check_login, "auth_required": True, "auth_require_tls": False}
        return lambda: SMTP(self, **options)

    def _check_login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _method: str, data: Any
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        # handled=False: aiosmtpd answers 535 for us; with True the client would wait for ever.
        return AuthResult(success=given == self._login, handled=False)

    # The names that aiosmtpd calls.
    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self._refused:
            return self._refused[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self._answers.popleft() if self._answers else "250 2.0.0 kept"
        if answer == "hang up":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "421 4.3.0 gone"
        if answer.startswith("2"):
            content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
            message = message_from_bytes(content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            with self._arrived:
                self._mails.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
                self._arrived.notify_all()
        return answer
