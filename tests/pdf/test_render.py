"""Documents are printed the same every time, by a child that comes and goes without anybody noticing."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from pdf import fonts, render
from pdf.render import Enclosed, Rendered, RenderFailed, RenderWorker
from tests.support.outside import ACCESSIBLE, ARCHIVE, unmet
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
MADE = "".join(f'<meta name="dcterms.{what}" content="2020-02-11T02:03:04Z">' for what in ("created", "modified"))
STYLE = "<style>@page { size: 200pt 300pt; margin: 0 } body { margin: 0; font-family: 'Yunqian Serif' }</style>"
TEXT = f'<html lang="zh-CN">{MADE}{STYLE}<p>人民币伍亿元整</p><p lang="en">Party’s duty</p></html>'
LONG = f"{MADE}{STYLE}" + "<p>条款</p>" * 800


DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg=="
PAPER = f"""<html lang="zh-CN"><head><title>示例</title>{MADE}{STYLE}</head><body><h1>示例</h1>
<img alt="一个点" src="data:image/png;base64,{DOT}">
<table><tr><th scope="row">单位<span lang="en">Organisation</span></th><td>样例公司</td></tr></table></body></html>"""
# Its checksum makes the compressed stream end with a carriage return.
DATA = Enclosed("data.json", b'{"n":100007}', "示例 / Sample", datetime(2020, 2, 11, 2, 3, 4, tzinfo=UTC))


@pytest.fixture(scope="module")
def worker() -> RenderWorker:
    return RenderWorker(idle_seconds=30)


@pytest.fixture(scope="module")
def paper(worker: RenderWorker) -> Rendered:
    return worker.render(PAPER, enclosed=[DATA])


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_the_same_document_gives_the_same_bytes_in_another_process(worker: RenderWorker) -> None:
    first = worker.render(TEXT)
    assert first.pdf.startswith(b"%PDF-")
    assert worker.render(TEXT).pdf == first.pdf
    assert RenderWorker(idle_seconds=0.1).render(TEXT).pdf == first.pdf


def test_anchors_are_in_points_from_the_bottom_left(worker: RenderWorker) -> None:
    box = "position: absolute; left: 20pt; top: 30pt; width: 50pt; height: 40pt"
    printed = worker.render(
        f'{STYLE}<p>one</p><div style="break-before: page"><div id="sign-a" style="{box}"></div></div>'
    )
    assert printed.page_count == 2
    anchor = printed.anchors["sign-a"]
    assert anchor.page == 1
    assert anchor.box == pytest.approx((20, 230, 70, 270), abs=0.01)


@pytest.mark.parametrize(
    "wanted",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://[::1]/x.css",
        "ftp://127.0.0.1/x",
        "FILE:///etc/hostname",
    ],
)
@pytest.mark.parametrize("tag", ['<img src="{}">', '<link rel="stylesheet" href="{}">', "<style>@import '{}';</style>"])
def test_a_document_that_wants_something_from_outside_is_refused(worker: RenderWorker, tag: str, wanted: str) -> None:
    with pytest.raises(RenderFailed) as caught:
        worker.render(tag.format(wanted) + "<p>text</p>")
    assert caught.value.code == "render_foreign_address"


def test_a_refused_document_leaves_no_trace_in_the_next_one(worker: RenderWorker) -> None:
    before, child = worker.render(TEXT).pdf, worker.child_pid
    with pytest.raises(RenderFailed):
        worker.render('<style>@import "file:///etc/passwd"; p { color: red }</style>' + TEXT)
    assert (worker.render(TEXT).pdf, worker.child_pid) == (before, child)


def test_a_picture_inside_the_document_is_drawn(worker: RenderWorker) -> None:
    printed = worker.render(f'<html lang="zh-CN">{STYLE}<img alt="dot" src="data:image/png;base64,{DOT}">')
    assert printed.warnings == ()
    assert b"/Image" in printed.pdf


def test_what_the_printing_library_objects_to_is_told(worker: RenderWorker) -> None:
    (warning,) = worker.render('<html lang="en"><style>p { no-such-thing: 1 }</style><p>text</p>').warnings
    assert "no-such-thing" in warning


def test_only_our_fonts_are_used_and_embedded(worker: RenderWorker, tmp_path: Path) -> None:
    html = f"{STYLE}<p>双流 <b>加粗</b> <span style=\"font-family: 'DejaVu Serif', 'Yunqian Sans'\">别的</span></p>"
    (tmp_path / "a.pdf").write_bytes(worker.render(html).pdf)
    lines = subprocess.run(["pdffonts", tmp_path / "a.pdf"], capture_output=True, text=True, check=True).stdout
    rows = lines.splitlines()[2:]
    assert len(rows) == 3
    assert all("+Yunqian-" in row and row.split()[-5] == "yes" for row in rows)


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_printed() -> None:
    hasty = RenderWorker(seconds=0.05, idle_seconds=5)
    with pytest.raises(RenderFailed) as caught:
        hasty.render(TEXT)
    assert caught.value.code == "render_time"
    assert hasty.child_pid is None
    hasty._seconds = 60
    assert hasty.render(TEXT).page_count == 1


def test_a_child_that_died_while_idle_is_replaced(worker: RenderWorker) -> None:
    worker.render(TEXT)
    first = worker.child_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: is_gone(first))
    assert worker.render(TEXT).page_count == 1
    assert worker.child_pid != first


@pytest.mark.slow
def test_a_child_killed_at_its_work_costs_nobody_the_document(worker: RenderWorker) -> None:
    worker.render(TEXT)
    first = worker.child_pid
    assert first is not None
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(worker.render(LONG).page_count))
    thread.start()
    wait_until(lambda: Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[0] == "R")
    os.kill(first, signal.SIGKILL)
    thread.join()
    assert answers[0] > 20
    assert worker.child_pid != first


def test_a_child_that_dies_every_time_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_START", "import os, sys; sys.stdin.buffer.read(9); os._exit(3)")
    with pytest.raises(RenderFailed) as caught:
        RenderWorker(idle_seconds=0.1).render(TEXT)
    assert caught.value.code == "render_crashed"


def test_fonts_never_built_are_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "folder", lambda: tmp_path)
    with pytest.raises(fonts.FontsMissing):
        RenderWorker(idle_seconds=0.1).render(TEXT)


def test_a_child_that_was_started_before_prints_the_first_document() -> None:
    early = RenderWorker(idle_seconds=30)
    early.start()
    wait_until(lambda: early.child_pid is not None)
    started = early.child_pid
    assert early.render(TEXT).page_count == 1
    assert early.child_pid == started


def test_what_hinders_a_start_is_said_to_who_prints(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hindered = RenderWorker(idle_seconds=0.1)
    with monkeypatch.context() as broken:
        broken.setattr(fonts, "folder", lambda: tmp_path)
        hindered.start()
        with pytest.raises(fonts.FontsMissing):
            hindered.render(TEXT)
    assert hindered.render(TEXT).page_count == 1


def test_the_child_goes_when_there_is_no_work() -> None:
    idle = RenderWorker(idle_seconds=0.2)
    idle.render(TEXT)
    child = idle.child_pid
    wait_until(lambda: idle.child_pid is None)
    assert child is None or is_gone(child)
    assert idle.render(TEXT).page_count == 1


def test_a_child_is_renewed_after_so_many_documents() -> None:
    worker = RenderWorker(idle_seconds=5, documents_per_child=2)
    pids = []
    for _ in range(3):
        worker.render(TEXT)
        pids.append(worker.child_pid)
    assert pids[0] == pids[1] != pids[2]


def test_many_threads_get_each_its_own_document(worker: RenderWorker) -> None:
    pages: dict[int, int] = {}

    def print_pages(count: int) -> None:
        pages[count] = worker.render(STYLE + '<p style="break-after: page">x</p>' * count + "<p>last").page_count

    threads = [threading.Thread(target=print_pages, args=(count,)) for count in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pages == {count: count + 1 for count in range(1, 7)}


def test_a_killed_server_leaves_no_printing_child_behind() -> None:
    program = (
        "import threading; from pdf import render as r; r.render('<p>a');"
        "print(r._shared.child_pid, flush=True); threading.Event().wait()"
    )
    server = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    child = int(server.stdout.readline())
    assert not is_gone(child)
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()
    wait_until(lambda: is_gone(child))


def test_the_child_outlives_the_thread_that_asked_first() -> None:
    worker = RenderWorker(idle_seconds=30)
    thread = threading.Thread(target=worker.render, args=(TEXT,))
    thread.start()
    thread.join()
    first = worker.child_pid
    worker.render(TEXT)
    assert worker.child_pid == first


def test_the_asking_process_never_loads_the_printing_library() -> None:
    program = (
        "import sys; from pdf import render, preview, intake; render.render('<p>a');"
        "print([m for m in ('weasyprint', 'pypdfium2', 'pikepdf') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_forked_process_starts_a_child_of_its_own(worker: RenderWorker) -> None:
    worker.render(TEXT)
    ours = worker.child_pid
    reading, writing = os.pipe()
    forked = os.fork()
    if forked == 0:
        worker.render(TEXT)
        os.write(writing, str(worker.child_pid).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as answer:
        theirs = int(answer.read())
    os.waitpid(forked, 0)
    assert theirs != ours
    assert worker.render(TEXT).page_count == 1
    wait_until(lambda: is_gone(theirs))


def test_what_is_printed_is_fit_for_archives_and_for_people_who_listen(paper: Rendered) -> None:
    assert paper.warnings == ()
    assert (unmet(paper.pdf, ARCHIVE), unmet(paper.pdf, ACCESSIBLE)) == ([], [])


def test_no_stream_is_left_whose_end_is_decided_after_all_others(paper: Rendered) -> None:
    assert b"/ObjStm" not in paper.pdf
    assert b"/XRef" not in paper.pdf
    assert b"\r\nendstream" not in paper.pdf


def _without_font_program(pdf: pikepdf.Pdf) -> None:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor":
            del each["/FontFile3"]


def _without_words_for_pictures(pdf: pikepdf.Pdf) -> None:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure":
            del each["/Alt"]


def _packed_metadata(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata.write(b"<x/>")


@pytest.mark.parametrize(
    ("damage", "standard", "rule"),
    [
        (_without_font_program, ARCHIVE, "FONT"),
        (_packed_metadata, ARCHIVE, "ID-SCHEMA"),
        (_packed_metadata, ACCESSIBLE, "ID-SCHEMA"),
        (lambda pdf: pdf.Root.__delitem__("/OutputIntents"), ARCHIVE, "DEVICE-RGB"),
        (lambda pdf: pdf.Root.__delitem__("/AF"), ARCHIVE, "ASSOCIAT"),
        (lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), ACCESSIBLE, "STRUCT"),
        (lambda pdf: pdf.Root.__delitem__("/MarkInfo"), ACCESSIBLE, "TAGGED"),
        (_without_words_for_pictures, ACCESSIBLE, "ALTERNATIVE-TEXT"),
    ],
)
def test_the_foreign_judge_of_standards_can_say_no(
    paper: Rendered, damage: Callable[[pikepdf.Pdf], None], standard: str, rule: str
) -> None:
    with pikepdf.open(io.BytesIO(paper.pdf)) as opened:
        damage(opened)
        file = io.BytesIO()
        opened.save(file)
    assert any(rule in each.partition(":")[0] for each in unmet(file.getvalue(), standard))


def test_a_file_inside_is_the_paper_s_data_byte_for_byte(paper: Rendered) -> None:
    with pikepdf.open(io.BytesIO(paper.pdf)) as opened:
        (specification,) = opened.Root.AF
        assert specification.AFRelationship == "/Data"
        attached = opened.attachments["data.json"]
        assert attached.get_file().read_bytes() == DATA.content
        assert (attached.description, attached.get_file().mime_type) == (DATA.description, "application/json")
        assert hashlib.md5(DATA.content).digest() == attached.get_file().md5  # noqa: S324  the format's own


def test_english_inside_a_chinese_paper_is_read_aloud_as_english(paper: Rendered) -> None:
    with pikepdf.open(io.BytesIO(paper.pdf)) as opened:
        said = [
            (str(each.S), str(each.Lang))
            for each in opened.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem" and "/Lang" in each
        ]
        assert opened.Root.Lang == "zh-CN"
    assert said == [("/Span", "en")]
