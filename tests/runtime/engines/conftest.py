"""Engines with real servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.temporal import temporal_server


@pytest.fixture(scope="session")
def temporal_address() -> Iterator[str]:
    """The address of a real Temporal server, shared by the tests of one process."""
    with temporal_server() as address:
        yield address
