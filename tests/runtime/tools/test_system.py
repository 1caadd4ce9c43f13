"""Programs, environment and Python: nothing is allowed unless it was said so."""

import sys
import time
from pathlib import Path

import pytest

from runtime_stubs.tools.env_vars import env_vars
from runtime_stubs.tools.process import process
from runtime_stubs.tools.python_exec import python_exec
from runtime_stubs.tools.shell import shell

from .calling import call, refusal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses Unix programs")


def test_nothing_is_allowed_by_default() -> None:
    assert refusal(shell(), command="ls").startswith("command `ls` is not allowed; allowed")
    assert refusal(process(), program="ls")
    assert refusal(env_vars(), name="HOME")


ESCAPES = [
    "echo hi; id", "echo hi && id", "echo hi || id", "echo hi | id", "echo hi & id", "echo $(id)",
    "echo `id`", "echo $HOME", "echo hi > {tmp}/won", "echo hi >> {tmp}/won", "cat < /etc/passwd",
    "echo hi\nid", "echo 'a", "id", "/bin/echo hi", "echoes", "", "; echo", "(echo hi)", "PATH=. echo hi",
]  # fmt: skip


@pytest.mark.parametrize("command", ESCAPES)
def test_shell_refuses(command: str, tmp_path: Path) -> None:
    tool = shell(allow=["echo", "cat"], folder=str(tmp_path))
    assert refusal(tool, command=command.replace("{tmp}", str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_shell_runs_allowed_beginnings(tmp_path: Path) -> None:
    (tmp_path / "a b").write_text("x")
    tool = shell(allow=["ls -1", "echo"], folder=str(tmp_path))
    assert call(tool, command="ls -1") == {"exit_code": 0, "stdout": "a b\n", "stderr": ""}
    assert call(tool, command="ls -1 'a b'") == {"exit_code": 0, "stdout": "a b\n", "stderr": ""}
    assert call(tool, command="echo '$HOME; a|b' \"$x\"")["stdout"] == "$HOME; a|b $x\n"  # type: ignore[index]
    assert "not allowed" in refusal(tool, command="ls -a")


def test_process(tmp_path: Path) -> None:
    tool = process(allow=["cat", "sh", "nothing-of-this-name"], folder=str(tmp_path))
    assert call(tool, program="cat", input="é") == {"exit_code": 0, "stdout": "é", "stderr": ""}
    failed = call(tool, program="sh", arguments=["-c", "echo no >&2; exit 3"])
    assert failed == {"exit_code": 3, "stdout": "", "stderr": "no\n"}
    assert "cannot be started" in refusal(tool, program="nothing-of-this-name")
    assert "must be one of" in refusal(tool, program="rm")
    assert "null character" in refusal(tool, program="cat", arguments=["a\0b"])


def test_programs_do_not_see_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("PASSED", "on")
    seen = call(process(allow=["env"], environment=["PASSED"]), program="env")
    assert isinstance(seen, dict)
    assert "secret" not in seen["stdout"]
    assert "PASSED=on" in seen["stdout"]


def test_programs_end_in_time_with_all_they_started() -> None:
    tool = process(allow=["sh"], timeout=0.5)
    started = time.monotonic()
    message = refusal(tool, program="sh", arguments=["-c", "sleep 77.7 & sleep 77.7"])
    assert message == "`sh` took longer than 0.5 s"
    assert time.monotonic() - started < 5
    time.sleep(0.2)
    commands = [p.read_bytes() for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists()]
    assert not any(b"77.7" in command for command in commands)


def test_output_is_limited() -> None:
    flood = call(
        process(allow=["sh"], max_output=1000),
        program="sh",
        arguments=["-c", "yes | head -c 5000000"],
    )
    assert isinstance(flood, dict) and len(flood["stdout"]) == 1000


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION", "eu")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.delenv("UNSET", raising=False)
    tool = env_vars(allow=["REGION", "UNSET"])
    assert call(tool, name="REGION") == "eu"
    assert call(tool, name="UNSET") is None
    assert "secret" not in refusal(tool, name="OPENAI_API_KEY")


def test_python() -> None:
    tool = python_exec(timeout=1.0)
    assert call(tool, code="print(n)\nresult = n * 2", inputs={"n": 21}) == {
        "result": 42,
        "printed": "21\n",
    }
    assert call(tool, code="print('only')") == {"result": None, "printed": "only\n"}
    assert "division by zero" in refusal(tool, code="1 / 0")
    assert "not available" in refusal(tool, code="import os")
    assert "longer than 1 s" in refusal(tool, code="while True: pass")
