"""A step that takes five seconds."""

import asyncio


async def wait(who: str) -> str:
    """Wait, and greet."""
    await asyncio.sleep(5)
    return f"hello {who}"
