"""Reads data into sections as long as all of it fits, and gives up at the first value that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from compiler.record import dataclass
from compiler.spec.base import Declared, Spec, keys_of
from compiler.spec.forms import ByKey, OrText, Ready

Reader = Callable[[object], object]
"""Turns data into the value of a key, or raises `Misfit`."""

Readers = dict[type, Reader]
"""What is done with data of a type; data of any other type does not fit."""

S = TypeVar("S", bound=Spec)


class Misfit(Exception):
    """Some value does not fit; pydantic knows which."""


def fit(section: type[S], data: object) -> S:
    """Return data as a section, or raise `Misfit`; what pydantic takes fits, and nothing else does."""
    if type(data) is not dict:
        raise Misfit
    plan = _plan(section)
    values = plan.defaults.copy()
    try:
        for name, value in data.items():
            attribute, readers = plan.keys[name]
            values[attribute] = readers[type(value)](value)
    except KeyError:
        raise Misfit from None
    if not plan.required <= data.keys():
        raise Misfit
    values["_written"] = frozenset(data)
    made = section.__new__(section)
    made.__dict__ = values
    return made


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a section is read."""

    keys: dict[str, tuple[str, Readers]]
    defaults: dict[str, object]
    required: frozenset[str]


@cache
def _plan(section: type[Spec]) -> _Plan:
    keys = keys_of(section).values()
    return _Plan(
        {
            key.name: (key.attribute, _limited(_readers(key.annotation), key.declared))
            for key in keys
        },
        {key.attribute: key.declared.default for key in keys if not key.is_required},
        frozenset(key.name for key in keys if key.is_required),
    )


class _Anything(dict[type, Reader]):
    def __missing__(self, key: type) -> Reader:
        return _same


def _readers(annotation: object) -> Readers:
    """Return how values of an annotated type are read, by the type of the data."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _either([_readers(each) for each in inside])
    if origin is Annotated:
        return _marked(inside[0], inside[1])
    if origin is Literal:
        return {str: _one_of(frozenset(inside))}
    if origin is list:
        return {list: _list_of(_readers(inside[0]))}
    if origin is dict:
        return {dict: _dict_of(_readers(inside[1]))}
    if annotation is Any:
        return _Anything()
    if annotation is float:
        return {int: _float, float: _float}
    if annotation in (str, int, bool, NoneType):
        return {annotation: _same}
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return {dict: lambda data: fit(annotation, data)}
    raise TypeError(f"no way to read {annotation}")


def _either(alternatives: list[Readers]) -> Readers:
    found: Readers = {}
    for each in alternatives:
        if isinstance(each, _Anything) or found.keys() & each.keys():
            raise TypeError("the type of the data must tell which alternative is meant")
        found.update(each)
    return found


def _marked(annotation: object, mark: object) -> Readers:
    match mark:
        case Ready() if isinstance(annotation, type):
            return {annotation: _same}
        case OrText(key) if isinstance(annotation, type):
            return {
                dict: lambda data: fit(annotation, data),
                str: lambda text: _short(annotation, key, text),
            }
        case ByKey(key):
            return {dict: _chosen(key, get_args(annotation))}
    raise TypeError(f"no way to read {annotation} with {mark}")


def _short(section: type[Spec], key: str, text: object) -> Spec:
    made = fit(section, {key: text})
    made._is_short = True
    return made


def _chosen(key: str, sections: tuple[type[Spec], ...]) -> Reader:
    table = {
        word: section for section in sections for word in get_args(keys_of(section)[key].annotation)
    }

    def read(data: object) -> object:
        word = data.get(key) if isinstance(data, dict) else None
        if not isinstance(word, str) or word not in table:
            raise Misfit
        return fit(table[word], data)

    return read


def _list_of(readers: Readers) -> Reader:
    def read(data: object) -> object:
        assert isinstance(data, list)
        try:
            return [readers[type(each)](each) for each in data]
        except KeyError:
            raise Misfit from None

    return read


def _dict_of(readers: Readers) -> Reader:
    def read(data: object) -> object:
        assert isinstance(data, dict)
        try:
            return {key: readers[type(each)](each) for key, each in data.items()}
        except KeyError:
            raise Misfit from None

    return read


def _one_of(words: frozenset[str]) -> Reader:
    def read(data: object) -> object:
        if data not in words:
            raise Misfit
        return data

    return read


def _same(data: object) -> object:
    return data


def _float(data: object) -> object:
    assert isinstance(data, int | float)
    try:
        number = float(data)
    except OverflowError:
        raise Misfit from None
    if not isfinite(number):
        raise Misfit
    return number


def _limited(readers: Readers, declared: Declared) -> Readers:
    """Hold numbers and sizes to their limits."""
    limits = (declared.ge, declared.gt, declared.le, declared.min_length)
    if all(limit is None for limit in limits):
        return readers
    return {
        type: reader if type is NoneType else _checked(reader, declared)
        for type, reader in readers.items()
    }


def _checked(reader: Reader, declared: Declared) -> Reader:
    ge, gt, le, least = declared.ge, declared.gt, declared.le, declared.min_length

    def read(data: object) -> object:
        value: Any = reader(data)
        if least is not None and len(value) < least:
            raise Misfit
        if (ge is not None and value < ge) or (gt is not None and value <= gt):
            raise Misfit
        if le is not None and value > le:
            raise Misfit
        return value

    return read
