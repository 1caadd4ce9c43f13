"""What the modules of one generated package share while they are planned."""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import PurePosixPath

from compiler.ir.builtins import BUILTINS
from compiler.ir.names import ModelName, NodeId, ToolName
from compiler.ir.nodes import ToolUse
from compiler.ir.workflow import Workflow
from compiler.plan.constants import Constants
from compiler.plan.imports import Imports
from compiler.plan.names import CLASS_NAMES, MODULE_NAMES, Names, constant
from compiler.plan.schemas import Schemas
from compiler.plan.types import TypeNames
from compiler.plan.wiring import Wiring
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class ToolKey:
    """One way of using a tool: its own settings on top of the declared ones, as JSON."""

    tool: ToolName
    config: str
    is_fatal: bool
    """Whether its failure ends the agent instead of being told to the model."""


@dataclass(slots=True)
class Package:
    """One workflow on its way to a package: the root's, or that of a sub-workflow.

    Args:
        path: the folder below the output folder, posix.
        runtime: how its modules import the vendored runtime library.
    """

    workflow: Workflow
    wiring: Wiring
    path: str
    runtime: str
    types: TypeNames
    prompts: Constants
    code: Constants
    schemas: Schemas
    schema_imports: Imports
    models: dict[ModelName, str] = field(default_factory=dict)
    """The models in use, with the names of their constants."""
    cached_models: dict[tuple[ModelName, float], str] = field(default_factory=dict)
    """The models whose answers a node keeps for so many seconds, with the names of their constants."""
    tools: dict[ToolKey, str] = field(default_factory=dict)
    """The tools in use, each way of using one with the name of its constant."""
    users: dict[str, str] = field(default_factory=dict)
    """The user's files in use, with the names of their modules below `user`."""
    flows: dict[str, str] = field(default_factory=dict)
    """The sub-workflows in use, with the names of their packages below `flows`."""
    functions: dict[NodeId, str] = field(default_factory=dict)

    @classmethod
    def of(cls, workflow: Workflow, path: str, runtime: str) -> Package:
        """Return a package with nothing collected yet."""
        names = Names(CLASS_NAMES)
        types = TypeNames(names)
        imports = Imports(runtime)
        return cls(
            workflow,
            Wiring(workflow),
            path,
            runtime,
            types,
            Constants("prompts"),
            Constants("code"),
            Schemas(types, imports, names),
            imports,
        )

    def user_module(self, path: str) -> str:
        """Return the name of the module below `user` that one of the user's files becomes."""
        if path not in self.users:
            stem = re.sub(r"\W", "_", PurePosixPath(path).stem)
            wanted = stem if stem.isidentifier() else f"m_{stem}"
            if wanted in MODULE_NAMES or wanted in BUILTINS:
                wanted = f"user_{wanted}"
            self.users[path] = Names(self.users.values()).new(wanted)
        return self.users[path]

    def model_constant(self, name: ModelName, ttl: float | None = None) -> str:
        """Return the name of the constant in `models` for a model, one that keeps its answers if `ttl` is given."""
        if name not in self.models:
            self.models[name] = Names(self.models.values()).new(constant(name))
        known = self.models[name]
        if ttl is None:
            return known
        if (name, ttl) not in self.cached_models:
            taken = (*self.models.values(), *self.cached_models.values())
            self.cached_models[name, ttl] = Names(taken).new(f"{known}_CACHED")
        return self.cached_models[name, ttl]

    def tool_constant(self, use: ToolUse) -> str:
        """Return the name of the constant in `tools` for a use of a tool."""
        config = use.config.json_text if use.config is not None else "{}"
        key = ToolKey(use.tool, config, use.on_error == "fail")
        if key not in self.tools:
            wanted = re.sub(r"\W", "_", use.tool).upper()
            self.tools[key] = Names(self.tools.values()).new(wanted)
        return self.tools[key]
