"""What to say about words and signs that cannot stand where they are."""

from __future__ import annotations

from collections.abc import Sequence
from keyword import iskeyword

from compiler.expr.functions import FUNCTIONS
from compiler.expr.lexer import Token
from compiler.expr.problem import Problem

# What other languages write, and what it is called here.
_OTHER_OPERATORS = {
    "=": "==",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "&&": "and",
    "||": "or",
    "&": "and",
    "|": "or",
    "=>": ">=",
    "=<": "<=",
}
_OTHER_WORDS = {"AND": "and", "OR": "or", "NOT": "not", "IN": "in", "IF": "if", "ELSE": "else"}
_MISSING_OPERATORS = {
    "**": "expressions have no power operator",
    "^": "expressions have no `^` operator",
    "~": "expressions have no bit operators",
    "<<": "expressions have no bit operators",
    ">>": "expressions have no bit operators",
    "@": "expressions have no `@` operator",
    ":=": "an expression cannot assign",
    "->": "expressions have no functions of their own",
    "++": "an expression cannot change a value",
    ";": "an expression is one value",
    "#": "an expression has no comments",
    "\\": "a backslash stands only inside quotes",
    "`": "text stands in `'` or `\"`, not in backticks",
}
_MISSING_WORDS = {
    "lambda": "expressions have no functions of their own",
    "for": "expressions have no comprehensions",
    "await": "expressions do not wait for anything",
    "yield": "an expression is one value",
}
_STRING_PREFIXES = frozenset({"f", "r", "b", "u", "rf", "fr", "br", "rb"})
_ADVICE = {"for": "compute the list in a `code` or `function` node"}


def unexpected(
    tokens: Sequence[Token], at: int, expected: str, notes: tuple[str, ...] = ()
) -> Problem:
    """Describe the token at `at`, which cannot stand there."""
    token = tokens[at]
    if problem := _known_mistake(tokens, at):
        return problem
    if token.kind == "end":
        return Problem(
            "AC401", f"the expression ends where {expected} should be", *_last(tokens), notes
        )
    found = f"`{shorten(token.text)}`"
    before = tokens[at - 1] if at else None
    if before and before.kind == token.kind == "string":
        notes = (*notes, "texts are joined with `+`")
    elif token.kind == "number" and token.text.startswith(".") and before and before.kind == "name":
        return Problem(
            "AC401",
            f"a name after `.` cannot be a number, found {found}",
            token.start,
            token.end,
            help=f"write `[{token.text[1:]}]`",
            near=f"[{token.text[1:]}]",
        )
    if token.kind == "name" and before and before.kind == "name" and token.text in FUNCTIONS:
        notes = (*notes, f"functions are written `{FUNCTIONS[token.text].usage}`")
    return Problem("AC401", f"expected {expected}, found {found}", token.start, token.end, notes)


def _known_mistake(tokens: Sequence[Token], at: int) -> Problem | None:
    token = tokens[at]
    text = token.text
    if token.kind == "name":
        return _known_word(tokens, at)
    if token.kind != "op":
        return None
    if text == "!":
        return _instead(token, "not ", "`!` is written `not` here")
    if text == "=" and _inside_call(tokens, at):
        message = "arguments have no names here"
        return Problem(
            "AC401", message, tokens[at - 1].start, token.end, help="give it by position"
        )
    if text in _OTHER_OPERATORS:
        right = _OTHER_OPERATORS[text]
        why = "`=` does not compare" if text == "=" else f"`{text}` is written `{right}` here"
        return _instead(token, right, why)
    if text == "?":
        return Problem(
            "AC401",
            "a choice is not written with `?`",
            token.start,
            token.end,
            help="write `a if test else b`",
        )
    if text == "$":
        return Problem(
            "AC401",
            "`$` has no meaning in an expression",
            token.start,
            token.end,
            help="write `state.x` without `$` and braces",
        )
    if text in _MISSING_OPERATORS:
        return Problem("AC401", _MISSING_OPERATORS[text], token.start, token.end)
    return None


def _known_word(tokens: Sequence[Token], at: int) -> Problem | None:
    token = tokens[at]
    if token.text == "is":
        following = tokens[at + 1]
        if following.text == "not":
            both = Token("name", "is not", token.start, following.end)
            return _instead(both, "!=", "`is not` is written `!=` here")
        return _instead(token, "==", "`is` is written `==` here")
    if token.text in _OTHER_WORDS:
        right = _OTHER_WORDS[token.text]
        return _instead(token, right, f"`{token.text}` is written `{right}` here")
    if token.text in _MISSING_WORDS:
        return Problem(
            "AC401",
            _MISSING_WORDS[token.text],
            token.start,
            token.end,
            help=_ADVICE.get(token.text),
        )
    if token.text == "not":
        return Problem(
            "AC401",
            "`not` cannot stand here without parentheses",
            token.start,
            token.end,
            help="write `(not x)`, or `not in`",
        )
    return None


def bad_word(token: Token, following: Token) -> Problem | None:
    """Say why a word cannot start a value; None when it can."""
    if following.kind == "string" and token.end == following.start:
        if token.text.lower() in _STRING_PREFIXES:
            return Problem(
                "AC401",
                f"text has no prefix here, found `{token.text}`",
                token.start,
                token.end,
                help=(
                    "join text with `+` and `str(x)`"
                    if "f" in token.text.lower()
                    else "leave it out"
                ),
            )
        return None
    if token.text in _MISSING_WORDS:
        return _known_word((token, following), 0)
    if token.text == "if":
        return Problem(
            "AC401",
            "a choice does not start with `if`",
            token.start,
            token.end,
            help="write `a if test else b`",
        )
    if token.text in ("NOT", "IF"):
        return _known_word((token, following), 0)
    if iskeyword(token.text):
        return Problem("AC401", f"`{token.text}` is not a value", token.start, token.end)
    if not token.text.isidentifier():
        return Problem("AC401", f"`{shorten(token.text)}` is not a name", token.start, token.end)
    return None


def _instead(token: Token, right: str, message: str) -> Problem:
    return Problem(
        "AC401", message, token.start, token.end, help=f"write `{right.strip()}`", near=right
    )


def _inside_call(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether the `=` at `at` follows a name that starts an argument of a call."""
    if at < 2 or tokens[at - 1].kind != "name" or tokens[at - 2].text not in ("(", ","):
        return False
    depth = 0
    for index in range(at - 2, 0, -1):
        text = tokens[index].text if tokens[index].kind == "op" else ""
        depth += (text in (")", "]", "}")) - (text in ("(", "[", "{"))
        if depth < 0:
            return text == "(" and tokens[index - 1].text in FUNCTIONS
    return False


def _last(tokens: Sequence[Token]) -> tuple[int, int]:
    last = tokens[-2] if len(tokens) > 1 else tokens[-1]
    return last.start, last.end


def shorten(text: str) -> str:
    """Cut what a message quotes to a length that reads well."""
    return text if len(text) <= 40 else f"{text[:40]}…"
