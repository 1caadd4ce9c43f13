"""Ollama's chat and generate, streamed as lines of JSON unless told otherwise."""

import json
from collections.abc import Mapping

from tests.support.fake_llm.answers import schema_in
from tests.support.fake_llm.script import Json
from tests.support.fake_llm.wire import Question, Reply, Wire, items, mapping, text_of


def read(path: str, body: Mapping[str, Json]) -> Question:
    """Read a chat or a generate request."""
    texts = [text_of(body.get("system")), text_of(body.get("prompt"))]
    texts += [text_of(mapping(m).get("content")) for m in items(body.get("messages"))]
    prompt = "\n".join(filter(None, texts))
    schema = mapping(body.get("format"))
    return Question(
        model=str(body.get("model")),
        prompt=prompt,
        schema=schema or schema_in(prompt),
        stream=body.get("stream", True) is True,
    )


def _calls(reply: Reply) -> list[Json]:
    return [
        {
            "function": {
                "name": c.name,
                "arguments": c.arguments if isinstance(c.arguments, str) else dict(c.arguments),
            }
        }
        for c in reply.tool_calls
    ]


def _end(reply: Reply) -> dict[str, Json]:
    return {
        "model": reply.model,
        "created_at": "2025-01-01T00:00:00.000000Z",
        "done": True,
        "done_reason": reply.finish,
        "total_duration": 1,
        "load_duration": 1,
        "prompt_eval_count": reply.prompt_tokens,
        "prompt_eval_duration": 1,
        "eval_count": reply.completion_tokens,
        "eval_duration": 1,
    }


def _part(chat: bool, text: str, calls: list[Json]) -> dict[str, Json]:
    if not chat:
        return {"response": text}
    message: dict[str, Json] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = calls
    return {"message": message}


def _text(reply: Reply) -> str:
    return reply.text if reply.refusal is None else reply.refusal


def write_chat(reply: Reply) -> Json:
    """Give the body of a chat answer."""
    return {**_end(reply), **_part(True, _text(reply), _calls(reply))}


def write_generate(reply: Reply) -> Json:
    """Give the body of a generate answer."""
    return {**_end(reply), **_part(False, _text(reply), [])}


def _lines(reply: Reply, chat: bool) -> list[bytes]:
    head: dict[str, Json] = {
        "model": reply.model,
        "created_at": "2025-01-01T00:00:00.000000Z",
        "done": False,
    }
    events = [{**head, **_part(chat, piece, [])} for piece in reply.pieces()]
    if chat and reply.tool_calls:
        events.append({**head, **_part(chat, "", _calls(reply))})
    events.append({**_end(reply), **_part(chat, "", [])})
    return [json.dumps(e).encode() + b"\n" for e in events]


def stream_chat(reply: Reply, body: Mapping[str, Json]) -> list[bytes]:
    """Give the lines of a streamed chat answer."""
    return _lines(reply, True)


def stream_generate(reply: Reply, body: Mapping[str, Json]) -> list[bytes]:
    """Give the lines of a streamed generate answer."""
    return _lines(reply, False)


def error(status: int, message: str) -> Json:
    """Give the body of an error."""
    return {"error": message}


CHAT = Wire("ollama", read, write_chat, stream_chat, "application/x-ndjson", error)
GENERATE = Wire("ollama", read, write_generate, stream_generate, "application/x-ndjson", error)
