# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What came back from one model call."""

import dataclasses
import json
from dataclasses import dataclass

from .messages import ToolRequest

__all__ = ["Reply"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `finish` is stop, length, tool_calls, content_filter or a provider's own word.

    `cost` in USD, None if unknown. `key`: under which it may be kept, None if it must not.
    """

    text: str
    requests: tuple[ToolRequest, ...] = ()
    refusal: str | None = None
    finish: str = "stop"
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = None
    key: str | None = None

    def dumped(self) -> str:
        """Return what caches and journals keep: the words, not the cost."""
        requests = [dataclasses.astuple(r) for r in self.requests]
        words = {"text": self.text, "requests": requests}
        return json.dumps(words | {"refusal": self.refusal, "finish": self.finish})

    @classmethod
    def loaded(cls, dumped: str) -> "Reply":
        """Read back what was dumped."""
        data = json.loads(dumped)
        return cls(
            data["text"],
            tuple(ToolRequest(*r) for r in data["requests"]),
            data.get("refusal"),
            data.get("finish", "stop"),
        )
