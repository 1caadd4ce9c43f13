"""One model per kind of node."""

from typing import Annotated, Literal

from compiler.spec.base import Data, Field, Spec, Text
from compiler.spec.forms import ByKey
from compiler.spec.nodes import CommonNodeSpec
from compiler.spec.tools import ToolUseSpec

_OUTPUTS = "State fields the node writes; in a map, the parts of one element."


class ExampleSpec(Spec):
    """A few-shot pair."""

    input: Data = Field(description="What the model could be asked.")
    output: Data = Field(description="What it should answer.")


class SpawnSpec(Spec):
    """Bounds on sub-agents that are made while running."""

    max_agents: int | None = Field(default=None, ge=1, description="Most sub-agents in all.")
    max_depth: int | None = Field(default=None, ge=1, description="How deep they may nest.")
    tools: list[str | ToolUseSpec] | None = Field(default=None, description="Tools they may use.")


class LlmNodeSpec(CommonNodeSpec):
    """One model call with a structured answer."""

    kind: Literal["llm"] = Field(description="One model call.")
    prompt: Text = Field(description="What the model is asked; `{state.topic}` is filled in.")
    system: Text | None = Field(default=None, description="The system message.")
    examples: list[ExampleSpec] | None = Field(default=None, description="Few-shot pairs.")
    outputs: list[str] | None = Field(default=None, description=_OUTPUTS)


class AgentNodeSpec(CommonNodeSpec):
    """A loop of model turns and tool calls."""

    kind: Literal["agent"] = Field(description="A model that calls tools.")
    prompt: Text = Field(description="What the agent is asked; `{state.topic}` is filled in.")
    system: Text | None = Field(default=None, description="The system message.")
    examples: list[ExampleSpec] | None = Field(default=None, description="Few-shot pairs.")
    tools: list[str | ToolUseSpec] | None = Field(
        default=None, description="Tools it may call: names, or `{name, on_error, config}`."
    )
    agents: list[str] | None = Field(
        default=None, description="Other agent nodes it may call like tools."
    )
    handoff: list[str] | None = Field(
        default=None, description="Agent nodes it may hand the conversation over to."
    )
    max_turns: int | None = Field(
        default=None, ge=1, description="Most model calls (default 8); the last is without tools."
    )
    spawn: SpawnSpec | None = Field(
        default=None, description="Sub-agents it may create while running."
    )
    outputs: list[str] | None = Field(default=None, description=_OUTPUTS)


class CodeNodeSpec(CommonNodeSpec):
    """Python in a sandbox."""

    kind: Literal["code"] = Field(description="Python in a sandbox.")
    code: str = Field(description="Python; reads the `inputs` dict, sets `result`.")
    outputs: list[str] | None = Field(default=None, description=_OUTPUTS)
    prompt: Text | None = Field(
        default=None, description="Allowed for 1.0 files, where every node had one; not used."
    )
    tools: list[str | ToolUseSpec] | None = Field(
        default=None, description="Allowed for 1.0 files; not used."
    )


class FunctionNodeSpec(CommonNodeSpec):
    """A call of the user's own Python."""

    kind: Literal["function"] = Field(description="A call of your own Python.")
    function: str = Field(description="File and function: `./hooks.py:name`.")
    outputs: list[str] | None = Field(default=None, description=_OUTPUTS)


class ToolNodeSpec(CommonNodeSpec):
    """One tool call without a model."""

    kind: Literal["tool"] = Field(description="One tool call, no model.")
    tool: str = Field(description="A built-in tool, a name from `tools`, or `server.tool`.")
    args: dict[str, Data] | None = Field(
        default=None, description="Arguments: a text with `{refs}`, an expression, or plain data."
    )
    config: dict[str, Data] | None = Field(default=None, description="Settings of the tool.")
    outputs: list[str] | None = Field(default=None, description=_OUTPUTS)


class SetNodeSpec(CommonNodeSpec):
    """Computed writes without any call."""

    kind: Literal["set"] = Field(description="Computed writes, no call.")
    set: dict[str, Data] = Field(
        min_length=1, description="State field -> expression, text with `{refs}`, or plain data."
    )
    outputs: list[str] | None = Field(
        default=None, description="The same fields as in `set`; not needed."
    )


class HumanNodeSpec(CommonNodeSpec):
    """A pause until a person answers."""

    kind: Literal["human"] = Field(description="A pause until a person answers.")
    ask: Text = Field(description="The question; `{state.draft}` is filled in.")
    choices: list[str] | None = Field(
        default=None, min_length=1, description="The answers that are possible."
    )
    default: Data = Field(
        default=None, description="The answer when `timeout` seconds have passed."
    )
    outputs: list[str] | None = Field(default=None, description=_OUTPUTS)

    @property
    def has_default(self) -> bool:
        """Whether a default was written, even `null`."""
        return "default" in self.written


class WorkflowNodeSpec(CommonNodeSpec):
    """A call of another workflow."""

    kind: Literal["workflow"] = Field(description="A call of another workflow.")
    workflow: str = Field(description="The other file: `./other.yaml`.")
    outputs: dict[str, str] | list[str] | None = Field(
        default=None,
        description="Field of this workflow -> field of the other one, or a list of equal names.",
    )


NodeSpec = Annotated[
    LlmNodeSpec
    | AgentNodeSpec
    | CodeNodeSpec
    | FunctionNodeSpec
    | ToolNodeSpec
    | SetNodeSpec
    | HumanNodeSpec
    | WorkflowNodeSpec,
    ByKey("kind"),
]
