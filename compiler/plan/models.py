"""`models.py` as a view."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.ir.names import ModelName
from compiler.ir.nodes import Retry
from compiler.ir.workflow import Model
from compiler.plan.app import setting
from compiler.plan.constants import ConstantView
from compiler.plan.imports import Imports
from compiler.plan.names import Names, constant
from compiler.plan.package import Package
from compiler.plan.text import Code, literal, tuple_of

DEFAULT_RETRIES = 2
"""What a model of the runtime library does without being told."""


def model_constants(package: Package, imports: Imports) -> tuple[ConstantView, ...]:
    """Return a constant per model that is used, fallbacks before the models that fall back to them."""
    workflow = package.workflow
    known = {model.name: model for model in workflow.models}
    names = dict(package.models)
    found: dict[ModelName, ConstantView] = {}
    limit = workflow.config.execution.max_concurrency
    providers = dict(workflow.config.execution.requests_per_minute)
    shared: list[ConstantView] = []
    if limit is not None and names:
        make = imports.use_runtime("limit", "Limit")
        shared.append(ConstantView(Code("_LIMIT"), Code(f"{make}({literal(limit)})")))

    def add(name: ModelName) -> None:
        if name in found:
            return
        model = known[name]
        for fallback in model.fallbacks:
            add(fallback)
        if name not in names:
            names[name] = Names(names.values()).new(constant(name))
        arguments = _arguments(model, names, workflow.config.execution.max_retries, imports)
        if shared:
            arguments.append("limit=_LIMIT")
        arguments += _rates(model, providers, imports)
        make = imports.use_runtime("model", "Model")
        found[name] = ConstantView(Code(names[name]), Code(f"{make}({', '.join(arguments)})"))

    for model in workflow.models:
        if model.name in package.models:
            add(model.name)
    kept = [
        ConstantView(Code(own), _cached(names[name], ttl, imports))
        for (name, ttl), own in package.cached_models.items()
    ]
    return (*shared, *found.values(), *kept)


def _rates(model: Model, providers: Mapping[str, float], imports: Imports) -> list[str]:
    """Return the argument with the bounds of the provider and of the model itself."""
    bounds = {model.provider: providers.get(model.provider), model.model: model.requests_per_minute}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    if not given:
        return []
    make = imports.use_runtime("rate", "Rate")
    rates = (Code(f"{make}({literal(n)}, {literal(float(b))})") for n, b in given.items())
    return [f"rates={tuple_of(rates)}"]


def _cached(name: str, ttl: float, imports: Imports) -> Code:
    replace = imports.use("dataclasses", "replace")
    cache = imports.use_runtime("cache", "AnswerCache")
    return Code(f"{replace}({name}, cache={cache}({literal(float(ttl))}))")


def _arguments(
    model: Model, names: Mapping[ModelName, str], retries: int, imports: Imports
) -> list[str]:
    found: list[str] = [literal(model.model)]
    if model.temperature is not None:
        found.append(f"temperature={literal(float(model.temperature))}")
    if model.max_tokens is not None:
        found.append(f"max_tokens={literal(model.max_tokens)}")
    if model.api_base is not None:
        found.append(f"api_base={setting(model.api_base)}")
    if model.api_key_env is not None:
        found.append(f"api_key_env={literal(model.api_key_env)}")
    if model.timeout is not None:
        found.append(f"timeout={literal(float(model.timeout))}")
    if model.fallbacks:
        found.append(f"fallbacks={tuple_of(Code(names[each]) for each in model.fallbacks)}")
    retry = model.retry or (Retry(retries + 1, 1.0) if retries != DEFAULT_RETRIES else None)
    if retry is not None:
        make = imports.use_runtime("retry", "Retry")
        found.append(
            f"retry={make}(max_attempts={literal(retry.max_attempts)}, "
            f"backoff={literal(float(retry.backoff))}{_retried(retry)})"
        )
    if model.cache_ttl is not None:
        cache = imports.use_runtime("cache", "AnswerCache")
        found.append(f"cache={cache}({literal(float(model.cache_ttl))})")
    if model.input_cost_per_token is not None:
        found.append(f"input_cost_per_token={literal(model.input_cost_per_token)}")
    if model.output_cost_per_token is not None:
        found.append(f"output_cost_per_token={literal(model.output_cost_per_token)}")
    return found


def _retried(retry: Retry) -> str:
    """The argument that names the error kinds which are tried again, if not all are."""
    kinds = "".join(f"{literal(kind)}, " for kind in retry.on)
    return f", on=({kinds})" if kinds else ""
