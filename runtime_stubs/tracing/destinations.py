# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Finds out where the traces of a program go."""

from pathlib import Path
from typing import NamedTuple

from .collector import collector_from_environment
from .delivery import Delivery
from .destination import Destination
from .mlflow_server import MlflowServer
from .mlflow_store import MlflowStore, is_mlflow_installed
from .spool import Spool

__all__ = ["Order", "deliveries"]


class Order(NamedTuple):
    """What is to be delivered to whom; plain data, since it also goes to another process.

    spool: the file of the traces. uri: MLflow's tracking URI, None if it is not known.
    experiment: its name there. program: the workflow, as a collector is told it too.
    retention_days: days after which runs are deleted there; None: never.
    """

    spool: str
    uri: str | None
    experiment: str
    program: str
    retention_days: int | None = None


def deliveries(order: Order) -> list[Delivery]:
    """Return the ways that traces take, to MLflow first.

    A store that only MLflow itself can open is left out where MLflow is not installed.
    """
    found: list[Destination] = []
    if order.uri is not None:
        if order.uri.startswith(("http://", "https://")):
            found.append(MlflowServer(order.uri, order.experiment))
        elif is_mlflow_installed():
            found.append(MlflowStore(order.uri, order.experiment))
    collector = collector_from_environment(order.program)
    if collector is not None:
        found.append(collector)
    spool = Spool(Path(order.spool))
    return [Delivery(spool, each, order.program, order.retention_days) for each in found]
