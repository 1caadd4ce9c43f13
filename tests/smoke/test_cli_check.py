"""`agentc check` as a user, a hook and a CI job call it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.smoke.agentc import GOOD, TYPO, agentc, command, environment, patched, write

SARIF_LEVELS = {"error", "warning", "note"}


def test_a_clean_file_is_quiet_and_0(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", GOOD)
    done = agentc("check", "--no-notes", "flow.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "no problems in 1 file\n"


def test_findings_are_1_on_stdout_with_the_place(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", TYPO)
    for name in ("check", "validate"):
        done = agentc(name, "flow.yaml", cwd=tmp_path)
        assert done.returncode == 1
        assert "error[AC201]" in done.stdout
        assert "flow.yaml:8:5" in done.stdout
        assert "1 error in 1 file" in done.stderr
        assert "agentc check --fix" in done.stderr


def test_folders_are_searched_for_workflows_only(tmp_path: Path) -> None:
    write(tmp_path, "a/flow.yaml", GOOD)
    write(tmp_path, "b/deep/flow.yml", TYPO)
    write(tmp_path, "b/pipeline.json.yaml", '{\n  "flow": {"name": "j"},\n  "nodes": []\n}\n')
    write(tmp_path, "b/k8s.yaml", "kind: Service\nspec: {nodes: 3}\n")
    write(tmp_path, "b/compose.yaml", "services:\n  state: {image: x}\n")
    write(tmp_path, ".venv/flow.yaml", TYPO)
    write(tmp_path, "node_modules/x/flow.yaml", TYPO)
    done = agentc("check", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1
    files = json.loads(done.stdout)["files"]
    assert files == ["a/flow.yaml", "b/pipeline.json.yaml", "b/deep/flow.yml"]
    done = agentc("check", "a", "b/deep/flow.yml", "a/flow.yaml", cwd=tmp_path)
    assert "in 2 files" in done.stderr


def test_no_workflow_at_all_is_wrong_usage(tmp_path: Path) -> None:
    write(tmp_path, "k8s.yaml", "kind: Service\n")
    assert agentc("check", ".", cwd=tmp_path).returncode == 2
    assert agentc("check", "--workflows-only", "k8s.yaml", cwd=tmp_path).returncode == 0
    assert agentc("check", "k8s.yaml", cwd=tmp_path).returncode == 1


def test_a_missing_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", TYPO)
    done = agentc("check", "--format", "json", "nope.yaml", "flow.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert [found["code"] for found in json.loads(done.stdout)["diagnostics"]] == ["AC111", "AC201"]


def test_stdin_is_read_and_named(tmp_path: Path) -> None:
    assert agentc("check", "-", cwd=tmp_path, stdin=GOOD).returncode == 0
    done = agentc("check", "-", cwd=tmp_path, stdin=TYPO)
    assert done.returncode == 1
    assert "<stdin>:8:5" in done.stdout
    done = agentc("check", "-", cwd=tmp_path, stdin=b"\xff\xfe\x00")
    assert done.returncode == 1
    assert "AC102" in done.stdout


def test_json_is_one_versioned_envelope_also_for_what_went_wrong(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", TYPO)
    bug = "import compiler.api\ncompiler.api.check = lambda path: {}['x']"
    answers = [
        (agentc("check", "--format", "json", "flow.yaml", cwd=tmp_path), 1),
        (agentc("check", "--format=json", "--nope", cwd=tmp_path), 2),
        (patched(bug, "check", "--format", "json", "flow.yaml", cwd=tmp_path), 70),
    ]
    for done, code in answers:
        assert done.returncode == code, done.stderr
        envelope = json.loads(done.stdout)
        assert envelope["format_version"] == 1
        assert envelope["tool"]["name"] == "agentc"
        assert {"files", "diagnostics", "summary"} <= set(envelope)
        for found in envelope["diagnostics"]:
            assert {"code", "severity", "message", "span", "labels", "notes", "help", "fix"} == set(
                found
            )
    assert json.loads(answers[1][0].stdout)["error"]["kind"] == "usage"


def test_sarif_holds_what_code_scanning_asks_for(tmp_path: Path) -> None:
    write(tmp_path, "a b.yaml", TYPO)
    done = agentc("check", "--format", "sarif", "a b.yaml", cwd=tmp_path)
    assert done.returncode == 1
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0"
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in SARIF_LEVELS
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "a%20b.yaml"
        assert place["region"]["startLine"] >= 1
    fix = next(result for result in run["results"] if result["ruleId"] == "AC201")["fixes"][0]
    replacement = fix["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"]["text"] == "prompt"


def test_github_annotations_name_file_and_line(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", TYPO)
    done = agentc("check", "--format", "github", "flow.yaml", cwd=tmp_path)
    assert "::error file=flow.yaml,line=8," in done.stdout


def test_strict_fails_on_warnings(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", GOOD.replace("  draft: str\n", "  draft: str\n  idle: str\n"))
    assert agentc("check", "flow.yaml", cwd=tmp_path).returncode == 0
    assert agentc("check", "--strict", "flow.yaml", cwd=tmp_path).returncode == 1


def test_fix_mends_the_file_and_keeps_the_rest_byte_for_byte(tmp_path: Path) -> None:
    windows = b"\xef\xbb\xbf" + TYPO.replace("\n", "\r\n").encode() + b"# \xc3\xa9nd"
    path = tmp_path / "flow.yaml"
    path.write_bytes(windows)
    path.chmod(0o640)
    done = agentc("check", "--fix", "--no-notes", "flow.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 fixed" in done.stderr
    assert path.read_bytes() == windows.replace(b"promt", b"prompt")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["flow.yaml"]


def test_fix_of_stdin_prints_the_mended_text(tmp_path: Path) -> None:
    done = agentc("check", "--fix", "-", cwd=tmp_path, stdin=TYPO)
    assert done.stdout == GOOD
    done = agentc("check", "--fix", "-", cwd=tmp_path, stdin="a: [")
    assert (done.returncode, done.stdout) == (1, "a: [")
    assert "AC101" in done.stderr


def test_a_bug_is_70_names_its_stage_and_spares_the_other_files(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", GOOD)
    write(tmp_path, "b.yaml", TYPO)
    bug = (
        "import compiler.driver as driver\nreal = driver.read\n"
        "def read(tree, sink):\n"
        "    if 'promt' not in tree.span.source.text: raise RuntimeError('boom')\n"
        "    return real(tree, sink)\n"
        "driver.read = read"
    )
    done = patched(bug, "check", "a.yaml", "b.yaml", cwd=tmp_path)
    assert done.returncode == 70
    assert "error[AC999]: a bug in agentc, in the `driver` stage: RuntimeError: boom" in done.stdout
    assert "error[AC201]" in done.stdout
    assert "Traceback" not in done.stderr
    shown = f"import os\nos.environ['AGENTC_DEBUG'] = '1'\n{bug}"
    assert "Traceback" in patched(shown, "check", "a.yaml", cwd=tmp_path).stderr


def test_colour_is_for_terminals_unless_the_environment_says_otherwise(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", TYPO)

    def coloured(**env: str) -> bool:
        return "\x1b[" in agentc("check", "flow.yaml", cwd=tmp_path, env=env).stdout

    assert not coloured(NO_COLOR="")
    assert coloured(NO_COLOR="", FORCE_COLOR="1")
    assert not coloured(NO_COLOR="1", FORCE_COLOR="1")
    for env, expected in (({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False)):
        main, side = pty.openpty()
        subprocess.run(
            command("check", "flow.yaml"),
            cwd=tmp_path,
            env=environment({"TERM": "xterm", **env}),
            stdout=side,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        os.close(side)
        assert (b"\x1b[" in os.read(main, 100_000)) is expected
        os.close(main)


def test_a_closed_pipe_is_quiet_and_keeps_the_exit_code(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", TYPO * 1)
    shell = " ".join(command("explain", "--list")) + " | head -1; echo ${PIPESTATUS[0]}"
    done = subprocess.run(
        ["bash", "-c", shell], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("AC101")
    assert done.stdout.endswith("\n0\n")
    assert done.stderr == ""


def test_an_interrupt_is_130(tmp_path: Path) -> None:
    child = subprocess.Popen(
        command("check", "-"),
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    _, error = child.communicate(timeout=20)
    assert child.returncode == 130
    assert error.strip() == b"interrupted"


@pytest.mark.parametrize(
    "arguments",
    [["chek"], ["check", "--nope"], ["build", "x.yaml"], ["explain", "AC53"], ["new", "../x"], []],
)
def test_wrong_usage_is_2_and_points_to_help(tmp_path: Path, arguments: list[str]) -> None:
    done = agentc(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "agentc" in done.stderr
    assert done.stdout == ""


def test_every_command_has_help_with_examples(tmp_path: Path) -> None:
    top = agentc("--help", cwd=tmp_path).stdout
    names = [line.split()[0] for line in top.split("Commands:")[1].splitlines()[1:14]]
    assert len(names) == 13
    for name in names:
        done = agentc(name, "--help", cwd=tmp_path)
        assert done.returncode == 0
        assert "Example" in done.stdout, name
        assert "agentc" in done.stdout


def test_check_loads_nothing_that_only_other_commands_need(tmp_path: Path) -> None:
    write(tmp_path, "flow.yaml", GOOD)
    code = (
        "import sys\nfrom compiler.cli.main import main\n"
        "try: main(['check', 'flow.yaml'])\nexcept SystemExit: pass\n"
        "heavy = {'black', 'jinja2', 'ruamel', 'langgraph', 'litellm', 'mlflow', 'tomllib', 'httpx'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = patched("pass", "--version", cwd=tmp_path)
    assert done.stdout.startswith("agentc, version ")
    line = [*command()[:1], "-c", code]
    ran = subprocess.run(
        line, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert ran.stderr.strip().splitlines()[-1] == "[]"


def test_endless_and_hostile_files_end_with_a_message(tmp_path: Path) -> None:
    start = time.monotonic()
    done = agentc("check", "/dev/zero", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[AC105]" in done.stdout
    assert time.monotonic() - start < 20
    name = "a\udcff\n\x1b[31m.yaml"
    write(tmp_path, name, TYPO)
    for format in ("text", "json", "sarif"):
        done = agentc("check", "--format", format, name, cwd=tmp_path)
        assert done.returncode == 1
        assert "\x1b" not in done.stdout + done.stderr
    (tmp_path / "folder.yaml").mkdir()
    done = agentc("build", "folder.yaml", "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "error[AC111]" in done.stderr
