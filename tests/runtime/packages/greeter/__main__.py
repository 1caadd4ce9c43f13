"""`python -m greeter`."""

from ._runtime.cli import main
from .app import APP

if __name__ == "__main__":
    raise SystemExit(main(APP))
