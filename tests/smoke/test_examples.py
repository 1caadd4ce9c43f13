"""Each example checks clean, builds, and runs simulated from its sample input to its result."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.project import ROOT, build_project

EXAMPLES = ROOT / "examples"

RESULTS = {
    "code_review": "message",
    "document_summary": "summary",
    "expense_agent": "answer",
    "invoice_intake": "record",
    "local_rag": "answer",
    "memory_chat": "reply",
    "model_fallback": "mood",
    "morning_brief": "brief",
    "newsletter": "newsletter",
    "product_copy": "translations",
    "program_solver": "answer",
    "refund_approval": "letter",
    "research_team": "answer",
    "research_write": "article",
    "support_desk": "reply",
    "translation_loop": "translation",
    "travel_planner": "days",
}
"""The field that holds what each example is for."""

PATTERNS = (
    "prompt chaining",
    "routing",
    "parallelization",
    "orchestrator-workers",
    "evaluator-optimizer",
    "autonomous agent",
)
"""Those of https://www.anthropic.com/engineering/building-effective-agents."""


def test_every_example_is_listed_and_complete() -> None:
    folders = {path.parent.name for path in EXAMPLES.glob("*/workflow.yaml")}
    assert folders == set(RESULTS)
    for name in folders:
        text = (EXAMPLES / name / "workflow.yaml").read_text("utf-8")
        assert text.startswith("# "), f"{name} does not say what it is"
        assert (EXAMPLES / name / "input.json").is_file()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_has_an_example(pattern: str) -> None:
    texts = [path.read_text("utf-8") for path in EXAMPLES.glob("*/workflow.yaml")]
    assert any(f"Pattern: {pattern}" in text for text in texts)


@pytest.mark.smoke
@pytest.mark.parametrize("name", sorted(RESULTS))
def test_example_runs_simulated(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder)
    project = build_project(folder / "workflow.yaml", tmp_path / "out")
    assert project.package == name
    given = json.loads((folder / "input.json").read_text("utf-8"))

    state = project.answer("run", "--input-file", "input.json", "--simulate", cwd=folder)

    assert state[RESULTS[name]]
    assert {key: state[key] for key in given} == given


@pytest.mark.smoke
def test_files_are_read_and_ranked_in_simulated_runs_too(tmp_path: Path) -> None:
    project = build_project(EXAMPLES / "local_rag" / "workflow.yaml", tmp_path)
    question = "question=When is the library open?"
    state = project.answer("run", "-i", question, "--simulate", cwd=EXAMPLES / "local_rag")
    passages = state["passages"]
    assert isinstance(passages, list)
    assert passages[0]["path"] == "opening.md"


@pytest.mark.smoke
def test_inner_workflow_of_the_newsletter_runs_alone(tmp_path: Path) -> None:
    project = build_project(EXAMPLES / "newsletter" / "article.yaml", tmp_path)
    state = project.answer("run", "-i", "topic=reading rooms", "--simulate")
    assert state["headline"]
