# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What an SQL statement may do and gives."""

import datetime
import decimal
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import ToolError

__all__ = ["SqlLimits", "as_result"]

MAX_CHARACTERS = 10_000_000


@dataclass(frozen=True, slots=True)
class SqlLimits:
    """`timeout` in seconds."""

    allow_writes: bool
    max_rows: int
    timeout: float


def as_result(
    columns: Sequence[str], rows: Iterable[Sequence[object]], changed: int, limits: SqlLimits
) -> dict[str, object]:
    """Return rows as plain data; `changed`: rows a statement without a result has written."""
    found: list[dict[str, object]] = []
    size = 0
    for row in rows:
        if len(found) == limits.max_rows:
            return {"rows": found, "row_count": len(found), "truncated": True}
        found.append(dict(zip(columns, map(plain, row), strict=True)))
        size += sum(len(value) for value in found[-1].values() if isinstance(value, str))
        if size > MAX_CHARACTERS:
            raise ToolError(f"the result has more than {MAX_CHARACTERS} characters")
    return {
        "rows": found,
        "row_count": len(found) if columns else max(changed, 0),
        "truncated": False,
    }


def plain(value: object) -> object:
    """Return a column's value as JSON knows it."""
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return value
