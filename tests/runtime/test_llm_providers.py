"""Model calls over real HTTP through real LiteLLM, for each provider."""

import time
from enum import StrEnum

import pytest
from pydantic import BaseModel, Field

from runtime_stubs.answer import UnusableAnswer
from runtime_stubs.errors import ModelError
from runtime_stubs.events import ModelCalled, Retrying, Token, Warned
from runtime_stubs.failures import RequestFailed
from runtime_stubs.llm import ask, ask_text
from runtime_stubs.retry import Retry
from runtime_stubs.run import Run
from tests.runtime.models import NAMES, in_run, model
from tests.support.fake_llm import FakeLLM, Step
from tests.support.fake_llm.script import Json

PROVIDERS = sorted(NAMES)
PATHS = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "gemini": "/models/gemini-2.5-flash:generateContent",
    "ollama": "/api/chat",
}
KEY_HEADERS = {
    "openai": ("authorization", "Bearer test-openai-key"),
    "anthropic": ("x-api-key", "test-anthropic-key"),
    "gemini": ("x-goog-api-key", "test-gemini-key"),
}


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Panel(BaseModel):
    first: str
    size: int = Field(ge=1, le=9)


class Review(BaseModel):
    score: float = Field(ge=0, le=1)
    mood: Mood
    panels: list[Panel]


GOOD: Json = {"score": 0.5, "mood": "good", "panels": [{"first": "a", "size": 2}]}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_text(fake_llm: FakeLLM, provider: str) -> None:
    fake_llm.script(Step(text="42 bees", usage=(100, 50, 40)))
    answer, events = in_run(ask_text(model(provider), "How many?", system="Count."))
    assert answer == "42 bees"
    [request] = fake_llm.requests  # nothing else was asked of the network
    assert request.path == PATHS[provider]
    assert "How many?" in request.prompt and "Count." in request.prompt
    if provider in KEY_HEADERS:
        name, value = KEY_HEADERS[provider]
        assert request.headers[name] == value
    [called] = events
    assert isinstance(called, ModelCalled)
    assert (called.node, called.model) == ("work", NAMES[provider])
    assert (called.input_tokens, called.output_tokens) == (100, 50)
    assert called.cached_tokens == (0 if provider == "ollama" else 40)


COSTS = {
    # list prices per million tokens: input, cached input, output
    "openai": 60 * 0.15e-6 + 40 * 0.075e-6 + 50 * 0.60e-6,
    "anthropic": 60 * 3e-6 + 40 * 0.30e-6 + 50 * 15e-6,
    "gemini": 60 * 0.30e-6 + 40 * 0.03e-6 + 50 * 2.5e-6,
    "ollama": 0.0,
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [False, True])
def test_cost_is_exact(fake_llm: FakeLLM, provider: str, stream: bool) -> None:
    fake_llm.script(Step(usage=(100, 50, 40)))
    _, events = in_run(ask_text(model(provider), "?"), Run(stream=stream))
    [called] = [e for e in events if isinstance(e, ModelCalled)]
    assert called.cost == pytest.approx(COSTS[provider])


def test_cost_from_own_prices_and_without_any(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(usage=(100, 50, 0)))
    own = model(input_cost_per_token=1e-3, output_cost_per_token=2e-3)
    _, events = in_run(ask_text(own, "?"))
    assert [e.cost for e in events if isinstance(e, ModelCalled)] == [pytest.approx(0.2)]
    unknown = type(own)("openai/my-own-model")
    _, events = in_run(ask_text(unknown, "?"))
    assert [e.cost for e in events if isinstance(e, ModelCalled)] == [None]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_structured(fake_llm: FakeLLM, provider: str) -> None:
    answer, _ = in_run(ask(model(provider), "Review this.", Review))
    assert isinstance(answer, Review)
    [request] = fake_llm.requests
    assert "JSON schema" not in request.prompt  # the provider was given the schema itself
    fake_llm.script(Step(value=GOOD))
    answer, _ = in_run(ask(model(provider), "Review this.", Review))
    assert answer == Review.model_validate(GOOD)


def test_schema_in_words_for_models_without_a_parameter(fake_llm: FakeLLM) -> None:
    old = type(model())("openai/gpt-3.5-turbo")
    answer, _ = in_run(ask(old, "Review this.", Review))
    assert isinstance(answer, Review)
    [request] = fake_llm.requests
    assert "JSON schema" in request.prompt and "response_format" not in request.body


