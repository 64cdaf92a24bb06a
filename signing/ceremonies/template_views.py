"""Beginning with a template or with a copy of a whole ceremony, and keeping a plan as a template."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor, needs
from core import clock, config, ids
from core.errors import Invalid
from core.form_errors import by_field
from signing.ceremonies import templates
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.forms import read_copy, read_key, read_template_title

bp = Blueprint("plan_templates", __name__, url_prefix="/ceremonies")


@bp.get("/templates")
@needs(*HOSTS)
def show() -> ResponseReturnValue:
    return _page({}, {})


@bp.post("/templates/<template_id>/begin")
@needs(*HOSTS)
def begin(template_id: str) -> ResponseReturnValue:
    templates.check_is_there(template_id, organisation_id=current_account().organisation_id)
    typed = {**request.form.to_dict(), "template": template_id}
    try:
        made = templates.begin_from(
            template_id,
            read_copy(typed),
            read_key(typed),
            organisation_id=current_account().organisation_id,
            by=current_actor(),
            demo=config.settings().demo,
        )
    except Invalid as invalid:
        return _page(typed, by_field(invalid)), invalid.status
    return redirect(url_for("ceremonies.show", ceremony_id=made), 303)


@bp.post("/templates/<template_id>/remove")
@needs(*HOSTS)
def remove(template_id: str) -> ResponseReturnValue:
    templates.remove_template(template_id, organisation_id=current_account().organisation_id, by=current_actor())
    return redirect(url_for(".show"), 303)


@bp.post("/<ceremony_id>/template")
@needs(*HOSTS)
def save(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    templates.save_template(ceremony_id, read_template_title(request.form), by=current_actor())
    return redirect(url_for(".show"), 303)


@bp.get("/<ceremony_id>/again")
@needs(*HOSTS)
def show_again(ceremony_id: str) -> ResponseReturnValue:
    return _again(ceremony_id, {}, {})


@bp.post("/<ceremony_id>/again")
@needs(*HOSTS)
def copy_whole(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    typed = request.form.to_dict()
    try:
        made = templates.copy_whole(ceremony_id, read_copy(typed), read_key(typed), by=current_actor())
    except Invalid as invalid:
        return _again(ceremony_id, typed, by_field(invalid)), invalid.status
    return redirect(url_for("ceremonies.show", ceremony_id=made), 303)


def _again(ceremony_id: str, typed: dict[str, str], errors: dict[str, list[str]]) -> str:
    ceremony = own_ceremony(ceremony_id)
    return render_template(
        "ceremonies/again.html",
        ceremony=ceremony,
        typed={**_week_ahead(), "key": ids.new("again"), **typed},
        errors=errors,
        demo=ceremony.mark,
    )


def _page(typed: dict[str, Any], errors: dict[str, list[str]]) -> str:
    """`typed`: what was sent for the template that is named in it."""
    return render_template(
        "ceremonies/templates.html",
        templates=templates.list_templates(current_account().organisation_id),
        usual={**_week_ahead(), "key": ids.new("template")},
        typed=typed,
        errors=errors,
        demo=config.settings().demo,
    )


def _week_ahead() -> dict[str, str]:
    return {"date": (clock.now() + timedelta(days=7)).date().isoformat(), "time": "10:00"}
