"""What code nodes can do in python mode, and what they are told when something is wrong."""

import asyncio
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from runtime_stubs.errors import SandboxError
from runtime_stubs.sandbox import host
from runtime_stubs.sandbox.limits import PRESETS, limits_for
from runtime_stubs.sandbox.python import execute, run_code

WORKS: dict[str, tuple[str, object]] = {
    "inputs are names": ("result = a + 1", 2),
    "inputs are a dict too": ("result = inputs['a']", 1),
    "import": ("import math\nresult = math.sqrt(4)", 2.0),
    "import as": ("import datetime as dt\nresult = dt.date(2024, 1, 2).isoformat()", "2024-01-02"),
    "import from": ("from math import sqrt as root\nresult = root(9)", 3.0),
    "libraries need no import": ("result = json.loads('[1]')", [1]),
    "item += ": ("d = {'a': 1}\nd['a'] += 1\nd['b'] = 2\ndel d['b']\nresult = d", {"a": 2}),
    "annotations": ("x: int = 3\ny: Missing\ndef f(n: Missing) -> Missing: return n\nresult = f(x)", 3),
    "unpacking": ("a, (b, *c) = 1, (2, 3, 4)\nresult = [a, b, c]", [1, 2, [3, 4]]),
    "throw-away name": ("result = 0\nfor _ in range(3): result += 1", 3),
    "private name": ("_sum = sum([1, 2])\nresult = _sum", 3),
    "comprehensions": ("result = {k: [v for v in vs if v] for k, vs in {'a': [0, 1]}.items()}", {"a": [1]}),
    "class": (
        ("class Counter:\n    start: int = 1\n    def __init__(self, n):\n        self.n = n\n"
        "    def add(self):\n        self.n += self.start\n        return self\n"
        "    def __len__(self): return self.n\nresult = len(Counter(1).add())"),
        2,
    ),
    "closure": (
        ("def outer():\n    n = 0\n    def inner():\n        nonlocal n\n        n += 1\n"
        "        return n\n    inner()\n    return inner()\nresult = outer()"),
        2,
    ),
    "match": (
        ("match {'kind': 'a', 'n': 3}:\n    case {'kind': 'a', 'n': int(n)} if n > 2: result = n\n"
        "    case [1, *_] | None: result = 0"),
        3,
    ),
    "try": ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    result = str(e)", "division by zero"),
    "generator": ("def g():\n    yield from [1, 2]\nresult = list(g())", [1, 2]),
    "star arguments": ("def f(*a, **k): return [a, k]\nresult = f(*[1], **{'b': 2})", [[1], {"b": 2}]),
    "decorator": ("@functools.cache\ndef f(x): return x\nresult = f(1)", 1),
    "walrus": ("result = [y := 2, y]", [2, 2]),
    "lambda, sorted": ("result = sorted([3, 1], key=lambda x: -x)", [3, 1]),
    "f-string": ("result = f'{1.5:.2f} {\"a\"!r}'", "1.50 'a'"),
    "format": ("result = '{} {x[a]} {:>3}'.format(1, 2, x={'a': 'b'})", "1 b   2"),
    "format_map": ("result = '{a}'.format_map({'a': 1})", "1"),
    "percent": ("result = '%s %d' % ('a', 1)", "a 1"),
    "strptime": ("result = datetime.datetime.strptime('2 Jan 2024', '%d %b %Y').day", 2),
    "strftime": ("result = datetime.date(2024, 1, 2).strftime('%d.%m.%Y')", "02.01.2024"),
    "collections": (
        ("c = collections.Counter('aab')\nd = collections.defaultdict(list)\nd['x'].append(1)\n"
        "P = collections.namedtuple('P', 'x y')\nresult = [c, d, P(1, 2).y]"),
        [{"a": 2, "b": 1}, {"x": [1]}, 2],
    ),
    "statistics": ("result = [statistics.mean([1, 3]), statistics.stdev([1, 3])]", [2, 2**0.5]),
    "regex": (r"result = [m.group(1) for m in re.finditer(r'(\d)', 'a1b2')]", ["1", "2"]),
    "decimal": ("decimal.getcontext().prec = 5\nresult = str(decimal.Decimal(1) / 3)", "0.33333"),
    "fractions": ("result = str(fractions.Fraction(1, 3) + 1)", "4/3"),
    "random with a seed": ("random.seed(7)\nresult = random.randint(1, 1000)", 332),
    "string, textwrap": ("result = textwrap.shorten(string.ascii_lowercase + ' b', 28)", "abcdefghijklmnopqrstuvwxyz b"),
    "type": ("result = type('a') is str", True),
    "setattr": ("class A: pass\na = A()\nsetattr(a, 'x', 1)\nresult = getattr(a, 'x') + getattr(a, 'y', 1)", 2),
    "unicode": ("result = 'é\\N{BULLET}'.encode('utf-8').decode('utf-8')", "é•"),
    "tuples are lists": ("result = (1, (2,))", [1, [2]]),
    "keys that are not text": ("result = {1: {None: {True: 2.5}}}", {1: {None: {True: 2.5}}}),
    "big numbers": ("result = [2 ** 100, 1e308]", [2**100, 1e308]),
    "infinity": ("result = math.inf", float("inf")),
    "empty result": ("result = None", None),
}  # fmt: skip

