"""The host's pages of the ceremony file: import it, and begin with the example."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_account, current_actor, needs
from core import config
from core.errors import Invalid
from core.upload import find_content
from signing.agreements import preview_service
from signing.ceremonies import plan_words, planning
from signing.ceremonies.access import HOSTS
from signing.ceremonies.plan_file import CeremonyFile

bp = Blueprint("imports", __name__, url_prefix="/ceremonies/import")


@bp.get("")
@needs(*HOSTS)
def show_import() -> ResponseReturnValue:
    return _page([])


@bp.post("")
@needs(*HOSTS)
@accepts_upload
def import_file() -> ResponseReturnValue:
    try:
        sent = plan_words.example() if request.form.get("example") else find_content(request.files.get("file"))
        plan = CeremonyFile.loads(sent)
    except Invalid as invalid:
        return _page(plan_words.told(invalid.problems)), invalid.status
    ceremony_id = planning.import_ceremony(
        plan,
        organisation_id=current_account().organisation_id,
        by=current_actor(),
        demo=config.settings().demo,
    )
    preview_service.be_ready()
    return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)


@bp.get("/example.json")
@needs(*HOSTS)
def download_example() -> ResponseReturnValue:
    response = Response(plan_words.example(), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=plan_words.EXAMPLE)
    return response


def _page(problems: list[plan_words.Told]) -> str:
    return render_template("ceremonies/import.html", problems=problems, objects=plan_words.describe())
