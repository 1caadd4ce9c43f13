"""Every class of mistake: its code, its place, its words; and that the fix mends it."""

from __future__ import annotations

import pytest

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.spec import read
from compiler.syntax import parse
from tests.unit.spec.reading import FLOW, marked, mended, read_text

NODE = "nodes: [{id: a, prompt: x}]\n"

# (name, text, [(code, source text under the label, message)])
Mistake = tuple[str, str, list[tuple[str, str, str]]]

KEYS: list[Mistake] = [
    (
        "unknown key at the top level",
        FLOW + NODE + "colour: red",
        [("AC201", "colour", "`colour` has no meaning at the top level")],
    ),
    (
        "misspelt key in a section",
        FLOW + NODE + "config: {storage: {bakend: sqlite}}",
        [("AC201", "bakend", "`bakend` has no meaning in `config.storage`")],
    ),
    (
        "misspelt key and its own value's mistake",
        FLOW + NODE + "config: {execution: {timout: soon}}",
        [
            ("AC201", "timout", "`timout` has no meaning in `config.execution`"),
            ("AC203", "soon", "expected a number for `timeout`, found the text `soon`"),
        ],
    ),
    (
        "misspelt required key is one mistake",
        FLOW + NODE + "edges: [{form: START, to: a}]",
        [("AC201", "form", "`form` has no meaning in an edge")],
    ),
    (
        "misspelt key of a node",
        FLOW + "nodes: [{id: a, promt: x}]",
        [("AC201", "promt", "`promt` has no meaning in node `a`")],
    ),
    (
        "misspelt key beside the right one",
        FLOW + "nodes: [{id: a, prompt: x, promt: y}]",
        [("AC201", "promt", "`promt` has no meaning in node `a`")],
    ),
    (
        "key of a section inside",
        FLOW + "nodes: [{id: a, prompt: x, temperature: 1}]",
        [("AC201", "temperature", "`temperature` has no meaning in node `a`")],
    ),
    (
        "unknown key in a union",
        FLOW + "nodes: [{id: a, prompt: {file: a.md, lang: en}}]",
        [("AC201", "lang", "`lang` has no meaning in `prompt` of node `a`")],
    ),
    (
        "unknown key in a field",
        FLOW + NODE + "state: {n: {type: int, size: 3}}",
        [("AC201", "size", "`size` has no meaning in field `n`")],
    ),
    (
        "unknown key in a nested field",
        FLOW + NODE + "types: {T: {n: {schema: {m: {type: int, size: 3}}}}}",
        [("AC201", "size", "`size` has no meaning in `n.schema.m` of type `T`")],
    ),
    (
        "unknown key in a route",
        FLOW + NODE + "edges: [{from: a, routes: [{condition: x, to: END, weight: 1}]}]",
        [("AC201", "weight", "`weight` has no meaning in a route of the edge from `a`")],
    ),
    (
        "literal key of a provider",
        FLOW + NODE + "models: {m: {model: x, api_key: sk-1}}",
        [("AC601", "api_key", "a key of a provider is written into the file")],
    ),
    (
        "key of a provider from the environment",
        FLOW + NODE + 'config: {llm: {model: x, api_key: "${env:KEY}"}}',
        [("AC201", "api_key", "`api_key` has no meaning here, keys come from the environment")],
    ),
    ("missing flow", NODE, [("AC202", "nodes", "`flow` is missing in the workflow")]),
    ("missing nodes", FLOW, [("AC202", "flow", "`nodes` is missing in the workflow")]),
    (
        "missing name",
        "flow: {version: a}\n" + NODE,
        [("AC202", "flow", "`name` is missing in `flow`")],
    ),
    ("no nodes", FLOW + "nodes: []", [("AC202", "nodes", "the workflow has no nodes")]),
    (
        "node without id",
        FLOW + "nodes: [{prompt: x}]",
        [("AC202", "prompt", "`id` is missing in a node")],
    ),
    (
        "node without what its kind needs",
        FLOW + "nodes: [{kind: llm, id: a}]",
        [("AC202", "a", "`prompt` is missing in node `a`")],
    ),
    (
        "node in a mapping without what its kind needs",
        FLOW + "nodes: {a: {tools: [calculator]}}",
        [("AC202", "a", "`prompt` is missing in node `a`")],
    ),
    (
        "section without a key",
        FLOW + NODE + "edges: [{from: a, parallel: {items_field: x}}]",
        [("AC202", "parallel", "`target_node` is missing in `parallel` of the edge from `a`")],
    ),
    (
        "edge to nowhere",
        FLOW + NODE + "edges: [{from: a}]",
        [("AC202", "from", "`to`, `routes`, `loop` or `parallel` is missing in the edge from `a`")],
    ),
    (
        "field without a type",
        FLOW + NODE + "state: {n: {default: 3}}",
        [("AC202", "n", "`type` or `schema` is missing in field `n`")],
    ),
    (
        "tool of no sort",
        FLOW + NODE + "tools: {t: {description: d}}",
        [("AC202", "t", "`function`, `mcp` or `http` is missing in tool `t`")],
    ),
    (
        "object answer without fields",
        FLOW + "nodes: [{id: a, prompt: x, output_schema: {type: object}}]",
        [("AC202", "output_schema", "`fields` is missing in `output_schema` of node `a`")],
    ),
    (
        "scorer without its pattern",
        FLOW + NODE + "evals: {e: {dataset: a.jsonl, scorers: [{type: matches}]}}",
        [("AC202", "type", "`pattern` is missing in `scorers` of evaluation `e`")],
    ),
]

