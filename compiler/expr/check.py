"""The type checker of expressions: one walk, every mistake reported once, what follows from one kept quiet."""

from __future__ import annotations

from compiler.expr.assign import unify
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
from compiler.expr.calls import NULL_WELCOME, call_type, check_count
from compiler.expr.comparisons import comparison_problem
from compiler.expr.kinds import Mismatch, is_number, may_be_null
from compiler.expr.members import Member, path_of
from compiler.expr.narrowing import narrowings
from compiler.expr.operators import arithmetic_type
from compiler.expr.problem import Problem
from compiler.expr.references import (
    attribute_member,
    index_member,
    null_problem,
    resolve_local_or_state,
    resolve_state,
)
from compiler.expr.scope import Read, Scope, Typed
from compiler.expr.truth import not_bool
from compiler.expr.types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    NULL,
    STR,
    AnyType,
    BoolType,
    DictType,
    EnumType,
    ListType,
    RecordField,
    RecordType,
    StrType,
    Type,
    show,
)
from compiler.record import replace


def check(expr: Expr, scope: Scope) -> Typed | list[Problem]:
    """Type an expression. Codes: AC402, AC404, AC405, AC406 (operands of `and`, `or`, `not`), AC413."""
    return Checker().check(expr, scope)


def check_condition(expr: Expr, scope: Scope) -> Typed | list[Problem]:
    """Type an expression that must be true or false. Codes: those of `check`."""
    return Checker().check(expr, scope, condition=True)


