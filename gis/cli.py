"""The ``mangqu`` command: thin verbs over the library."""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import click
from pyproj.exceptions import CRSError
from shapely.errors import GEOSException

from gis.catalogue import catalogue
from gis.errors import MangquError
from gis.spoken import language_of, language_option, texts_of
from gis.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

#: Verbs make themselves known under this name. Those that publish live in another package, and the
#: analysis never depends on it.
VERBS = "mangqu.verbs"

DONE, REFUSED, MISUSED, INTERRUPTED = 0, 1, 2, 130


class Verbs(click.Group):
    """All verbs that the installed packages offer."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all verbs."""
        del ctx
        return sorted(found.name for found in entry_points(group=VERBS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb by name."""
        del ctx
        found = entry_points(group=VERBS, name=cmd_name)
        loaded: click.Command | None = next((point.load() for point in found), None)
        return loaded

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the program is for."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(texts_of(ctx).text("cli"))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mangqu")
@language_option
def mangqu() -> None:
    """Stand for the program itself."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 refused, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _occupy_standard_streams()
    if given and given[0] in _READERS:
        # what is under way is let go, and leaves nothing behind
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = run_arguments(given)
    finally:
        _give_up_unwritten_output()
    sys.exit(status)


def _occupy_standard_streams() -> None:
    """Open what the program was started without, or the next file would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("r+", encoding="utf-8")  # noqa: SIM115 - for good
            setattr(sys, name, nowhere)


def _give_up_unwritten_output() -> None:
    """Let go of what standard output will not take, or Python would try and complain once more."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


#: What may still go wrong where no verb looks for it: the machine gives out, or the libraries of
#: shapes and coordinate systems do.
_UNFORESEEN = (OSError, MemoryError, RecursionError, GEOSException, CRSError)


#: Verbs that open layer files first of all: the process that reads them starts while they load.
_READERS = ("calendar", "check", "gaps", "perspectives", "run")


def _interrupt(number: int, frame: FrameType | None) -> None:
    """End like an interrupt from the keyboard."""
    del number, frame
    raise KeyboardInterrupt


def run_arguments(arguments: list[str]) -> int:
    """Run the command line and return the exit status."""
    language = language_of(arguments)
    if any("\0" in argument for argument in arguments):  # no shell can, a program can
        click.echo(MangquError("nul_in_argument").render(language), err=True)
        return REFUSED
    try:
        if arguments and arguments[0] in _READERS:
            from gis.readers.apart import prepare_to_read

            prepare_to_read()
        status = mangqu.main(arguments, prog_name="mangqu", standalone_mode=False, obj=language)
    except click.ClickException as error:
        error.show()
        return MISUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo(catalogue(language).text("cli.interrupted"), err=True)
        return INTERRUPTED
    except MangquError as error:
        click.echo(error.render(language), err=True)
        return REFUSED
    except _UNFORESEEN as error:
        told = MangquError("unforeseen", kind=type(error).__name__, reason=str(error))
        click.echo(told.render(language), err=True)
        return REFUSED
    return status if isinstance(status, int) else DONE
