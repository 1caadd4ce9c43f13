# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Blanks out what identifies people or opens doors: e-mail, phone and card numbers, keys."""

import hashlib
import re

__all__ = ["is_secret_name", "pseudonym", "redacted"]

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
