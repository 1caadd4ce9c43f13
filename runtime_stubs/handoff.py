# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Agents that hand their work over to another node instead of answering."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from .agent import run_agent
from .messages import Message
from .model import Model
from .tool import Leave, Tool

__all__ = ["Handled", "handoff_tools", "run_agent_or_hand_off"]

A = TypeVar("A")
B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Handled(Generic[A]):
    """How an agent ended: with an `answer`, or with the node that takes over and why."""

    answer: A | None = None
    taken_over_by: str | None = None
    reason: str = ""


class _HandedOver(Leave):
    def __init__(self, node: str, reason: str) -> None:
        super().__init__(node)
        self.node = node
        self.reason = reason


def handoff_tools(nodes: Mapping[str, str]) -> list[Tool]:
    """Return a tool `transfer_to_<id>` for each node; the values describe what the nodes do."""
    return [_handoff_tool(node, description) for node, description in nodes.items()]


def _handoff_tool(node: str, description: str) -> Tool:
    async def call(reason: str = "") -> object:
        raise _HandedOver(node, reason)

    return Tool(
        name=f"transfer_to_{node}",
        description=f"Hand over to `{node}`, which goes on in your place: {description}",
        parameters={
            "type": "object",
            "properties": {"reason": {"type": "string", "description": "Why it takes over"}},
            "additionalProperties": False,
        },
        call=call,
        read_only=True,
    )


async def run_agent_or_hand_off(
    model: Model,
    prompt: str,
    answer: type[B],
    *,
    to: Mapping[str, str],
    tools: Sequence[Tool] = (),
    max_turns: int = 8,
    system: str | None = None,
    examples: Sequence[tuple[str, object]] = (),
    history: Sequence[Message] = (),
) -> Handled[B]:
    """Run an agent that may hand over to one of the nodes `to` (id: what it does).

    Tools called in the same turn as the transfer are cancelled. Errors as of `run_agent`.
    """
    try:
        found = await run_agent(
            model,
            prompt,
            answer,
            tools=[*tools, *handoff_tools(to)],
            max_turns=max_turns,
            system=system,
            examples=examples,
            history=history,
        )
    except _HandedOver as over:
        return Handled(taken_over_by=over.node, reason=over.reason)
    return Handled(answer=found)
