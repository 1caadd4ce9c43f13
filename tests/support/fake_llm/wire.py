"""What all wire formats have in common: a question read from a request, a reply to put into a response."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.support.fake_llm.script import Json, ToolUse

TEXT_KEYS = (
    "text",
    "content",
    "parts",
    "functionResponse",
    "function_response",
    "response",
    "result",
)


@dataclass(frozen=True)
class Question:
    """A request in the terms of no provider; `schema` is the shape that the answer must have."""

    model: str
    prompt: str
    schema: Mapping[str, Json] | None
    stream: bool
    forced_tool: str | None = None  # the tool through which a structured answer must be given


@dataclass(frozen=True)
class Reply:
    """An answer in the terms of no provider."""

    model: str
    text: str
    tool_calls: tuple[ToolUse, ...]
    refusal: str | None
    finish: str  # stop | length
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    forced_tool: str | None = None

    def pieces(self) -> list[str]:
        """The text in the parts that a stream sends."""
        words = self.text.split(" ")
        return [w if i == 0 else f" {w}" for i, w in enumerate(words)] if self.text else []


@dataclass(frozen=True)
class Wire:
    """One provider's format; `stream` gives whole frames, each sent as one chunk."""

    provider: str
    read: Callable[[str, Mapping[str, Json]], Question]
    write: Callable[[Reply], Json]
    stream: Callable[[Reply, Mapping[str, Json]], list[bytes]]
    stream_type: str
    error: Callable[[int, str], Json]


def text_of(content: Json) -> str:
    """All text in a message content: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(filter(None, (text_of(part) for part in content)))
    if isinstance(content, dict):
        for key in TEXT_KEYS:
            if key in content:
                return text_of(content[key])
    return ""


def mapping(value: Json) -> Mapping[str, Json]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[Json]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
