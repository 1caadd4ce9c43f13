"""From the name of a flow to the name of its Python package."""

from __future__ import annotations

import keyword
import re
import unicodedata

from compiler.ir.python_names import SOFT_KEYWORDS, STANDARD_MODULES

_FALLBACK = "workflow"
_MAX_LENGTH = 60
# Libraries that generated packages import, which a package of the same name would hide, and folders beside it.
_IMPORTED = frozenset(
    {"compiler", "docker", "langgraph", "litellm", "mlflow", "pydantic", "httpx", "tests"}
)


def package_name(name: str) -> str:
    """Return a package name close to `name`: lower case ASCII, no keyword, hiding no library."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    text = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:_MAX_LENGTH].rstrip("_")
    if not text:
        return _FALLBACK
    if text[0].isdigit():
        text = f"flow_{text}"
    taken = keyword.iskeyword(text) or text in SOFT_KEYWORDS
    if taken or text in STANDARD_MODULES or text in _IMPORTED:
        text += "_flow"
    return text
