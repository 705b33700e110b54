"""Read a file in a process of its own, which can do no harm and cannot hang.

The layer comes back through a private folder (:mod:`gis.readers.handover`); the process that reads
is a child of :mod:`gis.readers.server`, confined by :mod:`gis.readers.confinement`.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import site
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from gis.readers.desk import DESK, REQUEST, RESULT, untold
from gis.readers.gdal_drivers import SKIPPED
from gis.readers.handover import error_of_json, read_layer
from gis.readers.limits import GIB, MOST_BYTES, Limits
from gis.readers.parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from gis.errors import MangquError
    from gis.readers.raw import LayerFile, RawLayer

_GIS = Path(__file__).parents[1]

#: What a library may want to see of the machine while it works.
_OF_THE_MACHINE = (
    "/dev/null",
    "/dev/urandom",
    "/etc/ld.so.cache",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
)
#: Of the surroundings of the asking program a reader is told no more than this.
_PASSED_ON = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA")


def read_apart(
    source: LayerFile,
    progress: Callable[[int, int], None] = untold,
    limits: Limits | None = None,
) -> RawLayer:
    """Read one layer of a file in a confined process.

    Parameters
    ----------
    source
        The file, the layer meant, and what the user states of it.
    progress
        Told the number of rows read, and of all rows or 0 where that is not known.
    limits
        Of memory and time; by default those for a file of this size.

    Raises
    ------
    InputError
        If the file is missing, is none that can be read, is damaged, or asks for more memory or
        time than it may.
    MissingPartError
        If the format needs a part that is not installed.
    """
    try:
        parts = parts_of(source.path)
        size = sum(part.stat().st_size for part in parts)
    except FileNotFoundError as error:
        raise source.error("file_missing") from error
    except OSError as error:
        raise source.error("file_unreadable", reason=error.strerror or str(error)) from error
    if size > MOST_BYTES:
        raise source.error("file_too_large", limit=MOST_BYTES)
    limits = limits or Limits.of(size)
    for _ in range(_ATTEMPTS):
        try:
            return _read(source, parts, progress, limits)
        except _ServerGoneError:  # one that is killed takes what it has been told with it
            continue
        except BrokenPipeError:  # nobody listens to how far it is
            raise
        except OSError as error:  # no folder to write in, or too many files are open
            raise source.error("reader_failed", reason=str(error)) from error
    raise source.error("reader_failed", reason=_signal_name(-signal.SIGKILL))


_ATTEMPTS = 2


class _ServerGoneError(Exception):
    """Nobody has told how a reading ended, as the server is gone."""


def _read(
    source: LayerFile,
    parts: tuple[Path, ...],
    progress: Callable[[int, int], None],
    limits: Limits,
) -> RawLayer:
    with tempfile.TemporaryDirectory(prefix="mangqu-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shown = _laid_out(source.path, parts, folder / "source")
        for made in (DESK, RESULT):
            (folder / made).mkdir()
        readable = [*(part.resolve() for part in parts), *_libraries()]
        request = {
            "source": {**asdict(source), "path": str(shown)},
            "readable": list(map(str, readable)),
        }
        (folder / REQUEST).write_text(json.dumps(request), encoding="ascii")
        message = {"folder": str(folder), "limits": asdict(limits)}
        refusal = _refusal(_server().ask(message), source, limits, progress)
        if refusal is not None:
            raise refusal
        try:
            raw = read_layer(folder / RESULT)
        except _NOT_HANDED_OVER as wrong:
            raise source.error("reader_failed", reason=str(wrong)) from wrong
    named = {part.name: part for part in parts}
    return replace(raw, files=tuple(named.get(path.name, source.path) for path in raw.files))


def _laid_out(path: Path, parts: Iterable[Path], folder: Path) -> Path:
    """Link the files of a layer into a folder of their own and return how the reader may call it.

    The reader sees no folder of the user's, and what lies there beside the layer is none of its
    business.
    """
    folder.mkdir()
    if path.is_dir():
        folder = folder / path.name
        folder.mkdir()
    for part in parts:
        (folder / part.name).symlink_to(part.resolve())
    return folder if path.is_dir() else folder / path.name


#: What :func:`read_layer` raises of a result that is not one.
_NOT_HANDED_OVER = (
    ValueError, TypeError, KeyError, IndexError, OSError, AttributeError, RecursionError,
    shapely.errors.ShapelyError,
)  # fmt: skip


def prepare_to_read() -> None:
    """Start the process that readers are forked from, for a program that will need one soon."""
    _server().start()


class _Server:
    """The other end of :mod:`gis.readers.server`, started when it is first asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def start(self) -> socket.socket:
        """Return a socket to a server that runs."""
        with self._lock:
            running = self._process is not None and self._process.poll() is None
            if not running or self._socket is None:
                self._close()
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with theirs:
                    self._process = subprocess.Popen(  # noqa: S603 - ourselves
                        [sys.executable, "-P", "-m", "gis.readers.server", str(theirs.fileno())],
                        pass_fds=[theirs.fileno()],
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        env=_environment(),
                        cwd="/",
                        start_new_session=True,
                    )
                self._socket = ours
            return self._socket

    def ask(self, request: dict[str, Any]) -> Generator[dict[str, Any]]:
        """Send a request; yield what comes back, line by line, until the child has ended."""
        ours, theirs = os.pipe()
        with os.fdopen(ours, "rb") as answers:
            message = [json.dumps(request).encode("ascii")]
            try:
                socket.send_fds(self.start(), message, [theirs])
            except ConnectionError:  # it has just gone
                self.close()
                socket.send_fds(self.start(), message, [theirs])
            finally:
                os.close(theirs)
            yield from map(json.loads, answers)

    def close(self) -> None:
        """Let the server go, which ends once nobody can ask it."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_SECONDS_TO_END)
        self._socket, self._process = None, None


_SECONDS_TO_END = 5


@cache
def _server() -> _Server:
    server = _Server()
    atexit.register(server.close)
    return server


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    ours = str(_GIS.parent)
    return {
        **passed,
        "PYTHONPATH": os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH")))),
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
        # others lay hands on more addresses at once than a reader may have
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "GDAL_SKIP": ",".join(SKIPPED),
        "CPL_LOG": os.devnull,  # where GDAL would tell of every driver that it never had
        "DXF_ENCODING": "UTF-8",  # of the copy that it is shown
        "OGR_ARC_STEPSIZE": "1",  # degrees: an arc of 100 m is met to half a centimetre
    }


@cache
def _libraries() -> tuple[Path, ...]:
    """Return the folders that Python and the readers' libraries lie in."""
    paths = sysconfig.get_paths()
    names = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    packages = [name for name in sys.path if name.endswith(("site-packages", "dist-packages"))]
    ours = str(_GIS)
    base = str(Path(sys.base_prefix, "lib"))
    wanted = [*names, *packages, site.getusersitepackages(), base, ours, *_OF_THE_MACHINE]
    return tuple(path for path in map(Path, dict.fromkeys(wanted)) if path.exists())


