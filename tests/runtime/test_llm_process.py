"""What a process that asks models does besides: no other connection, no noise, no left-overs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

from tests.runtime.models import NAMES
from tests.runtime.vendored import closure
from tests.support.fake_llm import FakeLLM, FakeLLMProcess, Step, ToolUse

ROOT = Path(__file__).parents[2]

PROGRAM = """
import asyncio, atexit, json, sys, time
places = set()
def watch(event, args):
    if event == "socket.connect":
        places.add(f"{args[1][0]}:{args[1][1]}")
    if event == "socket.getaddrinfo":
        places.add(str(args[0]))
sys.addaudithook(watch)

from pydantic import BaseModel
from runtime_stubs.agent import run_agent
from runtime_stubs.llm import ask, ask_text
from runtime_stubs.model import Model
from runtime_stubs.run import Run, activate
from runtime_stubs.tool import function_tool

class Answer(BaseModel):
    x: int

async def double(a: int) -> int:
    return 2 * a

async def main():
    for name in sys.argv[1:]:
        model = Model(name)
        for stream in (False, True):
            with activate(Run(stream=stream)):
                await ask_text(model, "hi")
                await ask(model, "hi", Answer)
                await run_agent(model, "hi", Answer, tools=[function_tool(double)])

assert "litellm" not in sys.modules
asyncio.run(main())
print(json.dumps(sorted(places)))
"""


def test_connects_to_nothing_else_and_prints_nothing(fake_llm: FakeLLM) -> None:
    environment = {**os.environ, **fake_llm.env()}
    for name in [n for n in environment if n.startswith("LITELLM_")]:
        del environment[name]
    models = [*NAMES.values(), "ollama/never-heard-of:7b", "openai/never-heard-of"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *models],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.strip() == f'["{fake_llm.url.removeprefix("http://")}"]'
    assert len(fake_llm.requests) == 6 * len(models)


def test_asking_brings_no_other_capability_along() -> None:
    needed = closure(["llm"])
    assert "request" in needed
    assert needed.isdisjoint(
        {"agent", "budget", "cache", "handoff", "human", "limit", "spawn", "subagent", "tool"}
    )
    assert closure(["agent"]).isdisjoint({"budget", "cache", "handoff", "limit", "spawn"})


def test_fake_server_in_a_process_of_its_own() -> None:
    with FakeLLMProcess() as fake:
        fake.script(Step(tool_calls=[ToolUse("double", {"a": 2})], usage=(7, 8, 0)), match="yes")

        def ask(prompt: str) -> dict[str, object]:
            body = {"model": "m", "messages": [{"role": "user", "content": prompt}]}
            data = json.dumps(body).encode()
            url = f"{fake.bases()['openai']}/chat/completions"
            with urlopen(Request(url, data, {"Authorization": "Bearer k"}), timeout=10) as got:
                choice = json.load(got)["choices"][0]
            assert isinstance(choice, dict)
            return choice

        assert ask("no")["finish_reason"] == "stop"
        assert ask("yes")["finish_reason"] == "tool_calls"
        assert ask("yes")["finish_reason"] == "stop"
        assert [r.prompt for r in fake.requests] == ["no", "yes", "yes"]
        assert fake.requests[0].headers["authorization"] == "Bearer k"
        assert fake.peak == 1
        fake.reset()
        assert fake.requests == []
