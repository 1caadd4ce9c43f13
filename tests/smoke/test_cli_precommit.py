"""The two hooks under real pre-commit, in a repository that has nothing but workflows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.smoke.agentc import GOOD, TYPO, agentc, write
from tests.support.project import ROOT, clean_environment

pytestmark = pytest.mark.slow

CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: agentc-check
      - id: agentc-build-check
        args: [flow.yaml, -o, out]
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody and return what it prints."""
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout, as it is now, as a repository that pre-commit can clone."""
    folder = tmp_path_factory.mktemp("agentc")
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A", "--force")
    git(folder, "commit", "-q", "-m", "now")
    return folder


def test_both_hooks_pass_fail_and_name_the_command_that_helps(
    repository: Path, tmp_path: Path
) -> None:
    here = tmp_path / "user"
    here.mkdir()
    revision = git(repository, "rev-parse", "HEAD")
    write(here, ".pre-commit-config.yaml", CONFIG.format(repository=repository, revision=revision))
    write(here, "flow.yaml", GOOD)
    write(here, "k8s.yaml", "kind: Service\n")
    assert agentc("build", "flow.yaml", "-o", "out", cwd=here).returncode == 0
    git(here, "init", "-q")
    git(here, "add", "-A")

    def hooks() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files"],
            cwd=here,
            env={**clean_environment({}), "PRE_COMMIT_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )

    fine = hooks()
    assert fine.returncode == 0, fine.stdout + fine.stderr
    write(here, "flow.yaml", GOOD.replace("Write about", "Write on"))
    stale = hooks()
    assert stale.returncode == 1
    assert "exit code: 3" in stale.stdout
    assert "run `agentc build flow.yaml -o out`" in stale.stdout
    write(here, "flow.yaml", TYPO)
    wrong = hooks()
    assert wrong.returncode == 1
    assert "error[AC201]" in wrong.stdout