VALUES: list[Mistake] = [
    (
        "number for text",
        "flow: {name: a, version: 1.0}\n" + NODE,
        [("AC203", "1.0", "expected text for `version`, found the number `1.0`")],
    ),
    (
        "text for number",
        FLOW + "nodes: [{id: a, prompt: x, timeout: '5'}]",
        [("AC203", "'5'", "expected a number for `timeout`, found the text `5`")],
    ),
    (
        "bool for number",
        FLOW + "nodes: [{id: a, prompt: x, timeout: true}]",
        [("AC203", "true", "expected a number for `timeout`, found `true`")],
    ),
    (
        "fraction for whole number",
        FLOW + NODE + "config: {execution: {max_steps: 1.5}}",
        [("AC203", "1.5", "expected a whole number for `max_steps`, found the number `1.5`")],
    ),
    (
        "bool of an older YAML",
        FLOW + "nodes: [{id: a, prompt: x, log_prompts: yes}]",
        [("AC203", "yes", "expected `true` or `false` for `log_prompts`, found the text `yes`")],
    ),
    (
        "text for list",
        FLOW + "nodes: [{id: a, prompt: x, outputs: topic}]",
        [("AC203", "topic", "expected a list for `outputs`, found the text `topic`")],
    ),
    (
        "number in a list of texts",
        FLOW + "nodes: [{id: a, prompt: x, outputs: [b, 3]}]",
        [("AC203", "3", "expected text for an item of `outputs`, found the number `3`")],
    ),
    (
        "list for text or mapping",
        FLOW + "nodes: [{id: a, prompt: [x]}]",
        [("AC203", "[x]", "expected text or a mapping for `prompt`, found a list")],
    ),
    (
        "mapping for text or list",
        FLOW + NODE + "edges: [{from: a, to: {b: 1}}]",
        [("AC203", "{b: 1}", "expected text or a list for `to`, found a mapping")],
    ),
    (
        "nothing for text",
        FLOW + "nodes: [{id: a, prompt: }]",
        [("AC203", "", "expected text or a mapping for `prompt`, found nothing")],
    ),
    (
        "node that is text",
        FLOW + "nodes: [a, {id: b, prompt: x}]",
        [("AC203", "a", "expected a node, which is a mapping, found the text `a`")],
    ),
    (
        "edge that is a number",
        FLOW + NODE + "edges: [7]",
        [
            (
                "AC203",
                "7",
                (
                    "expected a chain such as `a -> b` or a mapping for an item of `edges`, "
                    "found the number `7`"
                ),
            )
        ],
    ),
    (
        "field that is a number",
        FLOW + NODE + "state: {n: 5}",
        [("AC203", "5", "expected a type or a mapping for `n`, found the number `5`")],
    ),
    (
        "section that is a list",
        FLOW + NODE + "config: []",
        [("AC203", "[]", "expected a mapping for `config`, found a list")],
    ),
    (
        "list of many lines",
        FLOW + NODE + "config:\n  - storage\n  - llm\n",
        [("AC203", "config", "expected a mapping for `config`, found a list")],
    ),
    (
        "nodes that are text",
        FLOW + "nodes: a",
        [("AC203", "a", "expected a list for `nodes`, found the text `a`")],
    ),
    (
        "braces without quotes",
        FLOW + "nodes: [{id: a, prompt: x, inputs: {t: {state.topic}}}]",
        [
            (
                "AC203",
                "{state.topic}",
                "expected a value for `t`, found a mapping, since the braces are not in quotes",
            )
        ],
    ),
    (
        "word that is not allowed",
        FLOW + NODE + "config: {execution: {checkpoint: sqlit}}",
        [("AC204", "sqlit", "`sqlit` is not a value of `checkpoint`")],
    ),
    (
        "word that is not allowed beside other shapes",
        FLOW + "nodes: [{id: a, prompt: x, on_error: contine}]",
        [("AC204", "contine", "`contine` is not a value of `on_error`")],
    ),
    (
        "neither a word nor another shape",
        FLOW + "nodes: [{id: a, prompt: x, on_error: 5}]",
        [
            (
                "AC203",
                "5",
                (
                    "expected `fail` or `continue`, a mapping or a list for `on_error`, "
                    "found the number `5`"
                ),
            )
        ],
    ),
    (
        "number too small",
        FLOW + NODE + "config: {execution: {max_steps: 0}}",
        [("AC204", "0", "expected at least 1 for `max_steps`, found `0`")],
    ),
    (
        "number too large",
        FLOW + NODE + "models: {m: {temperature: 2.5}}",
        [("AC204", "2.5", "expected at most 2 for `temperature`, found `2.5`")],
    ),
    (
        "time that is not positive",
        FLOW + "nodes: [{id: a, prompt: x, timeout: 0}]",
        [("AC204", "0", "expected more than 0 for `timeout`, found `0`")],
    ),
    (
        "infinite number",
        FLOW + "nodes: [{id: a, prompt: x, timeout: .inf}]",
        [("AC204", ".inf", "expected a finite number for `timeout`, found `inf`")],
    ),
    (
        "empty text",
        "flow: {name: ''}\n" + NODE,
        [("AC204", "''", "expected a text that is not empty for `name`, found an empty text")],
    ),
    (
        "empty list",
        FLOW + NODE + "edges: [{from: a, routes: []}]",
        [("AC204", "[]", "expected at least one entry for `routes`, found none")],
    ),
    (
        "schema version as a number",
        "schema_version: 1.0\n" + FLOW + NODE,
        [("AC208", "1.0", 'expected the schema version as text, `"1.0"`, found the number `1.0`')],
    ),
    (
        "unknown schema version",
        'schema_version: "2.0"\n' + FLOW + NODE,
        [("AC208", '"2.0"', "the text `2.0` is not a schema version this compiler knows")],
    ),
]

