"""The app of a phone at a door: its page, its manifest and its service worker. None of them says anything of people."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import allow_wasm, public
from core.i18n import t

bp = Blueprint("door", __name__, url_prefix="/door")
_APP, _WORKER, _WASM = "js/checkin.js", "js/checkin-worker.js", "wasm/zxing_reader.wasm"
_SAYS_NOTHING = "the same bytes for everybody; a phone without a door's link gets nothing else"


@bp.get("/")
@public(_SAYS_NOTHING)
def show() -> ResponseReturnValue:
    allow_wasm()
    return render_template("checkin/door.html", build=_build(), wasm=_url(_WASM))


@bp.get("/app.webmanifest")
@public(_SAYS_NOTHING)
def show_manifest() -> ResponseReturnValue:
    answer = jsonify(
        id="/door/",
        name=f"{t('checkin-app')} · {t('common-product')}",
        short_name=t("checkin-app"),
        start_url="/door/",
        scope="/door/",
        display="standalone",
        orientation="portrait",
        background_color="#f8f7f3",
        theme_color="#ffffff",
        icons=[{"src": _url("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@bp.get("/worker.js")
@public(_SAYS_NOTHING)
def show_worker() -> ResponseReturnValue:
    """The built worker behind the files of this build: another build is another worker, which browsers notice."""
    folder = Path(current_app.static_folder or "")
    script = (folder / _url(_WORKER).removeprefix("/static/")).read_text(encoding="utf-8")
    known = json.dumps({"build": _build(), "files": _files()})
    return Response(f"self.DOOR_FILES = {known};\n{script}", mimetype="text/javascript")


def _url(name: str) -> str:
    asset: Any = current_app.jinja_env.globals["asset"]
    return str(asset(name))


def _files() -> list[str]:
    """What the page needs, without a network too."""
    pictures = ("favicon", "chevron", "tick", "tick-light")
    manifest = url_for("door.show_manifest")
    return [_url(_APP), _url(_WASM), _url("css/app.css"), *(_url(f"img/{name}.svg") for name in pictures), manifest]


def _build() -> str:
    """A name of this build's files."""
    return hashlib.sha256(" ".join([*_files(), _url(_WORKER)]).encode()).hexdigest()[:12]
