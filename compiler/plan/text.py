"""Text that may appear in generated files, one type per language and role.

Nothing else reaches a template: the rendering environments refuse plain `str`. User text enters through the
functions here, as a literal, a comment or prose, never as code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from math import isfinite

from compiler.expr import quote


class Code(str):
    """Python source text: made of fixed text, checked identifiers and literals."""

    __slots__ = ()


class Toml(str):
    """TOML source text."""

    __slots__ = ()


class Yaml(str):
    """YAML source text."""

    __slots__ = ()


class Markdown(str):
    """Markdown text."""

    __slots__ = ()


class Plain(str):
    """One word of a line-oriented file (Dockerfile, ignore file, env file)."""

    __slots__ = ()


_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*\Z")
_UNPRINTABLE = re.compile(r"\s+")


def identifier(name: str) -> Code:
    """Return a Python name as code.

    Raises:
        ValueError: it is not a name, which is a bug of the caller.
    """
    if not all(part.isidentifier() for part in name.split(".")):
        raise ValueError(f"{name!r} is not a Python name")
    return Code(name)


def literal(value: object) -> Code:
    """Return plain data (text, numbers, bools, null, lists, mappings) as a Python literal."""
    if isinstance(value, str):
        return Code(quote(value))
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return Code(repr(value))
    if isinstance(value, float):
        return Code(repr(value) if isfinite(value) else f'float("{value}")')
    if isinstance(value, Mapping):
        return Code("{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}")
    if isinstance(value, Iterable):
        return Code("[" + ", ".join(literal(item) for item in value) + "]")
    raise TypeError(f"no literal for {type(value).__name__}")


def tuple_of(items: Iterable[Code]) -> Code:
    """Return a Python tuple of code."""
    parts = list(items)
    return Code(f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})")


def text_block(text: str) -> Code:
    """Return text as a literal that reads well: several lines in triple quotes where that is exact."""
    if "\n" not in text.rstrip("\n") or not _fits_block(text):
        return literal(text)
    # A quote before another one or at the end would close the literal.
    body = re.sub(r'"(?="|\Z)', r"\"", text.replace("\\", "\\\\"))
    return Code(f'"""\\\n{body}"""')


def _fits_block(text: str) -> bool:
    """Whether every character stands for itself in a triple-quoted literal and no line ends in spaces."""
    return text.replace("\n", "").isprintable() and " \n" not in text


def one_line(text: str) -> str:
    """Return text on one line, unprintable characters replaced: for comments and prose."""
    joined = _UNPRINTABLE.sub(" ", text).strip()
    if joined.isprintable():
        return joined
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in joined)


def comment(text: str) -> Code:
    """Return text for use after `# `."""
    return Code(one_line(text))


def docstring(text: str, limit: int = 90) -> Code:
    """Return one sentence as a docstring literal, shortened to `limit` characters, ending in a full stop."""
    line = one_line(text)
    if len(line) > limit:
        line = line[:limit].rsplit(" ", 1)[0].rstrip(",;:. ") + " …"
    line = line.replace("\\", "\\\\").replace('"', '\\"')
    if line and line[-1] not in ".!?…":
        line += "."
    return Code(f'"""{line}"""')


def toml_text(text: str) -> Toml:
    """Return text as a TOML basic string."""
    out = [_toml_char(char) for char in text]
    return Toml('"' + "".join(out) + '"')


def _toml_char(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\\uFFFD"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def yaml_text(text: str) -> Yaml:
    """Return text as a double-quoted YAML scalar; JSON text is one, `$` doubled against Compose's own rules."""
    return Yaml(json.dumps(text).replace("$", "$$"))


def yaml_quoted(text: str) -> Yaml:
    """Return text as a double-quoted YAML scalar, for files in which `$` means nothing."""
    return Yaml(json.dumps(text))


_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$])")


def prose(text: str) -> Markdown:
    """Return text as Markdown prose on one line, every character that means something escaped."""
    return Markdown(_MARKDOWN.sub(_escape_markdown, one_line(text)))


def _escape_markdown(match: re.Match[str]) -> str:
    char = match[1]
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(
        char, char if char in ".-()!+" else "\\" + char
    )


def code_span(text: str) -> Markdown:
    """Return text as an inline code span that its own backticks can't end."""
    line = one_line(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if "`" in line else ""
    return Markdown(f"{fence}{pad}{line}{pad}{fence}")


def word(text: str) -> Plain:
    """Return a checked word for line-oriented files.

    Raises:
        ValueError: it is not one, which is a bug of the caller.
    """
    if not _WORD.match(text):
        raise ValueError(f"{text!r} is not a plain word")
    return Plain(text)
