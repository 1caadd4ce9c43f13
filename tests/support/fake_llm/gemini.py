"""Gemini's generateContent and streamGenerateContent."""

import json
from collections.abc import Mapping

from tests.support.fake_llm.answers import schema_in
from tests.support.fake_llm.script import Json
from tests.support.fake_llm.wire import Question, Reply, Wire, items, mapping, text_of


def read(path: str, body: Mapping[str, Json]) -> Question:
    """Read a request; model and streaming stand in its path."""
    model, _, method = path.partition("?")[0].rpartition("/")[2].partition(":")
    system = body.get("system_instruction") or body.get("systemInstruction")
    texts = [text_of(mapping(system).get("parts"))]
    texts += [text_of(mapping(c).get("parts")) for c in items(body.get("contents"))]
    prompt = "\n".join(filter(None, texts))
    config = mapping(body.get("generationConfig"))
    names = ("responseSchema", "response_schema", "responseJsonSchema", "response_json_schema")
    schema = next((mapping(config[n]) for n in names if mapping(config.get(n))), None)
    return Question(model, prompt, schema or schema_in(prompt), method.startswith("stream"))


def _usage(reply: Reply) -> Json:
    return {
        "promptTokenCount": reply.prompt_tokens,
        "candidatesTokenCount": reply.completion_tokens,
        "totalTokenCount": reply.prompt_tokens + reply.completion_tokens,
        "cachedContentTokenCount": reply.cached_tokens,
    }


def _finish(reply: Reply) -> str:
    if reply.refusal is not None:
        return "SAFETY"
    return "MAX_TOKENS" if reply.finish == "length" else "STOP"


def _body(reply: Reply, parts: list[Json], finish: str | None) -> dict[str, Json]:
    candidate: dict[str, Json] = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": reply.model, "responseId": "r1"}


def _calls(reply: Reply) -> list[Json]:
    return [
        {
            "functionCall": {
                "name": c.name,
                "args": c.arguments if isinstance(c.arguments, str) else dict(c.arguments),
            }
        }
        for c in reply.tool_calls
    ]


def write(reply: Reply) -> Json:
    """Give the body of an answer."""
    texts: list[Json] = [{"text": reply.text}] if reply.text and reply.refusal is None else []
    return {
        **_body(reply, texts + _calls(reply), _finish(reply)),
        "usageMetadata": _usage(reply),
    }


def stream(reply: Reply, body: Mapping[str, Json]) -> list[bytes]:
    """Give the events of a streamed answer."""
    texts: list[Json] = [{"text": p} for p in reply.pieces()] if reply.refusal is None else []
    events = [_body(reply, [part], None) for part in texts + _calls(reply)]
    events.append({**_body(reply, [], _finish(reply)), "usageMetadata": _usage(reply)})
    return [f"data: {json.dumps(e)}\r\n\r\n".encode() for e in events]


def error(status: int, message: str) -> Json:
    """Give the body of an error."""
    return {"error": {"code": status, "message": message, "status": "SCRIPTED"}}


WIRE = Wire("gemini", read, write, stream, "text/event-stream", error)
