"""A section as plain data again, with nothing in it that was not written."""

from __future__ import annotations

from compiler.spec.base import Spec, keys_of


def plain(value: object) -> object:
    """Return data that reads into equal sections; chains are mappings with their `text`."""
    if isinstance(value, Spec):
        keys = keys_of(type(value)).values()
        return {
            key.name: plain(value.__dict__[key.attribute])
            for key in keys
            if key.name in value.written
        }
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value
