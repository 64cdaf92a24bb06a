"""Several of our own papers in one file, with their tags and the files inside them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Object, Pdf, String

from pdf.errors import StructureUnsupported
from pdf.writing import written

_WIDGET = "/Widget"


def join(files: Sequence[bytes], *, title: str, titles: Sequence[str] = ()) -> bytes:
    """The pages of all files in order, without forms and signatures; the same bytes for the same input.

    For papers that this installation printed, not for what strangers upload: what the first one claims to be (PDF/A,
    PDF/UA) the whole is. `titles`, one for each, make the outline. Raises StructureUnsupported.
    """
    try:
        opened = [pikepdf.open(io.BytesIO(data)) for data in files]
        joined = _Joined(opened[0])
        for source in opened[1:]:
            joined.add(source)
        return joined.finished(title, titles)
    except (pikepdf.PdfError, pikepdf.PasswordError, KeyError, AttributeError, IndexError) as error:
        raise StructureUnsupported("not papers of ours") from error


class _Joined:
    """The first paper, grown by the others: pages, tree of tags, files inside."""

    def __init__(self, first: Pdf) -> None:
        self._pdf = first
        self._starts = [0]
        _strip(first)
        self._tree = first.Root.StructTreeRoot
        self._parents = pikepdf.NumberTree(self._tree.ParentTree)
        self._top = self._tree.K[0]
        _tell_apart(self._top, 0)

    def add(self, source: Pdf) -> None:
        """Everything of one more paper behind what is there."""
        _strip(source)
        number, first = len(self._starts), len(self._pdf.pages)
        self._starts.append(first)
        _tell_apart(source.Root.StructTreeRoot.K[0], number)
        parents = pikepdf.NumberTree(source.Root.StructTreeRoot.ParentTree)
        last = max((int(key) for key in self._parents), default=-1)
        self._pdf.pages.extend(source.pages)
        for page in list(self._pdf.pages)[first:]:
            page.obj.StructParents = last + 1 + int(page.obj.StructParents)
        copied = self._pdf.copy_foreign(source.Root.StructTreeRoot)
        for kid in copied.K[0].K:
            kid.P = self._top
            self._top.K.append(kid)
        copied_parents = pikepdf.NumberTree(copied.ParentTree)
        for key in parents:
            self._parents[last + 1 + int(key)] = copied_parents[key]
        if "/AF" not in source.Root:
            return  # nothing lies inside this paper, nor, as they are of one kind, inside the first one
        for name, specification in _enclosed(self._pdf.copy_foreign(source.Root.Names.EmbeddedFiles)):
            self._pdf.Root.Names.EmbeddedFiles.Names.extend([name, specification])
            self._pdf.Root.AF.append(specification)

    def finished(self, title: str, titles: Sequence[str]) -> bytes:
        """The file, with its title and an outline."""
        self._tree.ParentTreeNextKey = max(int(key) for key in self._parents) + 1
        if "/AF" in self._pdf.Root:
            files = self._pdf.Root.Names.EmbeddedFiles
            pairs = sorted(_enclosed(files), key=lambda each: str(each[0]))
            files.Names = Array([each for pair in pairs for each in pair])
        with self._pdf.open_outline() as outline:
            outline.root[:] = [
                pikepdf.OutlineItem(text, page) for text, page in zip(titles, self._starts, strict=False)
            ]
        with self._pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
            metadata["dc:title"] = title
        return written(self._pdf)


def _strip(pdf: Pdf) -> None:
    """The paper without its platform signature, and without the data that checks it."""
    for key in ("/AcroForm", "/Perms", "/DSS", "/Extensions"):
        if key in pdf.Root:
            del pdf.Root[key]
    for page in pdf.pages:
        kept = [each for each in page.obj.get("/Annots", Array()) if each.get("/Subtype") != _WIDGET]
        if "/Annots" in page.obj:
            del page.obj["/Annots"]
        if kept:
            page.obj.Annots = Array(kept)


def _enclosed(files: Object) -> Iterator[tuple[Object, Object]]:
    names = list(files.Names)
    yield from zip(names[::2], names[1::2], strict=True)


def _tell_apart(top: Object, number: int) -> None:
    """Headings of tables are named after their places in one paper: in the whole each paper has names of its own."""
    waiting = [top]
    while waiting:
        element = waiting.pop()
        if not isinstance(element, Dictionary):
            continue
        if "/ID" in element:
            element.ID = String(f"{number}.{element.ID}")
        attributes = element.get("/A")
        if isinstance(attributes, Dictionary) and "/Headers" in attributes:
            attributes.Headers = Array([String(f"{number}.{each}") for each in attributes.Headers])
        kids = element.get("/K", Array())
        waiting.extend(kids if isinstance(kids, Array) else [kids])
