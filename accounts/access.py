"""Who may call a view, how often and with how much: declared beside the view, enforced before it in one place.

Every view has exactly one of `@needs(…)`, `@public(reason)` and `@by(rule, name)`. A public view that changes
something has `@limited(…)` too. `check_every_view_declares` makes the application refuse to start without them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar

from flask import Flask, g, request, session
from flask_login import current_user

from accounts.holding import account_holder
from accounts.models import AccountRecord
from accounts.rules import Account, Role
from core import clock, config, limits, tokens
from core.audit import Actor
from core.errors import Forbidden, Invalid, Problem, SignInNeeded
from core.json_text import BadJson, load_json

__all__ = [
    "Account",
    "Role",
    "accepts_upload",
    "allow_wasm",
    "by",
    "check_every_view_declares",
    "current_account",
    "current_actor",
    "find_account",
    "json_body",
    "limited",
    "needs",
    "network_address",
    "network_key",
    "public",
    "without_csrf",
]

View = TypeVar("View", bound=Callable[..., Any])
SAFE = {"GET", "HEAD", "OPTIONS"}
_ACCESS, _LIMITS, _UPLOAD, _NO_CSRF = "_yq_access", "_yq_limits", "_yq_upload", "_yq_no_csrf"
SIGNED_IN_AT = "signed_in_at"
_WITH_PORT = re.compile(r"(?:\[([^]]*)\]|([0-9.]+))(?::[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class Rule:
    """One view's answer to "who may call this": `name` says it to people, `check` raises a Refusal."""

    name: str
    check: Callable[..., None]
    is_public: bool = False


@dataclass(frozen=True)
class Limit:
    """How often one caller may do it, all processes together."""

    name: str
    times: int
    per: timedelta
    key: Callable[[], str]
    reads: bool


class SilentViews(RuntimeError):
    """Some views do not say who may call them, or how often strangers may."""


def needs(*roles: Role) -> Callable[[View], View]:
    """Staff with one of these roles; with none named, anybody who is signed in."""

    def check(**_: object) -> None:
        account = current_account()
        if roles and not account.has_any(roles):
            raise Forbidden

    return _declare(_ACCESS, Rule(f"account: {', '.join(roles) or 'any role'}", check))


def public(reason: str) -> Callable[[View], View]:
    """Anybody at all, for this reason."""
    return _declare(_ACCESS, Rule(f"public: {reason}", lambda **_: None, is_public=True))


def by(rule: Callable[..., None], name: str) -> Callable[[View], View]:
    """A rule of the feature's own, such as a personal link: called with the view's arguments, raises a Refusal."""
    return _declare(_ACCESS, Rule(name, rule))


def limited(
    name: str, *, times: int, per: timedelta, key: Callable[[], str] | None = None, reads: bool = False
) -> Callable[[View], View]:
    """At most so many calls that change something from one network (or one `key()`); then TooMany.

    With `reads`, calls that only read are counted too: for what could be guessed.
    """

    def decorate(view: View) -> View:
        own = (*vars(view).get(_LIMITS, ()), Limit(name, times, per, key or network_key, reads))
        vars(view)[_LIMITS] = own
        return view

    return decorate


def accepts_upload(view: View) -> View:
    """The view takes a body of up to `max_upload_bytes` instead of `max_body_bytes`."""
    return _declare(_UPLOAD, True)(view)


def without_csrf(reason: str) -> Callable[[View], View]:
    """No token is asked for: only for calls by programs that carry no cookie, such as an RFC 3161 client."""
    return _declare(_NO_CSRF, reason)


def _declare(name: str, value: object) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        vars(view)[name] = value
        return view

    return decorate


def declared(view: Callable[..., Any]) -> Rule | None:
    """The view's rule, if it has one."""
    rule: Rule | None = vars(view).get(_ACCESS)
    return rule


def is_public(view: Callable[..., Any]) -> bool:
    """Whether anybody at all may call the view."""
    rule = declared(view)
    return rule is not None and rule.is_public


def is_upload(view: Callable[..., Any]) -> bool:
    """Whether the view takes a large body."""
    return _UPLOAD in vars(view)


def is_without_csrf(view: Callable[..., Any]) -> bool:
    """Whether the view asks for no CSRF token."""
    return _NO_CSRF in vars(view)


def check_every_view_declares(app: Flask) -> None:
    """Raises SilentViews with every endpoint that has no rule, and every public change that has no limit."""
    problems = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        access = declared(view)
        if access is None:
            problems.append(f"{rule.endpoint} ({rule.rule}) does not say who may call it")
        elif access.is_public and (rule.methods or set()) - SAFE and not vars(view).get(_LIMITS):
            problems.append(f"{rule.endpoint} ({rule.rule}) lets anybody change something without a limit")
    if problems:
        raise SilentViews("\n".join(sorted(problems)))


def enforce(view: Callable[..., Any]) -> None:
    """Apply the view's rule to this request; raises a Refusal."""
    rule = declared(view)
    if rule is None:
        raise SilentViews(f"{request.endpoint} does not say who may call it")
    rule.check(**(request.view_args or {}))


def count(view: Callable[..., Any]) -> None:
    """Count this request against the view's limits, if it changes something or reading counts; raises TooMany."""
    for limit in vars(view).get(_LIMITS, ()):
        if limit.reads or request.method not in SAFE:
            limits.hit(limit.name, limit.key(), limit=limit.times, per=limit.per)


def network_address() -> str:
    """Where the request comes from, as ProxyFix with the configured depth gives it."""
    return request.remote_addr or ""


def network_key() -> str:
    """Whose tries are counted together: an IPv4 address, or the /64 that the smallest IPv6 customer has."""
    text = network_address()
    # Some proxies write the port too, and every connection has another one.
    if found := _WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    # RFC 4291 §2.5.5.2: an IPv4 address that a socket for both shows as IPv6.
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def allow_wasm() -> None:
    """This answer's page may compile WebAssembly, which its policy (web/security.py) forbids all others."""
    g.allows_wasm = True


def json_body() -> dict[str, Any]:
    """The request's body as a JSON object; raises Invalid."""
    try:
        data = load_json(request.get_data()) if request.is_json else None
    except BadJson as bad:
        raise Invalid([bad.problem]) from None
    if not isinstance(data, dict):
        raise Invalid([Problem("$", "not_an_object")])
    return data


def idempotency_key() -> str | None:
    """What is kept of the request's Idempotency-Key; a program's is never one that we make for ourselves."""
    given = request.headers.get("Idempotency-Key", "")
    return f"api:{hashlib.sha256(given.encode()).hexdigest()}" if given else None


def find_account() -> Account | None:
    """Who is signed in; none after `session_hours`, whatever the cookie says."""
    if "account" not in g:
        g.account = _load_account()
    account: Account | None = g.account
    return account


def current_account() -> Account:
    """Who is signed in; raises SignInNeeded."""
    account = find_account()
    if account is None:
        raise SignInNeeded
    record: AccountRecord = current_user._get_current_object()
    tokens.hold(account_holder(account.id, record.fs_uniquifier, account.roles))
    return account


def current_actor() -> Actor:
    """Who acts, for the trail: the account, or a guest; with the network address."""
    account = find_account()
    if account is None:
        return Actor("guest", address=network_address())
    return Actor("account", account.id, address=network_address())


def _load_account() -> Account | None:
    if "_user_id" not in session or not current_user.is_authenticated:
        return None
    age = clock.now().timestamp() - float(session.get(SIGNED_IN_AT, 0))
    if not -300 <= age < config.settings().session_hours * 3600:
        return None
    record: AccountRecord = current_user._get_current_object()
    return record.to_account()
