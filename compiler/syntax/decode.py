"""From the bytes of a file to its text."""

from __future__ import annotations

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.syntax.limits import MAX_BYTES

_WIDE_MARKS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def decode(path: str, data: bytes, sink: Sink) -> SourceFile | None:
    """Return the file's text without a byte order mark; report AC102 or AC105 and give None.

    Args:
        path: as the user wrote it; it stands in every report.
    """
    if len(data) > MAX_BYTES:
        sink.report(
            "AC105",
            Span(SourceFile(path, ""), 0, 0),
            f"the file has {len(data):,} bytes, at most {MAX_BYTES:,} are read",
            help="move long texts into files of their own: `prompt: {file: prompts/name.md}`",
        )
        return None
    try:
        return SourceFile(path, data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        _report_bad_byte(path, data, sink)
        return None


def _report_bad_byte(path: str, data: bytes, sink: Sink) -> None:
    """Report AC102 at the first byte that is not UTF-8; the rest is shown with replacements."""
    body = data.removeprefix(b"\xef\xbb\xbf")
    # Decoding again without the mark makes the error's offset one into `body`.
    try:
        body.decode("utf-8")
        return
    except UnicodeDecodeError as error:
        at = error.start
    before = len(body[:at].decode("utf-8"))
    source = SourceFile(path, body.decode("utf-8", errors="replace"))
    encoding = next((name for mark, name in _WIDE_MARKS if data.startswith(mark)), None)
    found = f"the file looks like {encoding}" if encoding else f"byte 0x{body[at]:02x} is not UTF-8"
    sink.report(
        "AC102",
        Span(source, before, before + 1),
        found,
        label="the first byte that does not fit",
        notes=("workflow files are UTF-8 text",),
        help="save the file as UTF-8",
    )
