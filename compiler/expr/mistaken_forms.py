"""What to say about calls, indexes and braces that expressions do not have."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diagnostics.nearest import nearest
from compiler.expr.ast import Expr, Literal, Name
from compiler.expr.functions import FUNCTIONS
from compiler.expr.lexer import Token
from compiler.expr.mistakes import shorten
from compiler.expr.problem import Problem

_METHODS_AS_FUNCTIONS = ("lower", "upper", "strip", "startswith", "endswith")


def unknown_function(name: Token) -> Problem:
    """Report a call of something that is no function."""
    near = nearest(name.text, FUNCTIONS)
    return Problem(
        "AC403",
        f"unknown function `{shorten(name.text)}`",
        name.start,
        name.end,
        notes=(f"functions: {', '.join(f'`{each}`' for each in FUNCTIONS)}",),
        help=f"did you mean `{near}`?" if near else None,
        near=near,
    )


def method(text: str, start: int, value: Expr, tokens: Sequence[Token], at: int) -> Problem:
    """Report `value.name(…)`; `start` is where the value starts, `at` the opening parenthesis."""
    name = tokens[at - 1]
    source = text[start : tokens[at - 2].start].rstrip()
    message = f"values have no methods, found `.{shorten(name.text)}()`"
    argument, end = _single_argument(text, tokens, at)
    near = None
    if name.text == "get" and argument:
        quoted = tokens[at + 1]
        is_state = isinstance(value, Name) and value.id == "state"
        if is_state and isinstance(quoted.value, str) and quoted.value.isidentifier():
            near = f"state.{quoted.value}"
        else:
            near = f"{source}[{argument}]"
    elif name.text in _METHODS_AS_FUNCTIONS and argument is not None:
        near = f"{name.text}({source}{', ' + argument if argument else ''})"
    if near is not None and end is not None:
        return Problem("AC403", message, start, end, help=f"write `{near}`", near=near)
    if name.text in FUNCTIONS:
        help = f"write `{name.text}({shorten(source)}, …)`"
        return Problem("AC403", message, name.start, name.end, help=help)
    usages = ", ".join(f"`{each}`" for each in FUNCTIONS)
    return Problem("AC403", message, name.start, name.end, notes=(f"functions: {usages}",))


def _single_argument(text: str, tokens: Sequence[Token], at: int) -> tuple[str | None, int | None]:
    """Return the text between the parenthesis at `at` and its partner if it is no list, and the end."""
    depth = 0
    for token in tokens[at:]:
        if token.kind == "op":
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
            if token.text == "," and depth == 1:
                return None, None
            if depth == 0:
                return text[tokens[at].end : token.start].strip(), token.end
    return None, None


def not_callable(opening: Token) -> Problem:
    """Report a call of something that is not a name."""
    return Problem("AC401", "only functions can be called", opening.start, opening.end)


def dunder(name: Token) -> Problem:
    """Report an attribute such as `__class__`."""
    message = f"there is no attribute `{shorten(name.text)}`"
    notes = ("attributes are the keys of an object, not those of Python",)
    return Problem("AC405", message, name.start, name.end, notes)


def state_index(value: Name, index: Expr, closing: Token) -> Problem:
    """Report `state["x"]`."""
    if isinstance(index, Literal) and isinstance(index.value, str) and index.value.isidentifier():
        near = f"state.{index.value}"
        end = closing.end if closing.text == "]" else index.end
        return Problem(
            "AC401",
            "a state field is not read with brackets",
            value.start,
            end,
            help=f"write `{near}`",
            near=near if closing.text == "]" else None,
        )
    return Problem(
        "AC401",
        "state fields are read by name",
        value.start,
        index.end,
        help="write `state.x`",
    )


def bad_index(opening: Token, found: Token) -> Problem:
    """Report `x[]` and slices."""
    if found.text == ":":
        return Problem(
            "AC401",
            "expressions have no slices",
            opening.start,
            found.end,
            help="take one item with `x[0]`, or slice in a `code` or `function` node",
        )
    return Problem("AC401", "an index is missing", opening.start, found.end, help="write `x[0]`")


def tuple_literal(opening: Token, found: Token) -> Problem:
    """Report `()` and `(a, b)`."""
    if found.text == ")":
        return Problem("AC401", "the parentheses are empty", opening.start, found.end)
    return Problem(
        "AC401",
        "expressions have no tuples",
        opening.start,
        found.end,
        help="write a list: `[a, b]`",
    )


def braces(text: str, opening: Token, key: Expr, found: Token) -> Problem:
    """Report `{state.x}` and `{a, b}`, which are no dicts."""
    source = text[key.start : key.end]
    if found.text == "}":
        return Problem(
            "AC401",
            "braces are for prompts",
            opening.start,
            found.end,
            notes=("in an expression names stand on their own",),
            help=f"write `{shorten(source)}`",
            near=source,
        )
    if found.text == ",":
        return Problem(
            "AC401", "expressions have no sets", opening.start, found.end, help="write `[a, b]`"
        )
    shown = shorten(found.text) or "the end"
    return Problem("AC401", f"expected `:`, found `{shown}`", found.start, found.end)
