"""What the tests install is what generated packages install."""

from __future__ import annotations

import tomllib

from tests.support.project import ROOT


def test_tests_install_every_library_of_the_runtime() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    table = tomllib.loads((ROOT / "runtime_stubs" / "requirements.toml").read_text("utf-8"))
    installed = {
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["run"],
        *project["dependency-groups"]["test"],
    }
    assert set(table["imports"].values()) <= installed
