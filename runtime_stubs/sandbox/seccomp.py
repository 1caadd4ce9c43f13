# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""The Linux system call filter of the sandbox: an allow list, everything else is refused.

The program is classic BPF as in seccomp(2): read the number, compare, allow or answer EPERM. A call
through another architecture's numbers (32 bit, x32) ends the process.
"""

import ctypes
import platform
import struct
import sys

__all__ = ["Filter", "find_filter"]

X86_64 = {
    "read": 0, "write": 1, "close": 3, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
    "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28,
    "getpid": 39, "exit": 60, "gettimeofday": 96, "sigaltstack": 131, "gettid": 186,
    "time": 201, "futex": 202, "restart_syscall": 219, "clock_gettime": 228,
    "clock_getres": 229, "exit_group": 231, "getrandom": 318,
}  # fmt: skip
AARCH64 = {
    "close": 57, "read": 63, "write": 64, "exit": 93, "exit_group": 94, "futex": 98,
    "clock_gettime": 113, "clock_getres": 114, "sched_yield": 124, "restart_syscall": 128,
    "sigaltstack": 132, "rt_sigprocmask": 135, "rt_sigreturn": 139, "gettimeofday": 169,
    "getpid": 172, "gettid": 178, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222,
    "mprotect": 226, "madvise": 233, "getrandom": 278,
}  # fmt: skip
# audit architecture (linux/audit.h) and numbers
ARCHITECTURES = {"x86_64": (0xC000003E, X86_64), "aarch64": (0xC00000B7, AARCH64)}

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL_PROCESS, REFUSE = 0x7FFF0000, 0x80000000, 0x00050001  # REFUSE: errno 1, EPERM
NUMBER, ARCHITECTURE, THIRD_ARGUMENT = 0, 4, 32  # offsets in struct seccomp_data
PROT_EXEC = 4
FIRST_X32 = 0x40000000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2


class _Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


class Filter:
    """A filter made ready beforehand: nothing is allocated or looked up when it is installed."""

    def __init__(self, architecture: int, numbers: dict[str, int]) -> None:
        lines = _lines(architecture, numbers)
        self._code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *x) for x in lines))
        self._program = _Program(len(lines), ctypes.addressof(self._code))
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        self._prctl.argtypes = [ctypes.c_int, *[ctypes.c_void_p] * 4]

    def install(self) -> bool:
        """Confine this process for the rest of its life; False if the kernel does not do it."""
        return bool(
            self._prctl(PR_SET_NO_NEW_PRIVS, 1, None, None, None) == 0
            and self._prctl(
                PR_SET_SECCOMP, MODE_FILTER, ctypes.addressof(self._program), None, None
            )
            == 0
        )


def find_filter() -> Filter | None:
    """Return the filter for this machine; None where there is none (not Linux, 32 bit, others)."""
    known = ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or known is None or sys.maxsize < 2**32:
        return None
    return Filter(*known)


def _lines(architecture: int, numbers: dict[str, int]) -> list[tuple[int, int, int, int]]:
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, FIRST_X32),
        (RETURN, 0, 0, KILL_PROCESS),
    ]
    for name, number in numbers.items():
        if name in ("mmap", "mprotect"):  # memory yes, machine code no
            lines += [
                (EQUAL, 0, 4, number),
                (LOAD, 0, 0, THIRD_ARGUMENT),
                (ANY_BIT, 0, 1, PROT_EXEC),
                (RETURN, 0, 0, REFUSE),
                (RETURN, 0, 0, ALLOW),
            ]
        else:
            lines += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    lines.append((RETURN, 0, 0, REFUSE))
    return lines
