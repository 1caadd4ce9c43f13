"""What other programs write as YAML or JSON is read back as the same data."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.syntax import parse, to_data

TEXT = st.text(
    alphabet=st.characters(
        exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff\u2028\u2029"
    ),
    max_size=20,
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
    st.just("line\nline\n"),
)
DATA = st.dictionaries(
    TEXT,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)
        ),
        max_leaves=15,
    ),
    min_size=1,
    max_size=5,
)


def with_ruamel(data: object) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    # Quotes (and tags for what is not text), because libyaml wants them around more texts in brackets
    # than YAML 1.2 does, which is what ruamel goes by.
    writer.representer.default_style = '"'
    out = io.StringIO()
    writer.dump(data, out)
    return out.getvalue()


def read(text: str, loader: type) -> object:
    sink = Sink()
    tree = parse(SourceFile("f", text), sink, loader=loader)
    assert sink.diagnostics == (), text
    assert tree is not None
    return to_data(tree)


@pytest.mark.parametrize("write", [json.dumps, with_ruamel])
@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])
@settings(max_examples=150, deadline=None)
@given(data=DATA)
def test_data_comes_back(write: Callable[[object], str], loader: type, data: object) -> None:
    found = read(write(data), loader)
    assert found == data
    # `==` takes 1, 1.0 and True for equal.
    assert json.dumps(found, sort_keys=True) == json.dumps(data, sort_keys=True)
