"""What is read without pydantic is what pydantic takes, with the same values."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.spec import ModelSpec, Spec, WorkflowSpec
from compiler.spec.draft import Draft
from compiler.spec.edges import ChainSpec
from compiler.spec.fit import Misfit, fit
from compiler.spec.plain import plain
from compiler.spec.prepare import prepare
from compiler.spec.validation import model_of
from compiler.syntax import parse
from tests.support.reference_tables import models
from tests.unit.spec.yamlish import files, mutated_files


def outcome_of_fit(section: type[Spec], data: object) -> object:
    """Return the plain data of what was read, None when it does not fit."""
    try:
        return plain(fit(section, data))
    except Misfit:
        return None


def outcome_of_pydantic(section: type[Spec], data: object) -> object:
    """Return the same from pydantic."""
    try:
        made = model_of(section).model_validate(data)
    except ValidationError:
        return None
    return plain(_chains(made.model_dump(by_alias=True, exclude_unset=True, warnings=False)))


def _chains(value: object) -> object:
    """Let chains, which pydantic passes through, be plain data wherever they are."""
    if isinstance(value, ChainSpec):
        return plain(value)
    if isinstance(value, dict):
        return {key: _chains(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_chains(each) for each in value]
    return value


def written_out(value: object) -> str:
    """Return data as text in which 1 and 1.0 differ."""
    return json.dumps(value, sort_keys=True)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(files() | mutated_files())
def test_whole_files(file: dict[str, object]) -> None:
    tree = parse(SourceFile("w.yaml", json.dumps(file)), Sink())
    assert tree is not None
    draft = Draft(tree)
    prepare(draft, Sink())
    ours = outcome_of_fit(WorkflowSpec, draft.data)
    assert written_out(ours) == written_out(outcome_of_pydantic(WorkflowSpec, draft.data))


@pytest.mark.parametrize(
    "value",
    [0, 1, 2, 3, -1, 10**400, 0.5, 2.5, float("inf"), float("nan"), True, None, "1", [], {}],
)
@pytest.mark.parametrize("key", ["temperature", "max_tokens", "timeout", "model", "fallbacks"])
def test_limits_and_types_of_values(key: str, value: object) -> None:
    data = {key: value}
    ours = outcome_of_fit(ModelSpec, data)
    assert written_out(ours) == written_out(outcome_of_pydantic(ModelSpec, data))


@pytest.mark.parametrize("section", models().values(), ids=lambda section: section.__name__)
def test_the_type_of_data_tells_every_alternative(section: type[Spec]) -> None:
    with contextlib.suppress(Misfit):
        fit(section, {})
