"""OpenAI's chat completions, also spoken by most other servers."""

import json
from collections.abc import Mapping

from tests.support.fake_llm.answers import schema_in
from tests.support.fake_llm.script import Json, ToolUse
from tests.support.fake_llm.wire import Question, Reply, Wire, items, mapping, text_of


def read(path: str, body: Mapping[str, Json]) -> Question:
    """Read a chat completion request."""
    prompt = "\n".join(text_of(mapping(m).get("content")) for m in items(body.get("messages")))
    schema = mapping(mapping(mapping(body.get("response_format")).get("json_schema")).get("schema"))
    return Question(
        model=str(body.get("model")),
        prompt=prompt,
        schema=schema or schema_in(prompt),
        stream=body.get("stream") is True,
    )


def _usage(reply: Reply) -> dict[str, Json]:
    return {
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "total_tokens": reply.prompt_tokens + reply.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": reply.cached_tokens},
    }


def _calls(reply: Reply) -> list[Json]:
    return [
        {"id": f"call_{i}", "type": "function", "function": {"name": c.name, "arguments": _text(c)}}
        for i, c in enumerate(reply.tool_calls)
    ]


def _text(call: ToolUse) -> str:
    return call.arguments if isinstance(call.arguments, str) else json.dumps(dict(call.arguments))


def _finish(reply: Reply) -> str:
    return "tool_calls" if reply.tool_calls else reply.finish


def write(reply: Reply) -> Json:
    """Give the body of a chat completion."""
    message: dict[str, Json] = {"role": "assistant", "content": reply.text or None}
    if reply.refusal is not None:
        message.update(content=None, refusal=reply.refusal)
    if reply.tool_calls:
        message["tool_calls"] = _calls(reply)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": reply.model,
        "choices": [
            {"index": 0, "message": message, "finish_reason": _finish(reply), "logprobs": None}
        ],
        "usage": _usage(reply),
    }


def stream(reply: Reply, body: Mapping[str, Json]) -> list[bytes]:
    """Give the frames of a streamed chat completion."""
    deltas: list[dict[str, Json]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in reply.pieces()]
    if reply.refusal is not None:
        deltas.append({"refusal": reply.refusal})
    for index, call in enumerate(_calls(reply)):
        deltas.append({"tool_calls": [{**mapping(call), "index": index}]})
    head: dict[str, Json] = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": reply.model,
    }
    events: list[Json] = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    last: Json = [{"index": 0, "delta": {}, "finish_reason": _finish(reply)}]
    events.append({**head, "choices": last})
    if mapping(body.get("stream_options")).get("include_usage"):
        events.append({**head, "choices": [], "usage": _usage(reply)})
    return [f"data: {json.dumps(e)}\n\n".encode() for e in events] + [b"data: [DONE]\n\n"]


def error(status: int, message: str) -> Json:
    """Give the body of an error."""
    return {"error": {"message": message, "type": "scripted", "param": None, "code": str(status)}}


WIRE = Wire("openai", read, write, stream, "text/event-stream", error)
