"""`python -m bench.handwritten.bare_help --help`: argparse and a help text, the least that such a program can take."""

import argparse

COMMANDS = {
    "run": "run the workflow once",
    "graph": "print the graph as Mermaid text",
    "batch": "run the workflow once per line of a file",
    "traces": "show the traces of past runs, or deliver them",
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m starting")
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        parsers.add_parser(name, help=summary)
    parser.parse_args()
