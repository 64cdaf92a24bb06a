"""Delivery of the outbox by SMTP, or into the mailbox page where no mail server is set."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from core import audit, claims, clock, config, i18n, mailbox, outbox
from core.audit import Subject
from core.claims import Claim
from core.db import db, transaction
from core.jobs import Hopeless
from core.outbox import Mail, OutboxMessage

TIMEOUT_SECONDS = 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class TryLater(Exception):
    """The mail server can't be reached or does not want the mail now."""


def deliver(claim: Claim) -> None:
    """Send one claimed message; raises Hopeless where it can never be sent, TryLater where it can later."""
    row = db.session.get_one(OutboxMessage, claim.id)
    kind, recipient, chain = row.kind, row.recipient, row.chain
    with i18n.use_locale(row.locale):
        mail = outbox.render(kind, row.payload)
    # The network must not be waited for inside a transaction, not even a reading one.
    db.session.remove()
    if config.settings().smtp_url:
        send(compose(claim.id, recipient, mail), recipient)
    with transaction():
        claims.finish(claim, payload={})
        if not config.settings().smtp_url:
            mailbox.keep(claim.id, recipient, mail)
        audit.record(chain, "message.sent", actor=audit.SYSTEM, subject=Subject("message", claim.id), kind=kind)


def compose(message_id: str, recipient: str, mail: Mail) -> EmailMessage:
    """The mail as it goes over the wire; a repeat has the same Message-ID. Raises Hopeless for a broken address."""
    settings = config.settings()
    sender_name, sender = parseaddr(settings.mail_from)
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(addr_spec=recipient)
        message["From"] = Address(display_name=sender_name, addr_spec=sender)
    except (ValueError, IndexError, MessageError):  # IndexError: what the parser does with nothing
        raise Hopeless("not a mail address") from None
    # Subjects carry titles that people typed: whatever would begin a new header becomes a space.
    message["Subject"] = _CONTROL.sub(" ", mail.subject).strip()
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{message_id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for file in mail.attachments:
        _attach(message, file)
    return message


def _attach(message: EmailMessage, file: outbox.Attachment) -> None:
    content_type, *parameters = (part.strip() for part in file.content_type.split(";"))
    maintype, _, subtype = content_type.partition("/")
    message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=_CONTROL.sub(" ", file.name))
    part = list(message.iter_attachments())[-1]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        part.set_param(name, value.strip('"'))  # such as method=REQUEST, without which no calendar offers to accept


def send(message: EmailMessage, recipient: str) -> None:
    """Hand a mail to the configured server; raises Hopeless, TryLater."""
    try:
        with _connect() as server:
            server.send_message(message, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, _ = error.recipients[recipient]
        raise _refused(code) from None
    except smtplib.SMTPNotSupportedError:
        raise Hopeless("the mail server does not take such an address") from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _refused(error.smtp_code) from None
    # Wrong password, no TLS, wrong name: faults of the setting, which somebody will put right.
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(type(error).__name__) from None


def _refused(code: int) -> Exception:
    """RFC 5321 §4.2.1: 5yz must not be repeated, anything else may. The server's words could hold the address."""
    return Hopeless(f"the mail server said {code}") if 500 <= code < 600 else TryLater(f"the mail server said {code}")


def _connect() -> smtplib.SMTP:
    url = urlsplit(config.settings().smtp_url)
    host, port = url.hostname or "", url.port
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)
    try:
        if parse_qs(url.query).get("tls") == ["starttls"]:
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except smtplib.SMTPNotSupportedError:
        server.close()
        raise TryLater("the mail server offers no TLS or no sign-in") from None
    except BaseException:
        server.close()
        raise
    return server
