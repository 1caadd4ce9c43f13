"""What a template is told of a node and its functions."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.plan.text import Code


@dataclass(frozen=True, slots=True)
class PairView:
    """`name = value`, or `"key": value`."""

    name: Code
    value: Code


@dataclass(frozen=True, slots=True)
class BodyView:
    """What a function does: leave early, name its locals, make its call, return."""

    skip: tuple[Code, ...]
    locals: tuple[PairView, ...]
    statements: tuple[Code, ...]
    returns: tuple[PairView, ...]
    value: tuple[Code, ...]
    """What is returned instead of a mapping."""


@dataclass(frozen=True, slots=True)
class ItemView:
    """The function of one item of a map."""

    function: Code
    parameters: tuple[Code, ...]
    returns: Code
    doc: Code
    body: BodyView


@dataclass(frozen=True, slots=True)
class FailureRuleView:
    """`if error.kind == ...: return {...}`."""

    condition: tuple[Code, ...]
    returns: tuple[PairView, ...]
    fails: bool


@dataclass(frozen=True, slots=True)
class FailureView:
    """The function that says what a failed node gives."""

    function: Code
    doc: Code
    rules: tuple[FailureRuleView, ...]
    ends_open: bool
    """Whether no rule takes every failure, so the run fails at the end."""


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node: the functions that belong to it, its own last."""

    function: Code
    options: tuple[Code, ...]
    doc: Code
    body: BodyView
    item: tuple[ItemView, ...] = ()
    failure: tuple[FailureView, ...] = ()
