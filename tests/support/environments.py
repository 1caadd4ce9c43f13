"""Virtual environments made from nothing, with uv when it is there, else with venv and pip."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tests.support.project import clean_environment


def make_environment(folder: Path, *requirements: str) -> Path:
    """Make a virtual environment, install `requirements` (pip's words) and return its interpreter."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        venv.create(folder, with_pip=True)
        _run(str(python), "-m", "pip", "install", "--quiet", *requirements)
    else:
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
        _run(
            uv,
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
            "--python",
            str(python),
            *requirements,
        )
    return python


def _run(*command: str) -> None:
    done = subprocess.run(
        command, env=clean_environment({}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
