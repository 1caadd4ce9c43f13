"""The typed expression, template and type language; import its public names from here."""

from compiler.expr.assign import is_assignable, unify
from compiler.expr.ast import Expr
from compiler.expr.check import check, check_condition
from compiler.expr.constraints import Constraint, constraints
from compiler.expr.evaluate import UNKNOWN, Unknown, constant_value, evaluate
from compiler.expr.literals import describe, fits
from compiler.expr.narrow import (
    apply_enum,
    apply_schema,
    keep_values,
    remove_null,
    remove_values,
)
from compiler.expr.narrowing import narrowings
from compiler.expr.numbers import Interval, Numbers
from compiler.expr.parser import parse_expression
from compiler.expr.problem import Problem
from compiler.expr.python import to_python
from compiler.expr.quote import quote
from compiler.expr.ranges import Choices, ValueSet, only, universe
from compiler.expr.schema import json_schema
from compiler.expr.scope import Path, Read, Scope, Typed
from compiler.expr.template import (
    Part,
    Reference,
    Template,
    Text,
    TypedTemplate,
    check_template,
    escape_template,
    parse_template,
    render_template,
)
from compiler.expr.types import (
    ANY,
    BOOL,
    DICT,
    FLOAT,
    INT,
    LIST,
    MESSAGE,
    MESSAGES,
    NULL,
    STR,
    AnyType,
    BoolType,
    DictType,
    EnumType,
    FloatType,
    IntType,
    ListType,
    MessagesType,
    NullType,
    OptionalType,
    RecordField,
    RecordType,
    StrType,
    Type,
    optional,
    show,
)
from compiler.expr.typetext import parse_type

__all__ = [
    "ANY",
    "BOOL",
    "DICT",
    "FLOAT",
    "INT",
    "LIST",
    "MESSAGE",
    "MESSAGES",
    "NULL",
    "STR",
    "UNKNOWN",
    "AnyType",
    "BoolType",
    "Choices",
    "Constraint",
    "DictType",
    "EnumType",
    "Expr",
    "FloatType",
    "IntType",
    "Interval",
    "ListType",
    "MessagesType",
    "NullType",
    "Numbers",
    "OptionalType",
    "Part",
    "Path",
    "Problem",
    "Read",
    "RecordField",
    "RecordType",
    "Reference",
    "Scope",
    "StrType",
    "Template",
    "Text",
    "Type",
    "Typed",
    "TypedTemplate",
    "Unknown",
    "ValueSet",
    "apply_enum",
    "apply_schema",
    "check",
    "check_condition",
    "check_template",
    "constant_value",
    "constraints",
    "describe",
    "escape_template",
    "evaluate",
    "fits",
    "is_assignable",
    "json_schema",
    "keep_values",
    "narrowings",
    "only",
    "optional",
    "parse_expression",
    "parse_template",
    "parse_type",
    "quote",
    "remove_null",
    "remove_values",
    "render_template",
    "show",
    "to_python",
    "unify",
    "universe",
]