def _refusal(
    answers: Generator[dict[str, Any]],
    source: LayerFile,
    limits: Limits,
    progress: Callable[[int, int], None],
) -> MangquError | None:
    """Return what a reading was refused for, or None once it is done."""
    done = False
    refused: MangquError | None = None
    status: int | None = None
    late, said = False, ""
    with contextlib.closing(answers):
        for answer in answers:
            if "progress" in answer:
                progress(*answer["progress"])
            elif "error" in answer:
                refused = error_of_json(answer["error"])
            elif "ended" in answer:
                status, late, said = answer["ended"], answer["late"], answer["said"]
            else:
                done = True
    if status is None:
        raise _ServerGoneError
    if refused is not None:
        if refused.problem == "reader_memory":
            refused.details = {"limit": round(limits.memory_bytes / GIB, 1)}
        return refused
    if done and status == 0:
        return None
    if late or status == -signal.SIGXCPU:
        return source.error("reader_too_long", limit=round(limits.seconds))
    if status == -signal.SIGABRT:  # what C++ and Rust do when no memory is left
        return source.error("reader_memory", limit=round(limits.memory_bytes / GIB, 1))
    last = said.strip().rpartition("\n")[2] or _signal_name(status)
    return source.error("reader_failed", reason=last)


def _signal_name(status: int) -> str:
    return signal.strsignal(-status) or str(status) if status < 0 else str(status)
