"""Settings that may hold `${env:NAME}`: read when the workflow runs, never when it is compiled."""

from __future__ import annotations

import re

from compiler.ir.workflow import EnvRef, EnvText, Setting
from compiler.lower.context import Context
from compiler.syntax import Path

_REFERENCE = re.compile(r"\$\{env:([^}]*)\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def has_env_reference(text: str) -> bool:
    """Tell whether any part of the text is read from the environment."""
    return _REFERENCE.search(text) is not None


def is_variable_name(text: str) -> bool:
    """Tell whether a text can be the name of an environment variable."""
    return _VARIABLE.fullmatch(text) is not None


def lower_setting(ctx: Context, path: Path, text: str) -> Setting:
    """Return a setting with its references; a bad variable name is reported as AC204."""
    parts: list[str | EnvRef] = []
    at = 0
    for match in _REFERENCE.finditer(text):
        if not is_variable_name(match[1]):
            span = ctx.written(path, text).part(*match.span())
            ctx.report("AC204", span, f"`{match[1]}` cannot be the name of an environment variable")
            continue
        if match.start() > at:
            parts.append(text[at : match.start()])
        parts.append(EnvRef(match[1]))
        at = match.end()
    if not parts:
        return text
    if at < len(text):
        parts.append(text[at:])
    first = parts[0]
    if len(parts) == 1 and isinstance(first, EnvRef):
        return first
    return EnvText(tuple(parts))


def optional_setting(ctx: Context, path: Path, text: str | None) -> Setting | None:
    """Return a setting that may have been left out."""
    return None if text is None else lower_setting(ctx, path, text)
