"""Embeddings that depend on the words of a text: texts that share words are near each other."""

import math
from collections.abc import Mapping

from tests.support.fake_llm.answers import number_of
from tests.support.fake_llm.script import Json

SIZE = 64


def embedding(text: str) -> list[float]:
    """Give the unit vector of a text: the sum of one fixed direction per word."""
    vector = [0.0] * SIZE
    for word in text.lower().split():
        vector[number_of(word) % SIZE] += 1.0
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def _texts(value: Json) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def openai_embeddings(body: Mapping[str, Json]) -> Json:
    """Answer OpenAI's /embeddings."""
    texts = _texts(body.get("input"))
    data: list[Json] = [
        {"object": "embedding", "index": i, "embedding": [*embedding(t)]}
        for i, t in enumerate(texts)
    ]
    count = sum(len(t) // 4 + 1 for t in texts)
    return {
        "object": "list",
        "model": body.get("model"),
        "data": data,
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }


def ollama_embeddings(body: Mapping[str, Json]) -> Json:
    """Answer Ollama's /api/embed."""
    vectors: list[Json] = [[*embedding(t)] for t in _texts(body.get("input"))]
    return {"model": body.get("model"), "embeddings": vectors, "prompt_eval_count": len(vectors)}
