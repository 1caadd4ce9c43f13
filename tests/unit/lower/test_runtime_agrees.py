"""The compiler's tables about the run-time library say what that library does."""

from __future__ import annotations

import builtins
import importlib
import inspect
from urllib.parse import urlsplit

import pytest

from compiler.deploy.gates import METRICS
from compiler.expr import (
    AnyType,
    BoolType,
    EnumType,
    FloatType,
    IntType,
    ListType,
    OptionalType,
    StrType,
    Type,
)
from compiler.ir.builtins import BUILTINS, Builtin
from compiler.ir.tool_settings import SEARCH_HOSTS, TOOL_SETTINGS
from compiler.lower.evaluation import RUN_METRICS
from compiler.lower.python_code import ALLOWED_MODULES, FORBIDDEN_NAMES
from runtime_stubs.tools.web_search import BACKENDS

# It searches the run's own memory, so it is made by the package, not by the table of tools.
ELSEWHERE = {"memory_search"}
ARGUMENTS: dict[str, dict[str, object]] = {
    "env_vars": {"allow": ["HOME"]},
    "process": {"allow": ["ls"]},
    "shell": {"allow": ["ls"]},
    "sql_query": {"url": "sqlite://"},
}


def json_type(type: Type) -> str | None:
    match type:
        case StrType() | EnumType():
            return "string"
        case IntType():
            return "integer"
        case FloatType():
            return "number"
        case BoolType():
            return "boolean"
        case ListType():
            return "array"
        case OptionalType(inner):
            return json_type(inner)
        case AnyType():
            return None
        case _:
            return "object"


@pytest.mark.parametrize("builtin", [b for b in BUILTINS.values() if b.name not in ELSEWHERE])
def test_built_in_tools_take_what_the_table_says(builtin: Builtin) -> None:
    module = importlib.import_module(f"runtime_stubs.tools.{builtin.name}")
    maker = getattr(module, builtin.name)
    given = ARGUMENTS.get(builtin.name, {})
    known = inspect.signature(maker).parameters
    tool = maker(**{name: value for name, value in given.items() if name in known})
    schema = tool.parameters
    properties = schema["properties"]
    assert list(properties) == [each.name for each in builtin.parameters]
    assert set(schema["required"]) == {each.name for each in builtin.parameters if each.required}
    for each in builtin.parameters:
        wanted = json_type(each.type)
        if wanted is not None:
            assert properties[each.name]["type"] == wanted, each.name
        if isinstance(each.type, EnumType):
            assert set(properties[each.name]["enum"]) <= set(each.type.values), each.name
    if tool.returns is not None and json_type(builtin.returns) is not None:
        kinds = tool.returns["type"]
        assert json_type(builtin.returns) in (kinds if isinstance(kinds, list) else [kinds])
    assert ("network" in tool.effects) == (builtin.category == "network")
    assert ("process" in tool.effects) <= (builtin.category == "system")


def test_the_sandbox_has_the_modules_and_names_the_compiler_says() -> None:
    libraries = importlib.import_module("runtime_stubs.sandbox.libraries")
    guards = importlib.import_module("runtime_stubs.sandbox.guards")
    assert sorted(libraries.LIBRARIES) == sorted(ALLOWED_MODULES)
    given = guards.namespace({}, guards.PrintLog(10))["__builtins__"]
    missing = {name for name in dir(builtins) if name not in given and not name.startswith("_")}
    # Some names exist only in interactive sessions or in some versions of Python.
    assert missing - FORBIDDEN_NAMES <= {"EncodingWarning", "PythonFinalizationError"}
    assert not {name for name in FORBIDDEN_NAMES if name in given}


# What the package gives by itself, or only tests do.
OWN_SETTINGS = {"datetime": {"now"}, "web_search": {"name"}}


@pytest.mark.parametrize("name", BUILTINS)
def test_built_in_tools_have_the_settings_of_the_table(name: str) -> None:
    module = importlib.import_module(f"runtime_stubs.tools.{name}")
    known = inspect.signature(getattr(module, name)).parameters.values()
    settings = {each.name for each in known if each.kind is inspect.Parameter.KEYWORD_ONLY}
    assert set(TOOL_SETTINGS[name]) == settings - OWN_SETTINGS.get(name, set())


def test_the_services_of_web_search_are_those_of_the_library() -> None:
    hosts = {name: urlsplit(url).hostname for name, (_, url, _) in BACKENDS.items()}
    assert hosts == SEARCH_HOSTS


def test_gates_know_the_metrics_of_runs() -> None:
    assert RUN_METRICS == METRICS
