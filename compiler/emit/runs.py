"""Long runs of names or texts, such as all fields of the state: black is given the ends of each run only.

{"a", "b", …, "z"}     black formats     {"a", "run_0_xxxx…", "z"}     with an item that fits on no line

What does not fit on one line stands one item to a line, each like the others.
"""

from __future__ import annotations

from collections.abc import Callable

from compiler.emit.tokens import KINDS, NAME, TEXT, tokenize

_MANY = 32
"""Items from which on a run is shortened; black takes 0.1 ms for each."""


def format_runs(text: str, width: int, format: Callable[[str], str]) -> str:
    """Return what `format`, which is black with lines of `width`, makes of a text."""
    short, runs = _shortened(tokenize(text), width)
    if not runs or any(word in text for word in runs):
        return format(text)
    lines = format(short).split("\n")
    for i, line in enumerate(lines):
        rest = runs.pop(line.strip(' ",'), None)
        if rest is not None:
            indent = line[: len(line) - len(line.lstrip())]
            lines[i] = "\n".join([f"{indent}{item}," for item in rest])
    # A run that stands anywhere else, such as in the head of a `lambda`, is not one item to a line.
    return format(text) if runs else "\n".join(lines)


def _shortened(tokens: list[str], width: int) -> tuple[str, dict[str, list[str]]]:
    """Return the text with a word in the place of the inner items of each run, and those items by the word."""
    kept: list[str] = []
    runs: dict[str, list[str]] = {}
    at = 0
    while at < len(tokens):
        end = _end_of_run(tokens, at)
        items = tokens[at:end:3]
        if len(items) < _MANY or sum(map(len, items)) < width:
            kept += tokens[at:end]
        else:
            word = f"run_{len(runs)}_".ljust(width, "x")
            runs[word] = items[1:-1]
            kept += [
                items[0],
                ", ",
                word if KINDS[items[0]] == NAME else f'"{word}"',
                ", ",
                items[-1],
            ]
        at = end
    return "".join(kept), runs


def _end_of_run(tokens: list[str], first: int) -> int:
    """Where the items end that begin at `first`: of one kind, parted by a comma and a space."""
    kind = KINDS[tokens[first]]
    end = first + 1
    if kind in (NAME, TEXT):
        while tokens[end : end + 2] == [",", " "] and end + 2 < len(tokens):
            # Black may choose other quotes for a text with escapes.
            if KINDS[tokens[end + 2]] != kind or "\\" in tokens[end + 2]:
                break
            end += 3
    return end
