"""`evals`, `optimization`, `config.ab_test`, `config.gates`: checked against the workflow; runs do not use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from compiler.diagnostics.diagnostic import Label
from compiler.lower.context import Context
from compiler.spec import AgentNodeSpec, LlmNodeSpec
from compiler.spec.evals import (
    EvalSpec,
    GateSpec,
    OptimizationSpec,
    RowSpec,
    ScorerSpec,
    VariantSpec,
)
from compiler.syntax import Path

RUN_METRICS = ("cost_usd", "duration_ms", "tokens", "llm_calls", "error_rate", "success_rate")
"""What every run gives."""
_DATASETS = (".jsonl", ".json", ".yaml", ".csv")


def check_evaluation(ctx: Context) -> None:
    """Report what does not fit the workflow. Codes: AC301, AC302, AC306, AC308, AC309, AC706, AC708."""
    for spec in (ctx.spec.evals or {}).values():
        _check_eval(ctx, spec)
    if ctx.spec.optimization is not None:
        _check_optimization(ctx, ctx.spec.optimization)
    config = ctx.spec.config
    if config is not None and config.ab_test is not None:
        _check_variants(ctx, config.ab_test.variants)
    if config is not None and config.gates is not None:
        known = [*RUN_METRICS, *_scorer_names(ctx)]
        for gate in config.gates.gates:
            _check_metric(ctx, gate.metric, (*gate.at, "metric"), known)
            _check_gate(ctx, gate)


def _scorer_names(ctx: Context) -> Iterator[str]:
    """Yield the metrics that scorers give: their name, else type and field."""
    for spec in (ctx.spec.evals or {}).values():
        for scorer in spec.scorers:
            if isinstance(scorer, str):
                yield scorer
            elif scorer.name is not None:
                yield scorer.name
            elif scorer.field is not None:
                field = scorer.field.removeprefix("state.")
                yield from (f"{scorer.type}_{field}", f"{scorer.type}.{field}")
            else:
                yield scorer.type


def _check_metric(ctx: Context, name: str, at: Path, known: list[str]) -> None:
    """Warn of a metric nothing gives: files of version 1.0 may name others."""
    if name not in known:
        message = f"nothing gives the metric `{name}`"
        ctx.sink.report_unknown("AC708", ctx.at(at), message, name, known, what="metrics")


def _check_eval(ctx: Context, spec: EvalSpec) -> None:
    at: Path = (*spec.at, "dataset")
    if isinstance(spec.dataset, str):
        _check_dataset(ctx, spec.dataset, at)
    else:
        for row in spec.dataset:
            _check_row(ctx, row)
    for scorer in spec.scorers:
        if isinstance(scorer, ScorerSpec) and scorer.field is not None:
            _check_field(ctx, scorer.field, (*scorer.at, "field"))


def _check_dataset(ctx: Context, path: str, at: Path) -> None:
    ending = PurePosixPath(path).suffix
    if ending in _DATASETS:
        ctx.read_file(path, ctx.at(at), what="the dataset")
        return
    ctx.report(
        "AC706",
        ctx.at(at),
        f"a dataset is a {', '.join(_DATASETS[:-1])} or {_DATASETS[-1]} file, found `{path}`",
        help="convert it, or write the rows into the workflow file",
    )


def _check_row(ctx: Context, row: RowSpec) -> None:
    for key, values in (("inputs", row.inputs), ("expected", row.expected or {})):
        for name in values:
            if name not in ctx.fields:
                span = ctx.key_at((*row.at, key, name))
                ctx.report_unknown("AC302", span, name, ctx.fields, what="field")


def _check_field(ctx: Context, name: str, at: Path) -> None:
    plain = name.removeprefix("state.")
    if plain not in ctx.fields:
        ctx.report_unknown("AC302", ctx.at(at), plain, ctx.fields, what="field")


def _check_optimization(ctx: Context, spec: OptimizationSpec) -> None:
    for index, name in enumerate(spec.nodes or ()):
        _check_prompted(ctx, name, (*spec.at, "nodes", index))
    evals = list(ctx.spec.evals or {})
    if spec.metric is not None and evals:
        _check_metric(ctx, spec.metric, (*spec.at, "metric"), list(_scorer_names(ctx)))
    if spec.eval is not None and spec.eval not in evals:
        ctx.sink.report_unknown(
            "AC706",
            ctx.at((*spec.at, "eval")),
            f"there is no evaluation `{spec.eval}`",
            spec.eval,
            evals,
            what="evaluations",
        )


def _check_variants(ctx: Context, variants: list[VariantSpec]) -> None:
    first: dict[str, VariantSpec] = {}
    for variant in variants:
        known = first.setdefault(variant.name, variant)
        if known is not variant:
            ctx.sink.report(
                "AC306",
                ctx.at((*variant.at, "name")),
                f"two variants are called `{variant.name}`",
                related=(Label(ctx.at((*known.at, "name")), "the first one"),),
                help="give each variant a name of its own",
            )
        if variant.node_id is not None:
            _check_prompted(ctx, variant.node_id, (*variant.at, "node_id"))


def _check_prompted(ctx: Context, name: str, at: Path) -> None:
    """Report a node that does not exist or has no prompt."""
    node = ctx.nodes.get(name)
    if node is None:
        ctx.report_unknown("AC301", ctx.at(at), name, ctx.nodes, what="node")
    elif not isinstance(node, LlmNodeSpec | AgentNodeSpec):
        ctx.report(
            "AC706",
            ctx.at(at),
            f"the node `{name}` has no prompt: it is of kind `{node.kind}`",
            help="name a node that asks a model",
        )


def _check_gate(ctx: Context, gate: GateSpec) -> None:
    if gate.min is None or gate.max is None or gate.min <= gate.max:
        return
    ctx.sink.report(
        "AC706",
        ctx.at((*gate.at, "min")),
        f"no `{gate.metric}` is both at least {gate.min:g} and at most {gate.max:g}",
        related=(Label(ctx.at((*gate.at, "max")), "the highest value"),),
        help="swap the two, or leave one out",
    )
