# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Settings that come from the environment: `${env:NAME}` is read when it is used, never written down."""

import os
import re

from .errors import RuntimeFault, StoreError

__all__ = ["SettingError", "address_of_runs", "setting_text"]

_REFERENCE = re.compile(r"\$\{env:(\w+)\}")


class SettingError(RuntimeFault):
    """A setting that is not there."""


def setting_text(setting: str) -> str:
    """Return a setting with its environment variables filled in.

    Raises:
        SettingError: a variable is not set; the message names it.
    """
    return _REFERENCE.sub(_variable, setting)


def address_of_runs(setting: str, example: str) -> str:
    """Return the address of the server that saves runs: `AGENTC_CHECKPOINTS`, or else a setting.

    Raises:
        StoreError: neither says one; the message shows the example.
    """
    address = os.environ.get("AGENTC_CHECKPOINTS") or setting_text(setting)
    if not address:
        raise StoreError(f"no server to save runs on: set AGENTC_CHECKPOINTS to {example}")
    return address


def _variable(found: re.Match[str]) -> str:
    value = os.environ.get(found[1])
    if value is None:
        raise SettingError(f"the environment variable `{found[1]}` is not set")
    return value
