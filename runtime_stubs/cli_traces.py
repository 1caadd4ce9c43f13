# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `traces` of a package whose runs are traced."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from .cli import Command
from .environment import SettingError
from .report import FAILED, OK, USAGE
from .tracing.mlflow import MlflowTracing

# Loaded by the command itself: `--help` needs none of it.
if TYPE_CHECKING:
    from .tracing.delivery import Delivery
    from .tracing.record import TraceRecord

__all__ = ["Traces"]


class Traces(Command):
    """`traces`: what runs did, took and cost."""

    def __init__(self, tracing: MlflowTracing) -> None:
        self._tracing = tracing

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.set_defaults(action=self._list, most=20)
        actions = parser.add_subparsers(metavar="ACTION")
        listing = actions.add_parser("list", help="the last runs, one line each (the default)")
        listing.add_argument("-n", dest="most", type=int, default=20, help="how many (20)")
        listing.set_defaults(action=self._list)
        showing = actions.add_parser("show", help="the steps of one run")
        showing.add_argument("id", nargs="?", default="", help="the trace, or how its id begins")
        showing.add_argument("--json", action="store_true", help="as one JSON object")
        showing.set_defaults(action=self._show)
        delivering = actions.add_parser("deliver", help="deliver what is waiting, now")
        delivering.set_defaults(action=self._deliver)

    def execute(self, options: argparse.Namespace) -> int:
        """Do what is asked for."""
        return int(options.action(options))

    def _list(self, options: argparse.Namespace) -> int:
        from .tracing.tree import trace_line

        traces = self._traces()
        for trace in traces[max(0, len(traces) - options.most) :]:
            print(trace_line(trace))
        print(f"{len(traces)} traces in {self._tracing.spool.path}", file=sys.stderr)
        for delivery in self._deliveries():
            mark = delivery.mark()
            state = "waiting" if delivery.pending else "all delivered"
            state += f", {mark.refused} refused" if mark.refused else ""
            state += f": {mark.problem}" if mark.problem else ""
            print(f"{delivery.destination.label}: {state}", file=sys.stderr)
        return OK

    def _show(self, options: argparse.Namespace) -> int:
        from .tracing.tree import trace_tree

        wanted = options.id.removeprefix("tr-")
        found = [each for each in self._traces() if each["trace"].startswith(wanted)]
        if not found or (len(found) > 1 and wanted):
            problem = "several traces begin" if found else "no trace begins"
            print(f"error: {problem} with `{wanted}`", file=sys.stderr)
            print("help: `traces list` shows their ids", file=sys.stderr)
            return USAGE
        if options.json:
            print(json.dumps(found[-1], ensure_ascii=False))
        else:
            print("\n".join(trace_tree(found[-1])))
        return OK

    def _deliver(self, options: argparse.Namespace) -> int:
        from .tracing.destination import Unreachable

        deliveries = self._deliveries()
        if not deliveries:
            print(
                f"traces stay in {self._tracing.spool.path}: `mlflow` is not installed and no "
                "server is configured",
                file=sys.stderr,
            )
            print(
                "help: pip install 'mlflow>=3.17,<4', or set MLFLOW_TRACKING_URI", file=sys.stderr
            )
            return FAILED
        self._tracing.spool.prepare()
        code = OK
        for delivery in deliveries:
            label = delivery.destination.label
            try:
                delivery.destination.connect()
                count = delivery.run()
            except Unreachable as error:
                delivery.note(str(error))
                print(f"error: {label} takes no traces: {error}", file=sys.stderr)
                code = FAILED
            else:
                print(f"{count} traces delivered to {label}", file=sys.stderr)
        return code

    def _traces(self) -> list[TraceRecord]:
        """Return all traces, each in one piece, the one that ended last at the end."""
        from .tracing.record import joined

        parts: dict[str, list[TraceRecord]] = {}
        for part in self._tracing.spool.traces():
            earlier = parts.pop(part["trace"], [])
            parts[part["trace"]] = [*earlier, part]
        return [joined(each) for each in parts.values()]

    def _deliveries(self) -> list[Delivery]:
        from .tracing.destinations import Order, deliveries

        tracing = self._tracing
        try:
            uri: str | None = tracing.uri()
        except SettingError as error:
            print(f"error: {error.message}", file=sys.stderr)
            uri = None
        days = tracing.retention_days
        order = Order(str(tracing.spool.path), uri, tracing.experiment, tracing.name, days)
        return deliveries(order)
