"""Every YAML block in the documentation compiles; what it shows of generated code is what is generated.

A block that begins with `flow:` is a whole workflow: no errors, no warnings but that it names no model. Any other block is a part of one:
the sections it lacks are filled in, and it must compile without errors. `yaml wrong` marks what is shown because
it does not compile; the text after it names a code, which must be reported.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from compiler import api
from compiler.diagnostics.diagnostic import Severity
from compiler.diagnostics.render import render_text
from tests.support.markdown import Block, blocks
from tests.support.project import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/guide/**/*.md"), *ROOT.glob("docs/language/**/*.md")]
)
BLOCKS = [block for page in PAGES for block in blocks(page, "yaml")]
REST = {
    "flow": {"name": "sample"},
    "config": {"llm": {"provider": "ollama", "model": "llama3.2"}},
    "state": {"topic": {"type": "str", "required": True}, "answer": "str"},
    "nodes": [{"id": "reply", "prompt": "{topic}", "outputs": ["answer"]}],
}


def _name(block: Block) -> str:
    return f"{block.path.relative_to(ROOT)}:{block.line}"


@pytest.mark.parametrize("block", BLOCKS, ids=_name)
def test_yaml_block_compiles(block: Block, tmp_path: Path) -> None:
    words = block.info.split(" ")[1:]
    data = block.text.encode()
    is_whole = block.text.startswith(("flow:", "schema_version:", "#"))
    if not is_whole and words[:1] != ["wrong"]:
        data = yaml.safe_dump({**REST, **yaml.safe_load(block.text)}, sort_keys=False).encode()
    found = api.check_bytes("sample.yaml", data, tmp_path).diagnostics
    if words[:1] == ["wrong"]:
        assert words[1] in {each.code for each in found}, render_text(found)
        return
    least = Severity.WARNING if is_whole else Severity.ERROR
    bad = [
        each for each in found if each.severity in (Severity.ERROR, least) and each.code != "AC603"
    ]
    assert not bad, render_text(bad)


def test_there_are_blocks() -> None:
    assert len([block for block in BLOCKS if block.path.name == "README.md"]) >= 1


def test_readme_shows_what_is_generated(tmp_path: Path) -> None:
    readme = ROOT / "README.md"
    source = next(blocks(readme, "yaml"))
    analysis = api.check_bytes("article.yaml", source.text.encode(), tmp_path)
    generated = [
        file.text for path, file in api.build(analysis).files.items() if "_runtime" not in path
    ]
    shown = list(blocks(readme, "python"))
    assert len(shown) >= 2
    for block in shown:
        for part in block.text.split("\n...\n"):
            assert any(part.strip() in text for text in generated), f"line {block.line}:\n{part}"


def test_readme_shows_what_is_reported(tmp_path: Path) -> None:
    readme = ROOT / "README.md"
    wrong = next(blocks(readme, "yaml")).text
    wrong = wrong.replace("{facts}", "{fact}").replace("score >= 0.8", 'score >= "high"')
    found = api.check_bytes("article.yaml", wrong.encode(), tmp_path).diagnostics
    errors = [each for each in found if each.severity is Severity.ERROR]
    assert next(blocks(readme, "text")).text.strip() in render_text(errors)


def test_readme_lists_every_example() -> None:
    listed = (ROOT / "README.md").read_text("utf-8")
    for path in ROOT.glob("examples/*/workflow.yaml"):
        assert f"(examples/{path.parent.name}/workflow.yaml)" in listed


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
