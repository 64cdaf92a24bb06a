"""A host saves a plan as a file: JSON for programs, a workbook for people."""

from __future__ import annotations

from flask import Blueprint, Response

from accounts.access import needs
from core import clock
from signing.ceremonies import plan_book_writing, plan_writing
from signing.ceremonies.access import HOSTS, own_ceremony

bp = Blueprint("plan_files", __name__, url_prefix="/ceremonies/<ceremony_id>")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/plan.json")
@needs(*HOSTS)
def download_json(ceremony_id: str) -> Response:
    ceremony = own_ceremony(ceremony_id)
    content = plan_writing.dumps(plan_writing.whole_plan(ceremony))
    return _file(content, "application/json", f"plan-{ceremony.short_id}.json")


@bp.get("/plan.xlsx")
@needs(*HOSTS)
def download_book(ceremony_id: str) -> Response:
    ceremony = own_ceremony(ceremony_id)
    content = plan_book_writing.write(plan_writing.whole_plan(ceremony), made_at=clock.now())
    return _file(content, _XLSX, f"plan-{ceremony.short_id}.xlsx")


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers.set("Cache-Control", "no-store")
    return response
