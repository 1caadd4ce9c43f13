"""The files around the package as views: pyproject, README, container, environment, tests."""

from __future__ import annotations

import json
from collections.abc import Iterator

from compiler.expr import show
from compiler.ir.workflow import Workflow
from compiler.plan.app import has_defaults, is_durable
from compiler.plan.diagram import mermaid
from compiler.plan.image import PYTHON
from compiler.plan.state import given_fields
from compiler.plan.text import (
    Markdown,
    Plain,
    Toml,
    code_span,
    one_line,
    prose,
    toml_text,
    word,
)
from compiler.plan.variables import environment_names
from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class ExtraView:
    """Something that can be installed with the package and does not have to be."""

    name: Toml
    requirement: Toml


@dataclass(frozen=True, slots=True)
class PyprojectView:
    """`pyproject.toml`."""

    name: Toml
    version: Toml
    description: Toml
    package: Plain
    python: Plain
    requirements: tuple[Toml, ...]
    extras: tuple[ExtraView, ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a table in the README."""

    name: Markdown
    type: Markdown
    note: Markdown


@dataclass(frozen=True, slots=True)
class ReadmeView:
    """`README.md`."""

    title: Markdown
    description: Markdown
    source: Markdown
    package: Plain
    inputs: tuple[RowView, ...]
    outputs: tuple[RowView, ...]
    diagram: Markdown
    example: Markdown
    container: Markdown
    keys: tuple[Markdown, ...]
    is_durable: bool


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """`.env.example`."""

    variables: tuple[Plain, ...]


def pyproject_view(workflow: Workflow, requirements: tuple[str, ...]) -> PyprojectView:
    """Return the view of `pyproject.toml`."""
    return PyprojectView(
        toml_text(workflow.package.replace("_", "-")),
        toml_text(_version(workflow.version)),
        toml_text(one_line(workflow.description) or workflow.name),
        word(workflow.package),
        word(PYTHON),
        tuple(toml_text(each) for each in requirements),
        tuple(_extras(workflow)),
    )


def _extras(workflow: Workflow) -> Iterator[ExtraView]:
    if workflow.config.tracing.enabled:
        yield ExtraView(Toml("mlflow"), toml_text("mlflow>=3.17,<4"))


def _version(text: str) -> str:
    """The workflow's version if it is one that Python packages can have."""
    parts = text.split(".")
    return text if text and all(part.isascii() and part.isdigit() for part in parts) else "0.1.0"


def readme_view(workflow: Workflow, *, has_server: bool) -> ReadmeView:
    """Return the view of `README.md`."""
    given = given_fields(workflow)
    inputs = tuple(
        RowView(
            code_span(field.name),
            code_span(show(field.type)),
            prose(
                _input_note(
                    field.required, field.default.data if field.default else None, field.description
                )
            ),
        )
        for field in given
    )
    outputs = tuple(
        RowView(code_span(field.name), code_span(show(field.type)), prose(field.description))
        for field in workflow.fields
        if field not in given
    )
    sample = " ".join(f"-i {field.name}=..." for field in given if field.required)
    return ReadmeView(
        prose(workflow.name),
        prose(workflow.description),
        code_span(workflow.source_name),
        word(workflow.package),
        inputs,
        outputs,
        Markdown(mermaid(workflow)),
        Markdown(f"python -m {workflow.package} run {sample}".rstrip()),
        Markdown(_container_line(workflow, "" if has_server else f"run {sample}", has_server)),
        tuple(code_span(name) for name in environment_names(workflow)),
        is_durable(workflow),
    )


def _container_line(workflow: Workflow, command: str, has_server: bool) -> str:
    options = ["docker run --rm"]
    options += ["--publish 8000:8000"] * has_server
    options += [f"--volume {workflow.package}:/home/agent"]
    options += [f"--env {name}" for name in environment_names(workflow, has_server=has_server)]
    return " ".join([*options, workflow.package, command]).rstrip()


def _input_note(required: bool, default: object, description: str) -> str:
    note = "required" if required else f"default {json.dumps(default, ensure_ascii=False)}"
    return f"{description} ({note})" if description else note


def environment_view(workflow: Workflow, *, has_server: bool) -> EnvironmentView:
    """Return the view of `.env.example`."""
    names = environment_names(workflow, has_server=has_server)
    return EnvironmentView(tuple(word(name) for name in names))


def langgraph_json(workflow: Workflow) -> str:
    """Return `langgraph.json`, which lets LangGraph's own tools load the graph."""
    package = workflow.package
    builder = "build_standalone_graph" if has_defaults(workflow) else "build_graph"
    return (
        json.dumps(
            {
                "dependencies": ["."],
                "graphs": {package: f"{package}.app:{builder}"},
                "env": ".env",
            },
            indent=2,
        )
        + "\n"
    )
