"""Report declared fields, tools, models and types that nothing uses.

state: {topic: str, mood: str}     AC314 at `mood` when no node reads or writes it
models: {fast: {…}, slow: {…}}     AC316 at `slow` when no node names it, nor a model that falls back to it, nor an evaluation
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import Span
from compiler.expr import DictType, ListType, OptionalType, RecordType, Type
from compiler.ir.uses import models_used, tools_used
from compiler.ir.workflow import BuiltinTool, FunctionTool, HttpTool, Workflow
from compiler.passes.analysis import Analysis


def check_unused(analysis: Analysis, sink: Sink) -> Workflow:
    """Report AC314, AC315, AC316 and AC317. What a node writes is used: it is part of the result."""
    workflow = analysis.workflow
    fields = _used_fields(analysis)
    for field in workflow.fields:
        if field.name not in fields:
            _report("AC314", field.span, f"no node reads or writes the field `{field.name}`", sink)
    tools = {name.partition(".")[0] for node in workflow.nodes for name in tools_used(node)}
    for tool in workflow.tools:
        if tool.name not in tools and not isinstance(tool, BuiltinTool):
            _report("AC315", tool.span, f"no node uses the tool `{tool.name}`", sink)
    models = _used_models(workflow)
    for model in workflow.models:
        if model.name not in models and _is_declared(model.name, model.span):
            _report("AC316", model.span, f"nothing uses the model `{model.name}`", sink)
    types = set(_used_types(workflow))
    for named in workflow.types:
        if named.name not in types:
            _report("AC317", named.span, f"nothing has the type `{named.name}`", sink)
    return workflow


def _report(code: str, span: Span, message: str, sink: Sink) -> None:
    sink.report(code, span, message, label="unused", help="delete it")


def _used_fields(analysis: Analysis) -> set[str]:
    used: set[str] = {*(analysis.asked_for or ())}
    used |= {read.field for reads in analysis.reads.values() for read in reads}
    used |= {read.field for reads in analysis.exit_reads.values() for read in reads}
    used |= {write.field for writes in analysis.writes.values() for write in writes}
    used |= {each.reply for each in analysis.workflow.triggers if each.reply is not None}
    return used


def _used_models(workflow: Workflow) -> set[str]:
    fallbacks = {model.name: model.fallbacks for model in workflow.models}
    used: set[str] = set()
    stack = [name for node in workflow.nodes for name in models_used(node)]
    stack += workflow.judges
    while stack:
        name = stack.pop()
        if name not in used:
            used.add(name)
            stack.extend(fallbacks.get(name, ()))
    return used


def _is_declared(name: str, span: Span) -> bool:
    """Whether a model is a key of `models`; others were made for settings written in place."""
    return span.source.text[span.start : span.end].strip("'\"") == name


def _used_types(workflow: Workflow) -> Iterator[str]:
    for field in workflow.fields:
        yield from _names_in(field.type)
    for named in workflow.types:
        for part in named.type.fields:
            yield from _names_in(part.type)
    for node in workflow.nodes:
        for output in node.outputs:
            yield from _names_in(output.type)
        if node.foreach is not None:
            yield from _names_in(node.foreach.item_type)
    for tool in workflow.tools:
        if isinstance(tool, FunctionTool | HttpTool):
            for _, type, _ in tool.params:
                yield from _names_in(type)


def _names_in(type: Type) -> Iterator[str]:
    stack: list[Type] = [type]
    while stack:
        match stack.pop():
            case RecordType(name, fields):
                if name is not None:
                    yield name
                stack.extend(each.type for each in fields)
            case ListType(item) | OptionalType(item):
                stack.append(item)
            case DictType(key, value):
                stack.extend((key, value))
