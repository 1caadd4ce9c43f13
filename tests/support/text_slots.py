"""A workflow with a place for every text that a user may write freely, for tests that no such text becomes code."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.expr import escape_template

SLOTS = (
    *("description", "version", "author", "tag", "field_description", "default", "nested_default"),
    *("default_key", "node_name", "node_description", "prompt", "prompt_end", "system"),
    *("example_input", "example_output", "answer_description", "part_description"),
    *("low", "high", "constant", "set_text", "when_text", "code", "question", "yes", "no"),
    *("argument", "tool_description", "header", "server_argument", "error_text"),
    *("memory_key", "search", "model", "until_text", "cron_input"),
)
"""Names of the places; `low` and `high`, `yes` and `no` must differ."""


def quoted(text: str) -> str:
    """Return a text as an expression; a brace would make it a template."""
    return repr(text).replace("{", "\\x7b")


def workflow(texts: Mapping[str, str]) -> dict[str, object]:
    """Return the workflow as data, with a text at each place.

    Args:
        texts: a text for each of `SLOTS`.
    """
    t = dict(texts)
    low, high, yes, no = t["low"], t["high"], t["yes"], t["no"]
    return {
        "flow": {
            "name": "safe",
            "description": t["description"],
            "version": t["version"],
            "author": t["author"],
            "tags": [t["tag"]],
        },
        "state": {
            "topic": {
                "type": "str",
                "required": True,
                "description": t["field_description"],
            },
            "text": {"type": "str", "default": t["default"]},
            "data": {
                "type": "dict[str, str]",
                "default": {t["default_key"][:500]: t["nested_default"]},
            },
            "level": {"type": "str", "enum": [low, high], "default": high},
            "score": {"type": "float", "default": 0.0},
            "reason": "str",
            "approved": {"type": "str", "enum": [yes, no]},
            "found": "any",
            "words": {"type": "list[str]", "default": []},
            "parts": {"type": "list[str]", "default": []},
        },
        "models": {
            "fast": {"provider": "ollama", "model": "m" + t["model"]},
        },
        "tools": {
            "look": {
                "description": t["tool_description"],
                "http": {
                    "method": "GET",
                    "url": "https://example.org/{id}",
                    "headers": {"X-Note": t["header"]},
                },
            },
            "files": {"mcp": {"command": ["server", t["server_argument"]]}},
        },
        "nodes": [
            {
                "id": "write",
                "name": t["node_name"],
                "description": t["node_description"],
                "prompt": escape_template(t["prompt"])
                + " {topic} "
                + escape_template(t["prompt_end"]),
                "system": escape_template(t["system"]),
                "llm": "fast",
                "examples": [
                    {
                        "input": t["example_input"],
                        "output": {"score": 1, "reason": t["example_output"]},
                    }
                ],
                "outputs": ["score", "reason"],
                "output_schema": {
                    "type": "object",
                    "description": t["answer_description"],
                    "fields": [
                        {"name": "score", "type": "float", "description": t["part_description"]},
                        {"name": "reason", "type": "str"},
                    ],
                },
                "on_error": {"set": {"score": 0.5, "reason": quoted(t["error_text"])}},
                "memory": {
                    "enabled": True,
                    "write": {"last": quoted(t["memory_key"])},
                    "search": {"query": escape_template(t["search"]), "into": "notes"},
                },
            },
            {
                "id": "rate",
                "prompt": "Rate {topic}",
                "llm": "fast",
                "outputs": ["level"],
                "when": f"reason != {quoted(t['when_text'])}",
            },
            {
                "id": "fill",
                "set": {"text": quoted(t["constant"]), "words": [escape_template(t["set_text"])]},
            },
            {
                "id": "count",
                "code": "# " + _printable(t["code"]) + "\nresult = len(topic) * 1.0",
                "inputs": {"topic": "topic"},
                "outputs": ["score"],
            },
            {
                "id": "ask",
                "ask": escape_template(t["question"]) + " {topic}",
                "choices": [yes, no],
                "default": no,
                "outputs": ["approved"],
            },
            {
                "id": "look",
                "tool": "look",
                "args": {"id": quoted(t["argument"])},
                "outputs": ["found"],
                "cache": {"ttl": 60},
            },
            {
                "id": "each",
                "foreach": {"in": "words", "as": "word", "collect": "parts"},
                "prompt": "About {word}",
                "llm": "fast",
                "outputs": ["part"],
            },
            {
                "id": "agent",
                "prompt": "Do {topic}",
                "llm": "fast",
                "tools": ["look", "files.read"],
                "outputs": ["text"],
            },
        ],
        "edges": [
            "START -> write -> rate -> fill -> count -> ask -> look -> each -> agent",
            {
                "from": "agent",
                "loop": {
                    "until": f"text == {quoted(t['until_text'])}",
                    "to": "look",
                    "max_iterations": 2,
                },
            },
        ],
        "triggers": [{"schedule": {"cron": "0 8 * * *", "inputs": {"topic": t["cron_input"]}}}],
    }


def _printable(text: str) -> str:
    """Python takes no NUL, and a line break would end the comment."""
    return "".join(char if char.isprintable() else " " for char in text)


def yaml_text(data: object) -> str:
    """Return data as YAML in which every text stands in double quotes, whatever it holds."""
    if isinstance(data, dict):
        return (
            "{"
            + ", ".join(f"{yaml_text(key)}: {yaml_text(value)}" for key, value in data.items())
            + "}"
        )
    if isinstance(data, list):
        return "[" + ", ".join(yaml_text(each) for each in data) + "]"
    if isinstance(data, str):
        return '"' + "".join(_escaped(char) for char in data) + '"'
    if data is None:
        return "null"
    return repr(data).lower() if isinstance(data, bool) else repr(data)


def _escaped(char: str) -> str:
    if char.isprintable() and char not in '"\\':
        return char
    return f"\\U{ord(char):08X}"
