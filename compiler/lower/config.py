"""The `config` section, defaults filled in."""

from __future__ import annotations

from compiler.ir.names import ToolName
from compiler.ir.workflow import (
    Budget,
    Config,
    Execution,
    Permissions,
    Storage,
    Tracing,
)
from compiler.lower.context import Context
from compiler.lower.env_settings import lower_setting
from compiler.lower.models import LITELLM_NAMES
from compiler.lower.tools import Tools
from compiler.spec.config import ConfigSpec, ExecutionSpec, MlflowSpec, PermissionsSpec, StorageSpec


def lower_config(ctx: Context, tools: Tools) -> Config:
    """Return the settings of the workflow. Codes: AC204, AC304, AC811."""
    spec = ctx.spec.config
    memory = ctx.spec.memory or (spec.memory if spec is not None else None)
    embedding = memory.embedding_model if memory is not None else None
    if spec is None:
        return Config(tracing=Tracing(experiment=ctx.spec.flow.name), embedding_model=embedding)
    return Config(
        execution=_execution(ctx, spec.execution),
        tracing=_tracing(ctx, spec),
        storage=_storage(ctx, spec.storage),
        permissions=_permissions(ctx, spec.permissions, tools),
        embedding_model=embedding,
    )


def _execution(ctx: Context, spec: ExecutionSpec | None) -> Execution:
    default = Execution()
    if spec is None:
        return default
    budget = spec.budget
    _check_engine(ctx, spec)
    return Execution(
        timeout=spec.timeout,
        max_retries=default.max_retries if spec.max_retries is None else spec.max_retries,
        max_concurrency=spec.max_concurrency,
        max_steps=spec.max_steps,
        budget=(
            Budget()
            if budget is None
            else Budget(budget.max_cost_usd, budget.max_llm_calls, budget.max_tokens)
        ),
        checkpoint=spec.checkpoint or default.checkpoint,
        engine=spec.engine or default.engine,
        requests_per_minute=_requests_per_minute(ctx, spec),
    )


def _check_engine(ctx: Context, spec: ExecutionSpec) -> None:
    """Report an engine for runs that are not saved, or where it cannot be. Codes: AC811, AC812."""
    if spec.engine in (None, "inprocess") or spec.checkpoint in ("sqlite", "postgres"):
        return
    if spec.pruned & {"checkpoint", "engine"}:
        return
    help = "write `checkpoint: postgres` for workers on many hosts, `checkpoint: sqlite` for one"
    if spec.checkpoint == "redis":
        ctx.report(
            "AC812",
            ctx.at((*spec.at, "checkpoint")),
            f"`engine: {spec.engine}` keeps leases and runs in one SQL database, "
            "found `checkpoint: redis`",
            help=help,
        )
        return
    found = "`checkpoint: none`" if spec.checkpoint else "no `checkpoint`"
    key = "checkpoint" if spec.checkpoint else "engine"
    ctx.report(
        "AC811",
        ctx.at((*spec.at, key)),
        f"`engine: {spec.engine}` goes on with runs whose worker died, found {found}",
        help=help,
    )


def _requests_per_minute(ctx: Context, spec: ExecutionSpec) -> tuple[tuple[str, float], ...]:
    """Return the bounds by LiteLLM's name of the provider. Code: AC204."""
    found: dict[str, float] = {}
    for name, bound in (spec.requests_per_minute or {}).items():
        if bound <= 0:
            place = (*spec.at, "requests_per_minute", name)
            ctx.report("AC204", ctx.at(place), f"found {bound:g}, expected more than 0")
        else:
            found[LITELLM_NAMES.get(name, name)] = bound
    return tuple(found.items())


def _tracing(ctx: Context, config: ConfigSpec) -> Tracing:
    seen = config.observability
    given = [seen.mlflow if seen is not None else None, config.mlflow]
    sections = [each for each in given if each is not None]
    default = Tracing()
    level = seen.logging.level if seen is not None and seen.logging is not None else None
    uri = next(
        (
            lower_setting(ctx, (*each.at, "tracking_uri"), each.tracking_uri)
            for each in sections
            if each.tracking_uri is not None
        ),
        default.tracking_uri,
    )
    return Tracing(
        enabled=_flag(sections, "enabled", default.enabled),
        tracking_uri=uri,
        experiment=_text(sections, "experiment_name")
        or _text(sections, "experiment")
        or ctx.spec.flow.name,
        run_name=_text(sections, "run_name"),
        log_prompts=_flag(sections, "log_prompts", default.log_prompts),
        log_artifacts=_flag(sections, "log_artifacts", default.log_artifacts),
        artifact_level=_text(sections, "artifact_level") or default.artifact_level,
        is_async=_flag(sections, "async_logging", default.is_async),
        redact_pii=_flag(sections, "redact_pii", default.redact_pii),
        retention_days=next(
            (each.retention_days for each in sections if each.retention_days is not None), None
        ),
        log_level=(level or default.log_level).upper(),
    )


def _flag(sections: list[MlflowSpec], key: str, default: bool) -> bool:
    given = (getattr(each, key) for each in sections)
    return next((bool(value) for value in given if value is not None), default)


def _text(sections: list[MlflowSpec], key: str) -> str | None:
    given = (getattr(each, key) for each in sections)
    return next((str(value) for value in given if value is not None), None)


def _storage(ctx: Context, spec: StorageSpec | None) -> Storage:
    default = Storage()
    if spec is None:
        return default
    backend = default.backend
    if spec.backend is not None:
        backend = lower_setting(ctx, (*spec.at, "backend"), spec.backend)
    return Storage(backend, spec.path)


def _permissions(ctx: Context, spec: PermissionsSpec | None, tools: Tools) -> Permissions:
    if spec is None:
        return Permissions()
    network = spec.network
    allowed = None
    if spec.tools is not None:
        allowed = tuple(
            ToolName(found)
            for index, name in enumerate(spec.tools)
            if (found := tools.permitted_name(name, (*spec.at, "tools", index))) is not None
        )
    return Permissions(
        network=tuple(network) if isinstance(network, list) else network,
        files=None if spec.files is None else tuple(spec.files),
        tools=allowed,
        sandbox=spec.sandbox,
    )
