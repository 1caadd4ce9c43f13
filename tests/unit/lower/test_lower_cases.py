"""The cases beside this file: YAML in, printed IR or reports out.

    [case name]
    nodes: …              the workflow; `flow` and a model are added when they are missing
    [file other.yaml]     files beside it
    [out]
    AC301 flow.yaml:3 …   what is reported, then, without errors, the printed IR

`--update-golden` rewrites the `[out]` parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.unit.lower.lowering import lower_text

FOLDER = Path(__file__).parent / "cases"
MARK = re.compile(r"^\[(case|file|out)(?: ([^\]\n]+))?\]\n", re.MULTILINE)
HEAD = "flow: {name: flow}\n"
MODEL = "config: {llm: {model: ollama/llama3.2}}\n"


@dataclass
class Case:
    name: str
    text: str
    files: dict[str, str] = field(default_factory=dict)
    expected: str = ""

    def run(self) -> str:
        head = "" if re.search(r"^flow:", self.text, re.MULTILINE) else HEAD
        model = "" if re.search(r"^(config|models):", self.text, re.MULTILINE) else MODEL
        found = lower_text(self.text + head + model, self.files)
        errors = any(each.severity == "error" for each in found.diagnostics)
        shown = [found.report] if found.report else []
        if not errors:
            lines = found.ir.splitlines()
            usual = "  model default = ollama/llama3.2"
            shown.append("\n".join(line for line in lines if line != usual))
        return "\n".join(shown) + "\n"

    def render(self) -> str:
        files = "".join(f"[file {name}]\n{text}" for name, text in self.files.items())
        return f"[case {self.name}]\n{self.text}{files}[out]\n{self.run()}\n"


def read_cases(path: Path) -> list[Case]:
    parts = MARK.split(path.read_text("utf-8"))
    cases: list[Case] = []
    for word, name, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if word == "case":
            cases.append(Case(name, text))
        elif word == "file":
            cases[-1].files[name] = text
        else:
            cases[-1].expected = text.rstrip("\n") + "\n"
    return cases


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.case")), ids=lambda path: path.stem)
def test_lowering_gives_what_is_stored(path: Path, request: pytest.FixtureRequest) -> None:
    cases = read_cases(path)
    assert len({case.name for case in cases}) == len(cases)
    if request.config.getoption("--update-golden"):
        text = "\n".join(case.render().rstrip("\n") + "\n" for case in cases)
        path.write_text(text, encoding="utf-8")
        return
    for case in cases:
        assert case.run() == case.expected, case.name
