# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Settings that come from the environment: `${env:NAME}` is read when it is used, never written down."""

import os
import re

from .errors import RuntimeFault

__all__ = ["SettingError", "setting_text"]

_REFERENCE = re.compile(r"\$\{env:(\w+)\}")


class SettingError(RuntimeFault):
    """A setting that is not there."""


def setting_text(setting: str) -> str:
    """Return a setting with its environment variables filled in.

    Raises:
        SettingError: a variable is not set; the message names it.
    """
    return _REFERENCE.sub(_variable, setting)


def _variable(found: re.Match[str]) -> str:
    value = os.environ.get(found[1])
    if value is None:
        raise SettingError(f"the environment variable `{found[1]}` is not set")
    return value
