"""The whole file."""

from typing import Literal

from compiler.spec.base import Field, Spec
from compiler.spec.config import ConfigSpec
from compiler.spec.edges import ChainText, EdgeSpec
from compiler.spec.evals import EvalSpec, OptimizationSpec
from compiler.spec.fields import FieldDecl, StateSpec
from compiler.spec.flow import FlowSpec
from compiler.spec.memory import MemorySpec
from compiler.spec.models import ModelSpec
from compiler.spec.node_kinds import NodeSpec
from compiler.spec.tools import ToolSpec
from compiler.spec.triggers import TriggerSpec


class WorkflowSpec(Spec):
    """A workflow file: what was written, in the shape the language gives it; no defaults are filled in."""

    schema_version: Literal["1.0"] | None = Field(
        default=None, description='Version of the language: `"1.0"`.'
    )
    flow: FlowSpec = Field(description="Name and description of the workflow.")
    types: dict[str, dict[str, FieldDecl]] | None = Field(
        default=None, description="Named object types: name -> field -> type."
    )
    state: StateSpec | None = Field(
        default=None, description="The fields that nodes read and write."
    )
    nodes: list[NodeSpec] = Field(description="The steps of the workflow, a list or id -> node.")
    edges: list[ChainText | EdgeSpec] | None = Field(
        default=None,
        description="How the flow goes on; when left out, it follows from what nodes read and write.",
    )
    models: dict[str, ModelSpec] | None = Field(default=None, description="Models by name.")
    tools: dict[str, ToolSpec] | None = Field(default=None, description="Custom tools by name.")
    memory: MemorySpec | None = Field(default=None, description="Memory of the workflow.")
    triggers: list[TriggerSpec] | None = Field(
        default=None, description="Ways a run is started from outside."
    )
    evals: dict[str, EvalSpec] | None = Field(
        default=None, description="Datasets and what is measured on them, by name."
    )
    optimization: OptimizationSpec | None = Field(
        default=None, description="How prompts are optimized."
    )
    config: ConfigSpec | None = Field(default=None, description="Defaults and limits of runs.")
    order: Literal["strict"] | None = Field(
        default=None, description="`strict`: the optimizer may not reorder anything."
    )

    _poisoned: frozenset[str] = frozenset()

    @property
    def poisoned(self) -> frozenset[str]:
        """Names (nodes, fields, types, models, tools) whose declaration was dropped with a report.

        A reference to one of them must not be reported again.
        """
        return self._poisoned
