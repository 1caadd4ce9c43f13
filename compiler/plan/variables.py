"""The environment variables that a workflow reads, and what its settings say about servers beside it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.nodes import AgentBody, LlmBody
from compiler.ir.storage import database_of, database_of_runs
from compiler.ir.workflow import (
    EnvRef,
    EnvText,
    HttpTool,
    McpTool,
    Model,
    Setting,
    Tracing,
    Workflow,
)
from compiler.plan.app import is_durable, keeps_history_on_a_server, saves_on_a_server
from compiler.plan.triggers import trigger_variables

_PROVIDER_KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GEMINI_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "groq": "GROQ_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "xai": "XAI_API_KEY",
    "cohere": "COHERE_API_KEY",
}
"""Where LiteLLM looks for the key of each provider."""
SERVER_KEY = "AGENTC_API_KEY"


def environment_names(workflow: Workflow, *, has_server: bool = False) -> tuple[str, ...]:
    """The environment variables that a package reads, sorted.

    Args:
        has_server: the package has `serve`, even if no trigger needs it.
    """
    found = {*_names(workflow), *trigger_variables(workflow)}
    if workflow.config.execution.engine == "temporal":
        found.add("TEMPORAL_ADDRESS")
    config = workflow.config
    if saves_on_a_server(workflow) and (
        database_of_runs(config) != database_of(config.storage.backend)
    ):
        found.add("AGENTC_CHECKPOINTS")
    if has_server or workflow.triggers:
        found.add(SERVER_KEY)
    return tuple(sorted(found))


def store_variable(workflow: Workflow, *, has_server: bool) -> str | None:
    """The variable that holds the whole address of the database for runs and memory, if there is one."""
    backend = workflow.config.storage.backend
    is_used = (
        _has_memory(workflow)
        or (is_durable(workflow) and database_of_runs(workflow.config) == database_of(backend))
        or (has_server and keeps_history_on_a_server(workflow))
    )
    return backend.variable if is_used and isinstance(backend, EnvRef) else None


def traces_stay_here(workflow: Workflow) -> bool:
    """Whether runs are traced and the file names no server for that."""
    tracing = workflow.config.tracing
    return tracing.enabled and tracing.tracking_uri == Tracing().tracking_uri


def used_models(workflow: Workflow) -> tuple[Model, ...]:
    """The models that nodes of a workflow itself ask, and their fallbacks."""
    used = {
        node.body.ask.model for node in workflow.nodes if isinstance(node.body, LlmBody | AgentBody)
    }
    return tuple(
        model
        for model in workflow.models
        if model.name in used or any(model.name in other.fallbacks for other in workflow.models)
    )


def _names(workflow: Workflow) -> Iterator[str]:
    for model in used_models(workflow):
        if model.api_key_env is not None:
            yield model.api_key_env
        elif model.provider in _PROVIDER_KEYS:
            yield _PROVIDER_KEYS[model.provider]
    for setting in _settings(workflow):
        parts = setting.parts if isinstance(setting, EnvText) else (setting,)
        yield from (part.variable for part in parts if isinstance(part, EnvRef))
    for child in workflow.children:
        yield from _names(child.workflow)


def _settings(workflow: Workflow) -> Iterator[Setting | None]:
    """Every setting in which `${env:NAME}` may stand."""
    yield from (model.api_base for model in used_models(workflow))
    if workflow.config.tracing.enabled:
        yield workflow.config.tracing.tracking_uri
    yield workflow.config.storage.backend
    for tool in workflow.tools:
        if isinstance(tool, McpTool):
            yield from (*tool.command, tool.url, *(value for _, value in tool.env))
        elif isinstance(tool, HttpTool):
            yield from (tool.url, *(value for _, value in tool.headers))


def _has_memory(workflow: Workflow) -> bool:
    return any(node.memory is not None for node in workflow.nodes) or any(
        _has_memory(child.workflow) for child in workflow.children
    )
