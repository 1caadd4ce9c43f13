# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""One model call as a run sees it: cache, budget, bound, retries, fallbacks, events, span."""

import contextlib
import dataclasses
import hashlib
import json
import time
from collections.abc import Sequence

from .attempts import run_attempts
from .errors import ModelError
from .events import ModelCalled, Warned
from .litellm_setup import ready
from .messages import Message
from .model import Model
from .model_retry import ModelRetry
from .prices import price_of
from .rate import pass_gate
from .reply import Reply
from .request import Offered, send
from .run import Entry, Span, current, current_node, emit, span
from .shape import Shape

__all__ = ["call_model", "keep"]


async def call_model(
    model: Model,
    messages: Sequence[Message],
    *,
    shape: Shape | None = None,
    tools: Sequence[Offered] = (),
    stream: bool = False,
) -> Reply:
    """Return the answer of a model, or of the first of its fallbacks that gives one.

    A saved run that is continued takes the answer it has got before.

    Raises:
        ModelError: no model answered.
        BudgetExceeded: the call does not fit into the run's budget.
    """
    journal = current().journal
    entry = await journal.entry(_key(model, messages, shape, tools)) if journal else None
    if entry is not None and entry.content is not None:
        return _known(model, messages, entry.content, "replayed")
    failures: list[ModelError] = []
    candidates = (model, *model.fallbacks)
    for number, candidate in enumerate(candidates, 1):
        try:
            return await _call(candidate, messages, shape, tools, stream, entry)
        except ModelError as error:
            failures.append(error)
            if number < len(candidates):
                following = candidates[number].name
                emit(Warned(f"{error.message}; `{following}` is asked instead"))
    if len(failures) == 1:
        raise failures[0]
    raise ModelError("; ".join(f.message for f in failures), node=current_node())


async def keep(model: Model, reply: Reply) -> None:
    """Keep an answer that turned out to be usable."""
    if reply.key is not None and model.cache is not None:
        await model.cache.put(reply.key, reply.dumped())


async def _call(
    model: Model,
    messages: Sequence[Message],
    shape: Shape | None,
    tools: Sequence[Offered],
    stream: bool,
    entry: Entry | None,
) -> Reply:
    key: str | None = None
    if model.cache is not None:
        key = _key(model, messages, shape, tools)
        kept = await model.cache.get(key)
        if kept is not None:
            if entry is not None:
                await entry.record(kept)
            return _known(model, messages, kept, "from_cache")
    budget = current().budget
    reserved = None
    await ready()  # the first time takes seconds, which are no part of a call's limits
    if budget is not None:
        reserved = budget.reserve(model.name, _guessed_tokens(messages), price_of(model))
    begun = time.monotonic()

    async def attempt() -> Reply:
        async with model.limit or contextlib.nullcontext():
            await pass_gate(model.rates)
            return await send(model, messages, shape=shape, tools=tools, stream=stream)

    try:
        with span(model.name, "llm", list(messages)) as opened:
            reply = await run_attempts(attempt, timeout=None, retry=ModelRetry(model.retry))
            _describe(opened, model, reply)
            opened.set_attribute("input_tokens", reply.input_tokens)
            opened.set_attribute("output_tokens", reply.output_tokens)
            opened.set_attribute("cached_tokens", reply.cached_tokens)
            if reply.cost is not None:
                opened.set_attribute("cost", reply.cost)
    except BaseException:
        if reserved is not None:
            reserved.release()
        raise
    called = ModelCalled(
        node=current_node(),
        model=model.name,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        cached_tokens=reply.cached_tokens,
        cost=reply.cost,
        seconds=time.monotonic() - begun,
    )
    if reserved is not None:
        reserved.settle(called)
    if entry is not None:
        await entry.record(reply.dumped(), called)
    emit(called)
    return dataclasses.replace(reply, key=key)


def _known(model: Model, messages: Sequence[Message], dumped: str, origin: str) -> Reply:
    """Return an answer that is not paid for; its span says where it is from."""
    reply = Reply.loaded(dumped)
    with span(model.name, "llm", list(messages)) as opened:
        _describe(opened, model, reply)
        opened.set_attribute(origin, True)
    return reply


def _describe(opened: Span, model: Model, reply: Reply) -> None:
    opened.set_outputs(reply.text or [dataclasses.asdict(r) for r in reply.requests])
    opened.set_attribute("model", model.full_name)


def _guessed_tokens(messages: Sequence[Message]) -> int:
    """Guess the tokens of a prompt: four characters each is usual for English."""
    return sum(len(m["content"]) for m in messages) // 4 + 1


def _key(
    model: Model,
    messages: Sequence[Message],
    shape: Shape | None,
    tools: Sequence[Offered],
) -> str:
    """Return what identifies a question: everything that can change its answer."""
    question = [
        model.name,
        model.api_base,
        model.temperature,
        model.max_tokens,
        list(messages),
        None if shape is None else shape.schema,
        [[t.name, t.description, dict(t.parameters)] for t in tools],
    ]
    text = json.dumps(question, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
