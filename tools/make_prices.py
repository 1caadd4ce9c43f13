"""Write `compiler/passes/prices.json` from the price table of the installed LiteLLM.

    python tools/make_prices.py

Only models that answer prompts and have a price are kept: `{provider: {model: [input, output]}}` in USD per
million tokens, keys sorted, with the version of LiteLLM and the day the table was made.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from compiler.passes.prices import canonical_name, find_litellm_table

TARGET = Path(__file__).parent.parent / "compiler" / "passes" / "prices.json"
_MODES = ("chat", "completion", "responses")


def make_table(source: dict[str, dict[str, object]]) -> dict[str, dict[str, list[float]]]:
    """Return the compact table; a model listed under several names keeps each of them."""
    table: dict[str, dict[str, list[float]]] = {}
    for key, entry in source.items():
        costs = [_per_million(entry.get(f"{side}_cost_per_token")) for side in ("input", "output")]
        if entry.get("mode") in _MODES and any(costs):
            provider, _, model = canonical_name(key, str(entry["litellm_provider"])).partition("/")
            table.setdefault(provider, {}).setdefault(model, costs)
    return {provider: dict(sorted(models.items())) for provider, models in sorted(table.items())}


def _per_million(cost: object) -> float:
    return float(f"{cost * 1e6:.6g}") if isinstance(cost, int | float) else 0.0


def main() -> None:
    """Make the table and say how large it is."""
    path = find_litellm_table()
    if path is None:
        raise SystemExit("LiteLLM is not installed: `pip install agentc[run]`")
    table = make_table(json.loads(path.read_text("utf-8")))
    about = {
        "litellm": version("litellm"),
        "date": datetime.now(UTC).date().isoformat(),
        "unit": "USD per million tokens: input, output",
    }
    head = json.dumps(about, separators=(",", ":")).removesuffix("}")
    lines = [
        f"{json.dumps(provider)}:{json.dumps(models, separators=(',', ':'))}"
        for provider, models in table.items()
    ]
    text = f'{head},"prices":{{\n' + ",\n".join(lines) + "}}\n"
    TARGET.write_text(text, "utf-8")
    print(f"{TARGET.name}: {sum(map(len, table.values()))} models, {len(text) // 1000} kB")


if __name__ == "__main__":
    main()
