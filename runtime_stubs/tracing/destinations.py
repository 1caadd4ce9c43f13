# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Finds out where the traces of a program go."""

from .collector import collector_from_environment
from .destination import Destination
from .mlflow_server import MlflowServer
from .mlflow_store import MlflowStore, is_mlflow_installed

__all__ = ["destinations"]


def destinations(uri: str | None, experiment: str, program: str) -> list[Destination]:
    """Return where traces are delivered, MLflow first.

    A store that only MLflow itself can open is left out where MLflow is not installed.

    Args:
        uri: MLflow's tracking URI, None if it is not known.
        experiment: the name of the experiment there.
        program: the name of the service that a collector is told.
    """
    found: list[Destination] = []
    if uri is not None:
        if uri.startswith(("http://", "https://")):
            found.append(MlflowServer(uri, experiment))
        elif is_mlflow_installed():
            found.append(MlflowStore(uri, experiment))
    collector = collector_from_environment(program)
    return found if collector is None else [*found, collector]
