"""The operating system refuses on its own what the guards refuse: each row is tried without guards."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="system calls are filtered on Linux only",
)


def raw(call: str) -> str:
    """A libc call that leaves `result` set only if it succeeded."""
    return f"r = libc.{call}\nif r == -1: raise OSError(ctypes.get_errno())\nresult = r"


UNGUARDED = {
    "read_file": "result = open('/etc/passwd').read()",
    "read_shadow": "result = pathlib.Path('/etc/shadow').read_text()",
    "read_own_memory": "result = open('/proc/self/mem', 'rb').read(1)",
    "read_environment": "result = open(f'/proc/{parent}/environ').read()",
    "list_directory": "result = os.listdir('/')",
    "stat": "result = os.stat('/etc')",
    "write_file": "open('{tmp}/x', 'w').write('x'); result = 1",
    "make_directory": "os.mkdir('{tmp}/d'); result = 1",
    "remove": "os.unlink('{tmp}/keep'); result = 1",
    "rename": "os.rename('{tmp}/keep', '{tmp}/moved'); result = 1",
    "link": "os.symlink('/etc', '{tmp}/l'); result = 1",
    "change_mode": "os.chmod('{tmp}/keep', 0o777); result = 1",
    "temporary_file": "result = tempfile.mkstemp()",
    "connect": "socket.create_connection(('127.0.0.1', 1)); result = 1",
    "socket_tcp": "result = socket.socket()",
    "socket_unix": "result = socket.socket(socket.AF_UNIX)",
    "socket_pair": "result = socket.socketpair()",
    "resolve": "result = socket.getaddrinfo('localhost', 80)",
    "fork": "result = os.fork()",
    "clone": raw("syscall(56, 0, 0, 0, 0, 0)"),
    "clone3": raw("syscall(435, 0, 0)"),
    "vfork_exec": "result = subprocess.run(['/bin/true'])",
    "exec": "os.execv('/bin/sh', ['sh', '-c', 'echo won 1'])",
    "system": "s = os.system('true')\nif s: raise OSError(s)\nresult = s",
    "spawn": "result = os.posix_spawn('/bin/true', ['true'], {})",
    "terminal": "result = pty.openpty()",
    "thread": "t = threading.Thread(target=print); t.start(); result = 1",
    "kill_parent": "os.kill(parent, 9); result = 1",
    "kill_all": "os.kill(-1, 9); result = 1",
    "trace": raw("ptrace(0, 0, 0, 0)"),
    "read_process": raw("process_vm_readv(parent, 0, 0, 0, 0, 0)"),
    "machine_code": "mmap.mmap(-1, 4096, prot=mmap.PROT_READ|mmap.PROT_EXEC); result = 1",
    "shared_code": "mmap.mmap(-1, 4096, mmap.MAP_SHARED, 7); result = 1",
    "become_root": "os.setresuid(0, 0, 0); result = 1",
    "raise_limits": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1)); result = 1",
    "raise_cpu": "resource.setrlimit(resource.RLIMIT_CPU, (-1, -1)); result = 1",
    "stop_alarm": "signal.setitimer(signal.ITIMER_REAL, 0); result = 1",
    "catch_alarm": "signal.signal(signal.SIGALRM, signal.SIG_IGN); result = 1",
    "pipe": "result = os.pipe()",
    "duplicate": "result = os.dup(0)",
    "memory_file": "result = os.memfd_create('x')",
    "process_handle": "result = os.pidfd_open(parent)",
    "unshare": raw("unshare(0x10000000)"),
    "chroot": "os.chroot('/tmp'); result = 1",
    "change_directory": "os.chdir('/tmp'); result = 1",
    "mount": raw("mount(b'none', b'/tmp', b'tmpfs', 0, 0)"),
    "new_filter": raw("prctl(22, 2, 0)"),
    "dumpable": raw("prctl(4, 1)"),
    "io_uring": raw("syscall(425, 8, 0)"),
    "bpf": raw("syscall(321, 0, 0, 0)"),
    "keyring": raw("syscall(250, 0, 0)"),
    "userfaultfd": raw("syscall(323, 0)"),
    "event_file": raw("eventfd(0, 0)"),
    "sleep_forever": "time.sleep(100); result = 1",
    "host_name": raw("sethostname(b'x', 1)"),
    "reboot": raw("reboot(0)"),
    "much_memory": "result = len(b'x' * (1 << 30))",
    "map_memory": "result = mmap.mmap(-1, 1 << 30)",
}
FATAL = {
    "call_of_32_bit": raw("syscall(0x40000000 + 39)"),
    "endless_loop": "while True: pass",
}


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(Path(__file__).with_name("unguarded.py"))],
        input=code.replace("{tmp}", str(folder)),
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


@pytest.mark.parametrize("name", UNGUARDED)
def test_operating_system_refuses(name: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    (tmp_path / "keep").write_text("kept")
    finished = run(UNGUARDED[name], tmp_path)
    assert finished.stdout.startswith("lost "), finished
    assert [path.name for path in tmp_path.iterdir()] == ["keep"]
    assert (tmp_path / "keep").read_text() == "kept"


@pytest.mark.parametrize("name", FATAL)
def test_operating_system_ends_the_process(name: str, tmp_path: Path) -> None:
    finished = run(FATAL[name], tmp_path)
    assert finished.returncode < 0
    assert finished.stdout == ""


def test_ordinary_work_goes_on(tmp_path: Path) -> None:
    code = "result = (sum(range(10)), len(os.urandom(4)), time.time() > 0, json.dumps([1]))"
    assert run(code, tmp_path).stdout == "won (45, 4, True, '[1]')"
