# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Settings that come from the environment: read when they are used, never written down."""

import os
from dataclasses import dataclass
from string import Template

from .errors import RuntimeFault

__all__ = ["Env", "Setting", "SettingError", "setting_text"]


class SettingError(RuntimeFault):
    """A setting that is not there."""


@dataclass(frozen=True, slots=True)
class Env:
    """A text with environment variables in it: `https://${HOST}/v1`; `$$` is a dollar."""

    text: str


Setting = str | Env


def setting_text(setting: Setting) -> str:
    """Return a setting with its variables filled in.

    Raises:
        SettingError: a variable is not set, named in the message.
    """
    if isinstance(setting, str):
        return setting
    try:
        return Template(setting.text).substitute(os.environ)
    except KeyError as missing:
        name = missing.args[0]
        raise SettingError(
            f"the environment variable `{name}` is not set; set it or put it into .env"
        ) from None
