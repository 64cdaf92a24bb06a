"""A blueprint with the two mistakes that the application must refuse to start with, and one view without mistake."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint

from accounts import access

bp = Blueprint("silent", __name__)


@bp.get("/silent")
def say_nothing() -> str:
    return "nobody said who may read this"


@bp.post("/unlimited")
@access.public("planted")
def take_anything() -> str:
    return "taken"


@bp.post("/little")
@access.public("planted")
@access.limited("planted", times=1, per=timedelta(minutes=1))
def take_little() -> str:
    return "taken"
