"""`python -m bench [compile] [run] [engines] [images] [--quick]`: measures, prints the tables and writes `bench/RESULTS.md`."""

from __future__ import annotations

import argparse
import importlib
import re
import tempfile
from pathlib import Path

from bench.report import Section, machine

RESULTS = Path(__file__).with_name("RESULTS.md")
PARTS = {
    "compile": "bench.compiling",
    "run": "bench.running",
    "engines": "bench.engines",
    "images": "bench.images",
}
HEAD = (
    "# Benchmarks\n\nWritten by `make bench`. Every number is a ratio, or stands beside what it is a ratio of, "
    "within one run: the machine is busy, so absolute times mean little.\n"
)


def main() -> None:
    """Measure what the arguments name, everything by default."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="fewer sizes and repeats")
    parser.add_argument("--no-write", action="store_true", help=f"leave {RESULTS.name} as it is")
    given = parser.parse_args()
    unknown = [part for part in given.parts if part not in PARTS]
    if unknown:
        parser.error(f"unknown part {unknown[0]}, known: {', '.join(PARTS)}")
    for part in given.parts or PARTS:
        _measure(part, quick=given.quick, is_stored=not given.no_write)


def _measure(part: str, *, quick: bool, is_stored: bool) -> None:
    """Print and store each section as it is done: one that fails leaves the others."""
    described = machine()
    done: list[Section] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for section in importlib.import_module(PARTS[part]).sections(Path(folder), quick=quick):
            print(section.markdown(), flush=True)
            done.append(section)
            if is_stored:
                _store(part, described, done)


def _store(part: str, described: str, sections: list[Section]) -> None:
    """Replace one part of the results file, with the machine it was measured on."""
    inside = "\n".join([described, *(section.markdown() for section in sections)])
    marked = f"<!-- {part} -->\n{inside}<!-- end of {part} -->\n"
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else HEAD
    pattern = re.compile(rf"<!-- {part} -->.*?<!-- end of {part} -->\n", re.DOTALL)
    text = pattern.sub(lambda _: marked, old) if pattern.search(old) else f"{old}\n{marked}"
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
