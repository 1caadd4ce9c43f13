"""Random workflows: routes, loops, maps, nested diamonds, merges, `when`, cross edges, inferred edges.

Every field has a default, so nothing is read before it is written; a workflow in which two parallel nodes write one
`replace` field is rejected by the compiler and not used.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

Data = dict[str, object]


@dataclass
class _Draft:
    """A workflow being drawn."""

    draw: st.DrawFn
    nodes: list[Data] = field(default_factory=list)
    edges: list[object] = field(default_factory=list)
    later: list[tuple[str, str]] = field(default_factory=list)

    def pick(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def node(self) -> str:
        """Add one node of a random kind; its own fields are `v_<id>` (int) and `t_<id>` (str)."""
        id = f"n{len(self.nodes)}"
        node: Data = {"id": id}
        self.nodes.append(node)
        match self.pick("set", "set", "llm", "answer", "exact", "map"):
            case "set":
                values: Data = {f"v_{id}": self.int_value()}
                extra = self.pick("log", "total", "best", "shared", "bag", "none", "none")
                if extra != "none":
                    values[extra] = self.extra_value(extra, id)
                node["set"] = values
            case "llm":
                node["prompt"] = f"Say {id} {{state.{self.some_field()}}} {{state.log}}"
                node["outputs"] = [self.pick(f"t_{id}", "log")]
            case "answer":
                node["prompt"] = f"Rate {id} {{state.{self.some_field()}}}"
                node["outputs"] = [f"v_{id}", "flag"] if self.number(0, 3) == 0 else [f"v_{id}"]
            case "exact":
                # At temperature 0: what another node, or another round, may have asked already.
                node["prompt"] = f"Weigh {{state.{self.pick('mode', 'shared', 'total')}}}"
                node["outputs"] = [self.pick(f"t_{id}", "verdict")]
                node["llm"] = "exact"
            case "map":
                source = self.pick("state.items", "state.log", "state.found")
                collect = self.pick(f"l_{id}", "found")
                node["foreach"] = {"in": source, "as": "it", "collect": collect}
                if self.number(0, 1):
                    node["prompt"] = f"Map {id} {{it}} {{index}} {{state.{self.some_field()}}}"
                    node["outputs"] = ["part"]
                else:
                    node["set"] = {"part": f'"{id}" + it + str(index)'}
        if self.number(0, 8) == 0:
            node["set"] = {"mode": self.pick('"fast"', '"slow"')}
            for key in ("prompt", "outputs", "llm", "foreach"):
                node.pop(key, None)
        if self.number(0, 5) == 0:
            node["when"] = self.condition()
        return id

    def some_field(self) -> str:
        known = [f"v_{n['id']}" for n in self.nodes] + [f"t_{n['id']}" for n in self.nodes]
        return self.pick("total", "shared", "best", *known)

    def int_field(self) -> str:
        return self.pick("total", "shared", "best", *(f"v_{n['id']}" for n in self.nodes))

    def int_value(self) -> object:
        if self.number(0, 4) == 0:
            return self.number(0, 9)
        return (
            f"state.{self.int_field()} + {self.pick('1', '2', 'len(state.log)', 'state.total % 3')}"
        )

    def extra_value(self, name: str, id: str) -> object:
        if name == "log":
            return f"{id}:{{state.total}}"
        if name == "bag":
            return {id: self.number(0, 9)}
        return self.int_value()

    def condition(self) -> str:
        left = self.pick(f"state.{self.int_field()}", "len(state.log)", "state.total")
        return self.pick(
            f"{left} > {self.number(0, 5)}",
            f"{left} % 2 == 0",
            f"{left} >= {self.number(0, 3)} and state.flag",
            f"not state.flag or {left} < {self.number(0, 8)}",
            f'state.mode == "{self.pick("fast", "slow")}"',
        )

    # A block has one first and one last node; the edges between are added as it is drawn.

    def block(self, depth: int) -> tuple[str, str]:
        kind = self.pick("node", "seq", "fork", "route", "loop") if depth else "node"
        match kind:
            case "seq":
                return self.sequence(depth - 1, self.number(2, 3))
            case "fork" | "route":
                return self.branches(depth - 1, kind)
            case "loop":
                return self.loop(depth - 1)
            case _:
                id = self.node()
                return id, id

    def sequence(self, depth: int, count: int) -> tuple[str, str]:
        first, last = self.block(depth)
        for _ in range(count - 1):
            start, end = self.block(depth)
            self.edges.append(f"{last} -> {start}")
            last = end
        return first, last

    def branches(self, depth: int, kind: str) -> tuple[str, str]:
        head = self.node()
        arms = [self.block(depth) for _ in range(self.number(2, 3))]
        tail = self.node()
        starts = [start for start, _ in arms]
        if self.number(0, 3) == 0:
            starts.append(tail)
        if kind == "fork":
            self.edges.append({"from": head, "to": starts})
        else:
            self.edges.append(self.routes(head, starts))
        for _, end in arms:
            self.edges.append(f"{end} -> {tail}")
        if kind == "fork" and len(arms) > 1 and self.number(0, 2) == 0:
            self.later.append((arms[0][1], arms[1][1]))
        return head, tail

    def routes(self, head: str, targets: list[str]) -> Data:
        routes: list[Data] = [
            {"condition": self.condition(), "to": target} for target in targets[:-1]
        ]
        routes.append({"condition": "default", "to": targets[-1]})
        return {"from": head, "routes": routes}

    def loop(self, depth: int) -> tuple[str, str]:
        first, last = self.sequence(depth, self.number(1, 2))
        after = self.node()
        bound = self.number(1, 3)
        if self.number(0, 1):
            loop: Data = {"max_iterations": bound, "until": self.condition()}
            loop |= {"to": first, "exit_to": after}
            self.edges.append({"from": last, "loop": loop})
        else:
            back = {"to": first, "max_iterations": bound, "on_exhausted": after}
            self.edges.append(
                {
                    "from": last,
                    "routes": [
                        {"condition": self.condition(), "to": after},
                        {"condition": "default", **back},
                    ],
                }
            )
        return first, after


@st.composite
def workflows(draw: st.DrawFn) -> Data:
    """Return a workflow as plain data; it may still be refused for a race between parallel writers."""
    draft = _Draft(draw)
    first, last = draft.sequence(draft.number(1, 3), draft.number(1, 3))
    edges: list[object] = [f"START -> {first}", *draft.edges, f"{last} -> END"]
    edges = _with_cross_edges(edges, draft.later)
    order = draw(st.permutations(draft.nodes)) if draft.number(0, 2) == 0 else draft.nodes
    fields: Data = {
        "items": {"type": "list[str]", "default": ["p", "q", "r"][: draft.number(0, 3)]},
        "log": {"type": "list[str]", "default": [], "merge": "append"},
        "found": {"type": "list[str]", "default": [], "merge": "extend"},
        "total": {"type": "int", "default": 0, "merge": "add"},
        "best": {"type": "int", "default": 0, "merge": "max"},
        "bag": {"type": "dict[str, int]", "default": {}, "merge": "union"},
        "shared": {"type": "int", "default": 0},
        "flag": {"type": "bool", "default": False},
        "mode": {"type": "str", "default": "usual"},
        "verdict": {"type": "str", "default": ""},
    }
    for node in draft.nodes:
        fields[f"v_{node['id']}"] = {"type": "int", "default": 0}
        fields[f"t_{node['id']}"] = {"type": "str", "default": ""}
        fields[f"l_{node['id']}"] = {"type": "list[str]", "default": []}
    models = {"exact": {"model": "openai/gpt-4o-mini", "temperature": 0}}
    found: Data = {
        "flow": {"name": "random"},
        "models": models,
        "state": {"fields": fields},
        "nodes": list(order),
    }
    if draft.number(0, 5):
        found["edges"] = edges
    return found


def _with_cross_edges(edges: list[object], later: list[tuple[str, str]]) -> list[object]:
    """Add edges between the arms of a fork, where the source has no choice of its own."""
    chosen = {edge["from"] for edge in edges if isinstance(edge, dict) and "to" not in edge}
    return edges + [f"{source} -> {target}" for source, target in later if source not in chosen]
