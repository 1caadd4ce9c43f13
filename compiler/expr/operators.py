"""The type rules of operators. Operands are never null here: the checker has reported those."""

from __future__ import annotations

from compiler.expr.assign import is_assignable, unify
from compiler.expr.kinds import (
    Mismatch,
    is_comparable,
    is_number,
    is_object,
    is_text,
    item_type,
)
from compiler.expr.types import (
    ANY,
    FLOAT,
    INT,
    MESSAGE,
    MESSAGES,
    STR,
    AnyType,
    BoolType,
    DictType,
    EnumType,
    IntType,
    ListType,
    MessagesType,
    Type,
    show,
)

_VERBS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "//": "divide",
    "%": "divide",
}


def arithmetic_type(op: str, left: Type, right: Type) -> Type | Mismatch:
    """Return the type of `left op right`: `/` gives `float`, `+` also joins texts and lists."""
    if op == "+" and (joined := _joined(left, right)) is not None:
        return joined
    if is_number(left) and is_number(right):
        if isinstance(left, AnyType) or isinstance(right, AnyType):
            return FLOAT if op == "/" else ANY
        whole = isinstance(left, IntType) and isinstance(right, IntType) and op != "/"
        return INT if whole else FLOAT
    return _no_arithmetic(op, left, right)


def _joined(left: Type, right: Type) -> Type | None:
    if is_text(left) and is_text(right):
        both_unknown = isinstance(left, AnyType) and isinstance(right, AnyType)
        return ANY if both_unknown else STR
    if isinstance(left, MessagesType) or isinstance(right, MessagesType):
        items = [ANY if isinstance(each, AnyType) else item_type(each) for each in (left, right)]
        if all(item is not None and is_assignable(item, MESSAGE) for item in items):
            return MESSAGES
    left_item = ANY if isinstance(left, AnyType) else item_type(left)
    right_item = ANY if isinstance(right, AnyType) else item_type(right)
    if left_item is None or right_item is None:
        return None
    return ListType(unify(left_item, right_item))


def _no_arithmetic(op: str, left: Type, right: Type) -> Mismatch:
    if op in ("-", "*", "/", "//", "%") or BoolType in (left.__class__, right.__class__):
        wrong = right if is_number(left) else left
        help = None
        if op == "%" and is_text(left):
            help = "build text with `+` and `str(x)`"
        elif isinstance(wrong, BoolType):
            help = "write `1 if x else 0`"
        elif is_text(wrong):
            help = "write `int(x)` or `float(x)` to read a number from text"
        return Mismatch(f"cannot {_VERBS[op]} `{show(left)}` and `{show(right)}`", help)
    text_first = is_text(left) and not isinstance(left, AnyType)
    text_second = is_text(right) and not isinstance(right, AnyType)
    help = "write `str(x)` around the value that is no text" if text_first or text_second else None
    if item_type(left) is not None:
        help = "write `[x]` to add one item"
    return Mismatch(f"cannot add `{show(left)}` and `{show(right)}`", help)


def check_order(op: str, left: Type, right: Type) -> Mismatch | None:
    """Say why `left < right` and the like cannot be; None when they can: two numbers or two texts."""
    both_numbers = is_number(left) and is_number(right)
    if both_numbers or (is_text(left) and is_text(right)):
        return None
    if (is_number(left) or is_text(left)) and (is_number(right) or is_text(right)):
        return Mismatch(f"cannot compare `{show(left)}` with `{show(right)}`")
    wrong = right if is_number(left) or is_text(left) else left
    return Mismatch(
        f"`{op}` compares numbers or texts, not `{show(wrong)}`",
        "write `len(x)` to compare how many there are" if item_type(wrong) is not None else None,
    )


def check_equality(left: Type, right: Type) -> Mismatch | None:
    """Say why two types have no equal values; None when they can have."""
    if is_comparable(left, right):
        return None
    return Mismatch(f"cannot compare `{show(left)}` with `{show(right)}`")


def check_containment(part: Type, whole: Type) -> Mismatch | None:
    """Say why `part in whole` cannot be; None when it can."""
    if isinstance(whole, AnyType):
        return None
    item = item_type(whole)
    if item is not None:
        if is_comparable(part, item):
            return None
        return Mismatch(f"`{show(part)}` is never found in `{show(whole)}`")
    if is_text(whole):
        if is_text(part):
            return None
        return Mismatch(f"only text can be found in `{show(whole)}`, not `{show(part)}`")
    if is_object(whole):
        key = whole.key if isinstance(whole, DictType) else STR
        if is_comparable(part, STR if isinstance(key, EnumType) else key):
            return None
        return Mismatch(f"the keys are `{show(key)}`, found `{show(part)}`")
    return Mismatch(f"expected a list, a text or a dict to look in, found `{show(whole)}`")
