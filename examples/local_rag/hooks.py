"""Which passages fit a question: BM25 (Robertson and Zaragoza 2009) over paragraphs."""

import math
import re
from collections import Counter

K1, B = 1.5, 0.75


def rank(question: str, paths: list[str], texts: list[str], limit: int) -> list[dict[str, object]]:
    """Return the `limit` best passages, best first; those without any common word are left out."""
    passages = [
        (path, part.strip())
        for path, text in zip(paths, texts, strict=True)
        for part in text.split("\n\n")
        if part.strip()
    ]
    counts = [Counter(_words(text)) for _, text in passages]
    wanted = set(_words(question))
    scores = [_score(wanted, count, counts) for count in counts]
    best = sorted(range(len(passages)), key=lambda i: (-scores[i], i))[:limit]
    return [
        {"path": passages[i][0], "text": passages[i][1], "score": round(scores[i], 4)}
        for i in best
        if scores[i] > 0
    ]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _score(wanted: set[str], count: Counter[str], counts: list[Counter[str]]) -> float:
    length, mean = count.total(), sum(each.total() for each in counts) / len(counts)
    total = 0.0
    for word in wanted & count.keys():
        holding = sum(word in each for each in counts)
        weight = math.log(1 + (len(counts) - holding + 0.5) / (holding + 0.5))
        total += weight * count[word] * (K1 + 1) / (count[word] + K1 * (1 - B + B * length / mean))
    return total
