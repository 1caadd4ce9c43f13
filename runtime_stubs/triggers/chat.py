# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What the triggers that talk to people have in common."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["pieces"]


def pieces(text: str, limit: int) -> Iterator[str]:
    """Yield a text in pieces of at most `limit` characters, cut between lines or words if it can be."""
    while len(text) > limit:
        cut = max(text.rfind("\n", 0, limit), text.rfind(" ", 0, limit))
        cut = cut if cut > limit // 2 else limit
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text
