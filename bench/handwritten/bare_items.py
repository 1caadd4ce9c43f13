"""Nothing but one call per item, a hundred at a time: what LiteLLM alone takes."""

import asyncio
from typing import Any

import litellm

litellm.suppress_debug_info = True


async def ainvoke(inputs: dict[str, Any]) -> dict[str, Any]:
    """Ask about every topic."""
    places = asyncio.Semaphore(100)

    async def ask(topic: str) -> str:
        async with places:
            prompt = f"[each]\nAbout {topic}\nOne short line."
            reply = await litellm.acompletion(
                model="openai/gpt-4.1-nano",
                messages=[{"role": "user", "content": prompt}],
                max_retries=0,
                timeout=60,
            )
        return reply.choices[0].message.content or ""

    return {"lines": await asyncio.gather(*map(ask, inputs["topics"]))}
