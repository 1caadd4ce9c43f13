"""Reads a YAML text into a tree, going on after syntax errors so that all of them are reported."""

from __future__ import annotations

import yaml

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.syntax.build import Builder, Unusable
from compiler.syntax.complaint import Complaint, Failure, failure_of
from compiler.syntax.events import (
    LibyamlLoader,
    Loader,
    paused_collection,
    replace_controls,
    stream_events,
)
from compiler.syntax.limits import MAX_BYTES, MAX_CHARACTERS_READ, MAX_ROUNDS
from compiler.syntax.recover import Recovery
from compiler.syntax.stand_ins import stand_in
from compiler.syntax.text import YamlText
from compiler.syntax.tree import Mapping, Scalar, Sequence, Tree

_MARK = "\ufeff"


def parse(source: SourceFile, sink: Sink, *, loader: type = Loader) -> Mapping | None:
    """Return the file's one mapping, or None when nothing of it can be used.

    What cannot be read is reported and left out; the lists and mappings around it are `partial`.

    Args:
        loader: the PyYAML loader class whose events are read.
    """
    if len(source.text) > MAX_BYTES:
        sink.report(
            "AC105",
            Span(source, 0, 0),
            f"the text has {len(source.text):,} characters, at most {MAX_BYTES:,} are read",
        )
        return None
    offset = 1 if source.text.startswith(_MARK) else 0
    clean = replace_controls(source, source.text[offset:], offset, sink)
    stand_ins = stand_in(clean)
    if not issubclass(loader, LibyamlLoader):
        # The pure reader takes each half of a surrogate pair for a character.
        stand_ins.replace_surrogate_pairs()
    text = YamlText(source, stand_ins, offset)
    builder = _read(text, sink, loader)
    if builder is None:
        return None
    return _mapping_only(builder.root, text, sink)


def _read(text: YamlText, sink: Sink, loader: type) -> Builder | None:
    """Read again and again, each time with one more broken part left out, until nothing fails."""
    recovery = Recovery(text, sink)
    read = 0
    while True:
        # Findings of a round that fails are found again in the next one.
        found = Sink()
        builder = Builder(text, found)
        try:
            with paused_collection():
                builder.take(stream_events(text.text, loader))
        except Unusable:
            sink.extend(found.diagnostics)
            return None
        except yaml.MarkedYAMLError as error:
            failure = failure_of(error, builder.last, builder.last_start, builder.bracket_at)
            if _is_surrogate(text, failure.problem):
                continue
            read += failure.at
            complaint = _explain(text.text, failure)
            can_go_on = recovery.take(complaint, failure.at)
            if can_go_on and recovery.rounds < MAX_ROUNDS and read < MAX_CHARACTERS_READ:
                continue
            builder.close_all()
        sink.extend(found.diagnostics)
        return builder


def _is_surrogate(text: YamlText, problem: str) -> bool:
    """Tell whether a failure was that of JSON's surrogate pairs, which are then replaced."""
    return "unicode character escape" in problem and text.stand_ins.replace_surrogate_pairs()


def _explain(text: str, failure: Failure) -> Complaint:
    # Only files with mistakes pay for the loading of their words.
    from compiler.syntax.explain_structure import explain_structure
    from compiler.syntax.explain_tokens import explain_token

    return explain_token(text, failure) or explain_structure(text, failure)


def _mapping_only(root: Tree | None, text: YamlText, sink: Sink) -> Mapping | None:
    """Return the root if it is a mapping; report AC104 unless damage already tells why not."""
    if isinstance(root, Mapping):
        return root
    if text.damaged:
        return None
    if root is None or (isinstance(root, Scalar) and not root.text):
        sink.report(
            "AC104",
            Span(text.source, 0, 0),
            "the file is empty, expected a workflow",
            help="`agentc new` writes a first workflow",
        )
        return None
    kind = "a list" if isinstance(root, Sequence) else "one single value"
    first_line = text.source.text.find("\n", root.span.start)
    end = root.span.end if first_line < 0 else min(root.span.end, first_line)
    sink.report(
        "AC104",
        Span(text.source, root.span.start, end),
        f"the file holds {kind}, expected a mapping of keys such as `flow:` and `nodes:`",
    )
    return None
