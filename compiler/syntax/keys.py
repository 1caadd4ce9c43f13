"""Keys of mappings: text only, each once, and `<<` for merging."""

from __future__ import annotations

from compiler.diagnostics.diagnostic import Fix, Label
from compiler.diagnostics.sink import Sink
from compiler.record import dataclass
from compiler.syntax.frame import Frame
from compiler.syntax.text import YamlText
from compiler.syntax.tree import Entry, Mapping, Scalar, Sequence, Tree, Value

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Keys:
    """Checks keys and adds entries to frames."""

    text: YamlText
    sink: Sink

    def key_of(self, node: Tree | None) -> Scalar | None:
        """Turn a node into a key; report AC110 for what is not text. None cannot be used."""
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return node
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self._report_collection(node)
            return None
        source = node.span.source.text[node.span.start : node.span.end]
        if not source.strip():
            self.sink.report(
                "AC110",
                node.span,
                "a key is empty",
                help="write the key before the `:`, or quote it if it is meant to be empty text",
            )
            return None
        self.sink.report(
            "AC110",
            node.span,
            f"the key `{node.text[:_SHOWN]}` is {_kind_of(node.value)}, expected text",
            help=f'write `"{node.text[:_SHOWN]}"`',
            fix=(Fix(node.span, f'"{node.text}"'),) if source == node.text else (),
        )
        return None

    def add_value(self, frame: Frame, node: Tree | None) -> None:
        """Add the value of the frame's current key; None is a value that had to be left out."""
        key = frame.key
        frame.has_key, frame.key = False, None
        if key is None or node is None:
            frame.partial = True
        elif frame.is_merge:
            self._merge(frame, key, node)
        elif key.text in frame.entries:
            self._report_duplicate(key, frame.entries[key.text].key)
        else:
            frame.entries[key.text] = Entry(key, node)

    def _merge(self, frame: Frame, key: Scalar, node: Tree) -> None:
        mappings = node.items if isinstance(node, Sequence) else (node,)
        for mapping in mappings:
            if isinstance(mapping, Mapping):
                frame.merges.append((len(frame.entries), mapping))
                frame.partial = frame.partial or mapping.partial
                continue
            frame.partial = True
            self.sink.report(
                "AC101",
                key.span,
                "`<<` merges mappings, but its value is not a mapping",
                help="name an anchored mapping: `<<: *defaults`",
            )
            return

    def _report_duplicate(self, key: Scalar, first: Scalar) -> None:
        self.sink.report(
            "AC103",
            key.span,
            f"the key `{key.text[:_SHOWN]}` stands twice in one mapping",
            label="the second one",
            related=(Label(first.span, "the first one"),),
            help="remove or rename one of them",
        )

    def _report_collection(self, node: Sequence | Mapping) -> None:
        kind = "mapping" if isinstance(node, Mapping) else "list"
        source = self.text.source.text
        is_braces = source[max(0, node.span.start - 1) : node.span.start + 1] == "{{"
        self.sink.report(
            "AC110",
            node.span,
            f"a key is a {kind}, expected text",
            notes=("a value that starts with `{` is a YAML mapping",) if is_braces else (),
            help=(
                "put the whole value in quotes"
                if is_braces
                else "write a plain name before the `:`, or quote it"
            ),
        )


def _kind_of(value: Value) -> str:
    if value is None:
        return "null"
    return "a boolean" if isinstance(value, bool) else "a number"
