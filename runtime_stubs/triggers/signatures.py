# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Whether a request comes from who it says: signatures over the bytes as they came."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping

__all__ = ["BadSignature", "check_hub_signature", "check_standard_webhook", "signing_key"]

WINDOW = 300.0  # seconds a signed request may be early or late


class BadSignature(Exception):
    """A request that is not what it says; the text is for the log, not for the sender."""


def signing_key(secret: str) -> bytes:
    """Return the key of a Standard Webhooks secret: base64, after `whsec_` if that is there.

    Raises:
        ValueError: it is not such a secret.
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(key) < 16:
        raise ValueError("shorter than 16 bytes")
    return key


def check_standard_webhook(headers: Mapping[str, str], body: bytes, key: bytes, now: float) -> str:
    """Return the id of a signed delivery (https://www.standardwebhooks.com).

    Args:
        now: seconds since the epoch.

    Raises:
        BadSignature: the signature is missing or wrong, or the request is too old or too new.
    """
    try:
        id, stamp, given = (headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise BadSignature(f"no header {error}") from error
    if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp[:15])) > WINDOW:
        raise BadSignature(f"timestamp `{stamp[:20]}` is not within {WINDOW:g} s")
    signed = f"{id}.{stamp}.".encode() + body
    wanted = base64.b64encode(hmac.digest(key, signed, "sha256"))
    # A sender that changes its key signs with both for a while.
    signatures = [each.removeprefix("v1,") for each in given.split(" ") if each.startswith("v1,")]
    if not any(hmac.compare_digest(each.encode(), wanted) for each in signatures):
        raise BadSignature("wrong signature")
    return id


def check_hub_signature(headers: Mapping[str, str], body: bytes, secret: str) -> None:
    """Check `X-Hub-Signature-256`, as Meta and GitHub send it.

    Raises:
        BadSignature: it is missing or wrong.
    """
    given = headers.get("x-hub-signature-256", "")
    wanted = f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise BadSignature("wrong signature" if given else "no header 'x-hub-signature-256'")
