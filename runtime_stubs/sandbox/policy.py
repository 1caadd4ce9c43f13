# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Which Python the sandbox takes: RestrictedPython's rules, with everyday code let through.

total["a"] += 1       allowed (items are plain data, nothing to guard)
x: int = 1            becomes x = 1
node.name             becomes _getattr_(node, "name")
self.n += 1           becomes _write_(self).n += 1
x.__class__           refused, with the line
"""

import ast
import re
from types import CodeType

from RestrictedPython.transformer import (
    ALLOWED_FUNC_NAMES,
    INSPECT_ATTRIBUTES,
    RestrictingNodeTransformer,
)

__all__ = ["FILE_NAME", "Refused", "compile_code"]

FILE_NAME = "<code>"
MAX_SOURCE = 200_000

METHODS = ALLOWED_FUNC_NAMES | {
    f"__{name}__"
    for name in re.findall(
        r"\w+",
        "abs add and bool call delitem divmod enter exit float floordiv getitem hash iadd imul int"
        " invert isub iter len matmul mod mul neg next or pos pow radd repr reversed rmul round"
        " rsub rtruediv setitem str sub truediv xor",
    )
}
STATEMENTS = {
    "AsyncFor": "`async for`",
    "AsyncFunctionDef": "`async def`",
    "AsyncWith": "`async with`",
    "Await": "`await`",
    "TryStar": "`except*`",
    "TypeAlias": "`type`",
}
MATCHABLE = {"bool", "dict", "float", "int", "list", "set", "str", "tuple"}


class Refused(Exception):
    """Code the sandbox does not take, with the line (from 1) it is about."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


def compile_code(source: str) -> CodeType:
    """Return the guarded form of `source`; raise Refused for the first thing that is not taken."""
    if len(source) > MAX_SOURCE:
        raise Refused(
            f"the code has {len(source)} characters, at most {MAX_SOURCE} are taken", None
        )
    try:
        tree = ast.parse(source, FILE_NAME)
        policy = Policy()
        policy.visit(tree)
        if policy.problems:
            raise min(policy.problems, key=lambda problem: problem.line or 0)
        return compile(tree, FILE_NAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise Refused(f"syntax error: {error.msg}", error.lineno) from None
    except (RecursionError, MemoryError, ValueError) as error:
        raise Refused(str(error) or "the code is nested too deeply", None) from None


class Policy(RestrictingNodeTransformer):
    """Rewrites a module so that each attribute access goes through a guard.

    Only attributes are guarded. Items, iteration and unpacking touch plain data and objects that
    the guards gave out, so RestrictedPython's hooks for them (meant for per-object permissions)
    would only cost time.
    """

    def __init__(self) -> None:
        super().__init__(errors=[], warnings=[], used_names={})
        self.problems: list[Refused] = []

    def error(self, node: ast.AST, info: str) -> None:
        """Record a problem."""
        self.problems.append(Refused(info, getattr(node, "lineno", None)))

    def not_allowed(self, node: ast.AST) -> None:
        """Record a kind of statement that is not taken."""
        kind = type(node).__name__
        self.error(node, f"{STATEMENTS.get(kind, f'`{kind}`')} is not available in the sandbox")

    def check_name(
        self, node: ast.AST, name: str | None, allow_magic_methods: bool = False
    ) -> None:
        """Refuse names that belong to the sandbox or to Python's insides."""
        if name is None or not name.startswith("_"):
            if name == "print":
                self.error(node, "`print` cannot be given another meaning")
            return
        if allow_magic_methods and name in METHODS and getattr(node, "col_offset", 0) != 0:
            return
        if name.startswith("__") or (name.endswith("_") and name != "_"):
            self.error(node, f"`{name}` is a reserved name")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Let `print` be a function like any other."""
        if not (node.id == "print" and isinstance(node.ctx, ast.Load)):
            self.check_name(node, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Guard reading and writing of attributes."""
        if node.attr.startswith("_"):
            self.error(node, f"attribute `{node.attr}` is private")
        elif node.attr in INSPECT_ATTRIBUTES:
            self.error(node, f"attribute `{node.attr}` is not available in the sandbox")
        node = self.node_contents_visit(node)
        if isinstance(node.ctx, ast.Load):
            return _call("_getattr_", node, node.value, ast.Constant(node.attr))
        node.value = _call("_write_", node.value, node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Let calls through: what is called was reached through a guard."""
        return self.node_contents_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Let items through."""
        return self.node_contents_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """Let iteration through."""
        return self.node_contents_visit(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        """Let iteration through."""
        return self.node_contents_visit(node)

    def visit_With(self, node: ast.With) -> ast.AST:
        """Let context managers through."""
        return self.node_contents_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Let unpacking through."""
        return self.node_contents_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Let `x += 1`, `d[k] += 1` and `self.n += 1` through."""
        return self.node_contents_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Drop the annotation: its names need not exist."""
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        plain = ast.Assign(targets=[node.target], value=node.value)
        return self.visit_Assign(ast.copy_location(plain, node))

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Drop the annotation."""
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Check the names and drop the annotation of the result."""
        node.returns = None
        self.check_name(node, node.name, allow_magic_methods=True)
        self.check_function_argument_names(node)
        return self.node_contents_visit(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        """Let closures write their variables."""
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Match(self, node: ast.Match) -> ast.AST:
        """Let `match` through; its patterns are checked one by one."""
        return self.node_contents_visit(node)

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        """Visit pattern, guard and body."""
        return self.node_contents_visit(node)

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        """Take literals only: a dotted name would read an attribute past the guard."""
        for part in ast.walk(node.value):
            if isinstance(part, (ast.Name, ast.Attribute)):
                self.error(node, "a `case` can only compare with literals")
        return node

    def visit_MatchSingleton(self, node: ast.MatchSingleton) -> ast.AST:
        """Let None, True and False through."""
        return node

    def visit_MatchSequence(self, node: ast.MatchSequence) -> ast.AST:
        """Visit the parts."""
        return self.node_contents_visit(node)

    def visit_MatchOr(self, node: ast.MatchOr) -> ast.AST:
        """Visit the parts."""
        return self.node_contents_visit(node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        """Visit the parts; keys are literals."""
        self.check_name(node, node.rest)
        for key in node.keys:
            if not isinstance(key, ast.Constant):
                self.error(node, "a `case` can only compare with literals")
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        return node

    def visit_MatchStar(self, node: ast.MatchStar) -> ast.AST:
        """Check the name."""
        self.check_name(node, node.name)
        return node

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.AST:
        """Check the name."""
        self.check_name(node, node.name)
        return self.node_contents_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        """Take `int()`, `str(text)` and the like: other classes would read attributes unguarded."""
        name = node.cls.id if isinstance(node.cls, ast.Name) else None
        if name not in MATCHABLE or node.kwd_attrs or len(node.patterns) > 1:
            self.error(node, "a `case` with a class takes built-in types only, such as `str()`")
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        return node


def _call(guard: str, at: ast.expr, *arguments: ast.expr) -> ast.Call:
    call = ast.Call(func=ast.Name(guard, ast.Load()), args=list(arguments), keywords=[])
    return ast.fix_missing_locations(ast.copy_location(call, at))
