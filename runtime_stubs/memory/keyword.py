# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Rank texts by the words they share with a query (BM25)."""

import math
import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["keyword_scores"]

# Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009: usual values.
SATURATION, LENGTH_WEIGHT = 1.2, 0.75


def keyword_scores(query: str, texts: Sequence[str]) -> list[float]:
    """Return one score per text: 0 when they share no word, higher for rarer and more words."""
    documents = [Counter(_words(text)) for text in texts]
    sizes = [document.total() for document in documents]
    average = sum(sizes) / max(len(sizes), 1) or 1.0
    scores = [0.0] * len(texts)
    for word in set(_words(query)):
        holding = sum(1 for document in documents if word in document)
        rarity = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        for index, document in enumerate(documents):
            count = document[word]
            weight = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * sizes[index] / average)
            scores[index] += rarity * count * (SATURATION + 1) / (count + weight)
    return scores


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
