"""Whatever bytes a file holds, checking and building it ends soon with findings or a project, never with an exception.

Invariant 1 of ARCHITECTURE.md. The workflows that are damaged are those of `examples/`.
"""

from __future__ import annotations

import ast
import copy
import time
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from compiler.api import build, check_bytes
from compiler.diagnostics.render.json import render_json
from compiler.diagnostics.render.text import render_text
from compiler.syntax import to_data
from tests.support.text_slots import yaml_text
from tests.support.unformatted import generate
from tests.unit.spec.yamlish import files as yamlish_files
from tests.unit.spec.yamlish import mutated_files

EXAMPLES = Path(__file__).parents[2] / "examples"
SECONDS = 5.0
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),
)
MANY = settings(FEW, max_examples=400)

HOSTILE: tuple[object, ...] = (
    *("../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x", "file:///etc/passwd", "./x.py:f"),
    *("\x00", "a\x00b", "\ud7ff", "\U0010ffff", "\u2028", "\ufeff", "ﬁ", "İ", "ß" * 40),
    *('x"""\nimport os\n"""', "x: int = __import__('os')", "a;b", "class", "__class__", "self"),
    *(
        "{",
        "{{",
        "{topic",
        "{topic.}",
        "{topic.__class__}",
        "{0}",
        "{item[99999999999]}",
        "${env:X}",
    ),
    *("1 +", "((((", "not " * 200, "-" * 500 + "1", "9" * 300, "1e999", "0/0", "1 // 0", "9 ** 9"),
    *("[" * 90, "x" * 20_000, "a -> b -> a", "START -> END", "-> ->", "default", "state.", "index"),
    *(
        "START",
        "END",
        "",
        " ",
        "\n",
        "null",
        "true",
        "list[" * 50,
        "dict[str, dict[str, any]]",
        "T?",
    ),
    *(
        None,
        True,
        0,
        -1,
        10**18,
        1.5,
        float("inf"),
        float("nan"),
        [],
        {},
        [[]],
        [None],
        {"a": None},
    ),
    *({"": ""}, [{}], {"file": "../x"}, {"x": {"y": {"z": [1, {"w": "{a}"}]}}}),
)
"""Values that are put where a workflow holds something else."""


def run(data: bytes, folder: Path, *, formats: bool = False) -> bool:
    """Check and generate; tell whether there was something to generate.

    Args:
        formats: generate through `api.build` as users do, with black, which takes most of the time.
    """
    start = time.process_time()
    analysis = check_bytes("workflow.yaml", data, folder)
    render_text(analysis.diagnostics)
    render_json(analysis.diagnostics, version="0", files=["workflow.yaml"])
    for found in analysis.diagnostics:
        for label in found.labels:
            assert 0 <= label.span.start <= label.span.end <= len(label.span.source.text)
    is_whole = analysis.workflow is not None and not analysis.has_errors
    if formats:
        assert bool(build(analysis).files) == is_whole
    elif is_whole and analysis.workflow is not None:
        check_project(generate(analysis.workflow))
    assert time.process_time() - start < SECONDS
    return is_whole


def check_project(files: dict[str, str]) -> None:
    """What is generated stays inside its folder, parses, and imports nothing that a workflow could ask for."""
    for path, text in files.items():
        assert not Path(path).is_absolute()
        assert ".." not in Path(path).parts
        if not path.endswith(".py") or "/user/" in path:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                assert not {"os", "subprocess"} & {alias.name for alias in node.names}
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "__import__", "open"}


@cache
def examples() -> tuple[tuple[Path, dict[str, object]], ...]:
    """The example workflows: folder and data."""
    found = []
    for path in sorted(EXAMPLES.glob("*/workflow.yaml")):
        tree = check_bytes("workflow.yaml", path.read_bytes(), path.parent).tree
        assert tree is not None
        data = to_data(tree)
        assert isinstance(data, dict)
        found.append((path.parent, data))
    return tuple(found)


@cache
def everything() -> tuple[object, ...]:
    """All values that the examples hold, to be put into wrong places."""
    found: list[object] = []
    stack: list[object] = [data for _, data in examples()]
    while stack:
        each = stack.pop()
        found.append(each)
        if isinstance(each, dict):
            stack += each.values()
        elif isinstance(each, list):
            stack += each
    return tuple(found)


