"""The stream of YAML events of a text, from libyaml where PyYAML was built with it."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import yaml

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.syntax.limits import MAX_CONTROL_REPORTS

# The pure reader gives the same events, some fifty times slower.
LibyamlLoader: Final[type] = getattr(yaml, "CSafeLoader", type(None))
Loader: Final[type] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# https://yaml.org/spec/1.2.2/#51-character-set, without the byte order mark. The ranges beyond ASCII take
# milliseconds to compile, so each is compiled when a text needs it.
_NOT_PRINTABLE_ASCII = "[^\t\n\r\x20-\x7e]"
_NOT_PRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


def bounds_of(event: yaml.Event) -> tuple[int, int]:
    """Return the offsets an event starts and ends at; every event of a reader has them."""
    start, end = event.start_mark, event.end_mark
    return (start.index, end.index) if start is not None and end is not None else (0, 0)


@contextmanager
def paused_collection() -> Iterator[None]:
    """Pause the search for cycles: a tree has none, and looking for them takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def stream_events(text: str, loader: type = Loader) -> Iterator[yaml.Event]:
    """Yield the events of a text; raise `yaml.MarkedYAMLError` at the first place that is not YAML."""
    return yaml.parse(text, Loader=loader)


def replace_controls(source: SourceFile, text: str, offset: int, sink: Sink) -> str:
    """Report AC108 for characters YAML does not allow, and put spaces in their place.

    Args:
        offset: where `text` starts in the source.
    """
    not_printable = re.compile(_NOT_PRINTABLE_ASCII if text.isascii() else _NOT_PRINTABLE)
    found = [match.start() for match in not_printable.finditer(text)]
    if not found:
        return text
    more = len(found) - MAX_CONTROL_REPORTS
    for number, at in enumerate(found[:MAX_CONTROL_REPORTS], 1):
        is_last = number == MAX_CONTROL_REPORTS and more > 0
        sink.report(
            "AC108",
            Span(source, at + offset, at + offset + 1),
            f"character U+{ord(text[at]):04X} is not allowed in YAML",
            notes=(f"{more} more of them follow",) if is_last else (),
            help="remove it; in double quotes it can be written as an escape, such as `\\x07`",
        )
    return not_printable.sub(" ", text)
