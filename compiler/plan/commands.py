"""`__main__.py` as a view: the commands of a package, and what each of them imports."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.storage import database_of
from compiler.ir.workflow import DEFAULT_LOG_LEVEL, Workflow
from compiler.plan.app import SettingView, is_durable, keeps_history_on_a_server, setting
from compiler.plan.imports import Imports
from compiler.plan.text import Code, identifier, literal, one_line
from compiler.record import dataclass

_APP, _ENGINE = (".app", "APP"), (".engine", "ENGINE")
_TRIGGERS, _TRACING = (".triggers", "TRIGGERS"), (".tracing", "TRACING")


@dataclass(frozen=True, slots=True)
class CommandView:
    """One command: its name, its line in the help text, and how it is made."""

    name: Code
    summary: Code
    imports: tuple[Code, ...]
    value: Code


@dataclass(frozen=True, slots=True)
class MainView:
    """`__main__.py`."""

    commands: tuple[CommandView, ...]
    settings: tuple[SettingView, ...]

    @property
    def imports(self) -> tuple[Code, ...]:
        """The import statements of all commands."""
        return tuple(line for command in self.commands for line in command.imports)


def main_view(workflow: Workflow, *, has_server: bool) -> MainView:
    """Return the view of `__main__.py`."""
    settings = {}
    if description := one_line(workflow.description):
        settings["description"] = literal(description)
    level = workflow.config.tracing.log_level
    if level != DEFAULT_LOG_LEVEL:
        settings["log_level"] = literal(level)
    return MainView(
        tuple(_commands(workflow, has_server=has_server)),
        tuple(SettingView(identifier(name), value) for name, value in settings.items()),
    )


def _commands(workflow: Workflow, *, has_server: bool) -> Iterator[CommandView]:
    """The commands in the order of the help text."""
    yield _command("run", "run the workflow once", "cli_run", "RunCommand", _APP)
    yield _graph_command()
    if workflow.config.execution.engine == "inprocess":
        if is_durable(workflow):
            yield _command("resume", "continue a saved run", "cli_resume", "Resume", _APP)
        yield _command("batch", "run the workflow once per line of a file", "batch", "Batch", _APP)
    else:
        yield from _queue_commands()
    if any(node.memory is not None for node in workflow.nodes):
        yield _memory_command()
    if has_server:
        yield _server_command(workflow)
    if workflow.config.tracing.enabled:
        summary = "show the traces of past runs, or deliver them"
        yield _command("traces", summary, "cli_traces", "Traces", _TRACING)


def _queue_commands() -> Iterator[CommandView]:
    """The commands of a package whose runs wait in a queue."""
    for name, summary, module, made in (
        ("resume", "continue a saved run", "resume", "QueuedResume"),
        ("batch", "run the workflow once per line of a file", "batch", "QueuedBatch"),
        ("worker", "take runs from the queue until stopped", "worker", "WorkerCommand"),
        ("submit", "put a run into the queue", "submit", "Submit"),
        ("queue", "show how many runs wait and which workers are alive", "queue", "QueueCommand"),
        ("cancel", "end a run that waits or goes on", "queue", "Cancel"),
        ("prune", "delete what is kept of runs that ended long ago", "queue", "Prune"),
    ):
        yield _command(name, summary, f"engines.cli_{module}", made, _ENGINE)


def _command(
    name: str, summary: str, module: str, made: str, *given: tuple[str, str]
) -> CommandView:
    """A command that is made of constants of the package."""
    imports = Imports()
    make = imports.use_runtime(module, made)
    arguments = ", ".join(imports.use(*each) for each in given)
    value = Code(f"{make}({arguments})")
    return CommandView(identifier(name), literal(summary), imports.render(), value)


def _server_command(workflow: Workflow) -> CommandView:
    imports = Imports()
    if workflow.config.execution.engine == "inprocess":
        make = imports.use_runtime("serve.command", "Serve")
        given: list[str] = [imports.use(*_APP)]
    else:
        make = imports.use_runtime("engines.cli_serve", "QueuedServe")
        given = [imports.use(*_ENGINE)]
    if workflow.triggers:
        given.append(imports.use(*_TRIGGERS))
    if keeps_history_on_a_server(workflow):
        backend = workflow.config.storage.backend
        kind = database_of(backend)
        history = imports.use_runtime(f"serve.{kind}", f"{kind.capitalize()}History")
        given.append(f"history={history}({setting(backend)})")
    summary = literal("take runs over HTTP and from triggers")
    return CommandView(
        Code("serve"), summary, imports.render(), Code(f"{make}({', '.join(given)})")
    )


def _graph_command() -> CommandView:
    imports = Imports()
    make = imports.use_runtime("cli_graph", "GraphCommand")
    diagram = f'{imports.use("pathlib", "Path")}(__file__).with_name("graph.mmd")'
    summary = literal("print the graph as Mermaid text")
    return CommandView(Code("graph"), summary, imports.render(), Code(f"{make}({diagram})"))


def _memory_command() -> CommandView:
    imports = Imports()
    make = imports.use_runtime("cli_memory", "MemoryCommand")
    # The store is opened by the command itself: its help text needs none.
    store = f"lambda: {imports.use('.memory', 'MEMORY')}.store"
    summary = literal("show what is remembered between runs, or forget it")
    return CommandView(Code("memory"), summary, imports.render(), Code(f"{make}({store})"))
