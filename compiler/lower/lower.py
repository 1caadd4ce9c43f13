"""The stage: a spec in, a workflow with all names resolved and all shorthand expanded out.

nodes:                                     node write: llm default
  - id: write                                prompt "About {state.topic}"
    prompt: About {topic}                    out draft: str
    outputs: [draft]                         -> END
"""

from __future__ import annotations

import posixpath

from compiler.diagnostics.sink import Sink
from compiler.diagnostics.span import SourceFile, Span
from compiler.ir.exits import Exit
from compiler.ir.names import START
from compiler.ir.nodes import Node
from compiler.ir.workflow import Config, NamedType, Workflow
from compiler.lower.config import lower_config
from compiler.lower.context import Children, Context
from compiler.lower.edges import EdgeTable, read_edges
from compiler.lower.evaluation import check_evaluation
from compiler.lower.exhausted import tell_exhaustion
from compiler.lower.fields import lower_fields
from compiler.lower.files import Files
from compiler.lower.flow import Flow
from compiler.lower.frame import Tables
from compiler.lower.infer import infer_edges
from compiler.lower.judges import judges
from compiler.lower.memory import memory_defaults
from compiler.lower.models import Models
from compiler.lower.named_types import lower_types
from compiler.lower.no_effect import tell_what_has_no_effect
from compiler.lower.node_names import read_node_names
from compiler.lower.nodes import lower_node
from compiler.lower.package_name import package_name
from compiler.lower.secrets import check_secrets
from compiler.lower.tools import Tools
from compiler.lower.triggers import lower_triggers
from compiler.lower.user_functions import UserFunctions
from compiler.record import replace
from compiler.spec import WorkflowSpec
from compiler.syntax import Tree


def lower(
    spec: WorkflowSpec,
    tree: Tree,
    source: SourceFile,
    files: Files,
    sink: Sink,
    children: Children | None = None,
) -> Workflow | None:
    """Return the workflow a spec means; with errors in the sink, as much of it as makes sense.

    Args:
        tree: what the spec was read from; it says where everything stands.
        files: the files beside the workflow.
        children: how sub-workflows are compiled; None leaves them out.

    Returns:
        None when the file has no usable node.
    """
    ctx = Context(spec, tree, source, files, sink, children)
    types = lower_types(ctx)
    lower_fields(ctx)
    read_node_names(ctx)
    if not ctx.nodes:
        return None
    check_secrets(ctx)
    functions = UserFunctions(ctx)
    tables = Tables(ctx, Models(ctx), Tools(ctx, functions), functions)
    tables.models.declare_all()
    tables.tools.declare_all()
    config = lower_config(ctx, tables.tools)
    entry, nodes = _lower_nodes(tables, config)
    check_evaluation(ctx)
    tell_what_has_no_effect(ctx)
    workflow = _workflow(tables, types, config, entry, nodes)
    return replace(workflow, judges=judges(tables))


def _lower_nodes(tables: Tables, config: Config) -> tuple[Exit, tuple[Node, ...]]:
    ctx = tables.ctx
    # An empty list says as little as no list at all.
    is_inferred = not ctx.spec.edges and "edges" not in ctx.spec.pruned
    edges = EdgeTable() if is_inferred else read_edges(ctx)
    flow = Flow(ctx, edges, is_inferred)
    memory = memory_defaults(ctx)
    nodes = tuple(lower_node(tables, flow, spec, memory) for spec in ctx.nodes.values())
    if is_inferred:
        return infer_edges(nodes, ctx.fields)
    return flow.exit_of(START), tell_exhaustion(ctx, nodes, edges.exhausted)


def _workflow(
    tables: Tables,
    types: tuple[NamedType, ...],
    config: Config,
    entry: Exit,
    nodes: tuple[Node, ...],
) -> Workflow:
    ctx = tables.ctx
    flow = ctx.spec.flow
    span = ctx.at((*flow.at, "name"))
    return Workflow(
        name=flow.name,
        package=_package(ctx, flow.name, span),
        description=flow.description or "",
        version=flow.version or "",
        source_name=posixpath.basename(ctx.source.path.replace("\\", "/")),
        span=span,
        types=types,
        fields=tuple(ctx.fields.values()),
        models=tuple(tables.models.table.values()),
        tools=tuple(tables.tools.table.values()),
        nodes=nodes,
        entry=entry,
        config=config,
        triggers=lower_triggers(ctx),
        files=tuple(ctx.user_files[path] for path in sorted(ctx.user_files)),
        children=tuple(tables.children.values()),
        is_strict=ctx.spec.order == "strict",
        source_text=ctx.source.text,
    )


def _package(ctx: Context, name: str, span: Span) -> str:
    package = package_name(name)
    if package != name:
        ctx.report("AC312", span, f"the Python package is called `{package}`")
    return package