FAILS: dict[str, tuple[str, str, str]] = {
    "no result": ("x = 1", "SandboxError", "the code did not set `result`"),
    "line of an error": (
        "x = 1\ny = [\n  1 / 0,\n]",
        "ZeroDivisionError",
        "line 3 of the code: ZeroDivisionError: division by zero",
    ),
    "line in a function": (
        "def f():\n    return {}['a']\n\nf()",
        "KeyError",
        "line 2 of the code: KeyError: 'a'",
    ),
    "kind the code gives": (
        "class Busy(Exception):\n    kind = 'busy'\nraise Busy('later')",
        "busy",
        "line 3 of the code: Busy: later",
    ),
    "syntax": ("x = 1\nresult = = 2", "SandboxError", "line 2 of the code: syntax error: invalid syntax"),
    "indentation": (" x = 1", "SandboxError", "line 1 of the code: syntax error: unexpected indent"),
    "private attribute": ("x = 1\nx.__class__", "SandboxError", "line 2 of the code: attribute `__class__` is private"),
    "async": ("async def f(): pass", "SandboxError", "line 1 of the code: `async def` is not available in the sandbox"),
    "open": ("open('x')", "NameError", "line 1 of the code: `open` is not available in the sandbox"),
    "set": ("result = {1}", "SandboxError", "`result` is a `set`, expected plain data: `sorted(…)` makes a list of it"),
    "date": (
        "result = {'a': [datetime.date(2024, 1, 1)]}",
        "SandboxError",
        "`result['a'][0]` is a `date`, expected plain data: `.isoformat()` makes text of it",
    ),
    "decimal": ("result = decimal.Decimal(1)", "SandboxError", "`result` is a `Decimal`, expected plain data: `float(…)` or `str(…)` makes plain data of it"),
    "iterator": ("result = map(str, [1])", "SandboxError", "`result` is a `map`, expected plain data: `list(…)` makes a list of it"),
    "key": ("result = {(1, 2): 3}", "SandboxError", "`result` has a `tuple` as a key, expected text or a number"),
    "size": ("result = 'x' * 5000000", "SandboxError", "`result` has 5000002 bytes, at most 4194304 are taken"),
    "exit": ("raise SystemExit(3)", "SystemExit", "line 1 of the code: SystemExit: 3"),
}  # fmt: skip


@pytest.mark.parametrize("case", WORKS)
def test_code_gives(case: str) -> None:
    code, expected = WORKS[case]
    assert asyncio.run(run_code(code, {"a": 1})) == expected


@pytest.mark.parametrize("case", FAILS)
def test_code_is_told(case: str) -> None:
    code, kind, message = FAILS[case]
    with pytest.raises(SandboxError) as failure:
        asyncio.run(run_code(code, {}))
    assert (failure.value.kind, failure.value.message) == (kind, message)


def test_inputs_come_back_equal_and_are_copies() -> None:
    value = {"a": [1, {"b": None}], 3: "é\0\u2028", "deep": {"x": {1: [True, 1.5]}}}
    code = "value['a'].append(1)\nvalue['a'].pop()\nresult = value"
    assert asyncio.run(run_code(code, {"value": value})) == value
    asyncio.run(run_code("value['a'].clear()\nresult = 1", {"value": value}))
    assert value["a"] == [1, {"b": None}]


def test_inputs_win_over_libraries_but_not_over_guards() -> None:
    inputs: dict[str, object] = {"json": {"a": 1}, "_getattr_": 5, "__builtins__": {}}
    assert asyncio.run(run_code("result = json.get('a')", inputs)) == 1


def test_input_that_is_no_plain_data() -> None:
    with pytest.raises(SandboxError, match="input `when` is a `object`, expected plain data"):
        asyncio.run(run_code("result = 1", {"when": object()}))


