"""No text of a user becomes code: what is generated has one shape, whatever stands in prompts, names and defaults.

A workflow file may come from a stranger or from a model. Invariant 7 of ARCHITECTURE.md.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from compiler.api import build, check_bytes
from compiler.diagnostics.diagnostic import Severity
from compiler.plan.kubernetes import Kubernetes
from compiler.plan.text import one_line
from tests.support.text_slots import SLOTS, workflow, yaml_text
from tests.support.unformatted import generate

HERE = Path(__file__).parent
CLUSTER = Kubernetes(name="safe", image="safe:1")
PLAIN = {slot: f"text of {slot}" for slot in SLOTS}

HOSTILE = (
    '"""',
    "'''",
    'x"""\nimport os\nos.system("true")\n"""',
    "\\",
    "ends with a backslash \\",
    'ends with a quote "',
    "'; import os #",
    "{0.__class__} {topic!r} {{topic}} {",
    "{{ cycler.__init__.__globals__ }} {% raw %} {# c #}",
    "${HOME} $(reboot) `reboot` $$ %s %(x)s",
    "\x00\x01\x1b[31m\x7f\x85\u2028\u2029\ufeff\u202e",
    "line\r\nline\rline\n\n",
    "# not a comment\n\timport os",
    "</script><!-- --> | a | b | ``` ~~~ [x](javascript:y)",
    "]]\n[tool.evil]\nx = 1\n",
    "key: value\n- item\n--- \n...",
    "FROM evil\nRUN reboot",
    "\U0001f600\U000e0001ﬁ",
    " ",
    "a" * 5000,
)
# What stands in the generated Python as it is, and what of it is only part of a literal.
WHOLE = (
    *("default", "nested_default", "default_key", "system"),
    *("example_input", "part_description", "low", "high", "constant", "set_text", "when_text"),
    *("yes", "no", "argument", "tool_description", "header", "server_argument", "error_text"),
    *("memory_key", "search", "until_text", "cron_input"),
)


def project(texts: Mapping[str, str]) -> dict[str, str]:
    """Generate the project of the workflow with these texts."""
    data = yaml_text(workflow(texts)).encode()
    analysis = check_bytes("workflow.yaml", data, HERE)
    errors = [each for each in analysis.diagnostics if each.severity is Severity.ERROR]
    assert analysis.workflow is not None and errors == []
    return generate(analysis.workflow, CLUSTER)


