"""`python -m approval`."""

from ._runtime.cli import Command, main


def _run() -> Command:
    from ._runtime.cli_run import RunCommand
    from .app import APP

    return RunCommand(APP)


def _resume() -> Command:
    from ._runtime.cli_resume import Resume
    from .app import APP

    return Resume(APP)


COMMANDS = {
    "run": ("run the workflow once", _run),
    "resume": ("continue a saved run", _resume),
}

if __name__ == "__main__":
    raise SystemExit(main("approval", COMMANDS))
