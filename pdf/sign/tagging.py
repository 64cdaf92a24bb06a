"""Fields of a tagged file become part of its tree of tags, to be announced to whoever hears the file read."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, String


def tag_fields(document: Pdf, *, words: str) -> None:
    """Hang every visible field into the tree, with `words` for those without their own, and an empty picture.

    A file without tags stays as it is (ISO 14289-1 §7.18.4, ISO 19005-3 §6.3.3).
    """
    root = document.Root.get("/StructTreeRoot")
    if root is None or "/ParentTree" not in root or not isinstance(root.get("/K"), Array):
        return
    top, parents = root.K[0], pikepdf.NumberTree(root.ParentTree)
    number = max((int(key) for key in parents), default=-1) + 1
    for page, widget in _visible(document):
        if "/TU" not in widget:
            widget.TU = String(words)
        if "/AP" not in widget:
            widget.AP = Dictionary(N=_nothing(document, widget))
        there = Dictionary(Type=Name.OBJR, Obj=widget, Pg=page)
        tag = Dictionary(Type=Name.StructElem, S=Name.Form, P=top, Pg=page, K=document.make_indirect(there))
        made = document.make_indirect(tag)
        top.K.append(made)
        parents[number] = made
        widget.StructParent = number
        number += 1
    root.ParentTreeNextKey = number


def _visible(document: Pdf) -> Iterator[tuple[Object, Object]]:
    for page in document.pages:
        page.obj.Tabs = Name.S
        for each in page.obj.get("/Annots", Array()):
            left, bottom, right, top = (float(side) for side in each.Rect)
            if each.get("/Subtype") == "/Widget" and left < right and bottom < top:
                yield page.obj, each


def _nothing(document: Pdf, widget: Object) -> Object:
    left, bottom, right, top = (float(side) for side in widget.Rect)
    box = Array([0, 0, round(right - left, 3), round(top - bottom, 3)])
    return document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=Dictionary())
