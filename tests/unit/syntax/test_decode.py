"""From bytes to text."""

from __future__ import annotations

import pytest

from compiler.diagnostics.sink import Sink
from compiler.syntax import decode


def test_a_byte_order_mark_is_dropped() -> None:
    source = decode("f", b"\xef\xbb\xbfa: 1", Sink())
    assert source is not None
    assert source.text == "a: 1"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_first_bad_byte_is_shown(mark: bytes) -> None:
    sink = Sink()
    assert decode("f", mark + "é: 1\nb: ".encode() + b"\xffx", sink) is None
    (found,) = sink.diagnostics
    assert (found.code, found.message) == ("AC102", "byte 0xff is not UTF-8")
    assert found.primary.source.position(found.primary.start) == (2, 4)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_named(encoding: str) -> None:
    sink = Sink()
    assert decode("f", "\ufeffa: 1".encode(encoding), sink) is None
    assert sink.diagnostics[0].message == "the file looks like UTF-16"


def test_a_large_file_is_refused() -> None:
    sink = Sink()
    assert decode("f", b"#" * (4 * 1024 * 1024 + 1), sink) is None
    assert [found.code for found in sink.diagnostics] == ["AC105"]
