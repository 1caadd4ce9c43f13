"""Lowering of YAML text in tests: the real front end, and files that live in a dict."""

from __future__ import annotations

import posixpath
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from compiler.diagnostics.diagnostic import Diagnostic
from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile
from compiler.ir.pprint import pprint
from compiler.ir.verify import verify
from compiler.ir.workflow import Workflow
from compiler.lower import Children, lower
from compiler.spec import read
from compiler.syntax import parse

ROOT = "flow.yaml"
USUAL = ("AC312", "AC603")


@dataclass(frozen=True)
class DictFiles:
    """Files by path; `folder` is where the workflow stands."""

    texts: Mapping[str, str]
    folder: str = ""

    def _key(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, path))

    def read_text(self, path: str) -> str | None:
        return self.texts.get(self._key(path))

    def exists(self, path: str) -> bool:
        return self._key(path) in self.texts

    def siblings(self, path: str) -> list[str]:
        folder = posixpath.dirname(path)
        inside = posixpath.dirname(self._key(path))
        names = [each for each in self.texts if posixpath.dirname(each) == inside]
        return [posixpath.join(folder, posixpath.basename(each)) for each in names]


@dataclass(frozen=True)
class Lowered:
    """What came out: the workflow, and the findings as the user sees them, roughly."""

    workflow: Workflow | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ir(self) -> str:
        """The printed workflow."""
        assert self.workflow is not None
        return pprint(self.workflow)

    @property
    def codes(self) -> list[str]:
        """The codes of what was found."""
        return [each.code for each in self.diagnostics if each.code not in USUAL]

    @property
    def report(self) -> str:
        """What was found, notes and warnings that every small workflow has left out."""
        return "\n".join(_line(each) for each in self.diagnostics if each.code not in USUAL)


def _line(each: Diagnostic) -> str:
    span = each.primary
    marked = span.source.text[span.start : span.end].replace("\n", "\\n")
    fix = f"\n  fix: {each.fix[0].replacement}" if each.fix else ""
    help = f"\n  help: {each.help}" if each.help and not each.fix else ""
    return f"{each.code} {span.source.path}:{span.line} [{marked}] {each.message}{fix}{help}"


def lower_text(yaml: str, files: Mapping[str, str] | None = None) -> Lowered:
    """Lower a workflow; `files` also holds sub-workflows. A sound result must verify."""
    sink = Sink()
    texts = {path: textwrap.dedent(text) for path, text in (files or {}).items()}
    workflow = _compile(textwrap.dedent(yaml), ROOT, texts, sink, (ROOT,))
    if workflow is not None and not sink.has_errors:
        assert verify(workflow) == []
    return Lowered(workflow, sink.diagnostics)


def _compile(
    yaml: str, key: str, texts: Mapping[str, str], sink: Sink, around: tuple[str, ...]
) -> Workflow | None:
    source = SourceFile(key, yaml)
    tree = parse(source, sink)
    spec = None if tree is None else read(tree, sink)
    if tree is None or spec is None:
        return None

    def child(inner: str) -> Workflow | None:
        return _compile(texts[inner], inner, texts, sink, (*around, inner))

    folder = posixpath.dirname(key)
    children = Children(child, folder, around)
    return lower(spec, tree, source, DictFiles(texts, folder), sink, children)
