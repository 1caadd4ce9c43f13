"""Names that depend on Python's own are the same whatever Python runs the compiler."""

from __future__ import annotations

import builtins
import keyword
import sys

import pytest

from compiler.ir.python_names import BUILTIN_NAMES, SOFT_KEYWORDS, STANDARD_MODULES
from compiler.lower.package_name import package_name


@pytest.mark.parametrize("name", ["distutils", "annotationlib", "type", "match", "json", "_thread"])
def test_a_package_hides_no_module_of_any_python(name: str) -> None:
    """`distutils` ended with 3.11, `annotationlib` came with 3.14, `type` is a word since 3.12."""
    assert package_name(name) in (f"{name}_flow", "thread")


def test_the_lists_hold_what_this_python_has() -> None:
    public = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    assert public <= STANDARD_MODULES
    interactive = {"copyright", "credits", "exit", "license", "quit", "help"}
    own = {name for name in dir(builtins) if not name.startswith("_")}
    assert own - interactive <= BUILTIN_NAMES
    assert set(keyword.softkwlist) <= SOFT_KEYWORDS