class Checker:
    """One run over one expression; the methods give the resolved node and its type."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.reads: list[Read] = []
        self._types: dict[tuple[int, int], Type] = {}
        self._declared: dict[tuple[int, int], Type] = {}

    def check(self, expr: Expr, scope: Scope, condition: bool = False) -> Typed | list[Problem]:
        """Check a whole expression."""
        resolved, type = self._condition(expr, scope) if condition else self.visit(expr, scope)
        if self.problems:
            return sorted(self.problems, key=lambda problem: (problem.start, problem.end))
        return Typed(resolved, type, self._types, tuple(self.reads))

    def visit(self, expr: Expr, scope: Scope) -> tuple[Expr, Type]:
        """Check one node and everything below it."""
        resolved, type = self._visit(expr, scope)
        path = path_of(resolved)
        if path is not None:
            self._declared[expr.start, expr.end] = type
            type = scope.narrowed.get(path, type)
        self._types[expr.start, expr.end] = type
        return resolved, type

    def _visit(self, expr: Expr, scope: Scope) -> tuple[Expr, Type]:
        match expr:
            case Literal(value):
                return expr, _literal_type(value)
            case Name() | StateField():
                return self._reference(expr, scope)
            case Attribute():
                return self._attribute(expr, scope)
            case Index():
                return self._index(expr, scope)
            case ListExpr():
                return self._list(expr, scope)
            case DictExpr():
                return self._dict(expr, scope)
            case Unary():
                return self._unary(expr, scope)
            case Binary():
                return self._binary(expr, scope)
            case Compare():
                return self._compare(expr, scope)
            case BoolOp():
                return self._bool_op(expr, scope)
            case Conditional():
                return self._conditional(expr, scope)
            case Call():
                return self._call(expr, scope)

    def _report(self, problem: Problem) -> Type:
        self.problems.append(problem)
        return ANY

    def _mismatch(self, node: Expr, mismatch: Mismatch) -> Type:
        return self._report(
            Problem("AC402", mismatch.message, node.start, node.end, help=mismatch.help)
        )

    def _solid(self, expr: Expr, scope: Scope) -> tuple[Expr, Type]:
        """Visit an operand that must not be null."""
        resolved, type = self.visit(expr, scope)
        if may_be_null(type):
            return resolved, self._report(null_problem(resolved, type))
        return resolved, type

    def _condition(self, expr: Expr, scope: Scope) -> tuple[Expr, Type]:
        """Visit an operand that must be true or false."""
        resolved, type = self.visit(expr, scope)
        if not isinstance(type, BoolType | AnyType):
            self._report(not_bool(resolved, type))
        return resolved, BOOL

    def _reference(self, expr: Name | StateField, scope: Scope) -> tuple[Expr, Type]:
        if isinstance(expr, StateField):
            found = resolve_state(expr, scope)
        else:
            found = resolve_local_or_state(expr, scope)
        if isinstance(found, Problem):
            return expr, self._report(found)
        resolved, type = found
        if isinstance(resolved, StateField):
            self.reads.append(Read(resolved.name, resolved.start, resolved.end))
        return resolved, type

    def _attribute(self, expr: Attribute, scope: Scope) -> tuple[Expr, Type]:
        value, type = self._solid(expr.value, scope)
        return self._member(replace(expr, value=value), attribute_member(expr, type))

    def _index(self, expr: Index, scope: Scope) -> tuple[Expr, Type]:
        value, type = self._solid(expr.value, scope)
        index, index_type = self._solid(expr.index, scope)
        node = replace(expr, value=value, index=index)
        return self._member(node, index_member(node, type, index_type))

    def _member(self, node: Attribute | Index, found: Member | Problem) -> tuple[Expr, Type]:
        if isinstance(found, Problem):
            return node, self._report(found)
        return (replace(node, optional=True) if found.optional else node), found.type

    def _list(self, expr: ListExpr, scope: Scope) -> tuple[Expr, Type]:
        items = [self.visit(item, scope) for item in expr.items]
        node = replace(expr, items=tuple(item for item, _ in items))
        if not items:
            return node, ListType(ANY)
        item_type = items[0][1]
        for _, type in items[1:]:
            item_type = unify(item_type, type)
        return node, ListType(item_type)

    def _dict(self, expr: DictExpr, scope: Scope) -> tuple[Expr, Type]:
        items = [(self._solid(key, scope), self.visit(value, scope)) for key, value in expr.items]
        node = replace(expr, items=tuple((key, value) for (key, _), (value, _) in items))
        fields: dict[object, RecordField] = {}
        for (key, key_type), (_, type) in items:
            if not isinstance(key_type, StrType | EnumType | AnyType) and key_type != INT:
                self._mismatch(
                    key, Mismatch(f"a key is a text or a whole number, not `{show(key_type)}`")
                )
            if isinstance(key, Literal):
                if key.value in fields:
                    self._mismatch(key, Mismatch("the dict holds this key twice"))
                fields[key.value] = RecordField(str(key.value), type)
        if len(fields) == len(items) and all(isinstance(key, str) for key in fields):
            return node, RecordType(None, tuple(fields.values()))
        keys, values = items[0][0][1], items[0][1][1]
        for (_, key_type), (_, type) in items[1:]:
            keys, values = unify(keys, key_type), unify(values, type)
        return node, DictType(keys if keys == INT else STR, values)

    def _unary(self, expr: Unary, scope: Scope) -> tuple[Expr, Type]:
        if expr.op == "not":
            operand, _ = self._condition(expr.operand, scope)
            return replace(expr, operand=operand), BOOL
        operand, type = self._solid(expr.operand, scope)
        if not is_number(type):
            type = self._mismatch(
                expr, Mismatch(f"`{expr.op}` takes a number, found `{show(type)}`")
            )
        return replace(expr, operand=operand), type

    def _binary(self, expr: Binary, scope: Scope) -> tuple[Expr, Type]:
        left, left_type = self._solid(expr.left, scope)
        right, right_type = self._solid(expr.right, scope)
        result = arithmetic_type(expr.op, left_type, right_type)
        if isinstance(result, Mismatch):
            result = self._mismatch(expr, result)
        return Binary(expr.op, left, right, expr.start, expr.end), result

    def _compare(self, expr: Compare, scope: Scope) -> tuple[Expr, Type]:
        before = len(self.problems)
        first, left_type = self.visit(expr.first, scope)
        left, rest = first, list[tuple[str, Expr]]()
        for op, operand in expr.rest:
            right, right_type = self.visit(operand, scope)
            problem = comparison_problem(
                op,
                (left, self._declared_type(left, left_type), left_type),
                (right, self._declared_type(right, right_type), right_type),
            )
            if problem and len(self.problems) == before:
                self._report(problem)
            rest.append((op, right))
            left, left_type = right, right_type
        return Compare(first, tuple(rest), expr.start, expr.end), BOOL

    def _declared_type(self, node: Expr, type: Type) -> Type:
        return self._declared.get((node.start, node.end), type)

    def _bool_op(self, expr: BoolOp, scope: Scope) -> tuple[Expr, Type]:
        values: list[Expr] = []
        for value in expr.values:
            resolved, _ = self._condition(value, scope)
            values.append(resolved)
            if value is expr.values[-1]:
                break
            scope = scope.narrowed_by(narrowings(resolved, expr.op == "and", scope))
        return BoolOp(expr.op, tuple(values), expr.start, expr.end), BOOL

    def _conditional(self, expr: Conditional, scope: Scope) -> tuple[Expr, Type]:
        test, _ = self._condition(expr.test, scope)
        then, then_type = self.visit(expr.then, scope.narrowed_by(narrowings(test, True, scope)))
        otherwise, other_type = self.visit(
            expr.otherwise, scope.narrowed_by(narrowings(test, False, scope))
        )
        node = replace(expr, test=test, then=then, otherwise=otherwise)
        return node, unify(then_type, other_type)

    def _call(self, expr: Call, scope: Scope) -> tuple[Expr, Type]:
        visit = self.visit if expr.function in NULL_WELCOME else self._solid
        pairs = [visit(argument, scope) for argument in expr.arguments]
        arguments = tuple(argument for argument, _ in pairs)
        node = Call(expr.function, arguments, expr.start, expr.end)
        if wrong_count := check_count(expr.function, len(pairs)):
            return node, self._mismatch(expr, wrong_count)
        result = call_type(expr.function, [type for _, type in pairs])
        if isinstance(result, tuple):
            index, mismatch = result
            return node, self._mismatch(node.arguments[index], mismatch)
        return node, result


def _literal_type(value: object) -> Type:
    match value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return FLOAT
        case _:
            return EnumType((str(value),), literal=True)
