"""The surface of the language: a YAML tree in, typed sections and every mistake of shape out."""

from __future__ import annotations

from compiler.spec.base import Data, FileSpec, Spec, Text
from compiler.spec.chain import ChainName, ChainProblem, ChainStep, parse_chain
from compiler.spec.edges import (
    ChainSpec,
    ConditionSpec,
    EdgeSpec,
    LoopSpec,
    ParallelSpec,
    RouteSpec,
)
from compiler.spec.fields import FieldSpec, OutputFieldSpec, OutputSchemaSpec, StateSpec
from compiler.spec.models import CacheSpec, ModelSpec, RetrySpec
from compiler.spec.node_kinds import (
    AgentNodeSpec,
    CodeNodeSpec,
    ExampleSpec,
    FunctionNodeSpec,
    HumanNodeSpec,
    LlmNodeSpec,
    NodeSpec,
    SetNodeSpec,
    SpawnSpec,
    ToolNodeSpec,
    WorkflowNodeSpec,
)
from compiler.spec.nodes import CommonNodeSpec, ErrorActionSpec, ForeachSpec, SandboxSpec
from compiler.spec.read import read
from compiler.spec.tools import HttpSpec, McpSpec, ToolSpec, ToolUseSpec
from compiler.spec.triggers import TriggerSpec
from compiler.spec.workflow import WorkflowSpec

__all__ = [
    "AgentNodeSpec",
    "CacheSpec",
    "ChainName",
    "ChainProblem",
    "ChainSpec",
    "ChainStep",
    "CodeNodeSpec",
    "CommonNodeSpec",
    "ConditionSpec",
    "Data",
    "EdgeSpec",
    "ErrorActionSpec",
    "ExampleSpec",
    "FieldSpec",
    "FileSpec",
    "ForeachSpec",
    "FunctionNodeSpec",
    "HttpSpec",
    "HumanNodeSpec",
    "LlmNodeSpec",
    "LoopSpec",
    "McpSpec",
    "ModelSpec",
    "NodeSpec",
    "OutputFieldSpec",
    "OutputSchemaSpec",
    "ParallelSpec",
    "RetrySpec",
    "RouteSpec",
    "SandboxSpec",
    "SetNodeSpec",
    "SpawnSpec",
    "Spec",
    "StateSpec",
    "Text",
    "ToolNodeSpec",
    "ToolSpec",
    "ToolUseSpec",
    "TriggerSpec",
    "WorkflowNodeSpec",
    "WorkflowSpec",
    "parse_chain",
    "read",
]
