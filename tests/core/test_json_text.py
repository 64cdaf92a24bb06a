"""A file that somebody chose is refused by name before it is read: none chosen, too large, nothing in it."""

from __future__ import annotations

import io

import pytest
from werkzeug.datastructures import FileStorage

from core.errors import Invalid
from core.json_text import BadJson, load_file
from core.upload import find_content, read_content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "no_plan"),
        (b"[" + b" " * 2_000 + b"]", "file_too_large"),
        (b"\xef\xbb\xbf \r\n", "empty_file"),
        (b"{", "not_json"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(content: bytes | None, code: str) -> None:
    with pytest.raises(BadJson) as refused:
        load_file(content, largest=2_000, lacking="no_plan")
    assert refused.value.problem.code == code


def test_a_file_of_just_the_size_is_read() -> None:
    assert load_file(b"[1" + b" " * 1_997 + b"]", largest=2_000, lacking="no_plan") == [1]


def test_a_form_sent_without_a_file_has_no_content() -> None:
    assert find_content(None) is None
    assert find_content(FileStorage(io.BytesIO(), filename="")) is None
    assert find_content(FileStorage(io.BytesIO(b"x"), filename="a.json")) == b"x"
    for nothing in (None, b""):
        with pytest.raises(Invalid) as refused:
            read_content(nothing)
        assert [(each.path, each.code) for each in refused.value.problems] == [("$.file", "no_file")]
