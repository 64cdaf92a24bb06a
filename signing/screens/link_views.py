"""The host's page of the screens that open by a link."""

from __future__ import annotations

import segno
from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import current_actor, needs
from core import config, i18n, tokens
from core.errors import NotFound
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.screens import link_service
from signing.screens.link_service import Screen

bp = Blueprint("screens", __name__, url_prefix="/ceremonies/<ceremony_id>/screens")


@bp.get("")
@needs(*HOSTS)
def show(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    return render_template(
        "screens/links.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        screens=[(str(each), _find_link(each, ceremony_id, ceremony.host_timezone)) for each in Screen],
        demo=ceremony.mark,
    )


@bp.post("/<screen>")
@needs(*HOSTS)
def make(ceremony_id: str, screen: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    link_service.make_link(ceremony_id, _screen(screen), by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id, _anchor=screen), 303)


@bp.post("/<screen>/take-back")
@needs(*HOSTS)
def take_back(ceremony_id: str, screen: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    link_service.take_back(ceremony_id, _screen(screen), by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id, _anchor=screen), 303)


def _screen(name: str) -> Screen:
    if name not in tuple(Screen):
        raise NotFound("page_not_found")
    return Screen(name)


def _find_link(screen: Screen, ceremony_id: str, zone: str) -> dict[str, object] | None:
    token = tokens.find_newest(screen, ceremony_id)
    if token is None:
        return None
    kind, _, late = screen.partition("-")
    url = f"{config.settings().base_url}/{kind}/{late + '/' if late else ''}open/{token}"
    drawn = segno.make_qr(url, error="l").svg_inline(border=4, omitsize=True, light="#fff")
    until = i18n.format_named(tokens.decode(token, screen).expires_at, zone)
    return {"url": url, "qr": Markup(drawn), "until": until}  # noqa: S704  drawn by segno from our own address
