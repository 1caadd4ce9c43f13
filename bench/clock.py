"""A small MCP server on stdin and stdout with one tool, the clock: `python clock.py`.

It speaks the protocol itself: a server that imports an SDK takes longer to start than what is measured.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

TOOL = {
    "name": "get_current_time",
    "description": "Get the current time in a timezone.",
    "inputSchema": {
        "type": "object",
        "properties": {"timezone": {"type": "string", "description": "Such as Europe/Oslo"}},
        "required": ["timezone"],
    },
}


def answer(method: str, given: dict[str, object]) -> dict[str, object] | None:
    """Return the result of a request, None for what is not known."""
    match method:
        case "initialize":
            return {
                "protocolVersion": given["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "clock", "version": "1"},
            }
        case "tools/list":
            return {"tools": [TOOL]}
        case "tools/call":
            asked = given["arguments"]
            assert isinstance(asked, dict)
            text = datetime.now(ZoneInfo(asked["timezone"])).isoformat()
            return {"content": [{"type": "text", "text": text}], "isError": False}
    return {} if method == "ping" else None


def main() -> None:
    """Answer one request per line until there are no more."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" not in asked:
            continue
        reply: dict[str, object] = {"jsonrpc": "2.0", "id": asked["id"]}
        result = answer(asked["method"], asked.get("params") or {})
        if result is None:
            reply["error"] = {"code": -32601, "message": f"unknown method {asked['method']}"}
        else:
            reply["result"] = result
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
