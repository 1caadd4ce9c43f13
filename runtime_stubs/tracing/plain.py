# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Turns the inputs and outputs of spans into plain data of bounded size.

What identifies people or opens doors can be blanked out: e-mail, phone and card numbers, keys.
"""

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from pathlib import PurePath

__all__ = ["kept", "pseudonym", "redacted", "redacting"]

LONGEST_TEXT = 100_000  # characters
LONGEST_LIST = 1_000
DEEPEST = 20

_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[\w-]{2,}")
_KEY = re.compile(
    r"\b(?:sk|pk|rk|gh[opsu]|xox[a-z]|glpat|hf|AKIA|ASIA|AIza)[-_A-Za-z0-9]{12,}"
    r"|\beyJ[-_A-Za-z0-9]{8,}\.[-_A-Za-z0-9]{8,}\.[-_A-Za-z0-9]*"  # a JSON web token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[-._~+/A-Za-z0-9]{8,}=*", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w.])(?:"
    r"(?:\+|00)[1-9](?:[ ./()-]{0,2}\d){7,13}"  # international
    r"|\(\d{2,5}\)[ ./-]?\d{2,4}(?:[ ./-]?\d{2,4}){1,3}"
    r"|\d{3}[ .-]\d{3}[ .-]\d{4}"
    r"|0\d{1,4}[ /-]\d{3,4}(?:[ -]?\d{2,4}){1,3}"  # with an area code
    r")(?![\w-])"
)
_SECRET_NAME = re.compile(
    r"api_?key|passw(or)?d|passphrase|secret|authorization|cookie|(^|_)token$|credential",
    re.IGNORECASE,
)


def kept(value: object) -> object:
    """Return `value` as data that JSON can hold."""
    return _plain(value, _cut, False, 0)


def redacting(value: object) -> object:
    """Return `value` as data that JSON can hold, with what is personal or secret blanked out."""
    return _plain(value, lambda text: _cut(redacted(text)), True, 0)


def _cut(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}… ({len(text) - LONGEST_TEXT} more characters)"


def _plain(value: object, words: Callable[[str], str], secret: bool, depth: int) -> object:
    if isinstance(value, str):
        return words(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            words(str(key)): (
                "[secret]"
                if secret and isinstance(each, str) and is_secret_name(str(key))
                else _plain(each, words, secret, depth + 1)
            )
            for key, each in value.items()
        }
    if isinstance(value, list | tuple | AbstractSet):
        found = [
            _plain(each, words, secret, depth + 1)
            for each, _ in zip(value, range(LONGEST_LIST), strict=False)
        ]
        more = len(value) - len(found)
        return [*found, f"… ({more} more)"] if more else found
    if isinstance(value, bytes | bytearray):
        return f"({len(value)} bytes)"
    if isinstance(value, PurePath):
        return words(str(value))
    inner = _fields_of(value)
    return words(repr(value)) if inner is None else _plain(inner, words, secret, depth + 1)


def _fields_of(value: object) -> object:
    """Return what an object consists of, None if it does not say."""
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump()
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if type(value).__name__ == "Overwrite":  # how LangGraph says that a field was set anew
        return getattr(value, "value", None)
    return None


def redacted(text: str) -> str:
    """Return a text with e-mail addresses, phone and card numbers and keys blanked out."""
    text = _KEY.sub("[key]", text)
    text = _BEARER.sub(r"\1 [key]", text)
    if "@" in text:
        text = _EMAIL.sub("[email]", text)
    text = _DIGITS.sub(_card, text)
    return _PHONE.sub("[phone]", text)


def is_secret_name(name: str) -> bool:
    """Return whether what goes by this name is to be kept secret."""
    return _SECRET_NAME.search(name) is not None


def pseudonym(id: str | None) -> str | None:
    """Return an id as it is, or a stand-in for one that says who it is; the same one each time."""
    if id is None or redacted(id) == id:
        return id
    return f"id-{hashlib.sha256(id.encode()).hexdigest()[:16]}"


def _card(found: re.Match[str]) -> str:
    """Card numbers have a check digit (ISO/IEC 7812, Luhn), other long numbers rarely fit."""
    digits = [int(each) for each in found[0] if each.isdigit()]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return "[card]" if (sum(doubled) + sum(digits[-1::-2])) % 10 == 0 else found[0]
