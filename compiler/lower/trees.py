"""What stands under `set`, `args`, `inputs` and `memory.write`.

A text that is the whole value is a template or an expression; inside of lists and mappings it is a template.

"{state.topic}"              the field itself, with its type      Expression
"About {state.topic}"        a text with references               Text
"len(state.topic)"           an expression                        Expression
{q: "{state.topic}", n: 3}   a mapping with computed values       MappingValue
3, [a, b], "{{topic}}"       plain data                           Constant
"""

from __future__ import annotations

import re

from compiler.expr import Scope, Template, parse_template, plain_text
from compiler.ir.values import ListValue, MappingValue, Value
from compiler.lower.context import Context
from compiler.lower.data import list_type, mapping_type, plain_data, stand_in
from compiler.lower.values import lower_expression, lower_text, value_type
from compiler.syntax import Path

_QUOTED = re.compile(r"""\s*f?(?P<quote>["'])[^"']*(?P=quote)\s*""")
_STATE_FIELD = re.compile(r"state\.([^\W\d]\w*)")


def lower_value(ctx: Context, path: Path, data: object, scope: Scope) -> Value:
    """Lower what stands at `path`; a stand-in after a report. Codes: AC415 and those of expressions."""
    if not isinstance(data, str):
        return (
            _nested(ctx, path, data, scope) if _is_computed(data) else plain_data(ctx, path, data)
        )
    template = parse_template(data)
    if template.only_reference is None and _is_template(template, data):
        if _QUOTED.fullmatch(data):
            ctx.report(
                "AC415",
                ctx.at(path),
                "the quotes are part of the text: with `{references}` it is no expression",
                help="leave out the inner quotes",
            )
        return _template(ctx, path, data, template, scope)
    help = _text_help(data, template)
    written = ctx.written(path, data)
    return lower_expression(ctx, written, scope, help=help) or stand_in(written.span)


def _is_computed(data: object) -> bool:
    """Tell whether plain data may hold references, or what looks like one."""
    match data:
        case str():
            return "{" in data or data.startswith("state.")
        case list():
            return any(map(_is_computed, data))
        case dict():
            return any(_is_computed(key) or _is_computed(value) for key, value in data.items())
        case _:
            return False


def _nested(ctx: Context, path: Path, data: object, scope: Scope) -> Value:
    """Lower a list, a mapping, or a part of one."""
    match data:
        case list() if _is_computed(data):
            items = tuple(_nested(ctx, (*path, at), each, scope) for at, each in enumerate(data))
            return ListValue(items, list_type([value_type(each) for each in items]), ctx.at(path))
        case dict() if _is_computed(data):
            entries = []
            for key, each in data.items():
                _check_key(ctx, (*path, key), key, scope)
                entries.append((str(key), _nested(ctx, (*path, key), each, scope)))
            type = mapping_type([(key, value_type(each)) for key, each in entries])
            return MappingValue(tuple(entries), type, ctx.at(path))
        case str() if _is_computed(data):
            return _nested_text(ctx, path, data, scope)
        case _:
            return plain_data(ctx, path, data)


def _nested_text(ctx: Context, path: Path, data: str, scope: Scope) -> Value:
    template = parse_template(data)
    if template.only_reference is not None:
        written = ctx.written(path, data)
        help = _text_help(data, template)
        return lower_expression(ctx, written, scope, help=help) or stand_in(written.span)
    field = _STATE_FIELD.fullmatch(data)
    if field is not None and field[1] in scope.state:
        ctx.report(
            "AC415",
            ctx.at(path),
            f"this is the text `{data}`: inside lists and mappings, only what stands in braces is read",
            help=f'write `"{{{data}}}"`',
        )
    return _template(ctx, path, data, template, scope)


def _check_key(ctx: Context, path: Path, key: str, scope: Scope) -> None:
    """Warn of a key that was meant to be filled in."""
    reference = parse_template(key).only_reference
    if reference is not None:
        ctx.report(
            "AC415",
            ctx.key_at(path),
            f"keys are taken as they stand: nothing is filled in for `{key}`",
            help="name the key in the file, or make the mapping in a `code` node",
        )


def _template(ctx: Context, path: Path, data: str, template: Template, scope: Scope) -> Value:
    if template.references:
        return lower_text(ctx, ctx.written(path, data), scope)
    return plain_data(ctx, path, plain_text(template))


def _is_template(template: Template, data: str) -> bool:
    """Tell whether a text has references, or says of one that it is none: `{{topic}}`."""
    return bool(template.references) or plain_text(template) != data


def _text_help(text: str, template: Template) -> str | None:
    """Advise on a text that was meant as it stands: values are expressions."""
    if template.only_reference is not None:
        return f"for the text `{text}` itself write `{{{text}}}`"
    if "\n" in text or "'" in text or '"' in text or len(text) > 60:
        return None
    # Quotes alone would be taken off by YAML.
    return f"for the text itself write `\"'{text}'\"`"
