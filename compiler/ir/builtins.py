"""The tools every workflow has: their names are fixed, their parameters and effects are this table.

It stands beside the IR because lowering checks calls with it, passes check permissions with it, and plans
describe the tools to models with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from compiler.expr import (
    ANY,
    BOOL,
    DICT,
    FLOAT,
    INT,
    STR,
    DictType,
    EnumType,
    ListType,
    RecordField,
    RecordType,
    Type,
    optional,
)
from compiler.record import dataclass

Category = Literal["network", "files", "system", "pure"]
"""What a tool touches: `pure` touches nothing outside the run."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One named argument of a tool."""

    name: str
    type: Type
    required: bool = True


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in tool: what it takes, what it gives, and what it touches."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type
    category: Category
    read_only: bool
    """Whether calling it changes nothing outside, so that the optimizer may reorder it."""
    write_setting: str | None = None
    """The key of `config` that, when true, lets it change something after all."""


def _optional(name: str, type: Type) -> Parameter:
    return Parameter(name, type, required=False)


def _record(**fields: Type) -> RecordType:
    return RecordType(None, tuple(RecordField(name, type) for name, type in fields.items()))


_TEXTS = ListType(STR)
_ROWS = ListType(DICT)
_METHOD = EnumType(("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"))
_FOUND = ListType(_record(title=STR, url=STR, snippet=STR))
_RESPONSE = _record(status=INT, url=STR, headers=DictType(STR, STR), body=STR, json=ANY)
_RESULT_SET = _record(rows=_ROWS, row_count=INT, truncated=BOOL)
_PROCESS = _record(exit_code=INT, stdout=STR, stderr=STR)
_MEMORY = ListType(_record(key=STR, value=ANY))

# Parameters and results are those of `runtime_stubs/tools`; a test holds the two together.
_TABLE = (
    Builtin(
        "web_search",
        (Parameter("query", STR), _optional("max_results", INT)),
        _FOUND,
        "network",
        read_only=True,
    ),
    Builtin("web_scrape", (Parameter("url", STR),), STR, "network", read_only=True),
    Builtin(
        "http_client",
        (
            Parameter("url", STR),
            _optional("method", _METHOD),
            _optional("headers", DICT),
            _optional("query", DICT),
            _optional("json", ANY),
            _optional("body", STR),
        ),
        _RESPONSE,
        "network",
        read_only=False,
    ),
    Builtin("file_read", (Parameter("path", STR),), STR, "files", read_only=True),
    Builtin(
        "file_write",
        (
            Parameter("path", STR),
            Parameter("text", STR),
            _optional("mode", EnumType(("replace", "append", "create"))),
        ),
        _record(path=STR, bytes=INT),
        "files",
        read_only=False,
    ),
    Builtin("file_glob", (Parameter("pattern", STR),), _TEXTS, "files", read_only=True),
    Builtin(
        "file_move",
        (Parameter("source", STR), Parameter("target", STR)),
        _record(path=STR),
        "files",
        read_only=False,
    ),
    Builtin(
        "sql_query",
        (Parameter("sql", STR), _optional("params", DICT)),
        _RESULT_SET,
        "files",
        read_only=True,
        write_setting="allow_writes",
    ),
    Builtin(
        "dataframe_to_csv",
        (Parameter("rows", _ROWS), _optional("columns", _TEXTS)),
        STR,
        "pure",
        read_only=True,
    ),
    Builtin("json_parse", (Parameter("text", STR),), ANY, "pure", read_only=True),
    Builtin("yaml_parse", (Parameter("text", STR),), ANY, "pure", read_only=True),
    Builtin("shell", (Parameter("command", STR),), _PROCESS, "system", read_only=False),
    Builtin(
        "process",
        (Parameter("program", STR), _optional("arguments", _TEXTS), _optional("input", STR)),
        _PROCESS,
        "system",
        read_only=False,
    ),
    Builtin("env_vars", (Parameter("name", STR),), optional(STR), "system", read_only=True),
    Builtin("calculator", (Parameter("expression", STR),), FLOAT, "pure", read_only=True),
    Builtin(
        "datetime",
        (
            _optional("operation", EnumType(("now", "weekday", "difference"))),
            _optional("value", STR),
            _optional("other", STR),
            _optional("timezone", STR),
            _optional("days", FLOAT),
            _optional("hours", FLOAT),
            _optional("minutes", FLOAT),
            _optional("format", STR),
        ),
        ANY,
        "pure",
        read_only=True,
    ),
    Builtin(
        "python_exec",
        (Parameter("code", STR), _optional("inputs", DICT)),
        _record(result=ANY, printed=STR),
        "pure",
        read_only=True,
    ),
    Builtin(
        "memory_search",
        (Parameter("query", STR), _optional("top_k", INT)),
        _MEMORY,
        "pure",
        read_only=True,
    ),
    Builtin(
        "text_split",
        (Parameter("text", STR), _optional("size", INT), _optional("overlap", INT)),
        _TEXTS,
        "pure",
        read_only=True,
    ),
)

BUILTINS: Final[Mapping[str, Builtin]] = {builtin.name: builtin for builtin in _TABLE}

ALIASES: Final[Mapping[str, str]] = {"serper_search": "web_search"}
"""Other names under which a built-in tool may be asked for."""


def find_builtin(name: str) -> Builtin | None:
    """Return the built-in tool of that name or alias, if there is one."""
    return BUILTINS.get(ALIASES.get(name, name))
