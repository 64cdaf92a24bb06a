"""One content (of a page, form, pattern or drawn letter) read instruction by instruction and written anew.

An instruction a line, strings without escapes, names from the content's own resources, saved states that are brought
back, paths that are painted. What has one meaning for all is mended; what programs draw in different ways is refused.
"""

from __future__ import annotations

from pdf.contents import operators
from pdf.contents.graphics import Drawing, Font, Kind, Things
from pdf.contents.stated import Act, Operands, StateWriter, name_of
from pdf.contents.tokens import LINES, Pairs, Tokens, unclear

_LEAST_WIDTH = 1.0  # of letters, in percent: below, nobody reads them
_DEFAULTS = {b"Tc": b"0", b"Tw": b"0", b"Tz": b"100", b"TL": b"0", b"Ts": b"0"}
_OUTLINED = frozenset({1, 2, 5, 6})  # ISO 32000-2 Table 104
# What patterns and letters begin with (ISO 32000-2 8.7.3.1, 9.6.4); letters would inherit it, and readers differ.
_LETTER_BEGINS = b"1 w\n0 J\n0 j\n10 M\n[] 0 d\n0 Tc\n0 Tw\n100 Tz\n0 TL\n0 Ts"


class Writer(StateWriter):
    """Takes the instructions of one content; see `finished`."""

    def __init__(self, kind: Kind, things: Things, unit: float = 1) -> None:
        """`unit`: how many points a unit of its coordinates is at most."""
        super().__init__(kind, things, unit)
        self._left: Operands = []
        self._lenient = 0  # depth of BX
        self._acts = self._state_acts() | self._drawing_acts()

    def read(self, data: bytes) -> None:
        """One of its streams: words may not be divided between two, instructions may. Raises `pdf_unclear`."""
        tokens = Tokens(data, self._left)
        acts = self._acts
        for operator, operands, is_checked in tokens.instructions():
            act = acts.get(operator)
            if act is not None:
                if not is_checked:
                    operators.check(operator, operands)
                if self._begins:
                    self._begin(operator)
                act(operator, operands)
            elif operator == b"BI":
                self._show_inline(operands, tokens)
            elif operator in operators.COLOURS:
                self._choose_colour(operator, operands)
            elif operator in operators.MARKS:
                continue
            elif not self._lenient:
                raise unclear(f"operator {operator[:20]!r}")
        self._left = tokens.left

    def finished(self) -> bytes:
        """The content anew, with what was left open closed; a path that was never painted is gone."""
        if self._begins:
            raise unclear("a letter without its width")
        if self._path.is_clip:
            raise unclear("a clip without an end")
        if self._in_text:
            self._out.append(b"ET")
        self._out += [b"Q"] * len(self._saved)
        self._saved.clear()
        return b"".join(line + b"\n" for line in self._out)

    def _drawing_acts(self) -> dict[bytes, Act]:
        acts: dict[bytes, Act] = dict.fromkeys(operators.PATHS, self._build)
        acts |= dict.fromkeys(operators.CLIPS, self._clip) | dict.fromkeys(operators.PAINTS, self._paint)
        acts |= dict.fromkeys(operators.TEXT_STATES, self._set_letters) | dict.fromkeys(operators.SHOWS, self._show)
        acts |= dict.fromkeys(operators.PLACES, self._place)
        acts |= {
            LINES: self._build_lines, b"BT": self._begin_text, b"ET": self._end_text, b"Tf": self._set_font,
            b"Tr": self._set_mode, b"sh": self._shade, b"Do": self._draw, b"BX": self._open, b"EX": self._close,
            b"d0": self._measure, b"d1": self._measure,
        }  # fmt: skip
        return acts

    # --- what belongs to no drawing

    def _open(self, _operator: bytes, _operands: Operands) -> None:
        self._lenient += 1

    def _close(self, _operator: bytes, _operands: Operands) -> None:
        self._lenient = max(0, self._lenient - 1)

    def _measure(self, operator: bytes, operands: Operands) -> None:
        if not self._begins:
            raise unclear(f"{operator.decode()} out of place")
        self._begins = False
        self._is_stencil = operator == b"d1"
        self._put(operator, operands)
        self._out.append(_LETTER_BEGINS)

    # --- paths

    def _build(self, operator: bytes, operands: Operands) -> None:
        if self._in_text:
            raise unclear("a path inside a text")
        self._path.build(operator, operands)

    def _build_lines(self, _operator: bytes, operands: Operands) -> None:
        self._path.go_on(bytes(operands[0]))

    def _clip(self, operator: bytes, _operands: Operands) -> None:
        self._path.clip(operator)

    def _paint(self, operator: bytes, _operands: Operands) -> None:
        if self._in_text:
            raise unclear("a path inside a text")
        is_line = operator in operators.STROKES
        if is_line:
            self._refuse_inherited(is_fill=False)
            self._widen()
        self._note(self._path.reach())
        fills = b"f" if operator == b"F" else operator
        self._out += self._path.painted(fills, self._seen(), is_round=self._state.is_round)

    def _refuse_inherited(self, *, is_fill: bool) -> None:
        """Letters that bring their own colours (d0) may not leave one of them to the reader."""
        chosen = self._state.fills_chosen if is_fill else self._state.strokes_chosen
        if self._kind is Kind.GLYPH and not self._is_stencil and not chosen:
            raise unclear("a letter with colours of its own that chooses none")

    # --- pictures, forms, shadings

    def _draw(self, operator: bytes, operands: Operands) -> None:
        self._outside(operator)
        self._put_drawing(self._things.drawing(name_of(operands[0])))

    def _show_inline(self, operands: Operands, tokens: Tokens) -> None:
        self._outside(b"BI")
        if self._begins:
            self._begin(b"BI")
        said = operands[0]
        assert isinstance(said, Pairs)  # noqa: S101 - for the type checker
        self._put_drawing(self._things.inline(said, tokens))

    def _put_drawing(self, drawing: Drawing) -> None:
        if self._is_stencil and not drawing.is_stencil:
            raise unclear("a picture in what has no colours of its own")
        if drawing.is_stencil:
            self._refuse_inherited(is_fill=True)
        self._note(drawing.reach)
        if drawing.is_form:
            self._widen()
        # A form would inherit how letters are set, in most readers but not in all.
        letters = self._state.letters if drawing.is_form else {}
        self._out += [_DEFAULTS[name] + b" " + name for name in letters]
        self._put(b"Do", [drawing.written])
        self._out += [value + b" " + name for name, value in letters.items()]

    def _shade(self, operator: bytes, operands: Operands) -> None:
        self._outside(operator)
        if self._is_stencil:
            raise unclear("a shading in what has no colours of its own")
        self._put(operator, [self._things.shading(name_of(operands[0]))])

    # --- texts

    def _begin_text(self, operator: bytes, _operands: Operands) -> None:
        self._outside(operator)
        self._in_text = True
        self._out.append(b"BT")

    def _end_text(self, _operator: bytes, _operands: Operands) -> None:
        if self._path.lines:
            raise unclear("the end of a text inside a path")
        if self._in_text:  # one too many ends nothing
            self._in_text = False
            self._out.append(b"ET")

    def _set_font(self, operator: bytes, operands: Operands) -> None:
        font: Font | None = self._things.font(name_of(operands[0]))
        assert font is not None  # noqa: S101 - for the type checker
        self._put(operator, [font.written, operands[1]])
        self._state.font = font if float(bytes(operands[1])) else None

    def _set_mode(self, operator: bytes, operands: Operands) -> None:
        mode = operators.whole(operands[0], 7, "rendering mode")
        self._state.mode = int(mode)
        self._put(operator, [mode])

    def _set_letters(self, operator: bytes, operands: Operands) -> None:
        number = bytes(operands[0])
        if operator == b"Tz" and abs(float(number)) < _LEAST_WIDTH:
            raise unclear("letters without width")
        self._keep(operator, number)
        self._put(operator, operands)

    def _keep(self, operator: bytes, number: bytes) -> None:
        if number == _DEFAULTS[operator]:
            self._state.letters.pop(operator, None)
        else:
            self._state.letters[operator] = number

    def _place(self, operator: bytes, operands: Operands) -> None:
        self._inside(operator)
        if operator == b"TD":
            down = bytes(operands[1])
            self._keep(b"TL", down[1:] if down.startswith(b"-") else b"-" + down)
        self._put(operator, operands)

    def _inside(self, operator: bytes) -> None:
        if not self._in_text or self._path.lines:
            raise unclear(f"{operator.decode()} outside a text")

    def _show(self, operator: bytes, operands: Operands) -> None:
        self._inside(operator)
        if self._state.font is None:
            raise unclear("letters without a font, or of no size")
        if self._state.font.is_drawn and (self._state.fill.is_pattern or self._state.stroke.is_pattern):
            raise unclear("drawn letters in the colours of a pattern")
        if self._state.mode in _OUTLINED:
            self._widen()
        if operator == b'"':
            self._keep(b"Tw", bytes(operands[0]))
            self._keep(b"Tc", bytes(operands[1]))
        self._put(operator, [operators.shown(operands[0])] if operator == b"TJ" else operands)
