"""Run unguarded Python from stdin in a confined process: what is left if every guard has failed.

Prints `won` and the value of `result`, or `lost` and the error. Modules are loaded beforehand, as an
attacker who got hold of one would have them.
"""

import ctypes
import json
import mmap
import os
import pathlib
import pty
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from runtime_stubs.sandbox.confine import confine, mapped_bytes
from runtime_stubs.sandbox.seccomp import find_filter

MODULES = (
    ctypes, json, mmap, os, pathlib, pty, resource, shutil, signal, socket, subprocess, sys,
    tempfile, threading, time,
)  # fmt: skip


def main() -> None:
    """Confine, run, report."""
    code = sys.stdin.read()
    names: dict[str, object] = {module.__name__: module for module in MODULES}
    names["libc"] = ctypes.CDLL(None, use_errno=True)
    names["parent"] = os.getppid()
    if not confine(seconds=1.0, memory=mapped_bytes() + (256 << 20), filter=find_filter()):
        os.write(1, b"not confined")
        return
    try:
        exec(code, names)  # noqa: S102 - the point of this program
        report = f"won {names.get('result')}"
    except BaseException as error:  # noqa: BLE001 - reported to the test
        report = f"lost {type(error).__name__} {getattr(error, 'errno', '')}"
    os.write(1, report.encode())
    os._exit(0)


if __name__ == "__main__":
    main()
