"""No attack on the sandbox succeeds, and each ends with a typed error in bounded time."""

import asyncio
import time

import pytest

from runtime_stubs.errors import SandboxError
from runtime_stubs.sandbox.python import run_code

from .attacks import ATTACKS, EXHAUSTED, Attack

TIMEOUT = 0.5


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_fails(attack: Attack) -> None:
    # What is refused is refused at once, but a busy machine may take its time.
    timeout = TIMEOUT if attack.kinds is EXHAUSTED else 10.0
    started = time.monotonic()
    with pytest.raises(SandboxError) as failure:
        asyncio.run(run_code(attack.code, {}, preset="low", timeout=timeout))
    assert failure.value.kind in attack.kinds, failure.value.message
    assert failure.value.message
    assert time.monotonic() - started < timeout + 10


def test_corpus_is_large_enough_and_names_are_unique() -> None:
    assert len(ATTACKS) >= 60
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


def test_sandbox_works_after_every_attack() -> None:
    async def storm() -> object:
        attacks = [
            run_code(attack.code, {}, preset="low", timeout=TIMEOUT) for attack in ATTACKS[::9]
        ]
        await asyncio.gather(*attacks, return_exceptions=True)
        return await run_code("result = 1 + 1", {})

    assert asyncio.run(storm()) == 2