def _mutate(draw: st.DrawFn, value: dict[str, object] | list[object]) -> None:
    """Walk down to some part, and delete, double, swap, replace or rename something in it."""
    parts = value.values() if isinstance(value, dict) else value
    inner = [each for each in parts if isinstance(each, dict | list) and each]
    if inner and draw(st.integers(0, 9)) > 1:
        _mutate(draw, draw(st.sampled_from(inner)))
    elif isinstance(value, dict):
        _mutate_mapping(draw, value)
    else:
        _mutate_list(draw, value)


def _strange(draw: st.DrawFn) -> object:
    """A value that does not belong there: a hostile one, or one of another place."""
    found = draw(st.sampled_from(HOSTILE) | st.sampled_from(everything()))
    return copy.deepcopy(found)


def _mutate_mapping(draw: st.DrawFn, value: dict[str, object]) -> None:
    key = draw(st.sampled_from(list(value) or [""]))
    hostile = [each for each in HOSTILE if isinstance(each, str)]
    match draw(st.sampled_from(["replace", "replace", "remove", "double", "rename"])):
        case "replace":
            value[key] = _strange(draw)
        case "remove":
            value.pop(key, None)
        case "double":
            value[draw(st.sampled_from([*hostile, *value]))] = copy.deepcopy(value.get(key))
        case _:
            value[draw(st.sampled_from([*hostile, *value]))] = value.pop(key, None)


def _mutate_list(draw: st.DrawFn, value: list[object]) -> None:
    at = draw(st.integers(0, len(value)))
    match draw(st.sampled_from(["put", "double", "remove", "swap"])):
        case "put":
            value.insert(at, _strange(draw))
        case "double":
            value[at:at] = copy.deepcopy(value[:1])
        case "remove":
            del value[at:]
        case _:
            value[at:], value[:at] = value[:at], value[at:]


@st.composite
def damaged_examples(draw: st.DrawFn) -> tuple[Path, dict[str, object]]:
    """An example with a few of its parts deleted, doubled, swapped, or replaced by something hostile."""
    folder, data = draw(st.sampled_from(examples()))
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 4))):
        _mutate(draw, data)
    return folder, data


def cut_bytes() -> st.SearchStrategy[bytes]:
    """Examples as bytes, with a few bytes cut out or put in."""
    texts = st.sampled_from(
        [path.read_bytes() for path in sorted(EXAMPLES.glob("*/workflow.yaml"))]
    )
    noise = st.sampled_from(
        [b"", b"\x00", b"\xff", b"\t", b"{", b"}", b"'", b'"', b"&a ", b"*a", b"\n- "]
    )
    return st.builds(
        lambda text, at, size, put: text[: at % len(text)] + put + text[at % len(text) + size :],
        texts,
        st.integers(0, 10_000),
        st.integers(0, 60),
        noise | st.binary(max_size=6),
    )


@FEW
@given(st.binary(max_size=200) | cut_bytes())
def test_any_bytes(data: bytes) -> None:
    run(data, EXAMPLES / "research_write")


@FEW
@given(yamlish_files() | mutated_files())
def test_any_data(data: dict[str, object]) -> None:
    run(yaml_text(data).encode(), EXAMPLES)


@FEW
@given(damaged_examples())
def test_damaged_examples(damaged: tuple[Path, dict[str, object]]) -> None:
    folder, data = damaged
    run(yaml_text(data).encode(), folder)


@pytest.mark.slow
@MANY
@given(damaged_examples())
def test_many_damaged_examples(damaged: tuple[Path, dict[str, object]]) -> None:
    folder, data = damaged
    run(yaml_text(data).encode(), folder)


@pytest.mark.slow
@MANY
@given(st.binary(max_size=200) | cut_bytes())
def test_many_bytes(data: bytes) -> None:
    run(data, EXAMPLES / "research_write")


@pytest.mark.slow
@settings(FEW, max_examples=60)
@given(damaged_examples())
def test_damaged_examples_are_built_as_users_build_them(
    damaged: tuple[Path, dict[str, object]],
) -> None:
    folder, data = damaged
    run(yaml_text(data).encode(), folder, formats=True)


