"""Shut a process in before it opens a file of unknown making: no network, no other file, an end.

Two guards of the kernel are asked for, as each alone has been seen to leak: Landlock, which leaves
open nothing but the paths named, and a system call filter, which refuses sockets and programs.
Sources: landlock(7), seccomp(2), the kernel's ``include/uapi/linux/{landlock,seccomp,filter}.h``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
from typing import TYPE_CHECKING

from gis.readers.limits import MOST_OPEN_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gis.readers.limits import Limits

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_PR_SET_PDEATHSIG = 1

# Landlock: the numbers of its three calls are the same on every processor
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_WANT_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
#: Rights that the kernel knows by version; all of them are withheld but where a rule gives one.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_FIRST_WITH_NETWORK, _FIRST_WITH_SCOPES = 4, 6
_BOTH = 0b11  # TCP: bind and connect; scopes: abstract sockets and signals

#: Calls that no reader makes, by processor (asm/unistd.h): sockets, programs, other processes,
#: and doors into the kernel.
_AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CALLS = {
    "x86_64": {
        "socket": 41, "socketpair": 53, "fork": 57, "vfork": 58, "execve": 59, "ptrace": 101,
        "mount": 165, "add_key": 248, "keyctl": 250, "unshare": 272, "perf_event_open": 298,
        "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321,
        "execveat": 322, "userfaultfd": 323, "io_uring_setup": 425,
    },
    "aarch64": {
        "mount": 40, "unshare": 97, "ptrace": 117, "socket": 198, "socketpair": 199,
        "add_key": 217, "keyctl": 219, "execve": 221, "perf_event_open": 241, "setns": 268,
        "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280, "execveat": 281,
        "userfaultfd": 282, "io_uring_setup": 425,
    },
}  # fmt: skip
#: x86_64 answers a second range of numbers for the same calls.
_SECOND_RANGE = 0x40000000

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_MODE_FILTER = 2

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send a signal to this process when the one that made it ends."""
    _control(_PR_SET_PDEATHSIG, signal_number)


def confine(readable: Iterable[Path], writable: Path, limits: Limits) -> list[str]:
    """Shut this process in for good.

    Parameters
    ----------
    readable
        Files that may be read, and folders below which everything may.
    writable
        The one folder below which files may be made, read and removed.
    limits
        Of memory and processor time.

    Returns
    -------
    missing
        Names of the guards that this system does not have.

    Raises
    ------
    OSError
        If a guard that is there refuses to stand.
    """
    _limit_resources(limits)
    _control(_PR_SET_NO_NEW_PRIVS, 1)
    missing = []
    if not _close_paths(readable, writable):
        missing.append("Landlock")
    if not _close_calls():
        missing.append("seccomp")
    return missing


def _limit_resources(limits: Limits) -> None:
    seconds = max(int(limits.seconds), 1)
    for what, soft, hard in (
        (resource.RLIMIT_AS, _address_space() + limits.memory_bytes, 0),
        (resource.RLIMIT_CPU, seconds, 1),  # a signal of its own first, then the end
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, most = resource.getrlimit(what)
        if most == resource.RLIM_INFINITY or most > soft + hard:
            most = soft + hard
        resource.setrlimit(what, (min(soft, most), most))


def _address_space() -> int:
    """Return how much memory this process has laid hands on already, used or not, in bytes."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no path of a user's
        return int(file.read().split()[0]) * resource.getpagesize()


def _close_paths(readable: Iterable[Path], writable: Path) -> bool:
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _WANT_VERSION)
    if version < 1:
        return False
    rights = _RIGHTS[min(version, max(_RIGHTS))]
    network = _BOTH if version >= _FIRST_WITH_NETWORK else 0
    scopes = _BOTH if version >= _FIRST_WITH_SCOPES else 0
    fields = [rights, network, scopes][: 3 if scopes else 2 if network else 1]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _checked(
        _libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    )
    try:
        for path in readable:
            _open_path(ruleset, path, _READ_FILE | (_READ_DIR if path.is_dir() else 0))
        _open_path(ruleset, writable, rights & ~_EXECUTE)
        _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _open_path(ruleset: int, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights, place)
        _checked(_libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
    finally:
        os.close(place)


def _close_calls() -> bool:
    machine = platform.machine()
    calls = _CALLS.get(machine)
    if calls is None:
        return False
    numbers = sorted(calls.values())
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 1, 0, _AUDIT_ARCHITECTURE[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_IF_AT_LEAST, len(numbers) + 1, 0, _SECOND_RANGE),
        # each equal number jumps past the others and past the allowance
        *((_JUMP_IF_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    head = struct.pack("@HP", len(steps), ctypes.addressof(program))
    return int(_libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, head, 0, 0)) == 0


def _control(option: int, value: int) -> None:
    _checked(_libc.prctl(option, value, 0, 0, 0))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
