"""The arrows of the house hold in this tree, and a breach of each kind would be caught by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import check_arrows
from tools.arrows import Kind
from tools.check_arrows import check, kinds, source_files, unused_exceptions
from tools.findings import ROOT

HOUSE = {
    "core/__init__.py": "",
    "core/errors.py": "class Refusal(Exception): ...\n",
    "core/clock.py": "import time\n",
    "accounts/__init__.py": "",
    "accounts/access.py": "import flask\n",
    "accounts/queries.py": "from core import clock\n",
    "accounts/rules.py": "from core.errors import Refusal\n",
    "signing/__init__.py": "",
    "signing/papers.py": "from core import clock\n",
    "signing/agreements/__init__.py": "",
    "signing/agreements/rules.py": "import enum\n",
    "signing/agreements/models.py": "from signing.agreements.rules import enum\nimport sqlalchemy\n",
    "signing/agreements/queries.py": "from signing.agreements import models, rules\n",
    "signing/agreements/service.py": "from signing.agreements import queries\nfrom signing.papers import clock\n",
    "signing/agreements/forms.py": "from signing.agreements import rules\n",
    "signing/agreements/views.py": "import flask\nfrom accounts.access import flask\nfrom . import forms, service\n",
    "signing/seats/__init__.py": "",
    "signing/seats/service.py": "from signing.agreements import queries, service\nfrom pdf.sign import x\n",
    "events/__init__.py": "",
    "events/checkin/__init__.py": "",
    "events/checkin/service.py": "from signing.seats import service\n",
    "projects/__init__.py": "",
    "pdf/__init__.py": "",
    "pdf/sign.py": "import pikepdf\n",
    "web/__init__.py": "",
    "web/app.py": "import flask\nfrom signing.agreements import views\n",
    "tests/test_it.py": "from signing.agreements import models, rules, views\n",
    "tools/it.py": "import web.app\n",
}


# Breaches known and not yet mended (file, what it imports): `make check` names them; none may be added.
OPEN = {("web/cli_ceremony.py", "signing.ceremonies.forms")}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, text in HOUSE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def plant(house: Path, name: str, text: str) -> None:
    path = house / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + text)


def test_this_tree_has_no_breach_but_the_open_ones() -> None:
    found = [f for f in check(ROOT) if (f.path, f.message.rsplit("here ", 1)[-1]) not in OPEN]
    assert [str(finding) for finding in found] == []


def test_this_tree_was_really_looked_at() -> None:
    looked_at = {str(path.relative_to(ROOT)) for path in source_files(ROOT)}
    assert {"core/errors.py", "pdf/child.py", "tools/arrows.py", "tests/test_architecture.py"} <= looked_at
    assert not any(part in path for path in looked_at for part in ("node_modules", ".venv"))
    assert {Kind.RULES, Kind.MODELS, Kind.QUERIES, Kind.SERVICE} <= kinds(ROOT)


def test_every_decided_exception_is_still_needed() -> None:
    assert unused_exceptions(ROOT) == []


def test_a_good_house_has_no_breach(house: Path) -> None:
    assert check(house) == []


BREACHES = [
    ("core/clock.py", "import accounts.queries\n", "rooms", "core stands below accounts"),
    ("accounts/queries.py", "from signing.seats import service\n", "rooms", "accounts stands below signing"),
    ("accounts/queries.py", "import pdf.sign\n", "rooms", "accounts does not use pdf"),
    ("signing/seats/service.py", "from events.checkin import service\n", "rooms", "signing stands below events"),
    ("events/checkin/service.py", "import projects\n", "rooms", "events stands below projects"),
    ("signing/seats/service.py", "import web.app\n", "rooms", "signing stands below web"),
    ("pdf/sign.py", "from core import clock\n", "pdf-alone", "pdf imports nothing of ours"),
    ("pdf/sign.py", "import sqlalchemy\n", "pdf-alone", "pdf knows no database"),
    ("pdf/sign.py", "import flask\n", "flask", "Flask stays in"),
    ("web/app.py", "from tests import test_it\n", "workshop", "web ships and tests does not"),
    ("core/clock.py", "import tools.it\n", "workshop", "core ships and tools does not"),
    ("signing/seats/service.py", "from signing.agreements import models\n", "features", "signing.agreements.models"),
    ("signing/seats/service.py", "from signing.agreements import rules\n", "features", "signing.agreements.rules"),
    ("signing/seats/service.py", "import signing.agreements.views\n", "features", "signing.agreements.views"),
    ("signing/seats/service.py", "from ..agreements import rules\n", "features", "signing.agreements.rules"),
    ("events/checkin/service.py", "from accounts.rules import Refusal\n", "features", "accounts.rules"),
    ("events/checkin/service.py", "from signing.papers import clock\n", "features", "signing.papers"),
    ("signing/papers.py", "from signing.agreements import models\n", "features", "signing.agreements.models"),
    ("web/app.py", "from signing.agreements.models import sqlalchemy\n", "features", "signing.agreements.models"),
    ("signing/seats/service.py", "from accounts import access\n", "features", "accounts.access"),
    ("signing/agreements/views.py", "from . import models\n", "inside", "views does not import models"),
    ("signing/agreements/api.py", "from signing.agreements import rules\n", "inside", "api does not import rules"),
    ("signing/agreements/seal_views.py", "from . import models\n", "inside", "views does not import models"),
    ("signing/agreements/service.py", "from . import views\n", "inside", "service does not import views"),
    ("signing/agreements/service.py", "from . import forms\n", "inside", "service does not import forms"),
    ("signing/agreements/work.py", "from . import views\n", "inside", "part does not import views"),
    ("signing/agreements/forms.py", "from . import service\n", "inside", "forms does not import service"),
    ("signing/agreements/queries.py", "from . import service\n", "inside", "queries does not import service"),
    ("signing/agreements/models.py", "from . import queries\n", "inside", "models does not import queries"),
    ("signing/agreements/rules.py", "from . import models\n", "inside", "rules does not import models"),
    ("signing/agreements/rules/states.py", "from .. import models\n", "inside", "rules does not import models"),
    ("accounts/rules.py", "from core import clock\n", "rules-pure", "core.values only, here core.clock"),
    ("accounts/rules.py", "import secrets\n", "rules-pure", "here secrets"),
    ("signing/agreements/rules.py", "from sqlalchemy import select\n", "rules-pure", "here sqlalchemy"),
    ("signing/agreements/service.py", "from flask import request\n", "flask", "here flask"),
    ("signing/agreements/queries.py", "import flask_sqlalchemy\n", "flask", "here flask_sqlalchemy"),
    ("core/errors.py", "import flask_login\n", "flask", "here flask_login"),
]


@pytest.mark.parametrize(("file", "text", "rule", "words"), BREACHES, ids=lambda value: str(value).strip()[:60])
def test_a_planted_breach_is_caught_by_name(house: Path, file: str, text: str, rule: str, words: str) -> None:
    plant(house, file, text)
    [found] = check(house)
    assert (found.path, found.rule) == (file, rule)
    assert words in found.message


HIDDEN = [
    "def later():\n    import web.app\n",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from web.app import flask\n",
    "import importlib\nimportlib.import_module('web.app')\n",
    "__import__('web.app')\n",
    "try:\n    import web.app as w\nexcept ImportError:\n    w = None\n",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_hidden_import_is_caught_too(house: Path, text: str) -> None:
    plant(house, "core/clock.py", text)
    assert [found.rule for found in check(house)] == ["rooms"]


def test_the_line_is_said(house: Path) -> None:
    plant(house, "pdf/sign.py", "\n\nfrom core.errors import Refusal\n")
    [found] = check(house)
    assert str(found).startswith("pdf/sign.py:4: pdf-alone: ")


def test_a_module_that_no_longer_needs_its_exception_is_said(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_arrows, "FLASK_ELSEWHERE", {"core.clock": "flask_sqlalchemy"})
    assert unused_exceptions(house) == ["core.clock"]