def test_examples_themselves_are_whole() -> None:
    """The properties above would prove nothing if every file were refused."""
    assert all(run(yaml_text(data).encode(), folder) for folder, data in examples())


LARGE = {
    "deep mapping": b"a: " + b"{a: " * 5_000,
    "deep list": b"- " * 5_000,
    "deep brackets": b"x: " + b"[" * 20_000,
    "many keys": b"\n".join(b"k%d: 1" % n for n in range(50_000)),
    "many wrong values": b"flow: {name: a}\nnodes:\n" + b"- 1\n" * 10_000,
    "many wrong keys": b"flow: {name: a}\nnodes:\n" + b"- {id: 1, x: 2}\n" * 3_000,
    "many references": b"flow: {name: a}\nstate: {n: str}\nnodes: [{id: a, outputs: [n], prompt: '"
    + b"{xyz}" * 5_000
    + b"'}]",
    "long line": b"flow: {name: " + b"x" * 3_000_000 + b"}",
    "many quotes": b'x: "' * 20_000,
    "many anchors": b"\n".join(
        b"a%d: &a%d [*a%d, *a%d]" % (n + 1, n + 1, n, n) for n in range(300)
    ),
    "many comments": b"# agentc: ignore[AC501]\n" * 20_000,
    "many nulls": b"\x00" * 100_000,
    "many chains": b"flow: {name: a}\nnodes: [{id: a, set: {}}]\nedges:\n"
    + b"".join(b"  - a -> " + b"a -> " * 50 + b"a\n" for _ in range(500)),
    "deep expression": b"flow: {name: a}\nstate: {n: int}\nnodes: [{id: a, set: {n: '"
    + b"(" * 30_000
    + b"'}}]",
    "long expression": b"flow: {name: a}\nstate: {n: int}\nnodes: [{id: a, set: {n: '1"
    + b" + 1" * 30_000
    + b"'}}]",
    "long condition": b"flow: {name: a}\nstate: {n: {type: int, default: 0}}\nnodes: [{id: a, when: 'n == 1"
    + b" or n == 1" * 2_000
    + b"', set: {n: n}}]",
    "deep type": b"flow: {name: a}\nstate: {n: '"
    + b"list[" * 20_000
    + b"'}\nnodes: [{id: a, set: {}}]",
    "deep code": b"flow: {name: a}\nstate: {n: int}\nnodes: [{id: a, outputs: [n], code: 'result = "
    + b"(" * 5_000
    + b"'}]",
    "many braces": b"flow: {name: a}\nstate: {n: str}\nnodes: [{id: a, outputs: [n], prompt: '"
    + b"{a.b.c" * 30_000
    + b"'}]",
}


@pytest.mark.parametrize("name", LARGE)
def test_large_and_deep_files_end_soon(name: str, tmp_path: Path) -> None:
    run(LARGE[name], tmp_path)


@pytest.mark.parametrize("kind", ["chain", "fan", "routes", "fields"])
def test_large_workflows_end_soon(kind: str, tmp_path: Path) -> None:
    """Hundreds of nodes are more than anyone writes; none of the passes may take minutes for them."""
    count = 300
    nodes = [{"id": f"n{i}", "set": {f"f{i}": f"f{max(i - 1, 0)} + 1"}} for i in range(count)]
    fields = {f"f{i}": {"type": "int", "default": 0} for i in range(count)}
    data: dict[str, object] = {"flow": {"name": "large"}, "state": fields, "nodes": nodes}
    names = [f"n{i}" for i in range(count)]
    if kind == "chain":
        data["edges"] = [" -> ".join(["START", *names, "END"])]
    elif kind == "fan":
        for node in nodes:
            node["set"] = {f"f{str(node['id'])[1:]}": "1"}
        data["edges"] = [f"START -> [{', '.join(names)}] -> END"]
    elif kind == "routes":
        edges: list[object] = ["START -> n0"]
        for here, there in pairwise(names):
            routes = [{"condition": "f0 > 1", "to": there}, {"condition": "default", "to": "END"}]
            edges.append({"from": here, "routes": routes})
        data["edges"] = edges
    run(yaml_text(data).encode(), tmp_path)
