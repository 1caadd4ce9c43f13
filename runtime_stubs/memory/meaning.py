# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Rank texts by their meaning, with the vectors an embedding model makes of them."""

import math
import operator
from array import array
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from .store import Row, Store

__all__ = ["Embedding", "meaning_scores"]

BATCH = 100


@dataclass(frozen=True, slots=True)
class Embedding:
    """A model that turns texts into vectors; `model` names it where vectors are kept."""

    model: str
    embed: Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]]]]


async def meaning_scores(
    query: str, rows: Sequence[Row], store: Store, embedding: Embedding
) -> list[float]:
    """Return the cosine of query and text per row; vectors not known yet are made and kept."""
    known = {row.id: row.vector for row in rows if row.vector and row.model == embedding.model}
    missing = [row for row in rows if row.id not in known]
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        made = await embedding.embed([row.text for row in batch])
        new = {
            row.id: array("f", vector).tobytes() for row, vector in zip(batch, made, strict=True)
        }
        await store.set_vectors(embedding.model, new)
        known |= new
    (wanted,) = await embedding.embed([query])
    return [_cosine(wanted, array("f", known[row.id])) for row in rows]


def _cosine(first: Sequence[float], second: Sequence[float]) -> float:
    if len(first) != len(second):
        return 0.0
    size = math.hypot(*first) * math.hypot(*second)
    return sum(map(operator.mul, first, second)) / size if size else 0.0
