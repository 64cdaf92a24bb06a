"""What an organiser sends about a robot."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs

from werkzeug.datastructures import MultiDict

from core.errors import Invalid, NotFound
from core.i18n import LOCALES
from core.reader import Reader
from events.robots import rules
from events.robots.rules import RobotKind, Topic, Wanted
from pdf.pki.reaching import Reach, is_public, split

__all__ = ["RobotKind", "read", "read_kind"]


def read_kind(text: str) -> RobotKind:
    """The kind that an address names; raises NotFound."""
    if text not in set(RobotKind):
        raise NotFound("robot_not_found")
    return RobotKind(text)


def read(form: MultiDict[str, str], kind: RobotKind, *, named_hosts: Collection[str], is_new: bool) -> Wanted:
    """`name`, `locale`, `topics`, `has_names`, `address`, `secret`; the last two may be empty where there are some
    already. Raises Invalid."""
    reader = Reader()
    name = reader.name(form.get("name"), "$.name", limit=rules.LONGEST_NAME)
    locale = form.get("locale", "")
    if locale not in LOCALES:
        reader.problem("$.locale", "choice_needed")
    topics = tuple(each for each in Topic if str(each) in form.getlist("topics"))
    if not topics:
        reader.problem("$.topics", "robot_no_topic")
    address = form.get("address", "").strip()
    if address or is_new:
        _check_address(reader, kind, address, Reach(frozenset(named_hosts)))
    secret = form.get("secret", "").strip()
    _check_secret(reader, kind, secret, is_new=is_new)
    if reader.problems:
        raise Invalid(reader.problems)
    return Wanted(name, locale, topics, form.get("has_names") == "yes", address, secret)


def _check_address(reader: Reader, kind: RobotKind, address: str, named: Reach) -> None:
    """The address is never repeated in what is said of it: it holds a token."""
    if not address:
        reader.problem("$.address", "empty_text")
        return
    parts = split(address)
    if len(address) > rules.LONGEST_ADDRESS or not address.isprintable() or " " in address or parts is None:
        reader.problem("$.address", "robot_bad_address")
        return
    if named.names(address):
        return
    if parts.username or parts.password or parts.scheme != "https":
        reader.problem("$.address", "robot_not_https")
    elif kind is not RobotKind.WEBHOOK and not _is_home(kind, parts):
        reader.problem("$.address", "robot_not_home", begins=f"https://{rules.HOMES[kind][0][0]}/")
    elif parts.port not in (None, 443) or _is_inside(parts.hostname or ""):
        reader.problem("$.address", "robot_inside")


def _is_home(kind: RobotKind, parts: SplitResult) -> bool:
    """Whether an address is one of the service's own, as it gives them out."""
    for host, path, argument in rules.HOMES[kind]:
        if parts.hostname != host or parts.port not in (None, 443):
            continue
        if argument and parts.path == path and parse_qs(parts.query).get(argument, [""])[0]:
            return True
        if not argument and parts.path.startswith(path) and len(parts.path) > len(path):
            return True
    return False


def _is_inside(host: str) -> bool:
    """As far as its text says; the sending looks at what a name resolves to."""
    try:
        return not is_public(str(ip_address(host)))
    except ValueError:
        return host == "localhost" or "." not in host


def _check_secret(reader: Reader, kind: RobotKind, secret: str, *, is_new: bool) -> None:
    if len(secret) > rules.LONGEST_SECRET or not secret.isprintable():
        reader.problem("$.secret", "text_too_long", limit=rules.LONGEST_SECRET, length=len(secret))
    elif kind is RobotKind.WEBHOOK and (secret or is_new) and len(secret) < rules.LEAST_SECRET:
        reader.problem("$.secret", "robot_short_secret", least=rules.LEAST_SECRET)
