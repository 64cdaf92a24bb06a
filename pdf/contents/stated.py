"""The instructions that draw nothing and say how things are drawn: saved states, matrices, lines and colours."""

from __future__ import annotations

from collections.abc import Callable

from pdf.contents import operators, plane, thin
from pdf.contents.graphics import Kind, Space, State, Things
from pdf.contents.paths import Path
from pdf.contents.plane import Reach
from pdf.contents.tokens import Named, Operand, unclear

_MOST_SAVED = 64  # ISO 32000-1 Annex C says 28, writers of web pages nest more, and all readers bear this
_DEVICE_NAMES = {b"DeviceGray": 1, b"DeviceRGB": 3, b"DeviceCMYK": 4}

Operands = list[Operand]
Act = Callable[[bytes, Operands], None]


class StateWriter:
    """Half of pdf.contents.writer.Writer: what is in force between two drawings, and where instructions may stand."""

    def __init__(self, kind: Kind, things: Things, unit: float = 1) -> None:
        self._kind, self._things, self._unit = kind, things, unit
        self._out: list[bytes] = []
        self._state = State()
        self._saved: list[State] = []
        self._in_text = False
        self._path = Path()
        self.reach = Reach()
        self._is_stencil = kind is Kind.STENCIL
        self._begins = kind is Kind.GLYPH

    def _state_acts(self) -> dict[bytes, Act]:
        acts: dict[bytes, Act] = dict.fromkeys(operators.DEVICES, self._choose_device)
        acts |= {
            b"q": self._save, b"Q": self._restore, b"cm": self._move, b"w": self._set_width, b"J": self._set_ends,
            b"j": self._set_ends, b"M": self._set_mitre, b"d": self._set_dashes, b"i": self._drop,
            b"ri": self._set_intent, b"gs": self._set_state, b"CS": self._choose_space, b"cs": self._choose_space,
        }  # fmt: skip
        return acts

    def _begin(self, operator: bytes) -> None:
        if operator not in (b"d0", b"d1"):
            raise unclear("a letter that does not begin with its width")

    def _outside(self, operator: bytes) -> None:
        """Raises unless between texts and paths."""
        if self._in_text or self._path.lines:
            raise unclear(f"{operator.decode()} inside a {'text' if self._in_text else 'path'}")

    def _put(self, operator: bytes, operands: Operands) -> None:
        parts = [each if type(each) is bytes else bytes(each) for each in operands]
        self._out.append(b" ".join([*parts, operator]))

    def _note(self, reach: Reach) -> None:
        """Remember how far a thing reaches that is drawn now; raises where programs cut it off."""
        known = self.reach
        if self._state.matrix is plane.PLAIN and reach.lines <= known.lines and reach.boxes <= known.boxes:
            return
        self.reach = known.joined(reach.through(self._state.matrix))
        if self._kind is Kind.PAGE and self.reach.lines > plane.FARTHEST:
            raise unclear("lines that reach too far from the page")

    def _drop(self, _operator: bytes, _operands: Operands) -> None:
        """How finely curves are drawn (i) is up to the reader."""

    def _save(self, operator: bytes, _operands: Operands) -> None:
        self._outside(operator)
        if len(self._saved) >= _MOST_SAVED:
            raise unclear("states saved too deep")
        self._saved.append(self._state.kept())
        self._out.append(b"q")

    def _restore(self, operator: bytes, _operands: Operands) -> None:
        self._outside(operator)
        if self._saved:  # one too many brings nothing back
            self._state = self._saved.pop()
            self._out.append(b"Q")

    def _move(self, operator: bytes, operands: Operands) -> None:
        self._outside(operator)
        self._state.matrix = plane.product(plane.matrix_of(operands), self._state.matrix)
        self._put(operator, operands)

    def _set_width(self, operator: bytes, operands: Operands) -> None:
        if float(bytes(operands[0])) < 0:
            raise unclear("a line of negative width")
        self._state.width = self._state.written_width = float(bytes(operands[0]))
        self._put(operator, operands)

    def _seen(self) -> plane.Matrix:
        """From coordinates to points on the page, as far as that is known here."""
        a, b, c, d, e, f = self._state.matrix
        return (a * self._unit, b * self._unit, c * self._unit, d * self._unit, e, f)

    def _widen(self) -> None:
        """Before lines are drawn: neither they nor their dashes are less than all programs draw, as things are now."""
        least = thin.least_width(self._state.width, self._seen())
        written = self._state.written_width
        if least != (self._state.width if written is None else written):
            self._state.written_width = least
            self._out.append(b"%s w" % thin.written(least))
        if self._state.dashes is not None:
            dashes = self._state.dashes[not self._state.is_round]
            if dashes != self._state.written_dashes:
                self._state.written_dashes = dashes
                self._out.append(dashes + b" d")

    def _set_ends(self, operator: bytes, operands: Operands) -> None:
        chosen = operators.whole(operands[0], 2, "ends of lines")
        if operator == b"J":
            self._state.is_round = chosen == b"1"
        self._put(operator, [chosen])

    def _set_mitre(self, operator: bytes, operands: Operands) -> None:
        self._put(operator, [max([operands[0], b"1"], key=lambda each: float(bytes(each)))])

    def _set_dashes(self, _operator: bytes, operands: Operands) -> None:
        self._state.dashes = operators.dashes(operands[0], operands[1], self._seen())
        self._state.written_dashes = self._state.dashes[not self._state.is_round]
        self._out.append(self._state.written_dashes + b" d")

    def _set_intent(self, operator: bytes, operands: Operands) -> None:
        name = operands[0]
        if isinstance(name, Named) and name.octets in operators.INTENTS:
            self._put(operator, operands)

    def _set_state(self, operator: bytes, operands: Operands) -> None:
        state = self._things.state(name_of(operands[0]))
        if self._kind is Kind.GLYPH and self._is_stencil:
            return  # readers differ on whether it says anything where colours do not
        if state.font is not None:
            self._state.font = state.font
        if state.width is not None:
            self._state.width = self._state.written_width = state.width
        if state.has_dashes:
            self._state.dashes = None
        if state.is_round is not None:
            self._state.is_round = state.is_round
        self._note(state.reach)
        self._put(operator, [state.written])

    # --- colours

    def _choose_device(self, operator: bytes, operands: Operands) -> None:
        family, components = operators.DEVICES[operator]
        self._choose(operator, Space(b"/" + family, components))
        if not self._is_stencil:
            self._put(operator, [operators.clamped(each) for each in operands])

    def _choose_space(self, operator: bytes, operands: Operands) -> None:
        name = name_of(operands[0])
        components = _DEVICE_NAMES.get(name)
        space = self._things.space(name) if components is None else Space(b"/" + name, components)
        self._choose(operator, space)
        if not self._is_stencil and not space.is_pattern:  # readers differ on its colour before there is one
            self._put(operator, [space.written])
            self._put(b"scn" if operator == b"cs" else b"SCN", [*space.first_colour])

    def _choose(self, operator: bytes, space: Space) -> None:
        if operator.islower():
            self._state.fill, self._state.fills_chosen = space, True
        else:
            self._state.stroke, self._state.strokes_chosen = space, True

    def _choose_colour(self, operator: bytes, operands: Operands) -> None:
        if self._begins:
            self._begin(operator)
        is_fill = operator.islower()
        space = self._state.fill if is_fill else self._state.stroke
        chosen = self._state.fills_chosen if is_fill else self._state.strokes_chosen
        if not chosen and self._kind is not Kind.PAGE:
            raise unclear("a colour in a space that was not chosen")
        numbers = operands[:-1] if space.is_pattern and operands else operands
        is_whole = len(operands) == space.components + space.is_pattern
        if not is_whole or any(type(each) is not bytes for each in numbers):
            raise unclear(f"operands of {operator.decode()}")
        written: Operands = [each if space.most is None else operators.clamped(each, space.most) for each in numbers]
        if space.is_pattern:
            pattern = self._things.pattern(name_of(operands[-1]))
            if pattern.is_stencil and not numbers:
                raise unclear("a pattern without a colour")
            written.append(pattern.written)
        if space.is_pattern and not self._is_stencil:
            self._put(b"cs" if is_fill else b"CS", [space.written])
        if not self._is_stencil:
            self._put(b"scn" if is_fill else b"SCN", written)


def name_of(operand: Operand) -> bytes:
    if not isinstance(operand, Named):
        raise unclear("a name that is none")
    return operand.octets
