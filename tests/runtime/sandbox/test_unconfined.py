"""Code of nodes with `sandbox: {enabled: false}`: ordinary Python in a process of its own."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from runtime_stubs.errors import SandboxError
from runtime_stubs.sandbox.unconfined import run_code


def run(code: str, timeout: float | None = None, **inputs: object) -> object:
    return asyncio.run(run_code(code, inputs, timeout=timeout))


def test_it_may_do_what_the_program_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_SETTING", "seen")
    file = tmp_path / "note.txt"
    code = (
        "import os, subprocess\n"
        "open(path, 'w').write(os.environ['OWN_SETTING'])\n"
        "result = [os.getpid(), subprocess.check_output(['echo', 'hi'], text=True), inputs['n'] + n]"
    )
    found = run(code, path=str(file), n=2)
    assert isinstance(found, list)
    assert found[0] != os.getpid()
    assert found[1:] == ["hi\n", 4]
    assert file.read_text() == "seen"


def test_a_mistake_names_its_line_and_kind() -> None:
    with pytest.raises(SandboxError, match="line 2 of the code: ZeroDivisionError") as caught:
        run("x = 0\nresult = 1 / x")
    assert caught.value.kind == "ZeroDivisionError"


def test_the_end_of_its_process_is_not_the_end_of_the_program() -> None:
    with pytest.raises(SandboxError, match="status 3"):
        run("import os\nos._exit(3)")
    with pytest.raises(SandboxError, match="did not set `result`"):
        run("x = 1")


def test_it_is_ended_when_its_time_is_up(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"import time\ntime.sleep(1.5)\nopen({str(mark)!r}, 'w')\nresult = 1"
    with pytest.raises(SandboxError, match=r"longer than 0\.5 s") as caught:
        run(code, timeout=0.5)
    assert caught.value.kind == "TimeoutError"
    time.sleep(1.5)
    assert not mark.exists()


def test_what_it_prints_does_not_become_its_answer() -> None:
    assert run("import subprocess\nsubprocess.run(['echo', '{}'])\nresult = 1") == 1
    assert run("print('{\"ok\": 1}')\nimport sys\nsys.stdout.flush()\nresult = 2") == 2
