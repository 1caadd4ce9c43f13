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
    wanted, shortest, longest = found.lower(), len(found) - limit, len(found) + limit
    for name in {name for name in known if shortest <= len(name) <= longest and name != found}:
        distance = _distance(*_without_common_ends(wanted, name.lower()), limit)
        if distance < limit:
            best, limit = [name], distance
        elif distance == limit:
            best.append(name)
    return best[0] if len(best) == 1 else None


def _without_common_ends(a: str, b: str) -> tuple[str, str]:
    """Take off what both begin and end with, which makes no distance."""
    start, ends, more = 0, (len(a), len(b)), min(len(a), len(b))
    while start < more and a[start] == b[start]:
        start += 1
    end = 0
    while end < more - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : ends[0] - end], b[start : ends[1] - end]


def _distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance, or `limit + 1` when it is larger than `limit`."""
    if limit == 1 and (len(a) > 1 or len(b) > 1):
        # Both ends differ, so one edit can only have swapped the two characters that are left.
        return 1 if len(a) == 2 and a == b[::-1] else 2
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
