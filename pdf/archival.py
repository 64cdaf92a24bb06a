"""What makes a printed file PDF/A-3a and PDF/UA-1 at once, which WeasyPrint does one at a time and not to the last bit.

Runs in the child that prints: the only other place that knows the printing library.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.pdf import tags

from pdf.cff import with_plain_numbers

VARIANT = "pdf/a-3a"
_REFERENCE = re.compile(rb"(\d+) 0 R")
# ISO 14289-1 §5: the claim to PDF/UA-1; ISO 19005-3 §6.6.2.3.3: PDF/A takes no property that is not described.
_ACCESSIBLE = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 to which the document conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
_END_OF_METADATA = b"</rdf:RDF>"

_build = tags._build_box_tree


def finish(_document: object, pdf: Any) -> None:
    """For `Document.write_pdf(finisher=…)`: complete the claims, number glyphs for all readers, compress.

    The library is asked not to compress: its object and cross-reference streams would come after this, with any end.
    """
    metadata = _claim_accessibility(pdf)
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for each in pdf.objects:
        if isinstance(each, pydyf.Stream):
            if "Interpolate" in each.extra:
                each.extra["Interpolate"] = "false"  # ISO 19005-3 §6.2.8
            if each.extra.get("Subtype") == "/OpenType":  # the library writes glyphs for numbers
                each.stream = [with_plain_numbers(b"".join(each.stream))]
            if each is not metadata:  # ISO 19005-3 §6.6.2.1: readable without a PDF library
                _compress(each)


def _claim_accessibility(pdf: Any) -> Any:
    found = _REFERENCE.fullmatch(pdf.catalog["Metadata"])
    if found is None:
        raise ValueError("no metadata to complete")
    metadata = pdf.objects[int(found[1])]
    (packet,) = metadata.stream
    metadata.stream = [packet.replace(_END_OF_METADATA, _ACCESSIBLE + _END_OF_METADATA, 1)]
    return metadata


def _compress(stream: Any) -> None:
    """Compress what is not yet, and see how it ends.

    A stream whose last byte is a carriage return looks a byte shorter than it says, since a line feed follows
    (ISO 19005-3 §6.1.7.1); uncompressed it ends otherwise.
    """
    if "Filter" in stream.extra:
        return
    plain = b"\n".join(pydyf._to_bytes(part) for part in stream.stream)
    packed = zlib.compress(plain)
    if packed.endswith(b"\r"):
        packed = plain
    else:
        stream.extra["Filter"] = "/FlateDecode"
    stream.stream = [packed]


def _build_with_language(box: Any, *others: Any) -> Iterator[Any]:
    """As the library builds the tree of tags, with the language of every element that states one."""
    stated = None if box.element is None else box.element.get("lang")
    for element in _build(box, *others):
        if stated and box.element_tag not in ("html", "body"):
            element["Lang"] = pydyf.String(stated)
        yield element


def tag_languages() -> None:
    """From now on, tags say in which language their text is (ISO 14289-1 §7.2), not the document alone."""
    tags._build_box_tree = _build_with_language
