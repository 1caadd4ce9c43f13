# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What guarded code sees: the built-in names, and the functions that stand behind attributes."""

import builtins
import decimal
import re
import string
from collections.abc import Callable, Mapping, Sequence

from RestrictedPython.Guards import safe_builtins
from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from .libraries import LIBRARIES, import_library

__all__ = ["Forbidden", "PrintLog", "namespace"]

PLAIN_TYPES = (
    bool, bytes, complex, dict, float, frozenset, int, list, range, set, slice, str, tuple,
)  # fmt: skip
NAMES = re.findall(
    r"\w+",
    "all any ascii bin bytearray bytes classmethod dict enumerate filter format frozenset iter"
    " list map max min next object property reversed set sorted staticmethod sum super tuple zip"
    " BlockingIOError ConnectionError ExceptionGroup ModuleNotFoundError NotImplemented"
    " PermissionError RecursionError StopAsyncIteration TimeoutError",
)


class Forbidden(Exception):
    """The code asked for something the sandbox does not give."""


class UserClass(type):
    """The class of classes written in the sandbox: their attributes may be set."""


class PrintLog:
    """Keeps what the code prints, up to a size in characters."""

    def __init__(self, size: int) -> None:
        self.parts: list[str] = []
        self.left = size

    def print(
        self, *values: object, sep: str | None = None, end: str | None = None, flush: bool = False
    ) -> None:
        """Stand in for `print`."""
        if self.left <= 0:
            return
        text = (" " if sep is None else sep).join(map(str, values)) + ("\n" if end is None else end)
        self.parts.append(text[: self.left])
        self.left -= len(text)

    def text(self) -> str:
        """Return everything printed; a mark at the end when some of it was dropped."""
        return "".join(self.parts) + ("\n[cut]" if self.left < 0 else "")


def read_attribute(value: object, name: str, *default: object) -> object:
    """Stand in for `getattr` and for every `value.name`."""
    check_attribute(name)
    if name in ("format", "format_map") and (
        isinstance(value, str) or (isinstance(value, type) and issubclass(value, str))
    ):
        return _format_of(value, name)
    if name == "obj" and isinstance(value, AttributeError):
        raise Forbidden("attribute `obj` is not available in the sandbox")
    return getattr(value, name, *default)


def check_attribute(name: str) -> None:
    """Refuse names that lead into Python's insides."""
    if type(name) is not str:
        raise TypeError("attribute name must be text")
    if name.startswith("_"):
        raise Forbidden(f"attribute `{name}` is private")
    if name in INSPECT_ATTRIBUTES:
        raise Forbidden(f"attribute `{name}` is not available in the sandbox")


def writable(value: object) -> object:
    """Return `value` if the code may set its attributes."""
    if isinstance(value, (UserClass, decimal.Context)) or isinstance(type(value), UserClass):
        return value
    raise Forbidden(f"attributes of `{type(value).__name__}` cannot be changed in the sandbox")


def set_attribute(value: object, name: str, new: object) -> None:
    """Stand in for `setattr`."""
    check_attribute(name)
    setattr(writable(value), name, new)


def delete_attribute(value: object, name: str) -> None:
    """Stand in for `delattr`."""
    check_attribute(name)
    delattr(writable(value), name)


def has_attribute(value: object, name: str) -> bool:
    """Stand in for `hasattr`."""
    missing = object()
    return read_attribute(value, name, missing) is not missing


def type_of(value: object) -> type:
    """Stand in for `type`: gives the classes of plain data and of the code's own objects."""
    found = type(value)
    if found in PLAIN_TYPES or value is None or isinstance(found, UserClass):
        return found
    raise Forbidden(f"`type` of a `{found.__name__}` is not available: use `isinstance`")


class _Formatter(string.Formatter):
    """`str.format` without attribute access."""

    def get_field(
        self, field_name: str, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> tuple[object, str]:
        if "." in re.sub(r"\[[^\]]*\]", "", field_name):
            raise Forbidden(f"`{{{field_name}}}` reads an attribute: use an f-string")
        found: tuple[object, str] = super().get_field(field_name, args, kwargs)
        return found


def _format_of(value: object, name: str) -> Callable[..., str]:
    formatter = _Formatter()

    def by_position(text: str, /, *args: object, **kwargs: object) -> str:
        return formatter.vformat(str(text), args, kwargs)

    def by_mapping(text: str, mapping: Mapping[str, object], /) -> str:
        return formatter.vformat(str(text), (), mapping)

    chosen: Callable[..., str] = by_position if name == "format" else by_mapping
    if isinstance(value, type):
        return chosen
    return lambda *args, **kwargs: chosen(value, *args, **kwargs)


def namespace(inputs: Mapping[str, object], log: PrintLog) -> dict[str, object]:
    """Return the globals of one execution: libraries, then inputs, then what must not be hidden."""
    given: dict[str, object] = {
        name: value for name, value in safe_builtins.items() if not name.startswith("_getattr")
    }
    given |= {name: getattr(builtins, name) for name in NAMES}
    given |= {
        "__import__": import_library,
        "delattr": delete_attribute,
        "getattr": read_attribute,
        "hasattr": has_attribute,
        "print": log.print,
        "setattr": set_attribute,
        "type": type_of,
    }
    return {
        **LIBRARIES,
        "inputs": dict(inputs),
        **{name: value for name, value in inputs.items() if not name.startswith("_")},
        "__builtins__": given,
        "__metaclass__": UserClass,
        "__name__": "code",
        "_getattr_": read_attribute,
        "_write_": writable,
    }
