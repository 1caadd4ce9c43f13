"""Models that only evaluations and variants name."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.names import ModelName
from compiler.lower.context import Context
from compiler.lower.frame import Tables
from compiler.spec.evals import ScorerSpec
from compiler.syntax import Path


def judges(tables: Tables) -> tuple[ModelName, ...]:
    """Return the declared models that are named there, each once. Code: AC303."""
    named = (tables.models.named(name, at) for name, at in _names(tables.ctx))
    return tuple(dict.fromkeys(each for each in named if each is not None))


def _names(ctx: Context) -> Iterator[tuple[str, Path]]:
    for spec in (ctx.spec.evals or {}).values():
        for scorer in spec.scorers:
            if isinstance(scorer, ScorerSpec) and isinstance(scorer.llm, str):
                yield scorer.llm, (*scorer.at, "llm")
    config = ctx.spec.config
    test = config.ab_test if config is not None else None
    for variant in test.variants if test is not None else ():
        name = (variant.config_overrides or {}).get("llm")
        if isinstance(name, str):
            yield name, (*variant.at, "config_overrides", "llm")
