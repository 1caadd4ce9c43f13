"""Workflow files of any size, with the same mix of forms, for agentc and for the tools beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

BLOCK = 5


@dataclass(slots=True)
class _Draft:
    """A workflow being written."""

    fields: list[str] = field(default_factory=lambda: ["topic: {type: str, required: true}"])
    nodes: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    last: str = "START"

    def node(self, reads: str | None = None, *also: str) -> str:
        """Add a node that reads a field and writes its own, and others; return its name."""
        number = len(self.nodes)
        source = reads or (f"f{number - 1}" if number else "topic")
        self.fields.append(f"f{number}: str")
        outputs = ", ".join([f"f{number}", *also])
        self.nodes.append(
            f"  - id: n{number}\n"
            f'    prompt: "Write step {number} about {{{source}}} and {{topic}}."\n'
            f"    outputs: [{outputs}]\n"
        )
        return f"n{number}"

    def chain(self, *names: str) -> None:
        """Lead the flow from the last node through some more."""
        self.edges.append(f"  - {' -> '.join([self.last, *names])}")
        self.last = names[-1]


def workflow(size: int) -> str:
    """Return a file with `size` nodes: fans, choices and loops of five nodes each, then a chain."""
    draft = _Draft()
    forms = (_fan, _choice, _loop)
    for number in range(size // BLOCK):
        forms[number % len(forms)](draft)
    while len(draft.nodes) < size:
        draft.chain(draft.node())
    draft.chain("END")
    head = (
        "flow:\n  name: bench\nmodels:\n  fast: {provider: openai, model: gpt-4.1-nano}\n"
        "config:\n  llm: fast\n"
    )
    state = "".join(f"  {each}\n" for each in draft.fields)
    edges = "\n".join(draft.edges)
    return f"{head}state:\n{state}nodes:\n{''.join(draft.nodes)}edges:\n{edges}\n"


def _fan(draft: _Draft) -> None:
    """One node, three at the same time, one that joins them."""
    first = draft.node()
    source = f"f{len(draft.nodes) - 1}"
    middle = [draft.node(source) for _ in range(3)]
    draft.chain(first, f"[{', '.join(middle)}]", draft.node(source))


def _choice(draft: _Draft) -> None:
    """Two nodes, one of two by a score, one that joins them."""
    first = draft.node()
    score = f"s{len(draft.nodes)}"
    draft.fields.append(f"{score}: float")
    second = draft.node(None, score)
    source = f"f{len(draft.nodes) - 1}"
    high, low, join = (draft.node(source) for _ in range(3))
    draft.chain(first, second)
    draft.edges += [
        (
            f"  - from: {second}\n    routes:\n"
            f'      - {{condition: {{logic: "state.{score} >= 0.8"}}, to: {high}}}\n'
            f"      - {{condition: {{logic: default}}, to: {low}}}"
        ),
        f"  - {high} -> {join}",
        f"  - {low} -> {join}",
    ]
    draft.last = join


def _loop(draft: _Draft) -> None:
    """Two nodes that are repeated until the second is content, then three more."""
    first = draft.node()
    done = f"ok{len(draft.nodes)}"
    draft.fields.append(f"{done}: bool")
    second = draft.node(None, done)
    rest = [draft.node() for _ in range(3)]
    draft.chain(first, second)
    draft.edges += [
        (
            f"  - from: {second}\n    loop: {{max_iterations: 3, condition_field: {done}, "
            f"to: {first}, exit_to: {rest[0]}}}"
        ),
        f"  - {' -> '.join(rest)}",
    ]
    draft.last = rest[-1]


def langgraph_gen_spec(size: int) -> str:
    """Return a chain with a choice in every fifth node for `langgraph-gen`."""
    nodes = "".join(f"  - name: n{number}\n" for number in range(size))
    edges = "".join(_langgraph_gen_edges(size))
    return f"name: Bench\nentrypoint: n0\nnodes:\n{nodes}edges:\n{edges}"


def _langgraph_gen_edges(size: int) -> Iterator[str]:
    for number in range(size):
        target = f"n{number + 1}" if number + 1 < size else "__end__"
        if number % BLOCK == BLOCK - 1:
            yield f"  - from: n{number}\n    condition: c{number}\n    paths: [{target}, n{number - 1}]\n"
        else:
            yield f"  - from: n{number}\n    to: {target}\n"


def skeleton(size: int) -> str:
    """Return the graph of `langgraph_gen_spec` for agentc: nodes that do next to nothing, and their edges."""
    nodes = "".join(f"  - {{id: n{number}, set: {{topic: topic}}}}\n" for number in range(size))
    edges = "".join(_skeleton_edges(size))
    return (
        "flow: {name: bench}\nstate:\n  topic: {type: str, required: true}\n  done: {type: bool, default: true}\n"
        f"nodes:\n{nodes}edges:\n  - START -> n0\n{edges}"
    )


def _skeleton_edges(size: int) -> Iterator[str]:
    for number in range(size):
        target = f"n{number + 1}" if number + 1 < size else "END"
        if number % BLOCK == BLOCK - 1:
            yield (
                f"  - from: n{number}\n    loop: {{max_iterations: 3, condition_field: done, "
                f"to: n{number - 1}, exit_to: {target}}}\n"
            )
        else:
            yield f"  - n{number} -> {target}\n"


def yamlgraph_spec(size: int) -> str:
    """Return a chain of model calls for `yamlgraph graph lint`."""
    nodes = "".join(
        f"  n{number}:\n    type: llm\n    prompt: step\n    variables: {{text: "
        f'"{{state.{f"f{number - 1}" if number else "topic"}}}"}}\n    state_key: f{number}\n'
        for number in range(size)
    )
    names = ["START", *(f"n{number}" for number in range(size)), "END"]
    edges = "".join(
        f"  - {{from: {source}, to: {target}}}\n" for source, target in itertools.pairwise(names)
    )
    return f"version: '1.0'\nname: bench\nstate:\n  topic: str\nnodes:\n{nodes}edges:\n{edges}"


YAMLGRAPH_PROMPT = "system: You write.\nuser: Write about {text}.\n"