class _Blank(ast.NodeTransformer):
    """Makes all constants equal, and drops the fixed parts of f-strings, which an empty text does not have."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(type(node.value).__name__)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        kept = [each for each in node.values if not isinstance(each, ast.Constant)]
        return ast.JoinedStr([self.visit(each) for each in kept])


def shape(path: str, text: str) -> object:
    """Return what must be the same whatever texts stand in a file."""
    if path.endswith(".py"):
        return ast.dump(_Blank().visit(ast.parse(text)))
    if path.endswith(".toml"):
        return _keys(tomllib.loads(text))
    if path.endswith(".yaml"):
        return [_keys(each) for each in yaml.safe_load_all(text)]
    if path.endswith(".md"):
        return [re.match(r"(#+ |```\w*|\| |\|-|$)?", line).group() for line in text.splitlines()]  # type: ignore[union-attr]
    if path.endswith(".mmd"):
        return [re.sub(r'".*"', '""', line) for line in text.splitlines()]
    return text


def _keys(data: object) -> object:
    if isinstance(data, dict):
        return {key: _keys(value) for key, value in data.items()}
    return [_keys(each) for each in data] if isinstance(data, list) else type(data).__name__


@cache
def plain_shapes() -> dict[str, object]:
    return {path: shape(path, text) for path, text in project(PLAIN).items()}


def constants(files: Mapping[str, str]) -> set[str]:
    """Return all texts that the generated Python holds."""
    return {
        node.value
        for path, text in files.items()
        if path.endswith(".py")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def check_texts(texts: Mapping[str, str]) -> None:
    files = project(texts)
    assert {path: shape(path, text) for path, text in files.items()} == plain_shapes()
    found = constants(files)
    for slot in WHOLE:
        text = texts[slot][:500] if slot == "default_key" else texts[slot]
        assert text in found, slot
    for slot in ("description", "field_description"):
        assert one_line(texts[slot]) in found, slot
    prompt = texts["prompt"] + " TOPIC " + texts["prompt_end"]
    assert prompt in {_filled(each) for each in found if "{topic}" in each}
    assert f"{texts['question']} TOPIC" in {_filled(each) for each in found if "{topic}" in each}


def _filled(template: str) -> str:
    """Fill a prompt as the generated package does."""
    try:
        return template.format(topic="TOPIC")
    except (ValueError, KeyError, IndexError, AttributeError):
        return ""


def _usable(given: dict[str, str]) -> dict[str, str]:
    """Tell texts apart that must differ, and let the description be more than spaces: those are left out."""
    return given | {
        "low": given["high"] + "1",
        "yes": given["no"] + "2",
        "description": given["description"] + "3",
    }


def all_slots(text: str) -> dict[str, str]:
    """Put a text everywhere, after words that tell the places apart."""
    return {slot: f"{slot} {text}" for slot in SLOTS}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text: str) -> None:
    check_texts(all_slots(text))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_inputs_reach_a_cluster_as_they_are(text: str) -> None:
    """What a CronJob's runs are given by the file, and a Job's by whoever deploys."""
    data = yaml_text(workflow(all_slots(text) | {"low": "l", "high": "h", "yes": "y", "no": "n"}))
    found = check_bytes("workflow.yaml", data.encode(), HERE).workflow
    if found is None:
        return  # a text that no YAML file may hold
    for options, wanted in (
        (CLUSTER, {"topic": f"cron_input {text}"}),
        (Kubernetes(name="safe", image="safe:1", job_inputs={text: [text]}), {text: [text]}),
    ):
        settings = generate(found, options)["deploy/kubernetes/base/settings.yaml"]
        [_, inputs] = yaml.safe_load_all(settings)
        assert json.loads(inputs["data"]["inputs.json"]) == wanted


# A failing example is short enough as it is found; shrinking thirty texts takes minutes.
ANY_TEXTS = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate)
)


def texts() -> st.SearchStrategy[str]:
    pieces = st.sampled_from(HOSTILE[:-1]) | st.text(min_size=1, max_size=12)
    return st.lists(pieces, min_size=1, max_size=3).map("".join).filter(len)


@settings(ANY_TEXTS, max_examples=15)
@given(st.fixed_dictionaries({slot: texts() for slot in SLOTS}))
def test_any_texts_stay_texts(given_texts: dict[str, str]) -> None:
    check_texts(_usable(given_texts))


@pytest.mark.slow
@settings(ANY_TEXTS, max_examples=300)
@given(st.fixed_dictionaries({slot: texts() for slot in SLOTS}))
def test_many_texts_stay_texts(given_texts: dict[str, str]) -> None:
    check_texts(_usable(given_texts))


NAMES = (
    *("x: int = 1\nimport os\ny", "x.y", "x y", "class", "__import__('os')", "a\x00b", "ﬁ", "{x}"),
    *("../x", "x;y", "x\n", "x#", "", "x" * 300, "None", "self", "state", "import", "__class__"),
)


@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_is_refused_or_quoted(name: str, place: int) -> None:
    """Names of everything that can be named: an error, or a project that parses and holds it as text only."""
    fields: dict[str, object] = {"topic": {"type": "str", "required": True}, "text": "str"}
    fields |= {"items": {"type": "list[str]", "default": []}, "out": "list[any]"}
    node: dict[str, object] = {"id": "write", "prompt": "About {topic}", "llm": "fast"}
    node["outputs"] = ["text"]
    data: dict[str, object] = {"flow": {"name": "safe"}, "state": fields, "nodes": [node]}
    models: dict[str, object] = {"fast": {"model": "ollama/a", "fallbacks": ["slow"]}}
    models["slow"] = {"model": "ollama/b"}
    data["models"] = models
    match place:
        case 0:
            data["flow"] = {"name": name}
        case 1:
            node["id"] = name
        case 2:
            fields[name] = "str"
            node["outputs"] = [name]
        case 3:
            fields["text"] = {"type": "object", "schema": {name: "str", "b": "int"}}
        case 4:
            data["types"] = {name: {"a": "str"}}
            fields["text"] = name
        case 5:
            models["fast"] = {"model": "ollama/a", "fallbacks": [name]}
            models[name] = models.pop("slow")
        case 6:
            data["tools"] = {name: {"http": {"method": "GET", "url": "https://x.org/{topic}"}}}
            node["tools"] = [name]
        case 7:
            node["inputs"] = {name: "topic"}
        case 8:
            node["foreach"] = {"in": "items", "as": name, "collect": "out"}
        case 9:
            node["foreach"] = {"in": "items", "collect": "out"}
            node["outputs"] = [name, "b"]
        case 10:
            node["tools"] = [{"name": "web_search", "config": {name: 3}}]
        case _:
            schema = {"type": "object", "fields": [{"name": name, "type": "str"}]}
            node |= {"foreach": {"in": "items", "collect": "out"}, "output_schema": schema}
            node["outputs"] = [name]
    analysis = check_bytes("workflow.yaml", yaml_text(data).encode(), HERE)
    if analysis.workflow is None or analysis.has_errors:
        return
    for path, text in generate(analysis.workflow).items():
        if path.endswith(".py"):
            tree = ast.parse(text)
            imported = {
                a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names
            }
            assert "os" not in imported
            called = {
                n.func.id
                for n in ast.walk(tree)
                if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
            }
            assert "__import__" not in called
        assert ".." not in Path(path).parts
        assert "\n" not in path


def test_output_does_not_depend_on_the_order_of_sets() -> None:
    """The same input gives the same bytes with any seed of Python's hashes."""
    program = (
        "import hashlib, sys\n"
        "from pathlib import Path\n"
        "from compiler.api import build, check_bytes\n"
        "data = sys.stdin.buffer.read()\n"
        "files = build(check_bytes('workflow.yaml', data, Path())).files\n"
        "text = ''.join(f'{path}\\0{file.text}\\0{file.reason}\\0' for path, file in files.items())\n"
        "print(len(files), hashlib.sha256(text.encode()).hexdigest())\n"
    )
    data = yaml_text(workflow(PLAIN)).encode()
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=data,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=HERE.parents[1],
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert not found.pop().startswith(b"0 ")


def test_formatting_changes_no_shape() -> None:
    """What the other tests look at is what is written, black aside."""
    analysis = check_bytes("workflow.yaml", yaml_text(workflow(PLAIN)).encode(), HERE)
    built = build(analysis, kubernetes=CLUSTER).files
    shapes = {path: shape(path, file.text) for path, file in built.items() if file.kind != "vendor"}
    assert shapes == plain_shapes()
