# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The messages of a conversation with a model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

__all__ = ["Message", "ToolRequest", "conversation", "without_tools"]


class FunctionCall(TypedDict):
    """The function part of a tool call; `arguments` is JSON."""

    name: str
    arguments: str


class CallEntry(TypedDict):
    """One tool call in a message of the assistant."""

    id: str
    type: Literal["function"]
    function: FunctionCall


class Message(TypedDict):
    """One message; `role` is system, user, assistant or tool."""

    role: str
    content: str
    tool_calls: NotRequired[list[CallEntry]]
    tool_call_id: NotRequired[str]
    name: NotRequired[str]


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A tool call that a model asked for; `arguments` is JSON as the model wrote it."""

    id: str
    name: str
    arguments: str

    def entry(self) -> CallEntry:
        """Return the call as it stands in a message."""
        return {
            "id": self.id,
            "type": "function",
            "function": {"name": self.name, "arguments": self.arguments},
        }


def conversation(
    prompt: str,
    *,
    system: str | None = None,
    examples: Sequence[tuple[str, object]] = (),
    history: Sequence[Message] = (),
) -> list[Message]:
    """Return the messages that end with `prompt`: system, examples as past turns, history."""
    messages: list[Message] = []
    if system:
        messages.append({"role": "system", "content": system})
    for question, answer in examples:
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": text})
    messages.extend(history)
    messages.append({"role": "user", "content": prompt})
    return messages


def without_tools(messages: Sequence[Message]) -> list[Message]:
    """Return the same conversation with tool calls and results told as text.

    Providers refuse tool messages in a request that offers no tools, and some refuse tools
    together with a schema for the answer.
    """
    told: list[Message] = []
    for message in messages:
        if message["role"] == "tool":
            text = f"Result of `{message.get('name', 'tool')}`:\n{message['content']}"
            if told and told[-1]["role"] == "user":
                told[-1] = {"role": "user", "content": f"{told[-1]['content']}\n\n{text}"}
            else:
                told.append({"role": "user", "content": text})
        elif calls := message.get("tool_calls"):
            lines = [
                f"(called `{c['function']['name']}` with {c['function']['arguments']})"
                for c in calls
            ]
            text = "\n".join(filter(None, [message["content"], *lines]))
            told.append({"role": "assistant", "content": text})
        else:
            told.append(message)
    return told
