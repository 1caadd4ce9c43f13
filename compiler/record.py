"""`dataclass` and `replace` of the standard library, several times cheaper to load.

`agentc check` runs on every commit and defines some two hundred classes before it reads a line. The standard
decorator compiles six methods per class from text, at every start. This one compiles `__init__` alone, and
only when the first object is made. Checkers of types see the standard names, and it is they who hold
everyone to `frozen`: a record's own `__setattr__` would double the time it takes to make one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:
    from collections.abc import Callable
    from dataclasses import MISSING, Field
    from operator import attrgetter
    from reprlib import recursive_repr

    _FIELDS = "__record_fields__"
    _OMITTED = object()

    def dataclass(*, frozen=False, slots, kw_only=False):
        """Make records as `dataclasses.dataclass` does, for classes with slots."""
        assert slots, "only classes with slots"
        return lambda cls: _record(cls, frozen, kw_only)

    def replace(record, /, **changes):
        """Return a copy of a record with some fields changed, as `dataclasses.replace` does."""
        for each in record.__record_fields__.values():
            if each.init and each.name not in changes:
                changes[each.name] = getattr(record, each.name)
        return record.__class__(**changes)

    def _record(cls, frozen, kw_only):
        members = dict(cls.__dict__)
        inherited = {}
        for base in reversed(cls.__mro__[1:]):
            inherited.update(base.__dict__.get(_FIELDS, {}))
        fields = dict(inherited)
        for name, annotation in members.get("__annotations__", {}).items():
            if not str(annotation).startswith(("ClassVar", "typing.ClassVar")):
                fields[name] = _field(name, annotation, members.pop(name, MISSING), kw_only)
        members[_FIELDS] = fields
        members["__slots__"] = tuple(name for name in fields if name not in inherited)
        members["__dataclass_fields__"] = _StandardFields()
        members.setdefault(
            "__match_args__",
            tuple(each.name for each in fields.values() if each.init and not each.kw_only),
        )
        _add_methods(members, fields, frozen)
        members.pop("__dict__", None)
        members.pop("__weakref__", None)
        record = type(cls)(cls.__name__, cls.__bases__, members)
        record.__qualname__ = cls.__qualname__
        if "__init__" not in members:
            record.__init__ = _init_later(record)
        return record

    def _field(name, annotation, default, kw_only):
        """Return what the standard library keeps of a field, which then is no member of the class."""
        if isinstance(default, Field):
            made = default
            made.kw_only = kw_only if made.kw_only is MISSING else made.kw_only
        else:
            made = Field(default, MISSING, True, True, None, True, None, kw_only)
        if made.default is not MISSING and made.default.__class__.__hash__ is None:
            raise ValueError(f"mutable default {type(made.default)} for field {name}")
        made.name, made.type = name, annotation
        return made

    def _add_methods(members, fields, frozen):
        compared = tuple(each.name for each in fields.values() if each.compare)
        shown = tuple(each.name for each in fields.values() if each.repr)
        has_own_hash = members.get("__hash__") is not None
        values = _values_of(compared)
        if "__eq__" not in members:
            members["__eq__"] = _eq(values)
        if not has_own_hash:
            members["__hash__"] = (lambda self: hash(values(self))) if frozen else None
        if "__repr__" not in members:
            members["__repr__"] = _repr(shown)

    def _values_of(names) -> Callable:
        if len(names) > 1:
            return attrgetter(*names)
        if not names:
            return lambda self: ()
        get = attrgetter(*names)
        return lambda self: (get(self),)

    def _eq(values):
        def __eq__(self, other):
            if other.__class__ is self.__class__:
                return other is self or values(self) == values(other)
            return NotImplemented

        return __eq__

    def _repr(names):
        @recursive_repr()
        def __repr__(self):
            inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
            return f"{self.__class__.__qualname__}({inside})"

        return __repr__

    def _init_later(record):
        """Return an `__init__` that puts the real one in its place when it is called."""

        def __init__(self, *args, **kwargs):
            record.__init__ = _init(record)
            record.__init__(self, *args, **kwargs)

        return __init__

    def _init(record):
        """Compile `__init__`. Only names of fields become text, and Python has read them as names."""
        scope = {"_OMITTED": _OMITTED}
        positional, named, body = ["self"], [], []
        for number, each in enumerate(record.__record_fields__.values()):
            factory = f"_make{number}"
            scope[factory] = each.default_factory
            value, parameter = each.name, each.name
            if each.default_factory is not MISSING:
                parameter = f"{each.name}=_OMITTED"
                value = f"{factory}() if {each.name} is _OMITTED else {each.name}"
            elif each.default is not MISSING:
                scope[f"_default{number}"] = each.default
                parameter = f"{each.name}=_default{number}"
            if each.init:
                (named if each.kw_only else positional).append(parameter)
                body.append(f"self.{each.name} = {value}")
            elif each.default_factory is not MISSING:
                body.append(f"self.{each.name} = {factory}()")
            elif each.default is not MISSING:
                body.append(f"self.{each.name} = _default{number}")
        if hasattr(record, "__post_init__"):
            body.append("self.__post_init__()")
        given = ", ".join([*positional, *(["*", *named] if named else [])])
        text = f"def __init__({given}):\n " + "\n ".join(body or ["pass"])
        exec(text, scope)  # noqa: S102 - as the standard library does; no text of a user is in it
        made = scope["__init__"]
        made.__qualname__ = f"{record.__qualname__}.__init__"
        made.__module__ = record.__module__
        return made

    class _StandardFields:
        """Gives `dataclasses.fields`, `asdict` and the like what they look for, once they ask."""

        def __get__(self, instance, owner):
            from dataclasses import make_dataclass

            own = owner.__record_fields__.values()
            made = make_dataclass(owner.__name__, [(f.name, f.type, _copy(f)) for f in own])
            owner.__dataclass_fields__ = made.__dataclass_fields__
            return owner.__dataclass_fields__

    def _copy(field):
        """Return a field that no class has taken yet, as `make_dataclass` wants it."""
        return Field(
            field.default,
            field.default_factory,
            field.init,
            field.repr,
            field.hash,
            field.compare,
            field.metadata,
            field.kw_only,
        )
