# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""`dataframe_to_csv`: a table of rows as CSV text."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from ..tool import Tool
from .schema import array, mapping, parameters, string

__all__ = ["dataframe_to_csv"]


def dataframe_to_csv(*, delimiter: str = ",", header: bool = True) -> Tool:
    """Make a tool that writes a list of objects as CSV; lists and objects in cells become JSON.

    The columns are those asked for, else all keys in the order in which they first appear.
    """

    async def call(
        rows: Sequence[Mapping[str, object]], columns: Sequence[str] | None = None
    ) -> str:
        names = columns or list(dict.fromkeys(name for row in rows for name in row))
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        if header:
            writer.writerow(names)
        writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
        return text.getvalue()

    return Tool(
        name="dataframe_to_csv",
        description="Turn a list of objects (one per row) into CSV text.",
        parameters=parameters(
            {
                "rows": array(mapping("One row"), "The rows"),
                "columns": array(string("Name of a column"), "Which columns, in this order"),
            },
            optional=("columns",),
        ),
        call=call,
        read_only=True,
        returns={"type": "string"},
    )


def _cell(value: object) -> object:
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
