"""Names that become Python names."""

from __future__ import annotations

import keyword
import re
import unicodedata

from compiler.diagnostics.span import Span
from compiler.lower.context import Context


def is_name(text: str) -> bool:
    """Tell whether a text can be a Python name, and one that Python reads as it is written."""
    return text.isidentifier() and not keyword.iskeyword(text) and _as_python(text) == text


def report_bad_name(ctx: Context, span: Span, name: str, *, what: str) -> None:
    """Report AC307 with a name that could be used instead."""
    notes: tuple[str, ...] = ()
    if keyword.iskeyword(name):
        message = f"the {what} name `{name}` is a word of Python"
        better = f"{name}_"
    elif name.isidentifier():
        better = _as_python(name)
        message = f"the {what} name `{name}` is `{better}` to Python"
    else:
        notes = ("names are letters, digits and `_`, and do not start with a digit",)
        message = f"the {what} name `{name}` is not a Python name"
        better = re.sub(r"\W+", "_", name).strip("_")
        better = f"{what}_{better}" if not better or better[0].isdigit() else better
    usable = is_name(better)
    ctx.sink.report(
        "AC307",
        span,
        message,
        notes=notes,
        help=f"call it `{better}`" if usable else None,
    )


def _as_python(name: str) -> str:
    """Return what Python takes a name for: ligatures and full-width letters become plain ones."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFKC", name)
