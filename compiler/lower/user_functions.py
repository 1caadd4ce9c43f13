"""Functions of the user's own Python files: found and read, never imported."""

from __future__ import annotations

from dataclasses import field

from compiler.diagnostics.nearest import nearest
from compiler.diagnostics.span import SourceFile, Span
from compiler.expr import ANY
from compiler.lower.context import Context
from compiler.lower.python_functions import PythonFunction, find_functions, top_names
from compiler.lower.python_text import PythonProblem, parse_python
from compiler.lower.user_imports import check_imports
from compiler.record import dataclass
from compiler.syntax import Path


@dataclass(frozen=True, slots=True)
class UserFunction:
    """A function and its file; `is_defined` is False for one the file only imports or assigns."""

    path: str
    function: PythonFunction
    source: SourceFile
    is_defined: bool

    @property
    def span(self) -> Span:
        """The function's name in its file."""
        return Span(self.source, self.function.start, self.function.end)


@dataclass(frozen=True, slots=True)
class _Module:
    functions: dict[str, PythonFunction]
    other_names: frozenset[str]


@dataclass(slots=True)
class UserFunctions:
    """Looks functions up; each file is parsed once."""

    ctx: Context
    _modules: dict[str, _Module | None] = field(default_factory=dict)

    def find(self, text: str, at: Path) -> UserFunction | None:
        """Return the function that `./file.py:name` means. Codes: AC308, AC309, AC701, AC703, AC709."""
        ctx = self.ctx
        written = ctx.written(at, text)
        file, colon, name = text.rpartition(":")
        if not colon or not file.endswith(".py") or not name.isidentifier():
            ctx.report(
                "AC701",
                written.span,
                f"`{text}` does not name a function",
                help="write the file and the function: `./hooks.py:name`",
            )
            return None
        read = ctx.read_file(file, written.part(0, len(file)), what="the Python file")
        if read is None:
            return None
        path, source = read
        if path not in self._modules:
            self._modules[path] = self._read(path, source)
        module = self._modules[path]
        if module is None:
            return None
        function = module.functions.get(name)
        if function is not None:
            return UserFunction(path, function, source, is_defined=True)
        place = written.part(len(file) + 1, len(text))
        if name in module.other_names:
            unknown = PythonFunction(name, (), True, (), ANY, False, "", 0, 0)
            return UserFunction(path, unknown, source, is_defined=False)
        self._report_unknown(place, path, name, module)
        return None

    def _read(self, path: str, source: SourceFile) -> _Module | None:
        parsed = parse_python(source.text)
        if isinstance(parsed, PythonProblem):
            span = Span(source, parsed.start, parsed.end)
            self.ctx.report("AC703", span, parsed.message, help=parsed.help)
            return None
        check_imports(self.ctx, path, source, parsed)
        self.ctx.use_python(path, source)
        return _Module(find_functions(parsed), top_names(parsed))

    def _report_unknown(self, span: Span, path: str, name: str, module: _Module) -> None:
        if nearest(name, module.functions) is None:
            self.ctx.report(
                "AC701",
                span,
                f"`{path}` has no function `{name}`",
                help=f"add `def {name}(…)` to `{path}`",
            )
            return
        self.ctx.sink.report_unknown(
            "AC701",
            span,
            f"`{path}` has no function `{name}`",
            name,
            module.functions,
            what=f"functions in `{path}`",
        )
