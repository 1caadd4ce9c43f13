# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The loop of an agent: the model calls tools until it answers, in a bounded number of turns."""

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

from pydantic import BaseModel

from .answer import Unfit, asked_again, check_usable, parsed, unfit_answer
from .call import call_model, keep
from .messages import Message, conversation, without_tools
from .model import Model
from .run import current, span
from .shape import Shape, shape_of
from .simulated_call import simulated_answer, simulated_words
from .tool import Tool, prepared
from .tool_turn import run_requests

__all__ = ["run_agent"]

A = TypeVar("A", bound=BaseModel)
T = TypeVar("T")

ANSWER_NOW = "Answer now, with what you know."


@overload
async def run_agent(
    model: Model,
    prompt: str,
    answer: type[A],
    *,
    tools: Sequence[Tool],
    max_turns: int = ...,
    system: str | None = ...,
    examples: Sequence[tuple[str, object]] = ...,
    history: Sequence[Message] = ...,
) -> A: ...
@overload
async def run_agent(
    model: Model,
    prompt: str,
    answer: None = ...,
    *,
    tools: Sequence[Tool],
    max_turns: int = ...,
    system: str | None = ...,
    examples: Sequence[tuple[str, object]] = ...,
    history: Sequence[Message] = ...,
) -> str: ...
async def run_agent(
    model: Model,
    prompt: str,
    answer: type[A] | None = None,
    *,
    tools: Sequence[Tool],
    max_turns: int = 8,
    system: str | None = None,
    examples: Sequence[tuple[str, object]] = (),
    history: Sequence[Message] = (),
) -> A | str:
    """Return the answer of an agent, as text if `answer` is None.

    The model is called at most `max_turns` times, repeated questions after an unfit answer
    included. In the last turn it is offered no tools and asked to answer. The tools of one turn
    run at the same time; what a tool got wrong is told to the model, unless its `on_error` is
    fail. A simulated agent answers at once and calls no tool.

    Raises:
        AnswerError: it refused, was cut off, or gave no answer that fits in its turns.
        ToolError: a tool with `on_error` fail failed.
        ModelError: no model answered. BudgetExceeded: the run may not ask.
    """
    with span("agent", "agent", prompt) as opened:
        messages = conversation(prompt, system=system, examples=examples, history=history)
        result: A | str
        if answer is None:
            if current().simulate:
                result = await simulated_words(model, prompt)
            else:
                result = await _loop(model, messages, tools, max_turns, None, _text)
            opened.set_outputs(result)
            return result
        if current().simulate:
            result = await simulated_answer(model, prompt, answer)
        else:
            form = answer  # the narrowed type, for the function below

            def read(text: str) -> A:
                return parsed(text, form)

            result = await _loop(model, messages, tools, max_turns, shape_of(answer), read)
        opened.set_outputs(result.model_dump())
        return result


def _text(text: str) -> str:
    if not text.strip():
        raise Unfit("it is empty")
    return text


async def _loop(
    model: Model,
    messages: list[Message],
    tools: Sequence[Tool],
    max_turns: int,
    shape: Shape | None,
    read: Callable[[str], T],
) -> T:
    """Take turns until `read` accepts what the model says.

    Tools and a schema for the answer do not go together with every provider. So while tools are
    offered the schema is told in words; an answer that does not fit is asked for again with
    the schema and without tools.
    """
    if shape is not None:
        instruction: Message = {"role": "user", "content": shape.instruction()}
        messages = _merged(messages, instruction)
    offered = bool(tools)
    tools = await prepared(tools)
    for turn in range(1, max_turns + 1):
        if turn == max_turns and offered:
            offered = False
            messages = without_tools(messages)
            if turn > 1:
                messages = _merged(messages, {"role": "user", "content": ANSWER_NOW})
        reply = await call_model(
            model,
            messages,
            shape=None if offered else shape,
            tools=tools if offered else (),
            stream=shape is None and current().stream,
        )
        check_usable(model, reply, turn)
        if reply.requests and offered:
            await keep(model, reply)
            asked: Message = {"role": "assistant", "content": reply.text}
            asked["tool_calls"] = [r.entry() for r in reply.requests]
            messages = [*messages, asked, *await run_requests(tools, reply.requests)]
            continue
        try:
            value = read(reply.text)
        except Unfit as unfit:
            problem = str(unfit)
        else:
            await keep(model, reply)
            return value
        offered = False
        messages = asked_again(
            without_tools(messages), reply.text, problem, as_json=shape is not None
        )
    raise unfit_answer(model, reply.text, problem, max_turns)


def _merged(messages: Sequence[Message], more: Message) -> list[Message]:
    """Add to the last message if it is of the same role: providers want roles to alternate."""
    *before, last = messages
    if last["role"] != more["role"]:
        return [*messages, more]
    return [*before, {"role": last["role"], "content": f"{last['content']}\n\n{more['content']}"}]
