"""The child's side of pdf.render: the only place that loads WeasyPrint. Never imported by the web process."""

from __future__ import annotations

import base64
import gc
import json
import logging
import os
import resource
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import IO, Any

import pydyf
from weasyprint import HTML, Attachment
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from pdf import archival
from pdf.child import die_with_parent
from pdf.typesetting import Section, Typesetter

_POINTS_PER_PIXEL = 0.75  # CSS: 96 px and 72 pt are an inch
_MEMORY_BYTES = 2 * 1024**3
_LENGTH = 8


class ForeignAddress(FatalURLFetchingError):  # type: ignore[misc]
    """The document wanted something that it does not carry itself."""


class DataOnly(URLFetcher):  # type: ignore[misc]
    """Opens `data:` addresses; any other ends the printing: the stock fetcher would open files and the network."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:"):
            raise ForeignAddress(url[:200])
        return super().fetch(url, headers)


class _Warnings(logging.Handler):
    """Collects what the library says about one document."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def serve(parent: int) -> None:
    """Print what comes in on standard input until that ends. Called by pdf.render's own command line only."""
    die_with_parent(parent)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    fonts = FontConfiguration()
    archival.tag_languages()
    # A document is garbage all at once, when it is printed: looking for some meanwhile takes a sixth of the time.
    gc.freeze()
    gc.disable()
    while len(length := sys.stdin.buffer.read(_LENGTH)) == _LENGTH:
        head, _, html = sys.stdin.buffer.read(int.from_bytes(length)).partition(b"\n")
        _send(answers, print_document(html.decode(), fonts, **json.loads(head)))
        gc.collect()


def print_document(
    html: str,
    fonts: FontConfiguration,
    *,
    enclosed: Sequence[dict[str, str]] = (),
    under: Sequence[str] = (),
    words: Sequence[Sequence[Section]] = (),
) -> bytes:
    """One line of JSON ({anchors, page_count, warnings} or {code, message}), then the PDF."""
    warnings = _Warnings()
    LOGGER.handlers = [warnings]
    options: dict[str, Any] = {
        "pdf_variant": archival.VARIANT,
        "attachments": [_attachment(**each) for each in enclosed],
        "uncompressed_pdf": True,  # archival.finish compresses
    }
    try:
        document = HTML(string=html, url_fetcher=DataOnly()).render(font_config=fonts, **options)
        setter = Typesetter(fonts)
        for page, sections in zip(document.pages, words, strict=False):
            setter.paint_on(page, sections)
        pdf: bytes = document.write_pdf(finisher=partial(_finish, under=under, setter=setter), **options)
    except ForeignAddress as refused:
        return _head(code="render_foreign_address", message=str(refused))
    except Exception as error:  # noqa: BLE001 - the outer edge of the child
        return _head(code="render_failed", message=f"{type(error).__name__}: {error}"[:500])
    anchors = {
        name: [number, *_from_bottom(box, page.height)]
        for number, page in enumerate(document.pages)
        for name, box in page.anchors.items()
    }
    return _head(anchors=anchors, page_count=len(document.pages), warnings=warnings.said) + pdf


def _finish(document: Any, pdf: Any, *, under: Sequence[str], setter: Typesetter) -> None:
    """Draw below the text of each page what was asked for, as what nobody reads aloud; tag what was set; then what
    `archival` does."""
    pages = [each for each in pdf.objects if isinstance(each, pydyf.Dictionary) and each.get("Type") == "/Page"]
    for page, drawing in zip(pages, under, strict=False):
        # Before the page's own stream, which turns the axes; inside q and Q, for that stream goes on from here.
        stream = pydyf.Stream([f"/Artifact BMC q {drawing} Q EMC"])
        pdf.add_object(stream)
        page["Contents"] = pydyf.Array([stream.reference, page["Contents"]])
    setter.tag(pdf)
    archival.finish(document, pdf)


def _attachment(*, name: str, content: str, description: str, made_at: str) -> Any:
    at = datetime.fromisoformat(made_at)
    return Attachment(
        string=base64.b64decode(content),
        name=name,
        description=description,
        created=at,
        modified=at,
        relationship="Data",  # ISO 19005-3 annex E: what the pages were made from or say, for programs
    )


def _from_bottom(box: tuple[float, float, float, float], height: float) -> tuple[float, ...]:
    left, top, right, bottom = box
    inside = (left, height - bottom, right, height - top)
    return tuple(round(value * _POINTS_PER_PIXEL, 3) for value in inside)


def _head(**said: object) -> bytes:
    return json.dumps(said).encode() + b"\n"


def _send(answers: IO[bytes], answer: bytes) -> None:
    answers.write(len(answer).to_bytes(_LENGTH) + answer)
    answers.flush()
