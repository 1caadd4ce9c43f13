"""Builds a workflow into the cache, once for each content."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path

from compiler.cli import exits
from compiler.cli.cache import build_key, cache_folder, prune
from compiler.cli.output import cannot_write
from compiler.cli.project import Project, make_project
from compiler.cli.reporting import Report, is_failing, without_notes
from compiler.cli.sources import STDIN, analyze
from compiler.cli.terminal import say, shown
from compiler.diagnostics.diagnostic import Diagnostic
from compiler.record import dataclass
from compiler.write import MANIFEST, WriteError, apply, changes


@dataclass(frozen=True, slots=True)
class CachedBuild:
    """A built project: its folder, and the name of its package in it."""

    folder: Path
    package: str

    @property
    def is_durable(self) -> bool:
        """Whether its runs are saved under a thread."""
        return (self.folder / self.package / "_runtime" / "cli_resume.py").is_file()

    @property
    def requirements(self) -> list[str]:
        """The libraries it needs, as `pyproject.toml` lists them."""
        import tomllib

        with (self.folder / "pyproject.toml").open("rb") as file:
            found = tomllib.load(file)
        listed = found.get("project", {}).get("dependencies", [])
        return [str(each) for each in listed]


def build_cached(path: str, *, level: int, as_json: bool) -> CachedBuild | int:
    """Return the build of a workflow file, or the exit code that its mistakes mean.

    Args:
        as_json: mistakes go to stdout in the JSON envelope.
    """
    analysis = analyze(path)
    workflow, source = analysis.workflow, analysis.source
    if is_failing(analysis.diagnostics) or workflow is None or source is None:
        return _fail(path, analysis.diagnostics, as_json=as_json)
    warnings = len(without_notes(analysis.diagnostics))
    if warnings:
        hint = (
            ""
            if path == STDIN
            else f": `{shown(shlex.join(['agentc', 'check', path]))}` shows them"
        )
        say(f"{warnings} warning{'s' if warnings != 1 else ''}{hint}")
    cache = cache_folder()
    name = Path(source.path).name
    folder = cache / build_key(name, source.text.encode(), analysis.seen, level)
    if not (folder / MANIFEST).is_file():
        project = make_project(path, level, analysis)
        failure = store(project, folder)
        if failure is not None:
            return _fail(path, failure, as_json=as_json)
        prune(cache)
    with contextlib.suppress(OSError):
        os.utime(folder)  # builds that are used stay longest
    return CachedBuild(folder, workflow.package)


def store(project: Project, folder: Path) -> tuple[Diagnostic, ...] | None:
    """Write a build that is not there; return what kept it from that."""
    if not project.files:
        return project.diagnostics
    try:
        apply(changes(project.wanted(), folder))
    except WriteError as error:
        # Another process may have been faster: builds of one name are equal.
        if not (folder / MANIFEST).is_file():
            return (cannot_write(f"{error}; `AGENTC_CACHE` names another folder", str(folder)),)
    return None


def _fail(path: str, diagnostics: tuple[Diagnostic, ...], *, as_json: bool) -> int:
    report = Report(diagnostics, [path])
    report.show("json" if as_json else "text", text_to="stderr")
    return report.exit_code() or exits.FINDINGS
