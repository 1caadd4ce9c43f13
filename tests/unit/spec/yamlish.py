"""Files that look like workflows and are not, for property tests."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from compiler.spec.export import Json, json_schema
from compiler.syntax import to_data
from tests.unit.spec.reading import tree_of

EVERY_KEY = Path(__file__).parent / "every_key.yaml"


@cache
def vocabulary() -> list[str]:
    """Return every key of the language, some words of values, and some that mean nothing."""
    words = {
        "",
        "x-a",
        "colour",
        "str",
        "fail",
        "llm",
        "state.topic",
        "START",
        "END",
        "a -> b",
        "nodse",
    }

    def collect(value: Json) -> None:
        if isinstance(value, list):
            for inner in value:
                collect(inner)
        elif isinstance(value, dict):
            properties = value.get("properties")
            if isinstance(properties, dict):
                words.update(properties)
            allowed = value.get("enum")
            words.update(str(word) for word in (allowed if isinstance(allowed, list) else ()))
            if isinstance(value.get("const"), str):
                words.add(str(value["const"]))
            for key, inner in value.items():
                names = key == "properties" and isinstance(inner, dict)
                collect(list(inner.values()) if names and isinstance(inner, dict) else inner)

    collect(json_schema())
    return sorted(words)


def values() -> st.SearchStrategy[object]:
    """Any data a YAML file can hold, made of words of the language."""
    words = st.sampled_from(vocabulary())
    keys = words | st.text(max_size=4)
    leaves = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.integers(min_value=10**300, max_value=10**390)
        | st.floats(allow_nan=False, allow_infinity=False)
        | words
        | st.text(max_size=8)
    )
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5)
    )


def files() -> st.SearchStrategy[dict[str, object]]:
    """Mappings with sections of the right names and any contents."""
    sections = st.sampled_from(
        [
            "flow",
            "types",
            "state",
            "nodes",
            "edges",
            "models",
            "tools",
            "memory",
            "triggers",
            "evals",
        ]
        + ["optimization", "config", "order", "schema_version"]
    )
    return st.dictionaries(sections | st.text(max_size=4), values(), max_size=8)


@cache
def every_key() -> dict[str, object]:
    """Return the file with every key as data."""
    data = to_data(tree_of(EVERY_KEY.read_text(encoding="utf-8")))
    assert isinstance(data, dict)
    return data


@st.composite
def mutated_files(draw: st.DrawFn) -> dict[str, object]:
    """The file with every key, with a few of its parts removed, replaced, renamed or doubled."""
    file = copy.deepcopy(every_key())
    for _ in range(draw(st.integers(min_value=1, max_value=4))):
        _mutate(draw, file)
    return file


def _mutate(draw: st.DrawFn, value: object) -> None:
    """Walk down to some part and change it."""
    if isinstance(value, dict) and value:
        key = draw(st.sampled_from(sorted(value)))
        if isinstance(value[key], dict | list) and value[key] and draw(st.integers(0, 9)) > 1:
            _mutate(draw, value[key])
            return
        change = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if change == "replace":
            value[key] = draw(values())
        elif change == "remove":
            del value[key]
        elif change == "rename":
            value[draw(st.sampled_from(vocabulary()))] = value.pop(key)
        else:
            value[draw(st.sampled_from(vocabulary()))] = draw(values())
    elif isinstance(value, list) and value:
        index = draw(st.integers(0, len(value) - 1))
        if isinstance(value[index], dict | list) and value[index] and draw(st.integers(0, 9)) > 1:
            _mutate(draw, value[index])
        elif draw(st.booleans()):
            value[index] = draw(values())
        else:
            del value[index]
