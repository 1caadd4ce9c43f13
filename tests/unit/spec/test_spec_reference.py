"""The language reference: complete, current, and its examples compile."""

from __future__ import annotations

import re

import pytest

from compiler.api import check_bytes
from compiler.diagnostics.diagnostic import Severity
from compiler.spec import ChainSpec, CommonNodeSpec, StateSpec
from tests.support.reference_tables import REFERENCE, filled, models, named
from tests.unit.spec.reading import read_well

TEXT = REFERENCE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
# Their keys are the user's own, or stand in the tables of the kinds.
WITHOUT_TABLE = {ChainSpec, StateSpec}


def test_tables_are_current() -> None:
    assert filled(TEXT) == TEXT, "run `python -m tests.support.reference_tables`"


def test_every_section_has_a_table() -> None:
    sections = {name for name, model in models().items() if model not in WITHOUT_TABLE}
    assert named(TEXT) == sections
    assert CommonNodeSpec in models().values()


@pytest.mark.parametrize(
    "text", EXAMPLES, ids=lambda text: text.split("name: ")[1].split()[0].strip("}")
)
def test_example(text: str) -> None:
    read_well(text)
    analysis = check_bytes("workflow.yaml", text.encode(), REFERENCE.parent)
    found = [each for each in analysis.diagnostics if each.severity is Severity.ERROR]
    assert not found, [(each.code, each.primary.line, each.message) for each in found]
