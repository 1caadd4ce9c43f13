"""How large a workflow file may be. Far above any real one, far below what would hurt."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 100
MAX_NODES: Final = 500_000
# Python refuses to print integers of more than 4300 digits; nobody needs a number near that.
MAX_NUMBER_LENGTH: Final = 400
# Reports of stray control characters in one file; a binary file would have thousands.
MAX_CONTROL_REPORTS: Final = 5
# Rounds of "leave the broken line out and read again", and the characters read in all rounds.
MAX_ROUNDS: Final = 12
MAX_CHARACTERS_READ: Final = 2 * MAX_BYTES
