"""Secrets written into the file: they belong into the environment.

A text is taken for a secret when it has the form of a provider's key, or when it is the literal value of a
key that names a secret.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from compiler.lower.context import Context
from compiler.lower.env_settings import has_env_reference, is_variable_name
from compiler.record import dataclass
from compiler.syntax import Mapping, Scalar, Sequence, Tree

_KEY_FORMS = re.compile(
    r"""
    (?<![A-Za-z0-9_-])(?:
      sk-(?:ant-|proj-|or-|svcacct-)?[A-Za-z0-9_-]{16,}   # OpenAI, Anthropic, OpenRouter
    | AIza[A-Za-z0-9_-]{30,}                              # Google
    | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,}     # GitHub
    | glpat-[A-Za-z0-9_-]{16,}                            # GitLab
    | xox[abeoprs]-[A-Za-z0-9-]{10,}                      # Slack
    | (?:AKIA|ASIA)[A-Z0-9]{16}                           # AWS
    | gsk_[A-Za-z0-9]{20,} | hf_[A-Za-z0-9]{20,} | tvly-[A-Za-z0-9-]{16,}
    | r8_[A-Za-z0-9]{20,} | whsec_[A-Za-z0-9+/=]{16,}
    | \d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])         # Telegram
    | eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}        # JSON web token
    )
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
    | (?<=://)[^\s/:@{}$]+:[^\s/@{}$]+(?=@)               # user:password in an address
    """,
    re.VERBOSE,
)
_SECRET_KEYS = re.compile(
    r"(?:.*_)?(?:api_?key|apikey|password|passwd|secret|token|access_?key|private_?key"
    r"|authorization|credentials?|client_secret)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(?:bearer|basic|token)\s+", re.IGNORECASE)
_SECTIONS = ("models", "tools", "config", "triggers")
_NODE_KEYS = frozenset({"llm", "tools", "config", "args", "spawn", "sandbox"})
# Below these stand types, expressions and paths into messages, which may be called like a secret.
_NO_SETTINGS = frozenset({"args", "params", "query", "body", "map", "inputs"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A text with the nearest key above it; `is_setting`: it stands for itself, not for a type or a value."""

    key: str
    scalar: Scalar
    is_setting: bool


def check_secrets(ctx: Context) -> None:
    """Report each literal secret once. Code: AC601."""
    if not isinstance(ctx.tree, Mapping):
        return
    # Keys that have no meaning here, `api_key` among them, were reported when the shape was read.
    reported = {each.primary.start for each in ctx.sink.diagnostics}
    for name, section in _sections(ctx.tree):
        for found in _texts(name, section, reported):
            _check(ctx, found.key, found.scalar, found.is_setting)


def _sections(tree: Mapping) -> Iterator[tuple[str, Tree]]:
    for name in _SECTIONS:
        section = tree.get(name)
        if section is not None:
            yield name, section
    nodes = tree.get("nodes")
    each = nodes.items if isinstance(nodes, Sequence) else ()
    if isinstance(nodes, Mapping):
        each = tuple(entry.value for entry in nodes.entries)
    for node in each:
        if isinstance(node, Mapping):
            for name in _NODE_KEYS & node.by_name.keys():
                yield name, node.by_name[name].value


def _texts(key: str, tree: Tree, reported: Collection[int]) -> Iterator[_Found]:
    """Yield the texts below a section, those under reported keys left out; what an alias repeats comes once."""
    stack: list[tuple[str, Tree, bool]] = [(key, tree, key not in _NO_SETTINGS)]
    seen: set[int] = set()
    while stack:
        key, node, is_setting = stack.pop()
        if isinstance(node, Scalar):
            if isinstance(node.value, str) and node.text:
                yield _Found(key, node, is_setting)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            for entry in node.entries:
                if entry.key.span.start in reported:
                    continue
                inside = is_setting and entry.name not in _NO_SETTINGS
                stack.append((entry.name, entry.value, inside))
        else:
            stack += ((key, item, is_setting) for item in node.items)


def _check(ctx: Context, key: str, scalar: Scalar, is_setting: bool) -> None:
    text = scalar.text
    if _KEY_FORMS.search(text) is not None:
        found = f"`{key}` holds what looks like a secret"
    elif is_setting and _names_secret(key) and _is_literal(text):
        found = f"`{key}` holds a secret as plain text"
    elif is_setting and key.endswith("_env") and not is_variable_name(text):
        found = f"`{key}` holds no name of an environment variable"
    else:
        return
    ctx.report("AC601", scalar.span, found, help=_help(key))


def _names_secret(key: str) -> bool:
    return _SECRET_KEYS.fullmatch(key.replace("-", "_")) is not None


def _is_literal(text: str) -> bool:
    """Tell whether a text is a value of its own: no reference to the environment or to the state."""
    if has_env_reference(text) or "{" in text:
        return False
    rest = _SCHEME.sub("", text, count=1)
    return bool(rest.strip()) and not rest.startswith(("state.", "$"))


def _help(key: str) -> str:
    variable = re.sub(r"\W+", "_", key).strip("_").upper() or "SECRET"
    if key.lower().endswith("_env"):
        return f"write the name of the variable that holds it, such as `{variable.removesuffix('_ENV')}`"
    return f"put it into an environment variable and write `${{env:{variable}}}`"
