"""What models cost: a table made from LiteLLM's, shipped with the compiler, and LiteLLM's own for the rest.

The shipped table comes first, so that the same file gives the same notes on every machine. LiteLLM is never
imported: its table is read as data where the package is installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from compiler.ir.workflow import Model
from compiler.record import dataclass

_LOCAL_PROVIDERS = frozenset(
    {
        "ollama",
        "ollama_chat",
        "lm_studio",
        "llamafile",
        "vllm",
        "hosted_vllm",
        "llamacpp",
        "xinference",
    }
)
_SHIPPED_FILE = "prices.json"
_LITELLM_FILE = "model_prices_and_context_window_backup.json"


@dataclass(frozen=True, slots=True)
class Price:
    """USD per token."""

    input: float
    output: float


def find_price(model: Model) -> Price | None:
    """Return what a model costs: by its own settings, else by the tables; None when nobody knows."""
    given = (model.input_cost_per_token, model.output_cost_per_token)
    if given != (None, None):
        return Price(given[0] or 0.0, given[1] or 0.0)
    provider, _, name = model.model.partition("/")
    found = _shipped(provider).get(name)
    if found is not None:
        return Price(found[0] / 1e6, found[1] / 1e6)
    return None if is_local(model) else _litellm_price(model.model)


def is_local(model: Model) -> bool:
    """Whether the provider runs on the user's own machines, where calls have no price."""
    return model.provider in _LOCAL_PROVIDERS


def canonical_name(key: str, provider: str) -> str:
    """Return `provider/model` for a key of LiteLLM's table, with the provider's name in model names."""
    if provider.startswith("vertex_ai"):
        provider = "vertex_ai"
    elif provider.startswith("bedrock"):
        provider = "bedrock"
    elif provider == "text-completion-openai":
        provider = "openai"
    return key if key.startswith(f"{provider}/") else f"{provider}/{key}"


def find_litellm_table() -> Path | None:
    """Return the price table of the installed LiteLLM, without importing it."""
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / _LITELLM_FILE
    return path if path.is_file() else None


@cache
def _shipped(provider: str) -> Mapping[str, tuple[float, float]]:
    """The models of one provider; the table has a line for each, and only that line is parsed."""
    text = Path(__file__).with_name(_SHIPPED_FILE).read_text("utf-8")
    start = text.find(f'\n"{provider}":')
    if start < 0:
        return {}
    line = text[start + len(provider) + 4 : text.index("\n", start + 1)]
    table: Mapping[str, tuple[float, float]] = json.loads(line.rstrip(",}") + "}")
    return table


@cache
def _litellm_price(name: str) -> Price | None:
    """Look a model up that the shipped table does not have; parsing LiteLLM's takes some 30 ms."""
    path = find_litellm_table()
    if path is None:
        return None
    try:
        table = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    entry = table.get(name) or table.get(name.partition("/")[2])
    if not isinstance(entry, dict):
        return None
    costs = [entry.get("input_cost_per_token"), entry.get("output_cost_per_token")]
    known = [each if isinstance(each, int | float) else 0.0 for each in costs]
    return Price(known[0], known[1]) if any(known) else None
