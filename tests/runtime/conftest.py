"""Fixtures shared by the tests of the run-time library."""

from collections.abc import Iterator

import pytest

from tests.support.fake_llm import FakeLLM


@pytest.fixture(scope="session")
def fake_server() -> Iterator[FakeLLM]:
    """One fake model server for the whole session."""
    with FakeLLM() as fake:
        yield fake


@pytest.fixture
def fake_llm(fake_server: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> FakeLLM:
    """The fake model server without steps and requests, with all providers pointed at it."""
    fake_server.reset()
    for name, value in fake_server.env().items():
        monkeypatch.setenv(name, value)
    return fake_server
