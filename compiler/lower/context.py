"""What all parts of lowering share: the file, where findings go, and the tables of names."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from compiler.diagnostics.diagnostic import Fix
from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.expr import Problem, RecordType, Type
from compiler.ir.workflow import Field, UserFile, Workflow
from compiler.lower.files import Files, inner_path
from compiler.lower.written import Written
from compiler.record import dataclass
from compiler.spec import NodeSpec, WorkflowSpec
from compiler.syntax import Path, Scalar, Tree, find, key_span_at, span_at

_STATE: tuple[Path, ...] = ((), ("state",), ("state", "fields"))
_DECLARED_IN: Mapping[str, tuple[Path, ...]] = {
    "name": _STATE,
    "field": _STATE,
    "type": ((), ("types",)),
    "model": ((), ("models",)),
    "tool": ((), ("tools",)),
    "node": ((), ("nodes",)),
}
"""Where names of each kind are declared, with what stands around."""
_ADVICE: Mapping[str, str] = {
    "field": "declare it under `state`",
    "model": "declare it under `models`, or write `provider/model`, such as `ollama/llama3.2`",
    "tool": "declare it under `tools`",
}
"""What to do about a name that resembles no known one."""


@dataclass(frozen=True, slots=True)
class Children:
    """How sub-workflows are compiled.

    Args:
        compile: gives the workflow of a key (a path relative to the root file's folder), None after errors.
        folder: the folder of the file that is being lowered, relative to the root file's; empty for the root.
        open: keys of the files being compiled right now, the root first, this one last.
    """

    compile: Callable[[str], Workflow | None]
    folder: str = ""
    open: tuple[str, ...] = ()

    def key_of(self, path: str) -> str:
        """Return the key of a path that is relative to this file's folder."""
        return posixpath.normpath(posixpath.join(self.folder, path))


@dataclass(slots=True)
class Context:
    """One workflow being lowered. The tables are filled section by section, in the order of `lower`."""

    spec: WorkflowSpec
    tree: Tree
    source: SourceFile
    files: Files
    sink: Sink
    children: Children | None
    types: dict[str, RecordType] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    state: dict[str, Type] = field(default_factory=dict)
    nodes: dict[str, NodeSpec] = field(default_factory=dict)
    user_files: dict[str, UserFile] = field(default_factory=dict)
    _texts: dict[str, SourceFile | None] = field(default_factory=dict)
    _reported: set[tuple[str, str]] = field(default_factory=set)

    def at(self, path: Path) -> Span:
        """Return where the value at `path` stands."""
        return span_at(self.tree, path)

    def key_at(self, path: Path) -> Span:
        """Return where the key at the end of `path` stands."""
        return key_span_at(self.tree, path)

    def written(self, path: Path, text: str) -> Written:
        """Return a text of the spec with its place."""
        node = find(self.tree, path)
        if isinstance(node, Scalar) and node.text == text:
            return Written.in_scalar(node)
        return Written(text, self.at(path))

    def report(self, code: str, span: Span, message: str, *, help: str | None = None) -> None:
        """Report a finding at one place."""
        self.sink.report(code, span, message, help=help)

    def report_problem(
        self, written: Written, problem: Problem, *, help: str | None = None
    ) -> None:
        """Report what is wrong inside a text; names that were reported or dropped before stay silent."""
        found = written.text[problem.start : problem.end]
        if problem.code == "AC404" and self.is_silent("name", found, problem.near is not None):
            return
        span = written.part(problem.start, problem.end)
        sure = problem.near is not None and span.source.text[span.start : span.end] == found
        fix = (Fix(span, problem.near),) if sure and problem.near is not None else ()
        self.sink.report(
            problem.code,
            span,
            problem.message,
            notes=problem.notes,
            help=problem.help or help,
            fix=fix,
        )

    def report_unknown(
        self, code: str, span: Span, found: str, known: Iterable[str], *, what: str
    ) -> str | None:
        """Report a name that does not exist, unless its declaration was dropped with a report.

        A name without a near one is a missing declaration: it is reported where it is met first. Return the near
        one, which is what was meant: with it the rest of the file can be looked at as well.
        """
        names = list(known)
        near = nearest(found, names)
        if self.is_silent(what, found, near is not None):
            return near
        message = f"unknown {what} `{found}`"
        advice = _ADVICE.get(what)
        if near is not None or advice is None:
            self.sink.report_unknown(code, span, message, found, names, what=f"{what}s")
        else:
            self.report(code, span, message, help=advice)
        return near

    def is_silent(self, what: str, found: str, has_near: bool) -> bool:
        """Tell whether an unknown name needs no report, and remember that it had one."""
        name = found.rpartition("state.")[2]
        if name in self.spec.poisoned or self._is_damaged(what):
            return True
        if has_near:
            return False
        # A field is one cause whether it is met as an output or inside an expression.
        key = ("field" if what == "name" else what, name)
        if key in self._reported:
            return True
        self._reported.add(key)
        return False

    def _is_damaged(self, what: str) -> bool:
        """Tell whether declarations may be lost in a part of the file that cannot be read."""
        for path in _DECLARED_IN.get(what, ()):
            section = find(self.tree, path)
            if section is not None and not isinstance(section, Scalar) and section.partial:
                return True
        return False

    def read_file(self, text: str, span: Span, *, what: str) -> tuple[str, SourceFile] | None:
        """Return the plain path and the text of a file the workflow names. Codes: AC308, AC309."""
        path = self.inner_path(text, span)
        if path is None:
            return None
        if path not in self._texts:
            content = self.files.read_text(path)
            shown = posixpath.join(posixpath.dirname(self.source.path), path)
            self._texts[path] = None if content is None else SourceFile(shown, content)
        source = self._texts[path]
        if source is None:
            self._report_missing(path, span, what=what)
            return None
        return path, source

    def inner_path(self, text: str, span: Span) -> str | None:
        """Return `text` as a plain path inside the workflow's folder, or report AC309."""
        path = inner_path(text)
        if path is None:
            self.report(
                "AC309",
                span,
                f"`{text}` is not a file below the workflow's folder",
                help="use a relative path with `/`, such as `prompts/write.md`, without `..`",
            )
        return path

    def use_python(self, path: str, source: SourceFile) -> None:
        """Note that a Python file of the user's belongs into the package."""
        self.user_files.setdefault(path, UserFile(path, source.text))

    def _report_missing(self, path: str, span: Span, *, what: str) -> None:
        # Several nodes may name one file that is not there: one cause, one report.
        if self.is_silent("file", path, has_near=False):
            return
        if self.files.exists(path):
            self.report("AC308", span, f"`{path}` is not a UTF-8 text file")
            return
        near = nearest(path, self.files.siblings(path))
        self.sink.report(
            "AC308",
            span,
            f"{what} `{path}` does not exist",
            help=f"did you mean `{near}`?" if near else f"create `{path}` beside the workflow file",
        )
