"""The host's page of a ceremony's look, its preview, and the emblem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import accepts_upload, current_actor, needs, public
from core import i18n, storage
from core.errors import Invalid, NotFound, Refusal
from core.form_errors import by_field
from core.upload import find_content
from pdf.emblem import LARGEST
from signing.ceremonies import ink_service
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.screens import forms, queries, service

bp = Blueprint("look", __name__)
_BASE = "/ceremonies/<ceremony_id>/look"
_SUGGESTED = "#b3202c"


@bp.get(_BASE)
@needs(*HOSTS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _page(ceremony_id)


@bp.post(_BASE)
@needs(*HOSTS)
@accepts_upload
def change(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    try:
        wanted = forms.read_look(request.form)
        service.change_look(
            ceremony_id,
            colour=wanted.colour,
            theme=wanted.theme,
            picture=find_content(request.files.get("file")),
            remove_emblem=wanted.remove_emblem,
            by=current_actor(),
        )
    except Invalid as invalid:
        return _page(ceremony_id, request.form, by_field(invalid)), invalid.status
    except Refusal as refusal:
        if refusal.status not in (422, 503):
            raise
        return _page(ceremony_id, request.form, refusal=refusal), refusal.status
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


@bp.post(_BASE + "/ink")
@needs(*HOSTS)
def switch_ink(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    ink_service.show_ink(ceremony_id, shown=request.form.get("shows_ink") == "yes", by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


@bp.get("/emblems/<digest>.png")
@public("an emblem stands on the screens of a hall; it is found by its SHA-256 alone, while a ceremony shows it")
def show_emblem(digest: str) -> ResponseReturnValue:
    if not queries.is_emblem(digest):
        raise NotFound("file_not_found")
    answer = Response(storage.read(digest), mimetype="image/png")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def _page(
    ceremony_id: str,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    refusal: Refusal | None = None,
) -> str:
    ceremony = own_ceremony(ceremony_id)
    look = queries.get_look(ceremony_id)
    form: dict[str, Any] = {"own": bool(look.colour), "colour": look.colour or _SUGGESTED, "theme": str(look.theme)}
    if typed is not None:
        form = {"own": typed.get("own") == "yes", "colour": typed.get("colour", ""), "theme": typed.get("theme", "")}
    return render_template(
        "screens/look.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        look=look,
        look_style=Markup(look.style),  # noqa: S704  made from six hex digits
        form=form,
        corrected=look.corrected,
        least=queries.LEAST_CONTRAST,
        errors=errors or {},
        problem={
            "what": i18n.t(refusal.message_id, **refusal.params),
            "next": i18n.t(refusal.next_id, **refusal.params),
        }
        if refusal
        else None,
        megabytes=LARGEST // 1_000_000,
        demo=ceremony.mark,
    )
