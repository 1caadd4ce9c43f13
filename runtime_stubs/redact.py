# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Shortens foreign text for a message and takes out what looks like a secret."""

import os
import re

__all__ = ["shortened"]

KEY_LIKE = re.compile(r"\b(?:sk|pk|rk|ghp|gho|xox[a-z]|AKIA|AIza)[-_A-Za-z0-9]{12,}")
SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD")


def shortened(text: str, length: int = 200) -> str:
    """Return the beginning of a text for a message, without what looks like a key."""
    for name, value in os.environ.items():
        if len(value) >= 8 and SECRET_NAME.search(name):
            text = text.replace(value, "***")
    text = " ".join(KEY_LIKE.sub("***", text).split())
    return text if len(text) <= length else f"{text[:length]}…"
