"""The command line: one command per file, each loaded only when it is asked for."""