KINDS: list[Mistake] = [
    (
        "misspelt kind",
        FLOW + "nodes: [{id: a, kind: agnet, prompt: x}]",
        [("AC206", "agnet", "`agnet` is not a kind of node")],
    ),
    (
        "unknown kind",
        FLOW + "nodes: [{id: a, kind: start, prompt: x}]",
        [("AC206", "start", "`start` is not a kind of node")],
    ),
    (
        "kind that is no word",
        FLOW + "nodes: [{id: a, kind: 3, prompt: x}]",
        [("AC206", "3", "expected a kind of node, found the number `3`")],
    ),
    (
        "no kind and its other mistakes",
        FLOW + "nodes: [{id: a, timeout: soon, colour: red}]",
        [
            ("AC206", "a", "node `a` has no key that tells its kind"),
            ("AC203", "soon", "expected a number for `timeout`, found the text `soon`"),
            ("AC201", "colour", "`colour` has no meaning in node `a`"),
        ],
    ),
    (
        "neither id nor kind",
        FLOW + "nodes: [{name: a}]",
        [
            ("AC202", "name", "`id` is missing in a node"),
            ("AC206", "name", "a node has no key that tells its kind"),
        ],
    ),
    (
        "key of another kind",
        FLOW + "nodes: [{id: a, prompt: x, args: {b: 1}}]",
        [("AC209", "args", "`args` belongs to `tool` nodes, node `a` is of kind `llm`")],
    ),
    (
        "key of two other kinds",
        FLOW + "nodes: [{id: a, tool: calculator, system: x}]",
        [
            (
                "AC209",
                "system",
                "`system` belongs to `agent` and `llm` nodes, node `a` is of kind `tool`",
            )
        ],
    ),
    (
        "key that does not go with a written kind",
        FLOW + "nodes: [{id: a, kind: llm, prompt: x, tools: [calculator]}]",
        [
            (
                "AC209",
                "tools",
                "`tools` belongs to `agent` and `code` nodes, node `a` is of kind `llm`",
            )
        ],
    ),
]

