"""Fixtures of the tool tests."""

from collections.abc import Iterator

import pytest

from .local_server import LocalServer, serve


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A server on localhost with no pages yet."""
    with serve() as running:
        yield running
