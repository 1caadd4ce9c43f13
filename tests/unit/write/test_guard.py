"""Folders that no build may write to."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.write import refusal


def test_home_and_root_and_what_holds_home_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "people/me"
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for folder in (Path("/"), home, home.parent, home / "x/.."):
        assert refusal(folder, ["a"], []) is not None, folder
    assert refusal(home / "out", ["a"], []) is None


def test_a_source_is_never_overwritten_not_even_through_a_link(tmp_path: Path) -> None:
    source = tmp_path / "README.md"
    source.write_text("prompt")
    (tmp_path / "alias").symlink_to(tmp_path)
    for folder in (tmp_path, tmp_path / "alias"):
        found = refusal(folder, ["README.md"], [tmp_path / "flow.yaml", source])
        assert found is not None
        assert "README.md" in found
    assert refusal(tmp_path, ["other.md"], [source]) is None


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    assert refusal(tmp_path / "f", ["a"], []) == f"`{tmp_path / 'f'}` is not a folder"
