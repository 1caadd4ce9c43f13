"""From a workflow file to the project it stands for, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from compiler import __version__
from compiler.cli.internal import internal_error, print_traceback
from compiler.cli.sources import STDIN, analyze
from compiler.diagnostics.diagnostic import Diagnostic
from compiler.record import dataclass

if TYPE_CHECKING:
    from compiler.api import Analysis, GeneratedFile
    from compiler.plan.kubernetes import Kubernetes
    from compiler.write import Wanted


@dataclass(frozen=True, slots=True)
class Project:
    """What a workflow file became; `files` is empty when it has errors.

    Args:
        path: the workflow file as the user wrote it.
        done: what the optimizer did, in sentences.
        optimizer: the same for programs.
    """

    path: str
    analysis: Analysis
    diagnostics: tuple[Diagnostic, ...]
    package: str = ""
    files: Mapping[str, GeneratedFile] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    optimizer: Mapping[str, object] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[Path, ...]:
        """The workflow file and the files it refers to, which exist or were looked for."""
        if self.path == STDIN:
            return self.analysis.seen
        return (Path(self.path), *self.analysis.seen)

    def wanted(self) -> Wanted:
        """Return the project as `write` takes it."""
        from compiler.write import Wanted, WantedFile, sha256

        source = self.analysis.source
        assert source is not None, "a workflow without errors has a source"
        name = source.path.replace("\\", "/").rpartition("/")[2]
        files = {
            path: WantedFile(file.text.encode(), file.kind) for path, file in self.files.items()
        }
        return Wanted(self.package, name, sha256(source.text.encode()), __version__, files)


def make_project(
    path: str,
    level: int,
    analysis: Analysis | None = None,
    *,
    with_server: bool = False,
    kubernetes: Kubernetes | None = None,
) -> Project:
    """Analyze, if that has not been done, and generate; a bug of agentc becomes a finding.

    Args:
        level: 1 optimizes, 0 does not.
        with_server: generate the command `serve` even if no trigger needs it.
        kubernetes: generate the files for Kubernetes too.
    """
    from compiler import api

    found = analyze(path) if analysis is None else analysis
    if found.has_errors:
        return Project(path, found, found.diagnostics)
    try:
        built = api.build(found, level, with_server=with_server, kubernetes=kubernetes)
    except Exception as error:  # noqa: BLE001 - a bug of any kind must end as AC999
        print_traceback(error)
        name = found.source.path if found.source is not None else path
        return Project(path, found, (*found.diagnostics, internal_error(error, name)))
    return Project(
        path, found, found.diagnostics, built.package, built.files, built.done, built.optimizer
    )
