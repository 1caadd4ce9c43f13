"""What a diagnostic code means."""

from __future__ import annotations

from compiler.diagnostics.codes import CODES


def explain(code: str, page: str | None = None) -> str | None:
    """Return the text for one code, or None when there is no such code.

    Args:
        code: such as `AC301`, in any case.
        page: the documentation page of the code, if it was found.
    """
    registered = CODES.get(code.strip().upper())
    if registered is None:
        return None
    if page and page.strip():
        return f"{page.strip()}\n"
    return f"{registered.code} {registered.slug} ({registered.severity})\n{registered.summary}\n"
