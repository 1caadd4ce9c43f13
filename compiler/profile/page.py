"""Pictures and pages from templates; what comes from traces is escaped, whatever it holds."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from compiler.assets import asset_folder

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(asset_folder("templates") / "profile"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: str, **values: object) -> str:
    """Return a template of `templates/profile/` with its values filled in."""
    return _environment().get_template(template).render(values)
