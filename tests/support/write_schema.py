"""`python -m tests.support.write_schema` brings `schemas/` up to date with `compiler/spec/`."""

from __future__ import annotations

from pathlib import Path

from compiler.spec.export import schema_text

SCHEMA = Path(__file__).parents[2] / "schemas" / "workflow.v1.schema.json"


def write_schema() -> None:
    """Write the JSON Schema of the language."""
    SCHEMA.write_text(schema_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_schema()
