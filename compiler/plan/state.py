"""The state of a package as views: its object types, its fields, the counters of its loops."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from compiler.expr import RecordType
from compiler.ir.python_names import BUILTIN_NAMES
from compiler.ir.workflow import Field, Merge, Workflow
from compiler.plan.imports import Imports
from compiler.plan.text import Code, comment, literal
from compiler.plan.types import TypeNames, annotation
from compiler.record import dataclass

_OPERATORS: dict[Merge, str] = {
    "append": "operator.add",
    "extend": "operator.add",
    "messages": "operator.add",
    "add": "operator.add",
    "union": "operator.or_",
    "min": "min",
    "max": "max",
}


@dataclass(frozen=True, slots=True)
class KeyView:
    """One key of a typed dict."""

    name: Code
    quoted: Code
    type: Code
    note: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class TypedDictView:
    """A typed dict; `is_functional` when its keys can't be written as a class body."""

    name: Code
    keys: tuple[KeyView, ...]
    is_functional: bool


@dataclass(frozen=True, slots=True)
class StateView:
    """`state.py`."""

    imports: tuple[Code, ...]
    state: TypedDictView


@dataclass(frozen=True, slots=True)
class RecordsView:
    """`records.py`: the object types."""

    imports: tuple[Code, ...]
    classes: tuple[TypedDictView, ...]


@dataclass(frozen=True, slots=True)
class InputsView:
    """`inputs.py`."""

    imports: tuple[Code, ...]
    inputs: TypedDictView


def typed_dict(name: str, keys: tuple[KeyView, ...]) -> TypedDictView:
    """Return a typed dict, in class form unless a key would shadow a name its annotations may use."""
    clash = any(
        keyword.iskeyword(key.name) or key.name in BUILTIN_NAMES or not key.name.isidentifier()
        for key in keys
    )
    return TypedDictView(Code(name), keys, clash)


@dataclass(frozen=True, slots=True)
class Private:
    """The fields of the state that no user declared.

    Args:
        counters: the round counters, each with the node whose loop it counts.
        fails: whether a node hands its failure to another one.
        hands_off: whether an agent may hand its work over to another node.
    """

    counters: Mapping[str, str]
    fails: bool
    hands_off: bool


def state_view(
    workflow: Workflow, types: TypeNames, imports: Imports, private: Private
) -> StateView:
    """Return the view of `state.py`."""
    imports.use("typing_extensions", "TypedDict")
    keys = [_state_key(field, types, imports) for field in workflow.fields]
    for name, header in private.counters.items():
        note = comment(f"rounds of the loop that begins with `{header}`")
        keys.append(KeyView(Code(name), literal(name), Code("int"), (note,)))
    if private.fails:
        record = imports.use_runtime("node", "ErrorRecord")
        keys.append(KeyView(Code("error"), literal("error"), record))
    if private.hands_off:
        note = comment("the node that an agent has handed over to, or nothing")
        keys.append(KeyView(Code("handoff"), literal("handoff"), Code("str"), (note,)))
    return StateView(imports.render(), typed_dict("State", tuple(keys)))


def inputs_view(workflow: Workflow, types: TypeNames, imports: Imports) -> InputsView:
    """Return the view of `inputs.py`: required fields, then those with a default, in file order."""
    imports.use("typing", "TypedDict")
    keys: list[KeyView] = []
    for field in given_fields(workflow):
        code = annotation(field.type, field.name, types, imports, ".records")
        if not field.required:
            code = Code(f"{imports.use('typing', 'NotRequired')}[{code}]")
        keys.append(KeyView(Code(field.name), literal(field.name), code, _note(field.description)))
    return InputsView(imports.render(), typed_dict("Inputs", tuple(keys)))


def given_fields(workflow: Workflow) -> tuple[Field, ...]:
    """The fields that a run may be given: required ones first."""
    found = [field for field in workflow.fields if field.required or field.default is not None]
    return tuple(sorted(found, key=lambda field: not field.required))


def records_view(types: TypeNames, imports: Imports) -> RecordsView:
    """Return the view of `records.py`: all object types that the other modules have used."""
    done: list[TypedDictView] = []
    for record, name in types.classes:
        done.append(_class_view(record, name, types, imports))
    imports.use("typing_extensions", "TypedDict")
    return RecordsView(imports.render(), tuple(done))


def _state_key(field: Field, types: TypeNames, imports: Imports) -> KeyView:
    code = annotation(field.type, field.name, types, imports, ".records")
    if field.merge != "replace":
        operator = _OPERATORS[field.merge]
        if operator.startswith("operator."):
            imports.use_module("operator")
        merge = imports.use_runtime("merge", "merge_with")
        code = Code(f"{imports.use('typing', 'Annotated')}[{code}, {merge}({operator})]")
    return KeyView(Code(field.name), literal(field.name), code, _note(field.description))


def _class_view(record: RecordType, name: str, types: TypeNames, imports: Imports) -> TypedDictView:
    keys: list[KeyView] = []
    for field in record.fields:
        code = annotation(field.type, f"{name}_{field.name}", types, imports, None)
        if not field.required:
            code = Code(f"{imports.use('typing_extensions', 'NotRequired')}[{code}]")
        keys.append(KeyView(Code(field.name), literal(field.name), code, _note(field.description)))
    return typed_dict(name, tuple(keys))


def _note(text: str) -> tuple[Code, ...]:
    return (comment(text),) if text else ()
