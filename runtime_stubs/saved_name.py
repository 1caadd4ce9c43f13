# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What a saved run is called in a database, which several workflows may share."""

__all__ = ["saved_name"]


def saved_name(workflow: str, thread: str) -> str:
    """Return the name of the run that people call `thread` when they speak of `workflow`.

    A workflow is called like its package, so two of them never share a name, whatever is in `thread`.
    """
    return f"{workflow}/{thread}"
