"""The organiser's pages of the conference file: import it, and begin with the example."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_account, current_actor, needs
from core import config
from core.errors import Invalid
from core.upload import find_content
from events.conferences import plan_keys, planning, words
from events.conferences.access import ORGANISERS
from events.conferences.plan_file import ConferenceFile

bp = Blueprint("conference_imports", __name__, url_prefix="/conferences/import")


@bp.get("")
@needs(*ORGANISERS)
def show_import() -> ResponseReturnValue:
    return _page([])


@bp.post("")
@needs(*ORGANISERS)
@accepts_upload
def import_file() -> ResponseReturnValue:
    try:
        sent = words.example() if request.form.get("example") else find_content(request.files.get("file"))
        plan = planning.as_shown(ConferenceFile.loads(sent))
    except Invalid as invalid:
        return _page(words.file_problems(invalid.problems)), invalid.status
    conference_id = planning.import_conference(
        plan,
        organisation_id=current_account().organisation_id,
        by=current_actor(),
        demo=config.settings().demo,
    )
    # Nobody can register for days that are over: where they lie is said, and changed in one step.
    past = planning.is_past(plan)
    return redirect(url_for("conferences.ask_move" if past else "conferences.show", conference_id=conference_id), 303)


@bp.get("/example.json")
@needs(*ORGANISERS)
def download_example() -> ResponseReturnValue:
    response = Response(words.example(), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=words.EXAMPLE)
    return response


def _page(problems: list[words.FileProblem]) -> str:
    return render_template("conferences/import.html", problems=problems, objects=plan_keys.OBJECTS)
