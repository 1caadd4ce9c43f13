# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""One request to a model over LiteLLM."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from .environment import setting_text
from .failures import RequestFailed, failed, timed_out
from .keys import key_for
from .litellm_setup import know_model, ready
from .messages import Message
from .model import Model
from .prompt_cache import with_marks
from .reply import Reply
from .response import read_reply, read_stream
from .shape import Shape

if TYPE_CHECKING:
    from litellm.types.utils import ModelResponse, ModelResponseStream

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
