"""The `config` of a use of a tool, checked against what the tool can be told."""

from __future__ import annotations

from compiler.ir.builtins import find_builtin
from compiler.ir.nodes import ToolUse
from compiler.ir.tool_settings import TOOL_SETTINGS
from compiler.lower.context import Context
from compiler.lower.fitting import data_misfit
from compiler.syntax import Path


def check_tool_settings(ctx: Context, use: ToolUse, at: Path) -> None:
    """Report settings that the tool does not have, and values that do not fit. Code: AC704.

    Args:
        at: where the settings stand.
    """
    data = use.config.data if use.config is not None else None
    if not isinstance(data, dict):
        return
    builtin = find_builtin(use.tool)
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
