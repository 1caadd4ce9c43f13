"""What is cut out of installed libraries, on small libraries made up here; no Docker."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).resolve().parents[2] / "templates" / "project" / "docker"
SLIM = (
    "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]);"
    "from pathlib import Path; from slim import slim;"
    "slim(Path(sys.argv[2]), frozenset(sys.argv[3].split()),"
    " None if sys.argv[4] == '?' else frozenset(sys.argv[4].split()))"
)
LIBRARIES = {
    "litellm/__init__.py": "from . import main\n",
    "litellm/main.py": "def ask():\n    from litellm.proxy.costs import price\n    return price()\n",
    "litellm/proxy/__init__.py": "",
    "litellm/proxy/server.py": "import no_such_web_framework\n",
    "litellm/proxy/routes.py": "from litellm.proxy.server import app\n",
    "litellm/proxy/costs.py": "from .units import DOLLAR\ndef price():\n    return DOLLAR\n",
    "litellm/proxy/units.py": "DOLLAR = 1\n",
    "litellm/proxy/hooks/__init__.py": "",
    "litellm/proxy/hooks/limit.py": "",
    "litellm/proxy/hooks/rates.json": "{}",
    "litellm/amazon.py": "import botocore\n",
    "litellm/careful.py": "try:\n    import no_such_library\nexcept ImportError:\n    pass\n",
    "litellm/rust_bridge/__init__.py": "",
    "litellm/rust_bridge/_native.abi3.so": "not really",
    "botocore/__init__.py": "",
    "botocore/tests/__init__.py": "",
    "other/__init__.py": '"""Says what it is."""\nassert __doc__\n',
    "other-1.0.dist-info/METADATA": "",
    "other-1.0.dist-info/RECORD": "",
    "pip/__init__.py": "",
}


def cut(folder: Path, providers: str = "openai", own: str = "") -> set[str]:
    """Write the libraries, cut them, and return the files that are left."""
    for name, text in LIBRARIES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", SLIM, str(PROGRAMS), str(folder), providers, own]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_can_be_reached_stays(tmp_path: Path) -> None:
    assert cut(tmp_path) == {
        "litellm/__init__.pyc",
        "litellm/careful.pyc",
        "litellm/main.pyc",
        "litellm/proxy/__init__.pyc",
        "litellm/proxy/costs.pyc",
        "litellm/proxy/units.pyc",
        "litellm/rust_bridge/__init__.pyc",
        "other/__init__.pyc",
        "other-1.0.dist-info/METADATA",
    }
    code = "import litellm.main, other; print(litellm.main.ask(), other.__doc__, litellm.main.__file__)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("1 Says what it is. "), "unknown libraries keep their docstrings"


def test_an_unknown_provider_may_need_anything(tmp_path: Path) -> None:
    left = cut(tmp_path, providers="openai sagemaker_chat")
    assert {
        "botocore/__init__.pyc",
        "litellm/amazon.pyc",
        "litellm/rust_bridge/_native.abi3.so",
    } <= left
    assert "pip/__init__.py" not in left


def test_what_own_files_import_stays_whole(tmp_path: Path) -> None:
    left = cut(tmp_path, own="botocore other")
    assert {"botocore/__init__.py", "other/__init__.py", "litellm/amazon.pyc"} <= left
    left = cut(tmp_path / "unknown", own="?")
    assert {"pip/__init__.py", "litellm/proxy/hooks/rates.json", "litellm/main.py"} <= left
    assert "litellm/proxy/server.py" not in left, "it can't be imported in any case"


def test_a_library_that_others_need_is_not_cut(tmp_path: Path) -> None:
    (tmp_path / "needy").mkdir(parents=True)
    (tmp_path / "needy" / "__init__.py").write_text("import botocore.config\n", encoding="utf-8")
    left = cut(tmp_path)
    assert {"needy/__init__.pyc", "botocore/__init__.pyc"} <= left


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ("Requires-Dist: Boto3>=1.4", True),
        ("Requires-Dist: boto3 ; extra == 'amazon'", False),
        ("Requires-Dist: boto3-stubs", False),
    ],
)
def test_a_library_that_others_require_is_not_cut(tmp_path: Path, said: str, stays: bool) -> None:
    for name, text in (
        ("boto3-1.0", ""),
        ("needy-1.0", said),
        ("litellm-1.0", "Requires-Dist: boto3"),
    ):
        (tmp_path / f"{name}.dist-info").mkdir(parents=True)
        (tmp_path / f"{name}.dist-info" / "METADATA").write_text(f"{text}\n", encoding="utf-8")
    left = cut(tmp_path)
    assert ("botocore/__init__.pyc" in left) is stays


@pytest.mark.skipif(sys.platform != "linux", reason="shared libraries of Linux")
def test_stripped_libraries_load(tmp_path: Path) -> None:
    import pydantic_core._pydantic_core as native
    import yaml._yaml as another

    for module in (native, another):
        whole = Path(str(module.__file__))
        copy = Path(shutil.copy(whole, tmp_path))
        load = (
            "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; import elf, ctypes;"
            "saved = elf.strip(Path(sys.argv[2])); ctypes.PyDLL(sys.argv[2]); print(saved)"
        )
        done = subprocess.run(
            [sys.executable, "-c", load, str(PROGRAMS), str(copy)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) == whole.stat().st_size - copy.stat().st_size > 0
