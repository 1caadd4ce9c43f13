"""`python -m approval`."""

from ._runtime.cli import main
from ._runtime.cli_resume import Resume
from .app import APP

if __name__ == "__main__":
    raise SystemExit(main(APP, Resume(APP)))
