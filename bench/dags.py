"""Random graphs of model calls: one description, from which come a workflow file and a hand-written program's input."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TypedDict


class Call(TypedDict):
    """One model call of a graph: its prompt starts with `[name]`, which tells the fake server the latency."""

    name: str
    after: list[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Dag:
    """Calls in topological order; the last one follows, directly or not, from all others."""

    name: str
    calls: tuple[Call, ...]

    @property
    def critical_path(self) -> float:
        """The seconds no schedule can go below."""
        done: dict[str, float] = {}
        for call in self.calls:
            ready = max((done[each] for each in call["after"]), default=0.0)
            done[call["name"]] = ready + call["seconds"]
        return max(done.values())


def random_dag(seed: int, size: int) -> Dag:
    """Return a graph of `size` calls of 50 to 500 ms, each after one to three of the calls shortly before it."""
    chance = random.Random(seed)
    calls: list[Call] = []
    followed: set[str] = set()
    mark = f"g{seed}_"  # names are told apart over all graphs of a run
    for number in range(size - 1):
        near = [call["name"] for call in calls[-6:]]
        after = sorted(chance.sample(near, min(len(near), chance.choice((1, 1, 1, 2, 2, 3)))))
        followed.update(after)
        calls.append(_call(f"{mark}{number}", after, chance))
    ends = [call["name"] for call in calls if call["name"] not in followed]
    calls.append(_call(f"{mark}{size - 1}", ends, chance))
    return Dag(f"dag_{seed}_{size}", tuple(calls))


def _call(name: str, after: list[str], chance: random.Random) -> Call:
    return Call(name=name, after=after, seconds=round(chance.uniform(0.05, 0.5), 3))


def chain(name: str, size: int, seconds: float) -> Dag:
    """Return calls that follow one another."""
    calls = (
        Call(name=f"n{number}", after=[f"n{number - 1}"] if number else [], seconds=seconds)
        for number in range(size)
    )
    return Dag(name, tuple(calls))


def unequal(name: str) -> Dag:
    """Return one slow call beside three quick ones in a row, between a first and a last call."""
    table: tuple[tuple[str, list[str], float], ...] = (
        ("first", [], 0.1),
        ("slow", ["first"], 0.9),
        ("one", ["first"], 0.3),
        ("two", ["one"], 0.3),
        ("three", ["two"], 0.3),
        ("last", ["slow", "three"], 0.1),
    )
    return Dag(name, tuple(Call(name=n, after=[*after], seconds=s) for n, after, s in table))


def prompt(call: Call) -> str:
    """Return the prompt, with `{field}` for the answers it reads; answers repeat its last line alone."""
    parts = " ".join(f"{{f_{each}}}" for each in call["after"])
    return f"[{call['name']}]\nAbout {{topic}}: {parts}\nOne short line."


MODEL = "  fast: {provider: openai, model: gpt-4.1-nano}\n"


def workflow_text(dag: Dag) -> str:
    """Return the graph as a workflow file; edges are written out, so that nothing is left to infer."""
    fields = "".join(f"  f_{call['name']}: str\n" for call in dag.calls)
    nodes = "".join(
        f"  - id: {call['name']}\n    prompt: {_quoted(prompt(call))}\n"
        f"    outputs: [f_{call['name']}]\n"
        for call in dag.calls
    )
    edges = "".join(_edges(dag))
    return (
        f"flow: {{name: {dag.name}}}\nmodels:\n{MODEL}config: {{llm: fast}}\n"
        f"state:\n  topic: {{type: str, required: true}}\n{fields}nodes:\n{nodes}edges:\n{edges}"
    )


def _edges(dag: Dag) -> list[str]:
    followed = {each for call in dag.calls for each in call["after"]}
    lines = []
    for call in dag.calls:
        lines += [f"  - {each} -> {call['name']}\n" for each in call["after"] or ["START"]]
    lines += [f"  - {call['name']} -> END\n" for call in dag.calls if call["name"] not in followed]
    return lines


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
