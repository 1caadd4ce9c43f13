# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`text_split`: cut a long text into pieces at the best places."""

from ..errors import ToolError
from ..tool import Tool
from .schema import integer, parameters, string

__all__ = ["split_text", "text_split"]

MAX_PIECES = 100_000
MAX_CHARACTERS = 50_000_000  # of all pieces together: with an overlap they hold more than the text

# From the best place to cut to the worst; the last one cuts anywhere.
SEPARATORS = ("\n\n", "\n", ". ", "? ", "! ", "; ", ", ", " ", "")


def text_split(*, size: int = 2000, overlap: int = 0) -> Tool:
    """Make a tool that cuts text into pieces of at most `size` characters.

    Each piece begins with up to `overlap` characters of the end of the one before.
    """
    _check(size, overlap)

    async def call(text: str, size: int = size, overlap: int = overlap) -> list[str]:
        return split_text(text, size, overlap)

    return Tool(
        name="text_split",
        description="Split a long text into pieces at paragraphs, lines, sentences or words.",
        parameters=parameters(
            {
                "text": string("The text"),
                "size": integer("Characters a piece may have", minimum=1, maximum=10_000_000),
                "overlap": integer(
                    "Characters a piece repeats of the one before", minimum=0, maximum=10_000_000
                ),
            },
            optional=("size", "overlap"),
        ),
        call=call,
        read_only=True,
        returns={"type": "array", "items": {"type": "string"}},
    )


def split_text(text: str, size: int, overlap: int = 0) -> list[str]:
    """Return the pieces; without overlap they add up to `text`."""
    _check(size, overlap)
    pieces: list[str] = []
    start = held = 0
    while len(text) - start > size:
        end = _cut(text, start, start + size)
        pieces.append(text[start:end])
        held += end - start
        if len(pieces) > MAX_PIECES or held > MAX_CHARACTERS:
            raise ToolError(
                f"more than {MAX_PIECES} pieces, or {MAX_CHARACTERS} characters in them: "
                "take a larger `size` or a smaller `overlap`"
            )
        start = max(end - overlap, start + 1) if overlap else end
    if start < len(text):
        pieces.append(text[start:])
    return pieces


def _cut(text: str, start: int, end: int) -> int:
    """Return where to cut: after the best separator in the second half of the piece."""
    middle = start + (end - start) // 2
    for separator in SEPARATORS:
        found = text.rfind(separator, middle, end) if separator else end
        if found > middle:
            return found + len(separator)
    return end


def _check(size: int, overlap: int) -> None:
    if not 0 <= overlap < size:
        raise ToolError(f"`overlap` is {overlap}, expected at least 0 and less than `size` {size}")
