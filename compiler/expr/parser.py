"""Expression text, read into a syntax tree by operator precedence."""

from __future__ import annotations

from functools import lru_cache

from compiler.expr import mistaken_forms, mistakes
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
    is_deeper,
)
from compiler.expr.functions import FUNCTIONS
from compiler.expr.lexer import ExpressionError, Token, tokenize
from compiler.expr.problem import Problem

MAX_DEPTH = 64
"""Levels an expression may be nested; well below what Python's own recursion limit allows."""

# Binding powers, loosest first; an operand binds at least as tightly as its operator asks.
_CONDITIONAL, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN = range(1, 9)
_ARITHMETIC = {
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "//": _PRODUCT,
    "%": _PRODUCT,
}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
_LITERALS: dict[str, bool | None] = {
    "True": True,
    "true": True,
    "False": False,
    "false": False,
    "None": None,
    "null": None,
}


@lru_cache(maxsize=1024)
def parse_expression(text: str) -> Expr | list[Problem]:
    """Read an expression. Codes: AC401, AC403 (unknown functions and methods), AC405 (`__names__`)."""
    try:
        return _Parser(text).parse()
    except ExpressionError as error:
        return [error.problem]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._at = 0
        self._token = self._tokens[0]
        self._nesting = 0

    def parse(self) -> Expr:
        if self._token.kind == "end":
            raise ExpressionError(Problem("AC401", "the expression is empty", 0, len(self._text)))
        expr = self._expression(_CONDITIONAL)
        if self._token.kind != "end":
            raise self._unexpected("the end of the expression")
        if len(self._tokens) > MAX_DEPTH and is_deeper(expr, MAX_DEPTH):
            raise self._too_deep(expr.start, expr.end)
        return expr

    @property
    def _last_end(self) -> int:
        return self._tokens[self._at - 1].end

    def _take(self) -> Token:
        token = self._token
        if token.kind != "end":
            self._at += 1
            self._token = self._tokens[self._at]
        return token

    def _accept(self, text: str) -> Token | None:
        token = self._token
        return self._take() if token.text == text and token.kind != "string" else None

    def _expression(self, power: int) -> Expr:
        self._nesting += 1
        if self._nesting > MAX_DEPTH:
            raise self._too_deep(self._token.start, self._token.end)
        start = self._token.start
        left = self._infix(self._prefix(power), start, power)
        self._nesting -= 1
        return left

    def _prefix(self, power: int) -> Expr:
        token = self._token
        if token.text == "not" and token.kind == "name":
            if power > _NOT:
                raise self._unexpected("a value")
            self._take()
            return Unary("not", self._expression(_NOT), token.start, self._last_end)
        if token.text in ("-", "+") and token.kind == "op":
            self._take()
            return Unary(token.text, self._expression(_SIGN), token.start, self._last_end)
        return self._postfix(self._atom(), token.start)

    def _infix(self, left: Expr, start: int, power: int) -> Expr:
        while True:
            token = self._token
            if token.kind not in ("op", "name"):
                return left
            binding = _ARITHMETIC.get(token.text)
            if binding is not None:
                if binding < power:
                    return left
                self._take()
                right = self._expression(binding + 1)
                left = Binary(token.text, left, right, start, self._last_end)
            elif self._at_comparison():
                if power > _COMPARE:
                    return left
                left = self._comparison(left, start)
            elif token.text in ("and", "or"):
                binding = _AND if token.text == "and" else _OR
                if binding < power:
                    return left
                left = self._bool_op(token.text, binding, left, start)
            elif token.text == "if" and power <= _CONDITIONAL:
                left = self._conditional(left, start)
            else:
                return left

    def _at_comparison(self) -> bool:
        token = self._token
        if token.text == "not":
            if self._tokens[self._at + 1].text != "in":
                raise self._unexpected("an operator")
            return True
        return token.text in _COMPARISONS

    def _comparison(self, first: Expr, start: int) -> Expr:
        rest: list[tuple[str, Expr]] = []
        while self._at_comparison():
            op = self._take().text
            if op == "not":
                self._take()
                op = "not in"
            rest.append((op, self._expression(_COMPARE + 1)))
        return Compare(first, tuple(rest), start, self._last_end)

    def _bool_op(self, op: str, binding: int, first: Expr, start: int) -> Expr:
        values = [first]
        while self._accept(op):
            values.append(self._expression(binding + 1))
        return BoolOp(op, tuple(values), start, self._last_end)

    def _conditional(self, then: Expr, start: int) -> Expr:
        self._take()
        test = self._expression(_OR)
        if not self._accept("else"):
            raise self._unexpected("`else`", notes=("a choice is written `a if test else b`",))
        otherwise = self._expression(_CONDITIONAL)
        return Conditional(test, then, otherwise, start, self._last_end)

    def _postfix(self, value: Expr, start: int) -> Expr:
        while True:
            if self._accept("."):
                value = self._attribute(value, start)
            elif self._token.text == "[" and self._token.kind == "op":
                value = self._index(value, start)
            elif self._token.text == "(" and self._token.kind == "op":
                raise ExpressionError(mistaken_forms.not_callable(self._token))
            else:
                return value

    def _attribute(self, value: Expr, start: int) -> Expr:
        name = self._token
        if name.kind != "name" or not name.text.isidentifier():
            raise self._unexpected("a name after `.`")
        self._take()
        if self._token.text == "(" and self._token.kind == "op":
            raise ExpressionError(
                mistaken_forms.method(self._text, start, value, self._tokens, self._at)
            )
        if name.text.startswith("__") and name.text.endswith("__"):
            raise ExpressionError(mistaken_forms.dunder(name))
        if isinstance(value, Name) and value.id == "state":
            return StateField(name.text, start, name.end)
        return Attribute(value, name.text, start, name.end)

    def _index(self, value: Expr, start: int) -> Expr:
        opening = self._take()
        if self._token.text in (":", "]") and self._token.kind == "op":
            raise self._no_index(opening)
        index = self._expression(_CONDITIONAL)
        if self._token.text == ":":
            raise self._no_index(opening)
        if isinstance(value, Name) and value.id == "state":
            raise ExpressionError(mistaken_forms.state_index(value, index, self._token))
        self._close("]", opening)
        return Index(value, index, start, self._last_end)

    def _no_index(self, opening: Token) -> ExpressionError:
        return ExpressionError(mistaken_forms.bad_index(opening, self._token))

    def _atom(self) -> Expr:
        token = self._token
        if token.kind in ("number", "string"):
            self._take()
            return Literal(token.value, token.start, token.end)
        if token.kind == "name":
            return self._word()
        if token.text == "(":
            return self._parenthesised()
        if token.text == "[":
            self._take()
            items = self._items("]", token)
            return ListExpr(items, token.start, self._last_end)
        if token.text == "{":
            return self._dict()
        raise self._unexpected("a value")

    def _word(self) -> Expr:
        token = self._token
        if token.text in _LITERALS:
            self._take()
            return Literal(_LITERALS[token.text], token.start, token.end)
        following = self._tokens[self._at + 1]
        if problem := mistakes.bad_word(token, following):
            raise ExpressionError(problem)
        self._take()
        if self._token.text != "(" or self._token.kind != "op":
            return Name(token.text, token.start, token.end)
        if token.text not in FUNCTIONS:
            raise ExpressionError(mistaken_forms.unknown_function(token))
        opening = self._take()
        arguments = self._items(")", opening)
        return Call(token.text, arguments, token.start, self._last_end)

    def _parenthesised(self) -> Expr:
        opening = self._take()
        if self._token.text == ")":
            raise ExpressionError(mistaken_forms.tuple_literal(opening, self._token))
        expr = self._expression(_CONDITIONAL)
        if self._token.text == ",":
            raise ExpressionError(mistaken_forms.tuple_literal(opening, self._token))
        self._close(")", opening)
        return expr

    def _items(self, closing: str, opening: Token) -> tuple[Expr, ...]:
        items: list[Expr] = []
        while self._token.text != closing or self._token.kind == "string":
            items.append(self._expression(_CONDITIONAL))
            if not self._accept(","):
                break
        self._close(closing, opening)
        return tuple(items)

    def _dict(self) -> Expr:
        opening = self._take()
        items: list[tuple[Expr, Expr]] = []
        while self._token.text != "}" or self._token.kind == "string":
            key = self._expression(_CONDITIONAL)
            if not self._accept(":"):
                raise ExpressionError(mistaken_forms.braces(self._text, opening, key, self._token))
            items.append((key, self._expression(_CONDITIONAL)))
            if not self._accept(","):
                break
        self._close("}", opening)
        return DictExpr(tuple(items), opening.start, self._last_end)

    def _close(self, closing: str, opening: Token) -> None:
        if self._token.kind == "end":
            raise ExpressionError(
                Problem("AC401", f"`{opening.text}` is never closed", opening.start, opening.end)
            )
        if not self._accept(closing):
            raise self._unexpected(f"`{closing}`")

    def _unexpected(self, expected: str, notes: tuple[str, ...] = ()) -> ExpressionError:
        return ExpressionError(mistakes.unexpected(self._tokens, self._at, expected, notes))

    def _too_deep(self, start: int, end: int) -> ExpressionError:
        message = f"the expression is nested deeper than {MAX_DEPTH} levels"
        return ExpressionError(Problem("AC401", message, start, end))
