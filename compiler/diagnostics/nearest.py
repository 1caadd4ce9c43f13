"""The nearest known name to a misspelt one; silence beats a wrong guess."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(found: str, known: Iterable[str]) -> str | None:
    """Return the one known name within a third of `found`'s length in edits, or None.

    Distance is optimal string alignment (insert, delete, replace, swap of neighbours), ignoring case.
    Two names at the same smallest distance give None.
    """
    limit = max(1, len(found) // 3)
    best: list[str] = []
    for name in sorted(set(known)):
        if name == found or abs(len(name) - len(found)) > limit:
            continue
        distance = _distance(found.lower(), name.lower(), limit)
        if distance < limit:
            best, limit = [name], distance
        elif distance == limit:
            best.append(name)
    return best[0] if len(best) == 1 else None


def _distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance, or `limit + 1` when it is larger than `limit`."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
