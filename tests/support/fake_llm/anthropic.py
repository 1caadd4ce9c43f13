"""Anthropic's messages."""

import json
from collections.abc import Mapping

from tests.support.fake_llm.answers import schema_in
from tests.support.fake_llm.script import Json
from tests.support.fake_llm.wire import Question, Reply, Wire, items, mapping, text_of


def read(path: str, body: Mapping[str, Json]) -> Question:
    """Read a messages request; a forced tool carries the schema for older models."""
    texts = [text_of(body.get("system"))]
    texts += [text_of(mapping(m).get("content")) for m in items(body.get("messages"))]
    prompt = "\n".join(filter(None, texts))
    output = mapping(body.get("output_format")) or mapping(
        mapping(body.get("output_config")).get("format")
    )
    schema = mapping(output.get("schema"))
    forced = mapping(body.get("tool_choice")).get("name")
    for tool in items(body.get("tools")):
        if forced is not None and mapping(tool).get("name") == forced:
            schema = mapping(mapping(tool).get("input_schema"))
    return Question(
        model=str(body.get("model")),
        prompt=prompt,
        schema=schema or schema_in(prompt),
        stream=body.get("stream") is True,
        forced_tool=forced if isinstance(forced, str) else None,
    )


def _blocks(reply: Reply) -> list[dict[str, Json]]:
    blocks: list[dict[str, Json]] = []
    text = reply.refusal if reply.refusal is not None else reply.text
    if text and reply.forced_tool:
        try:
            value = json.loads(text)
        except ValueError:
            value = {"text": text}
        blocks.append(
            {"type": "tool_use", "id": "toolu_f", "name": reply.forced_tool, "input": value}
        )
    elif text:
        blocks.append({"type": "text", "text": text})
    for index, call in enumerate(reply.tool_calls):
        arguments = call.arguments if isinstance(call.arguments, str) else dict(call.arguments)
        blocks.append(
            {"type": "tool_use", "id": f"toolu_{index}", "name": call.name, "input": arguments}
        )
    return blocks


def _stop(reply: Reply) -> str:
    if reply.refusal is not None:
        return "refusal"
    if reply.tool_calls or (reply.forced_tool and reply.text):
        return "tool_use"
    return "max_tokens" if reply.finish == "length" else "end_turn"


def _usage(reply: Reply) -> dict[str, Json]:
    return {
        "input_tokens": reply.prompt_tokens - reply.cached_tokens,
        "output_tokens": reply.completion_tokens,
        "cache_read_input_tokens": reply.cached_tokens,
        "cache_creation_input_tokens": 0,
    }


def _message(reply: Reply) -> dict[str, Json]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _usage(reply),
    }


def write(reply: Reply) -> Json:
    """Give the body of a message."""
    content: list[Json] = list(_blocks(reply))
    return {**_message(reply), "content": content, "stop_reason": _stop(reply)}


def stream(reply: Reply, body: Mapping[str, Json]) -> list[bytes]:
    """Give the events of a streamed message."""
    events: list[dict[str, Json]] = [{"type": "message_start", "message": _message(reply)}]
    for index, block in enumerate(_blocks(reply)):
        if block["type"] == "text":
            empty: dict[str, Json] = {"type": "text", "text": ""}
            deltas: list[dict[str, Json]] = [
                {"type": "text_delta", "text": piece}
                for piece in (reply.pieces() or [str(block["text"])])
            ]
        else:
            empty = {**block, "input": {}}
            value = block["input"]
            partial = value if isinstance(value, str) else json.dumps(value)
            deltas = [{"type": "input_json_delta", "partial_json": partial}]
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += [{"type": "content_block_delta", "index": index, "delta": d} for d in deltas]
        events.append({"type": "content_block_stop", "index": index})
    events.append(
        {
            "type": "message_delta",
            "delta": {"stop_reason": _stop(reply), "stop_sequence": None},
            "usage": {"output_tokens": reply.completion_tokens},
        }
    )
    events.append({"type": "message_stop"})
    return [f"event: {e['type']}\ndata: {json.dumps(e)}\n\n".encode() for e in events]


def error(status: int, message: str) -> Json:
    """Give the body of an error."""
    return {"type": "error", "error": {"type": "scripted", "message": message}}


WIRE = Wire("anthropic", read, write, stream, "text/event-stream", error)
