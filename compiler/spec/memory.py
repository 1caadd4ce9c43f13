"""`memory` of the workflow (also `config.memory`) and of nodes."""

from typing import Literal

from compiler.spec.base import Data, Field, Spec

Scope = Literal["agent", "workflow", "node"]


class MemorySearchSpec(Spec):
    """Look entries up before the node runs."""

    query: str = Field(description="Text to look for; may hold `{references}`.")
    top_k: int | None = Field(
        default=None, ge=1, description="How many entries at most (default 5)."
    )
    into: str = Field(description="Local name under which the prompt finds the entries.")


class MemorySpec(Spec):
    """Memory of the whole workflow."""

    enabled: bool | None = Field(default=None, description="Whether memory is used.")
    default_scope: Scope | None = Field(
        default=None,
        description="Who shares entries: one `node`, the `workflow`, or all workflows of the `agent`.",
    )
    history: int | None = Field(
        default=None,
        ge=0,
        description="How many earlier turns are given word by word (default 20).",
    )
    embedding_model: str | None = Field(
        default=None, description="Model for searching by meaning; without it, by keyword."
    )


class NodeMemorySpec(Spec):
    """Memory of one node."""

    enabled: bool | None = Field(default=None, description="Whether the node uses memory.")
    default_scope: Scope | None = Field(
        default=None,
        description="Who shares entries: one `node`, the `workflow`, or all workflows of the `agent`.",
    )
    history: int | None = Field(
        default=None,
        ge=0,
        description="How many earlier turns are given word by word (default 20).",
    )
    read: dict[str, str] | None = Field(
        default=None, description="Local name -> key of the value to read from memory."
    )
    write: dict[str, Data] | None = Field(
        default=None, description="Key -> value to write to memory after the node, as in `set`."
    )
    search: MemorySearchSpec | None = Field(
        default=None, description="Entries to look up before the node runs."
    )
