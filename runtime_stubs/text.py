# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""How a value reads inside a prompt."""

import json

__all__ = ["text"]


def text(value: object) -> str:
    """Return a string as it is and everything else as compact JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
