"""Nothing but calls in a row: what LiteLLM alone takes."""

from typing import Any

import litellm

litellm.suppress_debug_info = True


async def ainvoke(inputs: dict[str, Any]) -> dict[str, Any]:
    """Ask under each of the names, one after the other."""
    text = ""
    for name in inputs["names"]:
        prompt = f"[{name}]\nAbout {inputs['topic']}: {text}\nOne short line."
        reply = await litellm.acompletion(
            model="openai/gpt-4.1-nano",
            messages=[{"role": "user", "content": prompt}],
            max_retries=0,
            timeout=60,
        )
        text = reply.choices[0].message.content or ""
    return {"text": text}
