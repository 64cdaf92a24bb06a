"""Delivery of the outbox: mails by SMTP, or into the mailbox page where no mail server is set; other messages by who
carries them."""

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

import structlog
from email_validator import validate_email

from core import audit, claims, clock, config, i18n, mailbox, outbox
from core.audit import Subject
from core.claims import Claim, Failure
from core.db import db, transaction
from core.jobs import Hopeless
from core.outbox import Mail, OutboxMessage

log = structlog.get_logger()

TIMEOUT_SECONDS = 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class TryLater(Failure):
    """The mail server can't be reached or does not want the mail now."""


def deliver(claim: Claim) -> None:
    """Send one claimed message; raises Hopeless where it can never be sent, TryLater where it can later."""
    row = db.session.get_one(OutboxMessage, claim.id)
    kind, recipient, chain = row.kind, row.recipient, row.chain
    # The trail holds no address: it says whose record the mail went to, and when that was this person's.
    whom = {name: row.payload[name] for name in ("seat", "account", "as_at") if row.payload.get(name)}
    if row.good_until is not None and row.good_until <= clock.now():
        raise Hopeless("nobody needs it any more", reason="too_late")
    if carrier := outbox.find_carrier(kind):
        payload = dict(row.payload)
        db.session.rollback()
        carrier(claim, payload)
        return
    with i18n.use_locale(row.locale):
        mail = outbox.render(kind, row.payload)
    # The network must not be waited for inside a transaction, not even a reading one.
    db.session.remove()
    if config.settings().smtp_url:
        send(compose(claim.id, recipient, mail))
    with transaction():
        if not config.settings().smtp_url:
            mailbox.keep(claim.id, recipient, mail)
        audit.record(chain, "message.sent", actor=audit.SYSTEM, subject=Subject("message", claim.id), kind=kind, **whom)
        claims.finish(claim, payload={})


def warn_unless_set_up() -> None:
    """Say at the start what would otherwise be noticed when the first invitation does not come."""
    if not outbox.is_set_up():
        log.warning("mail.not_set_up", do="set YUNQIAN_SMTP_URL", until_then="nobody can be invited, no mail leaves")


def compose(message_id: str, recipient: str, mail: Mail) -> EmailMessage:
    """The mail as it goes over the wire; a repeat has the same Message-ID. Raises Hopeless for a broken address."""
    settings = config.settings()
    sender_name, sender = parseaddr(settings.mail_from)
    message = EmailMessage(policy=SMTP)
    message["To"] = wire_address(recipient)
    message["From"] = wire_address(sender, sender_name)
    # Subjects carry titles that people typed: whatever would begin a new header becomes a space.
    message["Subject"] = _CONTROL.sub(" ", mail.subject).strip()
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{message_id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.picture is not None:
        _show(message, mail.picture)
    for file in mail.attachments:
        _attach(message, file)
    return message


def _show(message: EmailMessage, picture: outbox.Attachment) -> None:
    """Inside the HTML (RFC 2392), with a name for who keeps it."""
    html = message.get_body(("html",))
    if not isinstance(html, EmailMessage):
        raise TypeError("a mail without HTML")
    maintype, _, subtype = picture.content_type.partition("/")
    html.add_related(
        picture.content,
        maintype=maintype,
        subtype=subtype,
        cid="<picture>",
        filename=picture.name,
        disposition="inline",
    )


def _attach(message: EmailMessage, file: outbox.Attachment) -> None:
    content_type, *parameters = (part.strip() for part in file.content_type.split(";"))
    maintype, _, subtype = content_type.partition("/")
    message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=_CONTROL.sub(" ", file.name))
    part = list(message.iter_attachments())[-1]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        part.set_param(name, value.strip('"'))  # such as method=REQUEST, without which no calendar offers to accept


def wire_address(text: str, name: str = "") -> Address:
    """The address as it is sent: its domain as every server knows it (例子.中国 → xn--…). Raises Hopeless."""
    local, _, domain = text.rpartition("@")
    try:
        if not domain.isascii():
            domain = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain
        # A mailbox's name may be in any script (RFC 6531 §3.3); all else is judged as RFC 5322 has it.
        judged = Address(name, addr_spec=f"{''.join(char if char.isascii() else 'x' for char in local)}@{domain}")
    except (ValueError, IndexError, MessageError):  # IndexError: what the parser does with nothing
        raise Hopeless("not a mail address", reason="address_broken") from None
    if not text.isprintable():
        raise Hopeless("not a mail address", reason="address_broken")
    return judged if local.isascii() else Address(name, username=local, domain=domain)


def send(message: EmailMessage) -> None:
    """Hand a mail to the configured server; raises Hopeless, TryLater."""
    [recipient] = message["To"].addresses
    try:
        with _connect() as server:
            server.send_message(message, to_addrs=[recipient.addr_spec])
    except smtplib.SMTPRecipientsRefused as error:
        [(code, words)] = error.recipients.values()
        raise _refused(code, words, otherwise="address_unknown") from None
    except smtplib.SMTPNotSupportedError:
        # Only a mailbox name outside ASCII asks for anything that a server may lack here (SMTPUTF8, RFC 6531).
        raise Hopeless("the mail server does not take such an address", reason="address_unsupported") from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        words = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
        raise _refused(error.smtp_code, words, otherwise="server_refused") from None
    # Wrong password, no TLS, wrong name: faults of the setting, which somebody will put right.
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, OSError) as error:
        is_ours = isinstance(error, smtplib.SMTPAuthenticationError | ssl.SSLError)
        raise TryLater(type(error).__name__, reason="server_settings" if is_ours else "server_away") from None


# RFC 3463 §3: what the second and third digit of an enhanced status code say about whose fault it is.
_ENHANCED = (
    (re.compile(rb"5\.1\.[1236]|5\.2\.1"), "address_unknown"),
    (re.compile(rb"5\.2\.2"), "mailbox_full"),
    (re.compile(rb"5\.(2\.3|3\.4)"), "mail_too_large"),
    (re.compile(rb"5\.6\.7"), "address_unsupported"),
    (re.compile(rb"5\.[0-9]+\.[0-9]+"), "server_refused"),
)


def _refused(code: int, words: bytes, *, otherwise: str) -> Exception:
    """RFC 5321 §4.2.1: 5yz must not be repeated, anything else may. The server's words could hold the address."""
    if not 500 <= code < 600:
        return TryLater(f"the mail server said {code}", reason="server_busy")
    named = [reason for pattern, reason in _ENHANCED if pattern.match(words)]
    return Hopeless(f"the mail server said {code}", reason=[*named, otherwise][0])


def greet() -> str:
    """Open and end a connection as sending does (EHLO, TLS, sign-in), and name the host; raises TryLater, OSError."""
    with _connect() as server:
        server.ehlo_or_helo_if_needed()
        server.noop()
    return urlsplit(config.settings().smtp_url).hostname or ""


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
        raise TryLater("the mail server offers no TLS or no sign-in", reason="server_settings") from None
    except BaseException:
        server.close()
        raise
    return server
