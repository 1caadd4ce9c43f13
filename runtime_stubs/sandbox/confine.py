# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Take away from this process, for good, what sandboxed code must not have."""

import os
import sys
from typing import Protocol

# At the top: when it is needed, no file can be opened any more.
if sys.platform != "win32":
    import resource
    import signal

__all__ = ["confine", "mapped_bytes"]

NOBODY = 65534


class SystemCallFilter(Protocol):
    """What `find_filter` gives."""

    def install(self) -> bool:
        """Confine this process; False if the kernel does not do it."""


def mapped_bytes() -> int:
    """Return the address space this process already uses."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def confine(*, seconds: float, memory: int, filter: SystemCallFilter | None) -> bool:
    """Set limits on time (s) and memory (bytes), drop root, filter system calls.

    Returns whether system calls are filtered. Windows has none of this.
    """
    _limit(seconds, memory)
    return filter is not None and filter.install()


if sys.platform == "win32":

    def _limit(seconds: float, memory: int) -> None:
        """Windows has no such limits; the parent's clock is all there is."""

else:

    def _limit(seconds: float, memory: int) -> None:
        hard = {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_CPU: int(seconds) + 2,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_NOFILE: 4,
            resource.RLIMIT_NPROC: 0,
        }
        if sys.platform == "linux":  # macOS refuses to lower the address space
            hard[resource.RLIMIT_AS] = memory
        for limit, value in hard.items():
            resource.setrlimit(limit, (value, value))
        # Backup for a parent that cannot or does not kill: SIGALRM's default action ends the process
        # and cannot be caught by the code, which has neither `signal` nor the system call.
        signal.setitimer(signal.ITIMER_REAL, seconds + 1.0)
        if sys.platform == "linux" and os.geteuid() == 0:
            _become_nobody()


def _become_nobody() -> None:
    if sys.platform != "linux":
        return
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        # A user namespace or a container without these capabilities: such a root is already
        # confined, and the filter does not depend on the user.
        return
