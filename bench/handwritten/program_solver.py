"""A model writes a program, a process with limits runs it, errors go back, three times at most."""

import asyncio
import json
import statistics
import sys
import tempfile
from typing import Any, Literal, TypedDict

from langgraph.graph import END, START, StateGraph

from bench.handwritten.calling import ask, run

MODEL = "anthropic/claude-sonnet-4-5"
ROUNDS = 3
SECONDS = 10
RUNNER = """
import contextlib, io, json, resource, sys
given = json.load(sys.stdin)
resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
names = {"inputs": given["inputs"]}
with contextlib.redirect_stdout(io.StringIO()) as printed:
    exec(given["code"], names)
json.dump({"result": names.get("result"), "printed": printed.getvalue()}, sys.stdout)
"""


class State(TypedDict, total=False):
    """What the steps read and write."""

    question: str
    numbers: list[float]
    overview: dict[str, float | None]
    program: str
    rounds: int
    result: Any
    printed: str
    problem: str
    answer: str


async def look(state: State) -> State:
    """Describe the numbers."""
    numbers = state["numbers"]
    overview = {
        "count": len(numbers),
        "mean": statistics.fmean(numbers) if numbers else None,
        "spread": max(numbers) - min(numbers) if numbers else None,
    }
    return {"overview": overview}


async def write_program(state: State) -> State:
    """Ask for a program."""
    system = "You answer with Python code only, no fences. Only the standard library, no input and output."
    prompt = (
        'Write a program that answers the question. It reads `inputs["numbers"]` and sets `result`.\n'
        f"Question: {state['question']}\nAbout the numbers: {json.dumps(state['overview'])}\n"
        f"Your last program: {state.get('program', '')}\n"
        f"What went wrong with it: {state.get('problem', '')}\n"
    )
    program = await ask("write_program", prompt, model=MODEL, system=system, temperature=0)
    return {"program": program, "rounds": state.get("rounds", 0) + 1}


async def run_program(state: State) -> State:
    """Run the program in an empty folder, without this program's environment."""
    given = json.dumps({"code": state["program"], "inputs": {"numbers": state["numbers"]}})
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", RUNNER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
            cwd=folder,
        )
        try:
            async with asyncio.timeout(SECONDS):
                said, errors = await process.communicate(given.encode())
        except TimeoutError:
            return {"problem": f"the code took longer than {SECONDS} s"}
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode:
        return {"problem": (errors.decode().strip() or "it was stopped").splitlines()[-1]}
    outcome = json.loads(said)
    return {"result": outcome["result"], "printed": outcome["printed"], "problem": ""}


def after_run_program(state: State) -> Literal["write_program", "explain"]:
    """Try again what went wrong."""
    return "write_program" if state["problem"] and state["rounds"] < ROUNDS else "explain"


async def explain(state: State) -> State:
    """Ask for the answer in words."""
    prompt = (
        f"Question: {state['question']}\nA program gave: {state.get('result')}\n"
        f"Problem, if any: {state['problem']}\n"
        "Answer the question in one sentence. If there is no result, say so.\n"
    )
    return {"answer": await ask("explain", prompt, model=MODEL, temperature=0)}


graph = StateGraph(State)
for step in (look, write_program, run_program, explain):
    graph.add_node(step.__name__, step)
graph.add_edge(START, "look")
graph.add_edge("look", "write_program")
graph.add_edge("write_program", "run_program")
graph.add_conditional_edges("run_program", after_run_program, ["write_program", "explain"])
graph.add_edge("explain", END)
APP = graph.compile()


async def ainvoke(inputs: State) -> dict[str, Any]:
    """Run the workflow once."""
    return await run("program_solver", APP, inputs)