TOGETHER: list[Mistake] = [
    (
        "two ways out of an edge",
        FLOW + NODE + "edges: [{from: a, to: END, loop: {until: x}}]",
        [("AC205", "loop", "`loop` cannot stand beside `to` in the edge from `a`")],
    ),
    (
        "two conditions of a loop",
        FLOW + NODE + "edges: [{from: a, loop: {until: x, condition_field: y}}]",
        [
            (
                "AC205",
                "condition_field",
                "`condition_field` cannot stand beside `until` in `loop` of the edge from `a`",
            )
        ],
    ),
    (
        "id beside the key",
        FLOW + "nodes: {a: {id: b, prompt: x}}",
        [("AC205", "b", "the id of this node is its key `a`, found the text `b` as `id`")],
    ),
    (
        "fields of a simple answer",
        FLOW
        + "nodes: [{id: a, prompt: x, output_schema: {type: str, fields: [{name: a, type: str}]}}]",
        [
            (
                "AC205",
                "fields",
                "`fields` cannot stand beside `type: str`, only an `object` has fields",
            )
        ],
    ),
    (
        "reply twice",
        FLOW + NODE + "triggers: [{webhook: {reply: state.a}, reply: state.b}]",
        [("AC205", "reply", "`reply` stands in `webhook` and beside it")],
    ),
    (
        "setting of another scorer",
        FLOW + NODE + "evals: {e: {dataset: a.jsonl, scorers: [{type: exact, prompt: p}]}}",
        [("AC205", "prompt", "`prompt` does not belong to a scorer of type `exact`")],
    ),
    (
        "two names of one setting",
        FLOW + NODE + "config: {mlflow: {experiment: a, experiment_name: b}}",
        [
            (
                "AC205",
                "experiment_name",
                "`experiment_name` cannot stand beside `experiment` in `config.mlflow`",
            )
        ],
    ),
    (
        "shorthand that breaks off",
        FLOW + NODE + "edges: ['START -> a ->']",
        [("AC207", "", "expected a node or `[`, found the end of the text")],
    ),
    (
        "shorthand with a wrong arrow",
        FLOW + NODE + "edges:\n  - START -> a => END",
        [("AC207", "=>", "expected `->`, found `=>`")],
    ),
]

ALL = [*KEYS, *VALUES, *KINDS, *TOGETHER]


