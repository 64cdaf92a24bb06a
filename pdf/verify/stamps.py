"""The one field that may be added to a certified file: a document timestamp's, of which nothing is ever seen.

What is not on these lists is refused: an annotation's kind alone may make readers draw it past its empty rectangle
(/Ink, /Line, /Polygon), and actions, parents and layers are nothing that a timestamp needs (EN 319 142-1 §5.4.3).
"""

from __future__ import annotations

import re

from pdf.verify.objects import Name, Plain, Ref, as_numbers

_WIDGET = Name("/Widget")
_PRINTED_AND_LOCKED = 132
_FIELD_KEYS = frozenset({"/Type", "/Subtype", "/FT", "/T", "/F", "/Rect", "/P", "/V", "/TU"})
_VALUE_KEYS = frozenset({"/Type", "/Filter", "/SubFilter", "/ByteRange", "/Contents", "/V"})

_OUR_NAME = re.compile(rb"Yunqian-Timestamp-[1-9]\d{0,3}")


def is_unseen(rect: Plain) -> bool:
    """Whether a rectangle has neither width nor height; it must be written in the field itself."""
    sides = as_numbers(rect)
    return len(sides) == 4 and sides[0] == sides[2] and sides[1] == sides[3]


def is_widget(field: dict[str, Plain]) -> bool:
    """Whether an annotation is a form field's, or the field has none of its own."""
    return field.get("/Subtype") == _WIDGET or not {"/Subtype", "/Rect"} & field.keys()


def is_bare_field(field: dict[str, Plain], value: Ref | None) -> bool:
    """Whether a new field holds what signing software writes for a document timestamp, and nothing besides."""
    return (
        field.keys() <= _FIELD_KEYS
        and field.get("/Type", Name("/Annot")) == Name("/Annot")
        and field.get("/Subtype") == _WIDGET
        and field.get("/FT") == Name("/Sig")
        and isinstance(field.get("/T"), bytes)
        and isinstance(field.get("/TU", b""), bytes)
        and field.get("/F") == _PRINTED_AND_LOCKED
        and is_unseen(field.get("/Rect"))
        and isinstance(field.get("/P"), Ref)
        and isinstance(value, Ref)
        and field.get("/V") == value
    )


def is_named_by_us(field: dict[str, Plain]) -> bool:
    """Whether a new field's name is our writer's: it is told to readers, who would take it for a signer's."""
    name = field.get("/T")
    return isinstance(name, bytes) and _OUR_NAME.fullmatch(name) is not None and "/TU" not in field


def is_bare_timestamp(value: dict[str, Plain]) -> bool:
    """Whether the dictionary of a document timestamp holds the token and what says so, and nothing besides."""
    return (
        value.keys() <= _VALUE_KEYS
        and value.get("/Type") == Name("/DocTimeStamp")
        and isinstance(value.get("/Filter"), Name)
        and value.get("/SubFilter") == Name("/ETSI.RFC3161")
        and value.get("/V", 0) == 0
    )
