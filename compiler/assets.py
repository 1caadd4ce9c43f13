"""Finds the data folders of agentc: beside the sources in a checkout, inside the package in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def asset_folder(name: str) -> Path:
    """Return the folder called `name`: `templates`, `schemas`, `runtime_stubs`, `errors` or `examples`.

    Raises:
        FileNotFoundError: the installation is broken.
    """
    here = Path(__file__).resolve().parent
    checkout = here.parent / ("docs/errors" if name == "errors" else name)
    for folder in (here / "_assets" / name, checkout):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"agentc's folder {name!r} is missing")
