"""Expressions as Python source text.

state.score >= 0.8 and not (kind == None)      state["score"] >= 0.8 and kind is not None
lower(profile.name)                            state["profile"]["name"].lower()
"""

from __future__ import annotations

from collections.abc import Callable

from compiler.expr.ast import (
    Attribute,
    Binary,
    BoolOp,
    Call,
    Compare,
    Conditional,
    DictExpr,
    Expr,
    Index,
    ListExpr,
    Literal,
    Name,
    StateField,
    Unary,
)
from compiler.expr.evaluate import constant_value, is_singleton
from compiler.expr.quote import quote

Names = Callable[[str, bool], str]

# How tightly each form binds in Python, loosest first.
_CHOICE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _ATOM = range(9)
_ARITHMETIC = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "//": _PRODUCT, "%": _PRODUCT}
_METHODS = frozenset({"lower", "upper", "strip", "startswith", "endswith"})
_OPPOSITES = {"in": "not in", "not in": "in", "==": "!=", "!=": "=="}


def to_python(expr: Expr, names: Names) -> str:
    """Write an expression as Python, with parentheses only where the meaning needs them.

    Args:
        expr: an expression as `check` returns it in `Typed.expr`.
        names: gives the text of a root: `names("x", True)` of a state field, such as `state["x"]`, and
            `names("item", False)` of a local, such as `item`. The text must bind as tightly as a name.
    """
    return _Writer(names).write(expr)[0]


class _Writer:
    def __init__(self, names: Names) -> None:
        self._names = names

    def write(self, expr: Expr) -> tuple[str, int]:
        """Return the text of `expr` and how tightly it binds."""
        match expr:
            case Literal(value):
                return _constant(value), _ATOM
            case Name(id):
                return self._names(id, False), _ATOM
            case StateField(name):
                return self._names(name, True), _ATOM
            case Attribute(value, name, optional=optional):
                return self._access(value, quote(name), optional), _ATOM
            case Index(value, index, optional=optional):
                return self._access(value, self._at(index, _CHOICE), optional), _ATOM
            case ListExpr(items):
                return f"[{self._listed(items)}]", _ATOM
            case DictExpr(items):
                pairs = (f"{self._at(k, _CHOICE)}: {self._at(v, _CHOICE)}" for k, v in items)
                return f"{{{', '.join(pairs)}}}", _ATOM
            case Unary(op, operand):
                return self._unary(op, operand)
            case Binary(op, left, right):
                binding = _ARITHMETIC[op]
                return f"{self._at(left, binding)} {op} {self._at(right, binding + 1)}", binding
            case Compare(first, rest):
                return self._compare(expr, first, rest)
            case BoolOp(op, values):
                binding = _AND if op == "and" else _OR
                return f" {op} ".join(self._at(each, binding + 1) for each in values), binding
            case Conditional(test, then, otherwise):
                choice = f"{self._at(then, _OR)} if {self._at(test, _OR)}"
                return f"{choice} else {self._at(otherwise, _CHOICE)}", _CHOICE
            case Call(function, arguments):
                return self._call(function, arguments)

    def _at(self, expr: Expr, binding: int) -> str:
        """Write `expr` where something that binds at least as tightly as `binding` must stand."""
        text, own = self.write(expr)
        return text if own >= binding else f"({text})"

    def _listed(self, items: tuple[Expr, ...]) -> str:
        return ", ".join(self._at(item, _CHOICE) for item in items)

    def _access(self, value: Expr, key: str, optional: bool) -> str:
        place = self._at(value, _ATOM)
        return f"{place}.get({key})" if optional else f"{place}[{key}]"

    def _unary(self, op: str, operand: Expr) -> tuple[str, int]:
        if op != "not":
            # `--x` is legal, but reads as something else.
            binding = _ATOM if isinstance(operand, Unary) else _SIGN
            return f"{op}{self._at(operand, binding)}", _SIGN
        if isinstance(operand, Unary) and operand.op == "not":
            return self.write(operand.operand)
        if isinstance(operand, Call) and operand.function == "contains":
            whole, part = operand.arguments
            return f"{self._at(part, _SUM)} not in {self._at(whole, _SUM)}", _COMPARE
        if isinstance(operand, Compare) and len(operand.rest) == 1:
            test, right = operand.rest[0]
            if test in _OPPOSITES:  # linters want `x not in y` and `x is not None`
                turned = ((_OPPOSITES[test], right),)
                return self.write(Compare(operand.first, turned, operand.start, operand.end))
        return f"not {self._at(operand, _NOT)}", _NOT

    def _compare(
        self, expr: Compare, first: Expr, rest: tuple[tuple[str, Expr], ...]
    ) -> tuple[str, int]:
        known = constant_value(expr)
        if isinstance(known, bool):  # Python warns of `1 is None`, linters of `1 == 1`
            return str(known), _ATOM
        if len(rest) == 1 and rest[0][0] in ("==", "!=") and is_singleton(first):
            first, rest = rest[0][1], ((rest[0][0], first),)
        text, left = self._at(first, _SUM), first
        for op, right in rest:
            if op in ("==", "!=") and (is_singleton(left) or is_singleton(right)):
                op = "is" if op == "==" else "is not"
            text = f"{text} {op} {self._at(right, _SUM)}"
            left = right
        return text, _COMPARE

    def _call(self, function: str, arguments: tuple[Expr, ...]) -> tuple[str, int]:
        if function == "contains":
            whole, part = arguments
            return f"{self._at(part, _SUM)} in {self._at(whole, _SUM)}", _COMPARE
        if function in _METHODS:
            text, *others = arguments
            return f"{self._at(text, _ATOM)}.{function}({self._listed(tuple(others))})", _ATOM
        return f"{function}({self._listed(arguments)})", _ATOM


def _constant(value: object) -> str:
    return quote(value) if isinstance(value, str) else repr(value)
