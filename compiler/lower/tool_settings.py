"""The `config` of a use of a tool, checked against what the tool can be told."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.ir.builtins import find_builtin
from compiler.ir.nodes import ToolUse
from compiler.ir.tool_settings import NEEDED_SETTINGS, TOOL_SETTINGS
from compiler.lower.context import Context
from compiler.lower.fitting import data_misfit
from compiler.syntax import Path

_EXAMPLES = {
    "sql_query": "url: sqlite:///data.db",
    "shell": "allow: [git log]",
    "process": "allow: [git]",
    "env_vars": "allow: [LANG]",
}


def check_tool_settings(ctx: Context, use: ToolUse, at: Path) -> None:
    """Report settings that the tool does not have, and values that do not fit. Code: AC704.

    Args:
        at: where the settings stand.
    """
    data = use.config.data if use.config is not None else {}
    if not isinstance(data, dict):
        return
    builtin = find_builtin(use.tool)
    if builtin is not None:
        _check_needed(ctx, use, builtin.name, data)
    if builtin is None:
        if data:
            ctx.report(
                "AC704",
                ctx.key_at(at),
                f"`{use.tool}` takes no settings: it is not a built-in tool",
                help="put them where the tool is declared, under `tools`",
            )
        return
    known = TOOL_SETTINGS[builtin.name]
    for name, value in data.items():
        if name not in known:
            span = ctx.key_at((*at, name))
            message = f"`{use.tool}` has no setting `{name}`"
            ctx.sink.report_unknown("AC704", span, message, name, known, what="settings")
            continue
        misfit = data_misfit(ctx, value, known[name], (*at, name))
        if misfit is not None:
            misfit.report(ctx, "AC704", f"the setting `{name}` of `{use.tool}` does not fit")


def _check_needed(ctx: Context, use: ToolUse, name: str, data: Mapping[str, object]) -> None:
    needed = NEEDED_SETTINGS.get(name, ())
    if needed and not any(data.get(each) for each in needed):
        listed = " or ".join(f"`{each}`" for each in needed)
        ctx.report(
            "AC704",
            use.span,
            f"`{use.tool}` does nothing without the setting {listed}",
            help=f"add `config: {{{_EXAMPLES[name]}}}`",
        )
