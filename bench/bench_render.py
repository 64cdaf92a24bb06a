"""A six-page agreement, printed warm: our worker and its fonts against stock WeasyPrint with the system's fonts."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

from bench.common import Result, compare, milliseconds
from pdf.preview import page_images
from pdf.render import RenderWorker
from signing.agreements.paper import AgreementPaper, PaperKind, PaperParty, PaperSigner, agreement_html
from signing.papers import Bilingual

PAGES = 6
LIMIT = 0.75
# The same designs as they are installed: the subsets were made from these faces.
_SYSTEM = {
    "Yunqian Serif Latin": "Noto Serif CJK KR",
    "Yunqian Sans Latin": "Noto Sans CJK KR",
    "Yunqian Serif": "Noto Serif CJK SC",
    "Yunqian Sans": "Noto Sans CJK SC",
}


def run() -> list[Result]:
    from weasyprint import HTML  # the rival only: our own side never loads it here

    html = agreement_html(_paper())
    system_html = html
    for ours, installed in _SYSTEM.items():
        system_html = system_html.replace(f'"{ours}"', f'"{installed}"')
    worker = RenderWorker()
    printed = worker.render(html)
    assert printed.page_count == PAGES, printed.page_count
    rival = HTML(string=system_html).write_pdf()
    mine, theirs = compare(lambda: worker.render(html), lambda: HTML(string=system_html).write_pdf(), times=10, warm=2)
    memory = _peak(worker.child_pid or os.getpid())
    their_memory = _peak(os.getpid())
    size, their_size = len(printed.pdf) / 1024, len(rival) / 1024
    stock = "stock WeasyPrint, system fonts"
    return [
        Result(f"print a {PAGES}-page agreement, warm", mine, "ms", mine / theirs, LIMIT, f"{stock}: {theirs:.0f} ms"),
        Result("size of its PDF", size, "KiB", size / their_size, 1.0, f"{stock}: {their_size:.0f} KiB"),
        Result(
            "largest memory of the printing child",
            memory,
            "MiB",
            memory / their_memory,
            1.0,
            f"{stock}: {their_memory:.0f}",
        ),
        Result("draw its pages for reading", milliseconds(lambda: page_images(printed.pdf), times=5), "ms"),
    ]


def _peak(pid: int) -> float:
    """MiB that a process held at its largest."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _paper() -> AgreementPaper:
    capacity = Bilingual("授权代表", "Authorised representative")
    parties = tuple(
        PaperParty(key, Bilingual(name, english), Bilingual("负责人", "Head"), capacity, Bilingual("杭州", "Hangzhou"))
        for key, name, english in (
            ("a", "示例数字技术有限公司", "Example Digital Technology Co., Ltd."),
            ("b", "示例直播平台", "Example Livestream Platform"),
        )
    )
    return AgreementPaper(
        number="YQ-2020-SL-002",
        version=1,
        kind=PaperKind.COOPERATION,
        title=Bilingual("战略合作协议", "Strategic Cooperation Agreement"),
        project=Bilingual("双流电商直播产业园项目", "Shuangliu E-commerce Livestream Industrial Park"),
        site=Bilingual("成都市双流区", "Shuangliu District, Chengdu"),
        date=date(2020, 2, 11),
        made_at=datetime(2020, 2, 11, 1, 30, tzinfo=UTC),
        parties=parties,
        signers=tuple(PaperSigner(f"seat-{p.key}", "示例签署人", capacity, p.organisation, p.key) for p in parties),
        demo=True,
    )
