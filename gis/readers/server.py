"""A small process that forks a confined child for every file to be read.

To start Python and its libraries takes half a second, to fork a process that has them some
milliseconds; and a process that has opened no file and runs one thread can be forked safely, which
the asking program, with its threads, cannot.

The asking program sends one message a file over a socket, and with it the end of a pipe. Over this
pipe go lines of JSON: from the child ``{"progress": [done, total]}``, then ``{"error": …}`` or
``{"done": true}``; from this process, once the child has ended, with which status, whether it was
late, and what it said on standard error.
A child that works on for too long, or whose asker has gone, is killed.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gis.errors import MangquError
from gis.readers.confinement import confine, die_with_parent
from gis.readers.desk import DESK, REQUEST, RESULT, Desk
from gis.readers.formats import read_file
from gis.readers.handover import error_as_json, write_layer
from gis.readers.limits import Limits
from gis.readers.raw import FileNote, LayerFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType

MOST_MESSAGE_BYTES = 64 * 1024
#: The end of a traceback, which says what went wrong.
_MOST_SAID_BYTES = 2000
#: Not every row is worth a line.
_SECONDS_BETWEEN_LINES = 0.1


@dataclass(frozen=True, slots=True)
class _Child:
    """A reading under way: its pipe, when it must have ended, and the file for its errors."""

    pipe: int
    ends_at: float
    said: IO[bytes]

    def ends(self) -> tuple[int, int]:
        """Return what the server holds open for it."""
        return self.pipe, self.said.fileno()


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a child has to do."""

    request: dict[str, Any]
    limits: Limits
    pipe: int


def main() -> None:
    """Serve over the socket whose number is the first argument, until its other end is closed."""
    if importlib.util.find_spec("pyarrow") is not None:
        importlib.import_module("pyarrow.parquet")  # or each child would load it anew
    turn = _serve(socket.socket(fileno=int(sys.argv[1])))
    if turn is not None:
        _read(turn)
        sys.stderr.flush()
        os._exit(0)  # what the server would tidy up is not the child's


def _serve(asked: socket.socket) -> _Turn | None:
    """Fork a child for each message; return its turn in the child, and None once nobody asks."""
    children: dict[int, _Child] = {}
    bell, ring = os.pipe()
    os.set_blocking(ring, False)
    signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, _rung)
    poll = select.poll()
    poll.register(asked, select.POLLIN)
    poll.register(bell, select.POLLIN)
    while True:
        for place, _ in poll.poll(_patience_ms(children)):
            if place == bell:
                os.read(bell, MOST_MESSAGE_BYTES)
            elif place == asked.fileno():
                message, pipes, _, _ = socket.recv_fds(asked, MOST_MESSAGE_BYTES, 1)
                if not message:
                    return None
                if not pipes:  # no number was free for it, so nobody can be answered
                    continue
                request = json.loads(message)
                limits = Limits(**request["limits"])
                try:
                    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed once the child has ended
                    pid = os.fork()
                except OSError as error:  # the machine gives no more: that is one reading's end
                    for pipe in pipes:
                        _tell(pipe, {"ended": 1, "late": False, "said": str(error)})
                        os.close(pipe)
                    continue
                if pid == 0:
                    others = [end for child in children.values() for end in child.ends()]
                    _become_child(pipes[0], said, [asked.fileno(), bell, ring, *others])
                    return _Turn(request, limits, sys.stdin.fileno())
                children[pid] = _Child(pipes[0], time.monotonic() + limits.wait_seconds, said)
                poll.register(pipes[0], 0)  # of a pipe without a reader this hears all the same
            else:
                poll.unregister(place)
                _kill(pid for pid, child in children.items() if child.pipe == place)
        _kill(pid for pid, child in children.items() if _is_late(child))
        for pid, status in _ended(children):
            child = children.pop(pid)
            with contextlib.suppress(KeyError):  # a pipe that nobody reads is let go before
                poll.unregister(child.pipe)
            _say_farewell(child, status)


def _rung(number: int, frame: FrameType | None) -> None:
    """Hear that a child has ended; the number is written to the wake-up pipe by the interpreter."""


def _is_late(child: _Child) -> bool:
    return child.ends_at < time.monotonic()


def _patience_ms(children: dict[int, _Child]) -> float | None:
    ends = [child.ends_at for child in children.values()]
    return max(min(ends) - time.monotonic(), 0.0) * 1000 + 1 if ends else None


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def _ended(children: dict[int, _Child]) -> list[tuple[int, int]]:
    """Return the children that have ended, each with its status: below 0 a signal's."""
    ended = []
    for pid in children:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            ended.append((pid, os.waitstatus_to_exitcode(status)))
    return ended


def _say_farewell(child: _Child, status: int) -> None:
    size = child.said.seek(0, os.SEEK_END)
    child.said.seek(max(size - _MOST_SAID_BYTES, 0))
    said = child.said.read().decode("utf-8", "replace")
    child.said.close()
    _tell(child.pipe, {"ended": status, "late": _is_late(child), "said": said})
    os.close(child.pipe)


def _tell(pipe: int, what: dict[str, Any]) -> None:
    line = json.dumps(what, default=str).encode("ascii") + b"\n"
    try:
        while line:
            line = line[os.write(pipe, line) :]
    except BrokenPipeError:
        return  # nobody listens any more, and whoever speaks is killed for it


def _become_child(pipe: int, said: IO[bytes], of_server: Iterable[int]) -> None:
    """Let go of what is the server's; the pipe becomes standard input, and errors go to a file.

    What the libraries have open they go on using, such as the database of coordinate systems.
    """
    die_with_parent(signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(said.fileno(), sys.stderr.fileno())
    os.dup2(pipe, sys.stdin.fileno())
    for end in (pipe, said.fileno(), *of_server):
        os.close(end)


def _read(turn: _Turn) -> None:
    folder = Path(turn.request["folder"])
    request = json.loads((folder / REQUEST).read_text(encoding="ascii"))
    source = LayerFile(**{**request["source"], "path": Path(request["source"]["path"])})
    said_at = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at > _SECONDS_BETWEEN_LINES:
            said_at = time.monotonic()
            _tell(turn.pipe, {"progress": [done, total]})

    readable = [Path(path) for path in request["readable"]]
    missing = confine(readable, folder, turn.limits)
    try:
        raw = read_file(source, Desk(folder / DESK, progress))
        if missing:
            note = FileNote("reader_unconfined", {"missing": ", ".join(missing)})
            raw = replace(raw, notes=(*raw.notes, note))
        write_layer(raw, folder / RESULT)
    except MangquError as error:
        _tell(turn.pipe, {"error": error_as_json(error)})
        return
    except OSError as error:  # most often, no room is left for the layer
        _tell(turn.pipe, {"error": error_as_json(source.error("reader_failed", reason=str(error)))})
        return
    except MemoryError:
        _tell(turn.pipe, {"error": error_as_json(source.error("reader_memory"))})
        return
    _tell(turn.pipe, {"done": True})


if __name__ == "__main__":
    main()
