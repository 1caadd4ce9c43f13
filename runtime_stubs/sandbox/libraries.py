# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The libraries of sandboxed code: safe names only, never a module object.

A module leads to its imports (`json.codecs.builtins`), so code gets objects that hold nothing but
the names listed here. Left out on purpose: `string.Formatter` (reads attributes named in text),
`functools.wraps` and `update_wrapper` (copy `__globals__`), `operator` (`attrgetter`).
"""

import collections
import datetime
import decimal
import fractions
import functools
import itertools
import json
import math
import random
import re
import statistics
import string
import textwrap
from collections.abc import Mapping, Sequence
from types import ModuleType

__all__ = ["LIBRARIES", "Library", "import_library"]


def _words(text: str) -> list[str]:
    return text.split()


def _public(module: ModuleType) -> list[str]:
    return [name for name in dir(module) if not name.startswith("_")]


NAMES: dict[ModuleType, Sequence[str]] = {
    math: _public(math),
    itertools: _public(itertools),
    statistics: _words(
        "NormalDist StatisticsError correlation covariance fmean geometric_mean harmonic_mean"
        " linear_regression mean median median_grouped median_high median_low mode multimode"
        " pstdev pvariance quantiles stdev variance"
    ),
    json: ["JSONDecodeError", "dumps", "loads"],
    re: _words(
        "A ASCII DOTALL I IGNORECASE M MULTILINE S U UNICODE VERBOSE X compile error escape"
        " findall finditer fullmatch match search split sub subn"
    ),
    datetime: _words("UTC MAXYEAR MINYEAR date datetime time timedelta timezone"),
    collections: _words("ChainMap Counter OrderedDict defaultdict deque namedtuple"),
    functools: _words("cache cmp_to_key lru_cache partial reduce total_ordering"),
    random: _words(
        "Random betavariate choice choices expovariate gammavariate gauss getrandbits"
        " lognormvariate normalvariate paretovariate randbytes randint random randrange sample"
        " seed shuffle triangular uniform vonmisesvariate weibullvariate"
    ),
    string: _words(
        "Template ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits"
        " octdigits printable punctuation whitespace"
    ),
    textwrap: _words("dedent fill indent shorten wrap"),
    decimal: _words(
        "BasicContext Clamped Context ConversionSyntax Decimal DecimalException DivisionByZero"
        " DivisionImpossible DivisionUndefined ExtendedContext Inexact InvalidOperation"
        " Overflow ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN"
        " ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP Rounded Subnormal Underflow getcontext"
        " localcontext setcontext"
    ),
    fractions: ["Fraction"],
}


# `strptime` and `strftime` are written in C and import these through the `__import__` of the code
# that calls them, with a list where a statement has a tuple, and do not look at what it returns.
USED_BY_C = ("_strptime", "time")


class Library:
    """What `import math` gives: the safe names of one module."""

    __slots__ = ("_names", "_title")

    def __init__(self, title: str, names: Mapping[str, object]) -> None:
        self._title = title
        self._names = names

    def __getattr__(self, name: str) -> object:
        try:
            return self._names[name]
        except KeyError:
            # `obj` of an ordinary AttributeError would hand this object to the code.
            raise AttributeError(
                f"`{self._title}.{name}` is not available in the sandbox"
            ) from None

    def __repr__(self) -> str:
        return f"<library {self._title}>"


LIBRARIES: dict[str, Library] = {
    module.__name__: Library(
        module.__name__, {name: getattr(module, name) for name in names if hasattr(module, name)}
    )
    for module, names in NAMES.items()
}


def import_library(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] = (),
    level: int = 0,
) -> Library:
    """Stand in for `__import__`."""
    if type(fromlist) is list and name in USED_BY_C:
        return Library(name, {})
    library = LIBRARIES.get(name)
    if library is None or level:
        raise ImportError(
            f"`{name}` is not available in the sandbox, which has {', '.join(sorted(LIBRARIES))}"
        )
    return library
