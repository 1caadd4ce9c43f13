"""Models: the `models` section, `config.llm`, and settings written in place, which get names of their own.

llm: {provider: google, model: gemini-2.5-flash}      gemini_2_5_flash = gemini/gemini-2.5-flash
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, fields
from typing import Final

from compiler.diagnostics.span import Span
from compiler.ir.names import ModelName
from compiler.ir.workflow import Model
from compiler.lower.context import Context
from compiler.lower.env_settings import has_env_reference, lower_setting
from compiler.lower.retries import lower_retry
from compiler.record import dataclass, replace
from compiler.spec import ModelSpec
from compiler.spec.fit import fit
from compiler.syntax import Path

DEFAULT_PROVIDER: Final = "ollama"
DEFAULT_MODEL: Final = "llama3.2"

# LiteLLM's own names of providers: https://docs.litellm.ai/docs/providers
LITELLM_NAMES: Mapping[str, str] = {"google": "gemini"}
# Models whose name alone says who serves them.
_KNOWN_MODELS = re.compile(
    r"(?P<openai>gpt-|chatgpt-|o[134](?:-|\Z))|(?P<anthropic>claude-)|(?P<gemini>gemini-)"
)


@dataclass(slots=True)
class Models:
    """The models of one workflow by name, in the order they were met."""

    ctx: Context
    table: dict[str, Model] = field(default_factory=dict)
    _names: dict[tuple[object, ...], ModelName] = field(default_factory=dict)
    _default: ModelName | None = None
    _poisoned: set[str] = field(default_factory=set)

    def declare_all(self) -> None:
        """Lower the `models` section, then check the fallbacks. Codes: AC303, AC611."""
        section = self.ctx.spec.models or {}
        for name, spec in section.items():
            model = self._lower(spec, None, name, self.ctx.key_at(spec.at))
            if model is None:
                self._poisoned.add(name)
            else:
                self._add(model)
        for name, spec in section.items():
            if name in self.table:
                fallbacks = self._fallbacks(spec, name)
                self.table[name] = replace(self.table[name], fallbacks=fallbacks)

    def used_by(self, llm: str | ModelSpec | None, at: Path, node: Span) -> ModelName:
        """Return the model a node uses.

        Args:
            llm: what the node says, which stands at `at`.
            node: the node's id, to warn about the default model.
        """
        if llm is None:
            return self._default_name(node)
        if isinstance(llm, str):
            return self._named(llm, at) or self._default_name(node)
        base = self._base()
        model = self._lower(llm, base, "", self.ctx.key_at(at))
        if model is None:
            return self._default_name(node)
        if llm.provider is None and llm.model is None and base is None:
            self._warn_default(node)
        fallbacks = self._fallbacks(llm, "") if llm.fallbacks is not None else model.fallbacks
        return self._intern(replace(model, fallbacks=fallbacks), _slug(model.model))

    def named(self, name: str, at: Path) -> ModelName | None:
        """Return the declared model of that name; None for another one, with a report when it is a bare name."""
        if name in self.table or "/" not in name:
            return self._named(name, at)
        return None

    def _named(self, name: str, at: Path) -> ModelName | None:
        if name in self.table:
            return ModelName(name)
        if "/" in name:
            model = self._lower(fit(ModelSpec, {"model": name}), None, "", self.ctx.at(at))
            return None if model is None else self._intern(model, _slug(model.model))
        if name not in self._poisoned:
            self.ctx.report_unknown("AC303", self.ctx.at(at), name, self.table, what="model")
        return None

    def _base(self) -> Model | None:
        """Return the model of `config.llm`, which settings in place add to."""
        config = self.ctx.spec.config
        if config is None or config.llm is None:
            return None
        return self.table[self._config_name(config.llm, ("config", "llm"))]

    def _config_name(self, llm: str | ModelSpec, at: Path) -> ModelName:
        if self._default is None:
            span = self.ctx.key_at(at)
            if isinstance(llm, str):
                found = self._named(llm, at)
            else:
                model = self._lower(llm, None, "", span)
                found = None
                if model is not None:
                    if llm.provider is None and llm.model is None:
                        self._warn_default(span)
                    model = replace(model, fallbacks=self._fallbacks(llm, ""))
                    found = self._intern(model, "default")
            self._default = found or self._built_in_default(span)
        return self._default

    def _default_name(self, node: Span) -> ModelName:
        if self._default is not None:
            return self._default
        config = self.ctx.spec.config
        if config is not None and config.llm is not None:
            return self._config_name(config.llm, ("config", "llm"))
        # What was reported may be the very place that names a model.
        if not self.ctx.sink.has_errors:
            self._warn_default(node)
        self._default = self._built_in_default(node)
        return self._default

    def _warn_default(self, span: Span) -> None:
        self.ctx.report(
            "AC603",
            span,
            f"no model is named, `{DEFAULT_PROVIDER}/{DEFAULT_MODEL}` is used",
            help="name one: `config: {llm: {provider: ollama, model: llama3.2}}`",
        )

    def _built_in_default(self, span: Span) -> ModelName:
        model = Model(
            name=ModelName(""),
            model=f"{DEFAULT_PROVIDER}/{DEFAULT_MODEL}",
            span=span,
            provider=DEFAULT_PROVIDER,
        )
        return self._intern(model, "default")

    def _lower(self, spec: ModelSpec, base: Model | None, name: str, span: Span) -> Model | None:
        """Put settings over those of `base`; what belongs to another provider or model is not taken over."""
        ctx = self.ctx
        if base is None and spec.provider is None and spec.model is None and name:
            base = self._base()
        full = self._full_name(spec, base, span)
        if full is None:
            return None
        provider = full.partition("/")[0]
        model = Model(name=ModelName(name), model=full, span=span, provider=provider)
        if base is not None:
            model = replace(base, name=model.name, model=full, span=span, provider=provider)
            if provider != base.provider:
                model = replace(model, api_base=None, api_key_env=None)
            if full != base.model:
                model = replace(model, input_cost_per_token=None, output_cost_per_token=None)
                model = replace(model, requests_per_minute=None)
        given: dict[str, object] = {
            each: getattr(spec, each)
            for each in ("temperature", "max_tokens", "api_key_env", "timeout")
            + ("requests_per_minute", "input_cost_per_token", "output_cost_per_token")
            if getattr(spec, each) is not None
        }
        if spec.api_base is not None:
            given["api_base"] = lower_setting(ctx, (*spec.at, "api_base"), spec.api_base)
        if spec.retry is not None:
            given["retry"] = lower_retry(spec.retry)
        if spec.cache is not None:
            given["cache_ttl"] = spec.cache.ttl
        return replace(model, **given)  # type: ignore[arg-type]

    def _full_name(self, spec: ModelSpec, base: Model | None, span: Span) -> str | None:
        """Return LiteLLM's `provider/model`; AC204 and AC611 when that cannot be told."""
        for key, text in (("provider", spec.provider), ("model", spec.model)):
            if text is not None and has_env_reference(text):
                self.ctx.report(
                    "AC204",
                    self.ctx.at((*spec.at, key)),
                    f"`{key}` must be known when the workflow is compiled",
                    help="declare the possible models under `models` and choose with `llm: name`",
                )
                return None
        provider = spec.provider.strip() if spec.provider else None
        provider = LITELLM_NAMES.get(provider, provider) if provider else None
        model = spec.model.strip() if spec.model else None
        if model is None:
            return self._without_model(spec, provider, base)
        if provider is None and "/" in model:
            first, _, rest = model.partition("/")
            return f"{LITELLM_NAMES.get(first, first)}/{rest}"
        provider = provider or _known_provider(model) or (base.provider if base else None)
        if provider is None:
            self.ctx.report(
                "AC611",
                self.ctx.at((*spec.at, "model")) if spec.at else span,
                f"the provider of the model `{model}` is not known",
                help=f"add `provider`, or write `model: provider/{model}`",
            )
            return None
        return model if model.startswith(f"{provider}/") else f"{provider}/{model}"

    def _without_model(
        self, spec: ModelSpec, provider: str | None, base: Model | None
    ) -> str | None:
        if base is not None and provider in (None, base.provider):
            return base.model
        if provider in (None, DEFAULT_PROVIDER):
            return f"{DEFAULT_PROVIDER}/{DEFAULT_MODEL}"
        self.ctx.report(
            "AC611",
            self.ctx.at((*spec.at, "provider")),
            f"`provider: {spec.provider}` stands without a `model`",
            help="add `model`",
        )
        return None

    def _fallbacks(self, spec: ModelSpec, own: str) -> tuple[ModelName, ...]:
        found: list[ModelName] = []
        for index, name in enumerate(spec.fallbacks or ()):
            at = (*spec.at, "fallbacks", index)
            if name == own:
                self.ctx.report("AC303", self.ctx.at(at), f"`{name}` falls back to itself")
                continue
            around = self._way_back(name, own)
            if around:
                way = " -> ".join(f"`{each}`" for each in (own, *around))
                self.ctx.report("AC303", self.ctx.at(at), f"`{own}` falls back to itself: {way}")
                continue
            model = self._named(name, at)
            if model is not None and model not in found:
                found.append(model)
        return tuple(found)

    def _way_back(self, start: str, end: str) -> tuple[str, ...]:
        """Return the models from `start` to `end`, each a fallback of the one before; empty if there is no way."""
        ways: list[tuple[str, ...]] = [(start,)]
        seen = {start}
        for way in ways:
            if way[-1] == end:
                return way
            model = self.table.get(way[-1])
            for name in model.fallbacks if model is not None else ():
                if name not in seen:
                    seen.add(name)
                    ways.append((*way, name))
        return ()

    def _add(self, model: Model) -> None:
        self.table[model.name] = model
        self._names.setdefault(_settings(model), model.name)

    def _intern(self, model: Model, wish: str) -> ModelName:
        """Return the name of the model with these settings, a new one if there is none yet."""
        known = self._names.get(_settings(model))
        if known is not None:
            return known
        name, count = wish, 1
        while name in self.table or name in self._poisoned:
            count += 1
            name = f"{wish}_{count}"
        self._add(replace(model, name=ModelName(name)))
        return ModelName(name)


def _settings(model: Model) -> tuple[object, ...]:
    return tuple(
        getattr(model, each.name) for each in fields(model) if each.name not in ("name", "span")
    )


def _known_provider(model: str) -> str | None:
    match = _KNOWN_MODELS.match(model)
    return None if match is None else match.lastgroup


def _slug(model: str) -> str:
    text = re.sub(r"[^a-z0-9]+", "_", model.rpartition("/")[2].lower()).strip("_")
    return text if text and not text[0].isdigit() else f"model_{text}".rstrip("_")