def test_executions_share_nothing() -> None:
    asyncio.run(execute("decimal.getcontext().prec = 3\nleft = 1", {}, limits_for("low")))
    with pytest.raises(SandboxError, match="left"):
        asyncio.run(run_code("result = left", {}))
    assert asyncio.run(run_code("result = decimal.getcontext().prec", {})) == 28


def test_printed_text_is_kept_up_to_a_limit() -> None:
    outcome = asyncio.run(execute("print('a', 1, sep='-')\nprint(end='b')", {}, limits_for("low")))
    assert (outcome.printed, outcome.has_result) == ("a-1\nb", False)
    flood = asyncio.run(execute("for _ in range(99999): print('x' * 9)", {}, limits_for("low")))
    assert len(flood.printed) == PRESETS["low"].printed + len("\n[cut]")
    assert flood.printed.endswith("[cut]")


def test_random_differs_between_executions() -> None:
    async def twice() -> list[object]:
        return [await run_code("result = random.random()", {}) for _ in range(2)]

    first, second = asyncio.run(twice())
    assert first != second


def test_sets_iterate_in_the_same_order_in_every_process() -> None:
    code = "result = list({'alpha', 'beta', 'gamma', 'delta', 'epsilon'})"
    first = asyncio.run(run_code(code, {}))
    host._close()
    assert asyncio.run(run_code(code, {})) == first


def test_wall_time_is_limited() -> None:
    started = time.monotonic()
    with pytest.raises(SandboxError, match="longer than 0.3 s") as failure:
        asyncio.run(run_code("while True: pass", {}, timeout=0.3))
    assert failure.value.kind == "TimeoutError"
    assert time.monotonic() - started < 3


def test_memory_is_limited_by_the_preset() -> None:
    code = "result = len('x' * (180 << 20))"
    assert asyncio.run(run_code(code, {}, preset="medium")) == 180 << 20
    with pytest.raises(SandboxError) as failure:
        asyncio.run(run_code(code, {}, preset="low"))
    assert failure.value.kind == "MemoryError"


def test_many_at_once() -> None:
    async def crowd() -> list[object]:
        return await asyncio.gather(*(run_code("result = n * 2", {"n": n}) for n in range(60)))

    assert asyncio.run(crowd()) == [n * 2 for n in range(60)]


def test_cancelling_ends_the_process() -> None:
    async def cancel() -> float:
        running = asyncio.create_task(run_code("while True: pass", {}, timeout=30))
        await asyncio.sleep(0.3)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return time.monotonic()

    started = time.monotonic()
    assert asyncio.run(cancel()) - started < 3
    time.sleep(0.2)
    assert len(_children_of(host._running[0].process.pid)) == 1, "the one that waits to be asked"


def test_a_child_that_was_killed_while_it_waited_is_replaced() -> None:
    assert asyncio.run(run_code("result = 1", {})) == 1
    zygote = host._running[0]
    assert zygote.spare is not None
    waiting = zygote.spare.recv(20, socket.MSG_PEEK).decode().strip()
    os.kill(int(waiting), signal.SIGKILL)
    until = time.monotonic() + 5
    while waiting in _children_of(zygote.process.pid) and time.monotonic() < until:
        time.sleep(0.01)
    assert asyncio.run(run_code("result = 2", {})) == 2


def test_the_child_that_waits_knows_nothing_of_the_call_before() -> None:
    assert asyncio.run(run_code("kept = 1\nresult = kept", {"given": 1})) == 1
    for name in ("kept", "given"):
        with pytest.raises(SandboxError) as failure:
            asyncio.run(run_code(f"result = {name}", {}))
        assert failure.value.kind == "NameError"


def test_a_killed_zygote_is_replaced() -> None:
    assert asyncio.run(run_code("result = 1", {})) == 1
    os.kill(host._running[0].process.pid, signal.SIGKILL)
    host._running[0].process.wait()
    assert asyncio.run(run_code("result = 2", {})) == 2


def test_secrets_of_the_environment_do_not_reach_the_guest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert "OPENAI_API_KEY" not in host.guest_environment()


def test_a_fresh_process_does_the_same_where_there_is_no_zygote(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host, "_forked", host._spawned)
    assert asyncio.run(run_code("result = a + 1", {"a": 1})) == 2
    with pytest.raises(SandboxError, match="longer than"):
        asyncio.run(run_code("while True: pass", {}, timeout=0.5))


def _children_of(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()
