"""YAML text to a tree whose every node knows its place in the source."""

from compiler.syntax.comments import find_comments
from compiler.syntax.decode import decode
from compiler.syntax.navigate import find, key_span_at, span_at, to_data
from compiler.syntax.offsets import span_in_scalar
from compiler.syntax.parse import parse
from compiler.syntax.tree import Entry, Mapping, Path, Scalar, Sequence, Style, Tree, Value

__all__ = [
    "Entry",
    "Mapping",
    "Path",
    "Scalar",
    "Sequence",
    "Style",
    "Tree",
    "Value",
    "decode",
    "find",
    "find_comments",
    "key_span_at",
    "parse",
    "span_at",
    "span_in_scalar",
    "to_data",
]
