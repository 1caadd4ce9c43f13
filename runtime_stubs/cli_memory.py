# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The command `memory` of a package that remembers: look at it, make it forget."""

import argparse
import asyncio
import sys
from collections.abc import Callable

from .cli import Command
from .memory.store import Row, Store

__all__ = ["MemoryCommand"]

SHOWN = 200  # newest rows of a place


class MemoryCommand(Command):
    """`memory inspect` and `memory clear`; places are named `scope:…:session`."""

    def __init__(self, store: Callable[[], Store]) -> None:
        """Take what opens the store, so that nothing is loaded before the command runs."""
        self._store = store

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("action", choices=("inspect", "clear"))
        parser.add_argument("place", nargs="?", help="one place, as `inspect` lists them")
        parser.add_argument("--all", action="store_true", help="with clear: forget everything")

    def execute(self, options: argparse.Namespace) -> int:
        """Do it and return the exit code."""
        return asyncio.run(self._execute(options.action, options.place, options.all))

    async def _execute(self, action: str, place: str | None, everything: bool) -> int:
        store = self._store()
        places = await store.places()
        if place is not None and place not in places:
            print(f"error: nothing is remembered at `{place}`", file=sys.stderr)
            return 1
        if action == "inspect":
            await _inspect(store, places, place)
            return 0
        if place is None and not everything:
            print("error: name a place, or give --all to forget everything", file=sys.stderr)
            return 2
        for each in places if place is None else [place]:
            await store.clear(each)
            print(f"forgot {places[each]} entries of {each}", file=sys.stderr)
        return 0


async def _inspect(store: Store, places: dict[str, int], place: str | None) -> None:
    if place is None:
        for each, count in places.items():
            print(f"{each}  {count} entries")
        if not places:
            print("nothing is remembered yet", file=sys.stderr)
        return
    for row in reversed(await store.rows(place, SHOWN)):
        print(_shown(row))


def _shown(row: Row) -> str:
    return f"turn {row.id}: {row.text}" if row.key is None else f"{row.key} = {row.value}"