@pytest.mark.parametrize(
    ("text", "expected"), [each[1:] for each in ALL], ids=[each[0] for each in ALL]
)
def test_mistake(text: str, expected: list[tuple[str, str, str]]) -> None:
    _, found = read_text(text)
    assert sorted((each.code, marked(each), each.message) for each in found) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"), [each[1:] for each in ALL], ids=[each[0] for each in ALL]
)
def test_fix_leaves_only_what_has_no_fix(text: str, expected: list[tuple[str, str, str]]) -> None:
    _, found = read_text(text)
    _, after = read_text(mended(text, found))
    left = {each.message for each in found if not each.fix}
    assert {each.message for each in after} <= left


HELPS = [
    (
        FLOW + "nodes: [{id: a, prompt: x, temperature: 1}]",
        "it is a key of `llm`: `llm: {temperature: …}`",
    ),
    (
        FLOW + "nodes: [{id: a, prompt: x, depends_on: b}]",
        "the flow from node to node is written in `edges`",
    ),
    (FLOW + "name: x\n" + NODE, "it is a key of `flow`: `flow: {name: …}`"),
    (FLOW + NODE + "types: {T: {n: {schema: {m: {typ: int}}}}}", "did you mean `type`?"),
    (FLOW + NODE + "steps: []", "the steps of a workflow are `nodes`"),
    (FLOW + "nodes: [{id: a, promt: x}]", "did you mean `prompt`?"),
    (FLOW + "nodes: [{id: a, kind: llm, prompt: x, max_turns: 3}]", "write `kind: agent`"),
    ("flow: {name: a, version: 1.0}\n" + NODE, 'put it in quotes: `"1.0"`'),
    (FLOW + "nodes: [{id: a, prompt: x, timeout: '5'}]", "remove the quotes"),
    (FLOW + "nodes: [{id: a, prompt: x, outputs: topic}]", "write a list: `[topic]`"),
    (FLOW + "nodes: [{id: a, prompt: x, log_prompts: off}]", "write `false`"),
    (
        FLOW + "nodes: [{id: a, prompt: x, when: {state.ok}}]",
        'put a text with references in quotes: `"{state.ok}"`',
    ),
    (
        FLOW + 'nodes: [{id: a, prompt: x, timeout: "${env:T}"}]',
        "`${env:…}` can only stand for text",
    ),
    (
        FLOW + "nodes: [{id: a}]",
        "add `prompt: …` for a model call, or the key of the kind you want",
    ),
    (FLOW + NODE + "edges: [{to: a}]", "add `from: …`"),
    (
        FLOW + NODE + 'config: {llm: {api_key: "${env:KEY}"}}',
        "write `api_key_env: KEY`",
    ),
]


@pytest.mark.parametrize(("text", "help"), HELPS, ids=[each[1] for each in HELPS])
def test_help(text: str, help: str) -> None:
    _, found = read_text(text)
    assert [each.help for each in found] == [help]


def test_all_mistakes_of_a_file_are_found_in_one_run() -> None:
    start = FLOW + "nodes: [{"
    nodes = [text[len(start) - 1 : -1] for _, text, _ in ALL if text.startswith(start)]
    nodes = [node for node in nodes if "\n" not in node]
    alone = [read_text(f"{FLOW}nodes: [{node}]")[1] for node in nodes]
    _, together = read_text(f"{FLOW}nodes:\n" + "\n".join(f"  - {node}" for node in nodes))
    expected = sorted((each.code, each.message) for found in alone for each in found)
    assert sorted((each.code, each.message) for each in together) == expected


def test_a_damaged_mapping_is_not_said_to_lack_keys() -> None:
    sink = Sink()
    tree = parse(SourceFile("w.yaml", FLOW + 'nodes:\n  - id: a\n    prompt: "x" y\n'), sink)
    assert tree is not None
    read(tree, sink)
    assert {each.code for each in sink.diagnostics} == {"AC101"}
