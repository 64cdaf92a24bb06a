"""Typed addresses: one with a slash too many at its end leads to the page that is meant."""

from __future__ import annotations

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RoutingException

READING = frozenset({"GET", "HEAD"})


def lead_to_page() -> ResponseReturnValue | None:
    """Before a request: `/ceremonies/?page=2` is answered with a redirect to `/ceremonies?page=2`.

    The other way round, where the page's own address ends in a slash, werkzeug does it. A change is never sent on.
    """
    if request.method not in READING or not isinstance(request.routing_exception, NotFound):
        return None
    path = request.path.rstrip("/")
    adapter = current_app.create_url_adapter(request)
    if path in {"", request.path} or adapter is None:
        return None
    try:
        endpoint, values = adapter.match(path, method=request.method)
    except (HTTPException, RoutingException):
        return None
    # Built from the rule, never from what was typed: `//evil.example/` must lead nowhere else.
    address = url_for(endpoint, **values)
    query = request.query_string.decode("utf-8", "replace")
    return redirect(f"{address}?{query}" if query else address, 308)
