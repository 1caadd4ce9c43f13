"""Single nodes of the tree: scalars with their values and places, tags and aliases."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from typing import Final

import yaml

from compiler.diagnostics.diagnostic import Fix
from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import Span
from compiler.record import dataclass
from compiler.syntax.limits import MAX_NUMBER_LENGTH
from compiler.syntax.resolve import is_long_number, resolve_plain, resolve_tagged
from compiler.syntax.text import YamlText
from compiler.syntax.tree import Scalar, Style, Value

_STYLES: Final[dict[str | None, Style]] = {
    None: "plain",
    "": "plain",
    "'": "single",
    '"': "double",
    "|": "literal",
    ">": "folded",
}
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset({"str", "int", "float", "bool", "null"})
# What is read for a number that is too long, so that its place is not reported once more.
_STAND_IN: Final = 1
_SURROGATE = re.compile("[\ud800-\udfff]")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s*(?:(?<=\s)#[^\n]*\s*)*)*")
_TAG = re.compile(r"(?:&\S+\s+)?(!\S*)")


@dataclass(frozen=True, slots=True)
class Nodes:
    """Makes scalars from events and reports tags and aliases that mean nothing."""

    text: YamlText
    sink: Sink

    def scalar(self, event: yaml.ScalarEvent, start: int, end: int) -> Scalar:
        """Return the scalar of an event that stands at `[start, end)`."""
        style = _STYLES[event.style]
        content: str = event.value
        if self.text.stand_ins.is_used:
            content = self.text.stand_ins.restore(content, style)
        if event.anchor is not None or event.tag is not None:
            inner = _PROPERTIES.match(self.text.text, start, end)
            begin = inner.end() if inner else start
        else:
            begin = start
        if style in ("literal", "folded"):
            end = begin + len(self.text.text[begin:end].rstrip())
        span = Span(self.text.source, begin + self.text.offset, end + self.text.offset)
        if style == "double" and not content.isascii() and _SURROGATE.search(content):
            content = self._without_surrogates(content, span)
        value: Value
        if event.tag is not None and event.tag != "!":
            value = self._tagged(event.tag, content, style, start, end)
        elif style == "plain" and event.tag is None:
            value = resolve_plain(content)
            if len(content) > MAX_NUMBER_LENGTH and is_long_number(content):
                self._report_long_number(content, span)
                value = _STAND_IN
        else:
            value = content
        return Scalar(value, content, span, style)

    def check_collection_tag(self, tag: str, kind: str, start: int, end: int) -> None:
        """Report AC107 unless the tag is the core one of that kind of collection (`map`, `seq`)."""
        if tag not in (_CORE + kind, "!"):
            self._report_tag(
                tag, start, max(end, start + 1), is_core=tag in (_CORE + "map", _CORE + "seq")
            )

    def report_bad_alias(self, name: str, anchors: MappingOf[str, object], span: Span) -> None:
        """Report an alias to an anchor that does not exist (AC101) or has not ended (AC106)."""
        if name in anchors:
            self.sink.report(
                "AC106",
                span,
                f"`*{name}` stands inside of what it refers to",
                help=f"take `*{name}` out of the part that `&{name}` names",
            )
            return
        near = nearest(name, anchors)
        self.sink.report(
            "AC101",
            span,
            f"`*{name}` refers to an anchor that does not exist",
            notes=(f"`*{name}` repeats the value marked with `&{name}` further up",),
            help=f"did you mean `*{near}`?" if near else "put text that starts with `*` in quotes",
            fix=(Fix(span, f"*{near}"),) if near else (),
        )

    def _tagged(self, tag: str, content: str, style: Style, start: int, end: int) -> Value:
        short = tag.removeprefix(_CORE)
        is_core = short != tag and short in _SCALAR_TAGS
        if not is_core:
            self._report_tag(tag, start, end, is_core=False)
            return resolve_plain(content) if style == "plain" else content
        value, fits = resolve_tagged(short, content)
        if not fits:
            self._report_tag(tag, start, end, is_core=True)
        return value

    def _report_tag(self, tag: str, start: int, end: int, *, is_core: bool) -> None:
        match = _TAG.match(self.text.text, start, end)
        span = self.text.span(*match.span(1)) if match else self.text.span(start, end)
        shown = tag.replace(_CORE, "!!")
        self.sink.report(
            "AC107",
            span,
            (
                f"the tag `{shown}` does not fit its value"
                if is_core
                else f"the tag `{shown}` has no meaning here"
            ),
            help="remove the tag; if the `!` belongs to a text, put the text in quotes",
        )

    def _without_surrogates(self, content: str, span: Span) -> str:
        """Report half characters, which only the pure reader lets pass."""
        self.sink.report(
            "AC101",
            span,
            "a `\\u` escape in this text is half of a surrogate pair",
            help="write both halves, or the character itself",
        )
        return _SURROGATE.sub("\ufffd", content)

    def _report_long_number(self, content: str, span: Span) -> None:
        self.sink.report(
            "AC105",
            span,
            f"a number with {len(content):,} digits is too large",
            help="put it in quotes if it is meant to be text",
        )
