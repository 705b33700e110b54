"""Start the service: find or make the run, take the port, answer until told to stop."""

from __future__ import annotations

import errno
import ipaddress
import logging
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from waitress import create_server

from gis.catalogue import DEFAULT_LANGUAGE
from gis.errors import InputError, OutputError
from gis.layers import PROJECT_FILE, file_digest
from gis.layers.project_file import read_project_file
from gis.pipeline import run_project
from gis.progress import silent
from gis.run_folder import CERTIFICATE, is_run, read_certificate
from gis.version import __version__
from webmap.service.application import create_application
from webmap.service.security import LARGEST_BODY
from webmap.text import page_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from flask import Flask

    from gis.progress import Progress

#: Where the service keeps the runs that it makes of a project.
RUNS = "runs"

THREADS = 4
_LAST_PORT = 65535
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to be told apart, not bound


def serve(
    project_or_run: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    trusted_hosts: Iterable[str] = (),
    language: str = DEFAULT_LANGUAGE,
    progress: Progress = silent,
) -> None:
    """Serve a project or a run until interrupted.

    Parameters
    ----------
    project_or_run
        A run's folder, or a project's folder or file; of a project the newest run whose inputs
        are unchanged is served, and one is made if there is none.
    host, port
        Where to listen: on this machine alone unless told otherwise; port 0 takes any free one.
    trusted_hosts
        Names by which readers may call the service, see
        :func:`webmap.service.application.create_application`.
    language
        Language of what is printed.
    progress
        Told what is being done while a run is made.

    Raises
    ------
    InputError, InputErrors
        If the project or the run is refused.
    OutputError
        If the port is taken, the address is not ours, or a run cannot be written.
    """
    texts = page_catalogue(language)
    # before the work: a port in use is told at once
    with take_port(host, port) as taken:
        folder = run_to_serve(project_or_run, progress=progress)
        names = {*trusted_hosts, *own_names(host)}
        server = make_server(create_application(folder, trusted_hosts=names), taken)
        click.echo(texts.text("service.serving.run", folder=folder))
        click.echo(texts.text("service.serving.address", address=address_of(taken)))
        if not is_loopback(taken):
            click.echo(texts.text("service.serving.open"), err=True)
        # a browser asks for several files at once: that a few wait is no news
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        try:
            server.run()
        finally:
            server.close()


def take_port(host: str, port: int) -> socket.socket:
    """Listen on an address.

    Raises
    ------
    OutputError
        If the port is taken or the address is not one of this machine.
    """
    if "\0" in host:  # sockets complain of it in a way of their own, and leave one open
        raise OutputError("address_refused", host=host, port=port, reason="NUL")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < _LAST_PORT else port - 1
            raise OutputError("port_taken", port=port, other=other) from error
        reason = error.strerror or type(error).__name__
        raise OutputError("address_refused", host=host, port=port, reason=reason) from error
    except UnicodeError as error:  # a name too long or odd for the resolver
        raise OutputError("address_refused", host=host, port=port, reason=str(error)) from error


def make_server(app: Flask, taken: socket.socket) -> Any:  # noqa: ANN401 - waitress has no types
    """Return the server that answers on a port taken before; ``run()`` starts it."""
    return create_server(
        app,
        sockets=[taken],
        threads=THREADS,
        ident="mangqu",
        max_request_body_size=LARGEST_BODY,
        clear_untrusted_proxy_headers=True,
    )


def run_to_serve(
    project_or_run: Path, *, progress: Progress = silent, today: date | None = None
) -> Path:
    """Return the folder of the run to serve, making one where a project has none that holds.

    Parameters
    ----------
    project_or_run
        As for :func:`serve`.
    progress
        Told what is being done while a run is made.
    today
        Day to ask about where the project states none; this machine's day by default.

    Raises
    ------
    InputError, InputErrors
        If the project is refused.
    OutputError
        If a run cannot be written.
    """
    path = Path(project_or_run)
    if is_run(path):
        return path
    folder = path.parent if path.is_file() else path
    if not (folder / PROJECT_FILE).is_file():
        raise InputError("nothing_to_serve", file=path)
    now = datetime.now(tz=UTC).astimezone()
    day = today or now.date()
    as_of = read_project_file(folder / PROJECT_FILE, today=day).settings.as_of
    for run in _newest_first(folder):
        if _still_holds(run, folder, as_of):
            return run
    return _made_run(folder, now, day, progress)


def _made_run(folder: Path, now: datetime, today: date, progress: Progress) -> Path:
    """Make a run under a name that nobody else takes meanwhile."""
    while True:
        made = _free_name(folder / RUNS, now)
        try:
            run_project(folder, made, today=today, progress=progress)
        except OutputError:
            if not made.exists():
                raise
            # another service, started in the same second, was the first under this name
        else:
            return made


def own_names(host: str) -> tuple[str, ...]:
    """Return the names by which readers may call this machine when it listens on an address."""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        return (host,)
    name = socket.gethostname().lower()
    return () if loopback else (name, f"{name}.local")


def address_of(taken: socket.socket) -> str:
    """Return the address to type into a browser on this machine."""
    host, port = taken.getsockname()[:2]
    shown = _WILDCARDS.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def is_loopback(taken: socket.socket) -> bool:
    """Tell whether only this machine can reach a port."""
    return ipaddress.ip_address(taken.getsockname()[0]).is_loopback


def _newest_first(folder: Path) -> list[Path]:
    """Return the runs that lie in a project's folder."""
    found = [folder / "run", *(folder / RUNS).glob("*")]
    runs = [run for run in found if (run / CERTIFICATE).is_file()]
    return sorted(runs, key=lambda run: (run / CERTIFICATE).stat().st_mtime_ns, reverse=True)


def _still_holds(run: Path, project: Path, as_of: date) -> bool:
    """Tell whether a run answers for the project as it is now, by this version."""
    try:
        proof = read_certificate(run)
    except InputError:  # a damaged run is passed over and a new one made
        return False
    if proof["as_of"] != as_of.isoformat() or proof["software"]["mangqu"] != __version__:
        return False
    digests = {
        name: digest for source in proof["inputs"] for name, digest in source["files"].items()
    }
    return all(
        (project / name).is_file() and file_digest(project / name) == digest
        for name, digest in digests.items()
    )


def _free_name(folder: Path, now: datetime) -> Path:
    stamp = now.strftime("%Y%m%d-%H%M%S")
    candidates = (folder / (f"{stamp}-{n}" if n else stamp) for n in range(1000))
    return next(path for path in candidates if not path.exists())