@pytest.mark.parametrize("provider", PROVIDERS)
def test_streamed(fake_llm: FakeLLM, provider: str) -> None:
    fake_llm.script(Step(text="one two three"))
    answer, events = in_run(ask_text(model(provider), "?"), Run(stream=True))
    assert answer == "one two three"
    tokens = [e.text for e in events if isinstance(e, Token)]
    assert len(tokens) == 3 and "".join(tokens) == answer
    assert len(fake_llm.requests) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [False, True])
def test_waits_as_long_as_asked(fake_llm: FakeLLM, provider: str, stream: bool) -> None:
    fake_llm.script(Step(status=429, headers={"retry-after": "0.3"}), Step(text="done"))
    begun = time.monotonic()
    answer, events = in_run(ask_text(model(provider), "?"), Run(stream=stream))
    assert answer == "done"
    assert len(fake_llm.requests) == 2
    [retrying] = [e for e in events if isinstance(e, Retrying)]
    assert 0.3 <= retrying.delay <= time.monotonic() - begun
    assert retrying.kind == "ModelError"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("step", "requests"),
    [
        (Step(status=500), 3),
        (Step(status=529), 3),
        (Step(status=400), 1),
        (Step(status=401), 1),
        (Step(status=404), 1),
        (Step(truncate=20), 3),
        (Step(raw="<html>busy</html>"), 3),
    ],
    ids=["500", "529", "400", "401", "404", "truncated", "garbled"],
)
def test_failures(fake_llm: FakeLLM, provider: str, step: Step, requests: int) -> None:
    fake_llm.always(step)
    with pytest.raises(RequestFailed) as failure:
        in_run(ask_text(model(provider), "?"))
    assert len(fake_llm.requests) == requests
    assert failure.value.kind == "ModelError"
    assert NAMES[provider] in failure.value.message
    assert "Traceback" not in failure.value.message and "litellm" not in failure.value.message
    if step.status not in (200, 529):  # LiteLLM makes a 500 of Anthropic's 529
        assert failure.value.status == step.status


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "step", [Step(status=500), Step(truncate=60), Step(raw="busy")], ids=["500", "cut", "garbled"]
)
def test_failures_of_streams(fake_llm: FakeLLM, provider: str, step: Step) -> None:
    fake_llm.script(step, Step(text="done"))
    answer, _ = in_run(ask_text(model(provider), "?"), Run(stream=True))
    assert answer == "done"
    assert len(fake_llm.requests) == 2


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("stream", [False, True])
def test_timeout(fake_llm: FakeLLM, provider: str, stream: bool) -> None:
    fake_llm.always(Step(delay=5))
    slow = model(provider, timeout=0.2, retry=Retry(max_attempts=2, backoff=0.01))
    begun = time.monotonic()
    with pytest.raises(ModelError, match="0.2 s|[Tt]imed? ?out"):
        in_run(ask_text(slow, "?"), Run(stream=stream))
    assert len(fake_llm.requests) == 2
    assert time.monotonic() - begun < 3


def test_nobody_listens(fake_llm: FakeLLM) -> None:
    gone = model(api_base="http://127.0.0.1:9/v1", retry=Retry(max_attempts=2, backoff=0.01))
    with pytest.raises(RequestFailed) as failure:
        in_run(ask_text(gone, "?"))
    assert failure.value.temporary
    assert fake_llm.requests == []


def test_quota_is_not_waited_for(fake_llm: FakeLLM) -> None:
    body = '{"error": {"message": "insufficient_quota", "code": "insufficient_quota"}}'
    fake_llm.always(Step(status=429, raw=body))
    with pytest.raises(ModelError):
        in_run(ask_text(model(), "?"))
    assert len(fake_llm.requests) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "bad",
    [
        Step(text="Sorry, here it is: {"),
        Step(value={"score": "high", "mood": "good", "panels": []}),
        Step(value={"score": 7, "mood": "good", "panels": []}),
        Step(text=""),
    ],
    ids=["no JSON", "wrong type", "out of bounds", "empty"],
)
def test_repair(fake_llm: FakeLLM, provider: str, bad: Step) -> None:
    fake_llm.script(bad, Step(value=GOOD))
    answer, _ = in_run(ask(model(provider), "Review this.", Review))
    assert answer.score == 0.5
    first, second = fake_llm.requests
    assert "does not fit" not in first.prompt
    assert "does not fit" in second.prompt and "Review this." in second.prompt


