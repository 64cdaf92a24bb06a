"""The pages' scripts and styles: built, typed, tested with Node, and found by the templates."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.web.page_lab import ROOT, environment, translator
from web.assets_manifest import AssetsMissing, asset_urls
from web.page_messages import page_messages

LOCALES = ("zh-CN", "en")
FOLDERS = ("layouts", "components", "stage", "seat", "errors")
OWN_TEMPLATES = [path for folder in FOLDERS for path in (ROOT / "templates" / folder).glob("*.html")]
NPM = shutil.which("npm")

needs_npm = pytest.mark.skipif(NPM is None, reason="npm is not installed")


def _npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(NPM), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@needs_npm
def test_every_page_script_is_built_and_named_by_its_content(tmp_path: Path) -> None:
    done = subprocess.run(
        ["node", "tools/build_assets.mjs", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    pages = {f"js/{page}.js" for page in ("base", "seat", "stage", "host", "verify")}
    assert pages | {"css/app.css", "img/favicon.svg"} <= set(manifest)
    for built in manifest.values():
        assert re.search(r"-[0-9A-Z]{8}\.(js|css|svg|wasm)$", built)
        assert (tmp_path / built).stat().st_size > 0
    asset = asset_urls(tmp_path)
    assert asset("css/app.css") == "/static/" + manifest["css/app.css"]
    with pytest.raises(AssetsMissing, match=r"js/nothing\.js"):
        asset("js/nothing.js")


def test_a_missing_build_is_said_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match="npm run build"):
        asset_urls(tmp_path)("js/base.js")


def test_a_new_build_is_seen_without_a_restart(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    asset = asset_urls(tmp_path)
    manifest.write_text('{"js/base.js": "js/base-1.js"}')
    assert asset("js/base.js") == "/static/js/base-1.js"
    manifest.write_text('{"js/base.js": "js/base-22.js"}')
    assert asset("js/base.js") == "/static/js/base-22.js"


@needs_npm
def test_scripts_are_strictly_typed() -> None:
    done = _npm("run", "-s", "check")
    assert done.returncode == 0, done.stdout + done.stderr


@needs_npm
def test_the_scripts_own_tests_pass() -> None:
    done = _npm("run", "-s", "test")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_scripts_hold_no_texts() -> None:
    offending = []
    for path in (ROOT / "web" / "assets").rglob("*.ts"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            code = re.sub(r"//.*|/\*.*?\*/|^\s*\*.*", "", line)
            if re.search(r"[\u3400-\u9fff]", code):
                offending.append(f"{path.relative_to(ROOT)}:{number}")
    assert offending == []


@pytest.mark.parametrize("path", OWN_TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_need_no_inline_style_or_handler(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "the content security policy refuses style attributes"
    assert not re.search(r"\son[a-z]+\s*=", text), "the content security policy refuses inline handlers"
    assert "javascript:" not in text


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_that_a_template_or_script_names_exists(locale: str) -> None:
    known = set().union(*(page_messages(locale, path.stem) for path in (ROOT / "locales" / locale).glob("*.ftl")))
    named: set[str] = set()
    for path in OWN_TEMPLATES:
        named |= set(re.findall(r"""\bt\(\s*["']([a-z0-9-]+)["']\s*[,)]""", path.read_text("utf-8")))
    rooms = "common|seat|stage"
    for path in (ROOT / "web" / "assets").rglob("*.ts"):
        named |= set(re.findall(rf"""say\(\s*"((?:{rooms})-[a-z0-9_-]+)"\s*[,)]""", path.read_text("utf-8")))
    assert named - known == set()


def test_page_messages_mark_the_places_of_values() -> None:
    assert page_messages("en", "common")["common-n-of-m"] == "{n} of {m}"
    assert page_messages("zh-CN", "common")["common-skip"] == translator("zh-CN")("common-skip")


@pytest.mark.parametrize("locale", LOCALES)
def test_an_error_page_says_what_happened_and_what_to_do(locale: str) -> None:
    page = (
        environment(locale)
        .get_template("errors/error.html")
        .render(
            locale=locale,
            csp_nonce="n0nce",
            demo=True,
            status=422,
            title="<T>",
            message="M",
            next="N",
            problems=[{"path": "$.parties[1].key", "code": "duplicate_key", "message": "P"}],
            request_id="req_1",
        )
    )
    assert f'<html lang="{locale}"' in page
    assert page.count("<h1") == 1
    assert "<h1>&lt;T&gt;</h1>" in page
    assert "$.parties[1].key" in page
    assert translator(locale)("common-what-next") in page
    assert all('nonce="n0nce"' in tag for tag in re.findall(r"<(?:script|style)[^>]*>", page))
