"""The texts that a page's scripts need, as one dictionary: scripts hold no text of their own."""

from functools import cache

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from core import paths


class _Places(Visitor):
    """Collects the names of the values that a message asks for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.names.add(node.id.name)


@cache
def page_messages(locale: str, *rooms: str) -> dict[str, str]:
    """All messages of locales/<locale>/<room>.ftl; `{name}` marks the place of each value that a message takes.

    The page embeds it as JSON (`messages` of layouts/base.html) and lib/messages.ts fills the places in. Messages that
    choose between variants (plurals) keep their default one: write page texts so that they need none.
    Raises FileNotFoundError for a room without a catalogue.
    """
    found: dict[str, str] = {}
    for room in rooms:
        text = (paths.locales() / locale / f"{room}.ftl").read_text(encoding="utf-8")
        bundle = FluentBundle([locale], use_isolating=False)
        bundle.add_resource(FluentResource(text))
        for entry in FluentParser().parse(text).body:
            if isinstance(entry, ast.Message) and entry.value is not None:
                places = _Places()
                places.visit(entry.value)
                pattern = bundle.get_message(entry.id.name).value
                if pattern is not None:
                    filled, _ = bundle.format_pattern(pattern, {name: f"{{{name}}}" for name in places.names})
                    found[entry.id.name] = str(filled)
    return found
