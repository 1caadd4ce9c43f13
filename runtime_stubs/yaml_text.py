# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""YAML 1.2 text as plain data; JSON is YAML."""

import json
import re
from typing import Any, NoReturn

import yaml

__all__ = ["load_yaml"]


class _CoreLoader(yaml.SafeLoader):
    """Knows only the scalars of the YAML 1.2 core schema, so `no` and `2024-01-01` are strings."""

    def construct_core_int(self, node: Any) -> int:
        """Read `012` as twelve: only `0o12` is octal."""
        text = str(self.construct_scalar(node))
        return int(text, 0 if text.startswith(("0o", "0x")) else 10)

    def construct_core_float(self, node: Any) -> float:
        """Read a float, `.inf` and `.nan` included."""
        text = str(self.construct_scalar(node)).lower()
        return float(text.replace(".inf", "inf").replace(".nan", "nan"))


_CoreLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
):
    _CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first)
    )
_CoreLoader.add_constructor("tag:yaml.org,2002:int", _CoreLoader.construct_core_int)
_CoreLoader.add_constructor("tag:yaml.org,2002:float", _CoreLoader.construct_core_float)


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is a string in YAML")


def load_yaml(text: str) -> object:
    """Return what `text` holds; raise ValueError with line and column when it is not YAML."""
    try:
        # JSON first: it alone writes one character as two escapes (`\ud83d\ude00`).
        return json.loads(text, parse_constant=_not_json)
    except ValueError:
        pass
    try:
        return yaml.load(text, _CoreLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ValueError(f"{where}{error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
