"""Files made for reading page by page (ISO 32000-2 annex F): viewers open them from the front while they seem whole."""

from __future__ import annotations

import re

from pdf.verify.objects import Data, as_dict
from pdf.verify.reading import read_value

_HEAD = 2_048
_OBJECT = re.compile(rb"\d{1,10}[ \r\n]+\d{1,5}[ \r\n]+obj\b")
_MAY_SAY_SO = re.compile(rb"Linearized|/[A-Za-z]{0,9}#")


def is_as_long_as_it_was(data: Data) -> bool:
    """Whether a viewer may take the file for one that nothing was added to, and read its first section, not its last.

    What is at its front is told by its own object there, and counts only where the length is right to the octet.
    """
    head = bytes(data[:_HEAD])
    for found in _OBJECT.finditer(head):
        read = read_value(data, found.end())
        said = as_dict(read[0]) if read else {}
        hidden = read is None and _MAY_SAY_SO.search(head, found.end())
        length = said.get("/L")
        if hidden or ("/Linearized" in said and (not isinstance(length, int) or length == len(data))):
            return True
    return False
