"""Names in generated code: readable first, never a keyword, never one that the module already uses."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Container, Iterable

from compiler.ir.python_names import BUILTIN_NAMES

_TAKEN = frozenset({*keyword.kwlist, *BUILTIN_NAMES})
_CLASSES = """
Annotated Any BaseModel ErrorRecord Failure Field Inputs Literal Message NotRequired Retry State TypedDict
"""
_FUNCTIONS = """
agent_tool ask ask_form ask_human ask_text build_graph cached call_tool checked code deepcopy
embedding_model function_tool http_endpoint in_thread invoke main map_items merge_with models node nodes
partial prompts replace run_agent run_agent_or_hand_off run_code run_flow spawn_tool summarizer text tools
with_defaults
"""

CLASS_NAMES = frozenset(_CLASSES.split())
"""Classes that generated modules import beside those of the workflow."""

MODULE_NAMES = frozenset(_FUNCTIONS.split())
"""Functions and modules that generated modules import beside those of the user."""


class Names:
    """Gives out names that are unique within one module; a collision gets `_2`, `_3`, ..."""

    def __init__(self, taken: Iterable[str] = (), beside: Container[str] = ()) -> None:
        """Start with names that are taken; `beside` are more of them, which may still grow."""
        self._taken = {*_TAKEN, *taken}
        self._beside = beside

    def new(self, wanted: str) -> str:
        """Return `wanted`, or the first free name made from it."""
        name, number = wanted, 2
        while name in self._taken or name in self._beside:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name

    def take(self, names: Iterable[str]) -> None:
        """Give none of these names out."""
        self._taken.update(names)


def camel(name: str) -> str:
    """Return a name as a class name: `front_page` gives `FrontPage`; what no name can hold is left out."""
    parts = re.split(r"[\W_]+", unicodedata.normalize("NFKC", name))
    joined = "".join(part[:1].upper() + part[1:] for part in parts)
    return joined if joined[:1].isalpha() else f"T{joined}"


def constant(name: str) -> str:
    """Return a name as a constant's: `front_page` gives `FRONT_PAGE`, `gpt-4` gives `GPT_4`."""
    text = re.sub(r"\W", "_", unicodedata.normalize("NFKC", name.upper()))
    return text if text[:1].isalpha() or text[:1] == "_" else f"M_{text}"