def test_repair_is_bounded(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(text="no json, but sk-abcdefghijklmnop1234 and test-openai-key"))
    with pytest.raises(UnusableAnswer) as failure:
        in_run(ask(model(), "Review this.", Review))
    assert len(fake_llm.requests) == 3
    error = failure.value
    assert (error.kind, error.node, error.attempts) == ("AnswerError", "work", 3)
    assert error.reason == "invalid"
    assert "not valid JSON" in error.message
    assert "sk-abc" not in error.message + error.raw
    assert "test-openai-key" not in error.message + error.raw


def test_empty_text_is_asked_for_again(fake_llm: FakeLLM) -> None:
    fake_llm.script(Step(text=""), Step(text="there"))
    assert in_run(ask_text(model(), "?"))[0] == "there"
    fake_llm.reset()
    fake_llm.always(Step(text=""))
    with pytest.raises(UnusableAnswer) as failure:
        in_run(ask_text(model(), "?"))
    assert (failure.value.reason, len(fake_llm.requests)) == ("empty", 3)


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
def test_refusal(fake_llm: FakeLLM, provider: str) -> None:
    fake_llm.always(Step(refusal="I will not."))
    with pytest.raises(UnusableAnswer, match="refused") as failure:
        in_run(ask(model(provider), "?", Review))
    assert (failure.value.reason, len(fake_llm.requests)) == ("refused", 1)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_cut_off(fake_llm: FakeLLM, provider: str) -> None:
    fake_llm.always(Step(text='{"score": 0.', finish="length"))
    with pytest.raises(UnusableAnswer, match="`max_tokens` of 7") as failure:
        in_run(ask(model(provider, max_tokens=7), "?", Review))
    assert (failure.value.reason, len(fake_llm.requests)) == ("truncated", 1)


def test_missing_key(fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ModelError, match="set the environment variable `OPENAI_API_KEY`"):
        in_run(ask_text(model(), "?"))
    with pytest.raises(ModelError, match="`MY_KEY`"):
        in_run(ask_text(model("anthropic", api_key_env="MY_KEY"), "?"))
    assert fake_llm.requests == []
    monkeypatch.setenv("MY_KEY", "mine")
    in_run(ask_text(model("anthropic", api_key_env="MY_KEY"), "?"))
    assert fake_llm.requests[0].headers["x-api-key"] == "mine"


def test_fallbacks(fake_llm: FakeLLM) -> None:
    chain = model(fallbacks=(model("anthropic"), model("ollama")))
    fake_llm.script(Step(status=401), Step(status=500), Step(status=500), Step(status=500))
    fake_llm.script(Step(text="local"))
    answer, events = in_run(ask_text(chain, "?"))
    assert answer == "local"
    providers = [r.provider for r in fake_llm.requests]
    assert providers == ["openai", "anthropic", "anthropic", "anthropic", "ollama"]
    assert len([e for e in events if isinstance(e, Warned)]) == 2
    assert [e.model for e in events if isinstance(e, ModelCalled)] == ["ollama/llama3.2"]


def test_all_fallbacks_fail(fake_llm: FakeLLM) -> None:
    fake_llm.always(Step(status=404))
    with pytest.raises(ModelError, match=r"gpt-4o-mini.*404.*llama3\.2.*404"):
        in_run(ask_text(model(fallbacks=(model("ollama"),)), "?"))
    assert len(fake_llm.requests) == 2


def test_examples_and_history_become_turns(fake_llm: FakeLLM) -> None:
    in_run(
        ask_text(
            model(),
            "now",
            examples=[("in", {"a": 1})],
            history=[{"role": "user", "content": "before"}],
        )
    )
    roles = [(m["role"], m["content"]) for m in fake_llm.requests[0].body["messages"]]  # type: ignore[index,union-attr,call-overload]
    assert roles == [
        ("user", "in"),
        ("assistant", '{"a": 1}'),
        ("user", "before"),
        ("user", "now"),
    ]
