# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""One request to a model over LiteLLM, and what comes back, in one piece or streamed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from .environment import setting_text
from .events import Token
from .failures import RequestFailed, failed, timed_out
from .keys import key_for
from .litellm_setup import know_model, ready
from .messages import Message, ToolRequest
from .model import Model
from .prices import cost_of
from .prompt_cache import with_marks
from .reply import Reply
from .run import current_node, emit
from .shape import Shape

if TYPE_CHECKING:
    from litellm.types.utils import ModelResponse, ModelResponseStream, Usage

__all__ = ["Offered", "send"]

# Providers that take a schema for the answer, or for which LiteLLM finds another way to it.
TAKE_SCHEMAS = frozenset(
    {"anthropic", "azure", "gemini", "hosted_vllm", "lm_studio", "ollama", "ollama_chat", "openai"}
)


class Offered(Protocol):
    """A tool as a request describes it."""

    @property
    def name(self) -> str:
        """What the model calls it."""

    @property
    def description(self) -> str:
        """What it is for."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """The JSON schema of its arguments."""


async def send(
    model: Model,
    messages: Sequence[Message],
    *,
    shape: Shape | None = None,
    tools: Sequence[Offered] = (),
    stream: bool = False,
) -> Reply:
    """Ask once; pieces of a streamed answer are told as Token events.

    Raises:
        RequestFailed: no answer came.
        ModelError: the key is missing.
    """
    key = key_for(model)
    await ready()
    know_model(model)
    import litellm

    arguments = _arguments(model, messages, shape, tools)
    if key is not None:
        arguments["api_key"] = key
    try:
        async with asyncio.timeout(model.timeout):
            # LiteLLM's parameter types are narrower than the plain data it takes
            call = cast("AsyncCall", litellm.acompletion)
            if not stream:
                return read_reply(model, cast("ModelResponse", await call(**arguments)))
            arguments |= {"stream": True, "stream_options": {"include_usage": True}}
            chunks = await call(**arguments)
            return await read_stream(model, cast("AsyncIterator[ModelResponseStream]", chunks))
    except TimeoutError:
        raise timed_out(model.name, model.timeout) from None
    except RequestFailed:
        raise
    except Exception as error:
        raise failed(model.name, error) from error


class AsyncCall(Protocol):
    """An async function of keyword arguments."""

    async def __call__(self, **arguments: object) -> object:
        """Call it."""


def _arguments(
    model: Model, messages: Sequence[Message], shape: Shape | None, tools: Sequence[Offered]
) -> dict[str, object]:
    arguments: dict[str, object] = {
        "model": model.full_name,
        "messages": list(with_marks(model.provider, messages, _ahead(model, shape, tools))),
        "timeout": model.timeout,
        "max_retries": 0,  # retries are ours: LiteLLM's repeat what cannot succeed
        "drop_params": True,
        "temperature": model.temperature,
        "max_tokens": model.max_tokens,
        "api_base": None if model.api_base is None else setting_text(model.api_base),
    }
    if shape is not None and _takes_schema(model):
        arguments["response_format"] = shape.response_format()
    elif shape is not None:
        asked: Message = {"role": "user", "content": shape.instruction()}
        arguments["messages"] = [*cast("list[object]", arguments["messages"]), asked]
    if tools:
        arguments["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                },
            }
            for tool in tools
        ]
        arguments["_skip_mcp_handler"] = True  # else it imports a package it does not require
    return {name: value for name, value in arguments.items() if value is not None}


def _ahead(model: Model, shape: Shape | None, tools: Sequence[Offered]) -> str:
    """What a provider reads ahead of the messages."""
    names = [f"{tool.name}: {tool.description}" for tool in tools]
    return "\n".join([model.full_name, shape.instruction() if shape else "", *names])


def _takes_schema(model: Model) -> bool:
    import litellm

    if litellm.supports_response_schema(model.full_name):
        return True
    # an OpenAI model that LiteLLM lists as unable is old; one it does not list is somebody's own
    listed = model.full_name.partition("/")[2] in litellm.model_cost
    old = model.provider in ("azure", "openai") and listed
    return model.provider in TAKE_SCHEMAS and not old


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
        told=_told_cost(response),
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


def _told_cost(response: "ModelResponse") -> float | None:
    """Return the USD that LiteLLM has worked out for an answer in one piece."""
    cost = getattr(response, "_hidden_params", {}).get("response_cost")
    return cost if isinstance(cost, float) else None


def _counted(
    model: Model,
    usage: "Usage | None",
    *,
    text: str,
    requests: Sequence[ToolRequest],
    refusal: str | None,
    finish: str | None,
    told: float | None = None,
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
        cost=cost_of(model, usage, told) if usage else None,
    )
