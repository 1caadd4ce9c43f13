# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What an SQL statement may do and gives."""

import datetime
import decimal
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["SqlLimits", "as_result"]


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
    found = [dict(zip(columns, map(plain, row), strict=True)) for row in rows]
    kept = found[: limits.max_rows]
    return {
        "rows": kept,
        "row_count": len(kept) if columns else max(changed, 0),
        "truncated": len(found) > len(kept),
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
