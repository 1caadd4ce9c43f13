"""Which requests carry a mark for the prompt cache, as the provider receives them."""

import json
from collections.abc import Iterator

import pytest

from runtime_stubs import prompt_cache
from runtime_stubs.llm import ask_text
from tests.runtime.models import in_run, model
from tests.support.fake_llm import FakeLLM, Step

LONG = "Rules. " * 1000


@pytest.fixture(autouse=True)
def nothing_was_sent() -> Iterator[None]:
    prompt_cache._seen.clear()
    yield
    prompt_cache._seen.clear()


def bodies(fake_llm: FakeLLM, provider: str, *prompts: str, system: str = LONG) -> list[str]:
    fake_llm.script(*[Step(text="yes", usage=(1, 1, 0))] * len(prompts))
    for prompt in prompts:
        in_run(ask_text(model(provider), prompt, system=system))
    return [json.dumps(request.body) for request in fake_llm.requests]


def test_what_an_earlier_request_began_with_is_marked(fake_llm: FakeLLM) -> None:
    first, second, third = bodies(fake_llm, "anthropic", "One?", "Two?", "Three?")
    assert "cache_control" not in first, "nobody knows yet whether it comes again"
    for body in (second, third):
        assert body.count("cache_control") == 1
        system = json.loads(body)["system"]
        assert [block["text"] for block in system] == [LONG.strip()] or system[0]["text"] == LONG
        assert system[-1]["cache_control"] == {"type": "ephemeral"}


def test_short_beginnings_are_not_marked(fake_llm: FakeLLM) -> None:
    assert "cache_control" not in "".join(bodies(fake_llm, "anthropic", "1", "2", system="Short."))


@pytest.mark.parametrize("provider", ["openai", "gemini", "ollama"])
def test_other_providers_need_no_mark(fake_llm: FakeLLM, provider: str) -> None:
    assert "cache_control" not in "".join(bodies(fake_llm, provider, "1", "2"))


def test_marks_can_be_turned_off(fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTC_PROMPT_CACHE", "off")
    assert "cache_control" not in "".join(bodies(fake_llm, "anthropic", "1", "2"))


def test_the_text_is_what_it_was(fake_llm: FakeLLM) -> None:
    first, second = bodies(fake_llm, "anthropic", LONG + "?", LONG + "?", system="Short.")
    said = [json.loads(body)["messages"][0]["content"] for body in (first, second)]
    texts = ["".join(block["text"] for block in each) for each in said]
    assert texts[0] == texts[1]
    assert "cache_control" in second
