"""Python text written by the user: parsed, never run, with places as character offsets."""

from __future__ import annotations

import ast
import warnings

from compiler.record import dataclass


@dataclass(frozen=True, slots=True)
class PythonProblem:
    """Something wrong in a piece of Python, at `[start, end)` of its text."""

    code: str
    message: str
    start: int
    end: int
    help: str | None = None
    name: str | None = None
    """The name it is about, where near ones can be offered."""


class PythonText:
    """A parsed piece of Python and its line starts."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text = text
        self.tree = tree
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        """Turn a 1-based line and a column in UTF-8 bytes, as `ast` counts them, into an offset."""
        if not 1 <= line <= len(self._lines):
            return len(self.text)
        text = self._lines[line - 1]
        column = column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))
        return min(self._starts[line - 1] + column, len(self.text))

    def place(self, node: ast.expr | ast.stmt | ast.alias | ast.arg) -> tuple[int, int]:
        """Return the first and the last offset of a node, cut to its first line if it has more."""
        start = self.offset(node.lineno, node.col_offset)
        if node.end_lineno != node.lineno or node.end_col_offset is None:
            end = self.text.find("\n", start)
            return start, end if end >= 0 else len(self.text)
        return start, self.offset(node.lineno, node.end_col_offset)


def parse_python(text: str) -> PythonText | PythonProblem:
    """Parse Python text. Code: AC703."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            # Compiling finds what parsing does not, such as `return` outside of a function.
            compile(tree, "<workflow>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return _syntax_problem(text, error)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return PythonProblem("AC703", f"this Python cannot be read: {error}", 0, len(text))
    return PythonText(text, tree)


def _syntax_problem(text: str, error: SyntaxError) -> PythonProblem:
    lines = text.splitlines(keepends=True)
    line = min(max(error.lineno or 1, 1), max(len(lines), 1))
    begin = sum(map(len, lines[: line - 1]))
    length = len(lines[line - 1].rstrip("\n")) if lines else 0
    column = min(max((error.offset or 1) - 1, 0), length)
    end = column + 1
    if error.end_lineno == error.lineno and error.end_offset and error.end_offset > column + 1:
        end = error.end_offset - 1
    message = (error.msg or "invalid syntax").rstrip(".")
    lowered = message[:1].lower() + message[1:]
    return PythonProblem(
        "AC703", f"this is not valid Python: {lowered}", begin + column, begin + min(end, length)
    )
