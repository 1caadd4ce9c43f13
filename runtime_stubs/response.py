# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Reads what LiteLLM gives back for a request, in one piece or streamed."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from .events import Token
from .failures import RequestFailed
from .messages import ToolRequest
from .model import Model
from .prices import cost_of
from .reply import Reply
from .run import current_node, emit

if TYPE_CHECKING:
    from litellm.types.utils import ModelResponse, ModelResponseStream, Usage

__all__ = ["read_reply", "read_stream"]


def read_reply(model: Model, response: "ModelResponse") -> Reply:
    """Read an answer that came in one piece."""
    choice = response.choices[0]
    message = getattr(choice, "message", None)
    return _counted(
        model,
        getattr(response, "usage", None),
        text=getattr(message, "content", None) or "",
        requests=[
            ToolRequest(c.id or f"call_{i}", c.function.name or "", c.function.arguments or "")
            for i, c in enumerate(getattr(message, "tool_calls", None) or ())
        ],
        refusal=_refusal(message),
        finish=choice.finish_reason,
    )


async def read_stream(model: Model, chunks: "AsyncIterator[ModelResponseStream]") -> Reply:
    """Put a streamed answer together and tell its text in pieces, as Token events.

    Raises:
        RequestFailed: the stream held nothing.
    """
    texts: list[str] = []
    requests: dict[int, ToolRequest] = {}
    refusals: list[str] = []
    finish: str | None = None
    usage: Usage | None = None
    async for chunk in chunks:
        usage = getattr(chunk, "usage", None) or usage
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            delta = choice.delta
            if delta.content:
                texts.append(delta.content)
                emit(Token(current_node(), delta.content))
            if refusal := _refusal(delta):
                refusals.append(refusal)
            for call in delta.tool_calls or ():
                function = getattr(call, "function", None)
                so_far = requests.get(call.index) or ToolRequest(f"call_{call.index}", "", "")
                requests[call.index] = ToolRequest(
                    call.id or so_far.id,
                    getattr(function, "name", None) or so_far.name,
                    so_far.arguments + (getattr(function, "arguments", None) or ""),
                )
    if usage is None and not texts and not requests:
        raise RequestFailed(f"`{model.name}` sent a stream without an answer")
    return _counted(
        model,
        usage,
        text="".join(texts),
        requests=list(requests.values()),
        refusal="".join(refusals) or None,
        finish=finish,
    )


def _refusal(message: object) -> str | None:
    fields = getattr(message, "provider_specific_fields", None)
    refusal = getattr(message, "refusal", None) or (
        fields.get("refusal") if isinstance(fields, dict) else None
    )
    return refusal if isinstance(refusal, str) and refusal else None


def _counted(
    model: Model,
    usage: "Usage | None",
    *,
    text: str,
    requests: Sequence[ToolRequest],
    refusal: str | None,
    finish: str | None,
) -> Reply:
    details = getattr(usage, "prompt_tokens_details", None)
    return Reply(
        text=text,
        requests=tuple(requests),
        refusal=refusal,
        finish=finish or "stop",
        input_tokens=usage.prompt_tokens or 0 if usage else 0,
        output_tokens=usage.completion_tokens or 0 if usage else 0,
        cached_tokens=getattr(details, "cached_tokens", None) or 0,
        cost=cost_of(model, usage) if usage else None,
    )
