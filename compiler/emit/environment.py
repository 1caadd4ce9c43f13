"""The jinja2 environments, one per output language; each takes only that language's text types.

A plain `str`, a number or an undefined name in a template is refused: user text enters only through `plan.text`.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from compiler.assets import asset_folder
from compiler.plan.text import Code, Markdown, Plain, Toml, Yaml

LANGUAGES: dict[str, tuple[type[str], ...]] = {
    "python": (Code,),
    "toml": (Toml, Plain),
    "yaml": (Yaml, Plain),
    "markdown": (Markdown, Plain),
    "plain": (Plain,),
}


@cache
def environment(language: str) -> Environment:
    """Return the environment of a language of `LANGUAGES`."""
    accepted = LANGUAGES[language]

    def admit(value: object) -> object:
        if isinstance(value, Markup):
            return value
        if isinstance(value, accepted):
            return Markup(str(value))
        raise TypeError(f"a {language} template was given {type(value).__name__}: {value!r:.80}")

    found = Environment(
        loader=FileSystemLoader(asset_folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=admit,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters.clear()
    return found
