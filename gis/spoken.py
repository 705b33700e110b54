"""Commands whose help, errors and progress speak the user's language."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from gis.catalogue import LANGUAGES, Catalogue, catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def language_of(arguments: Sequence[str]) -> str:
    """Return the language that a command line or, failing that, the environment asks for.

    ``--lang``, then ``MANGQU_LANG``, then the locale; English where none says Chinese.
    """
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return _known(argument.removeprefix("--lang="))
        if argument == "--lang" and position + 1 < len(arguments):
            return _known(arguments[position + 1])
    locale = (os.environ.get(name, "") for name in ("MANGQU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return _known(next((value for value in locale if value), ""))


def _known(wanted: str) -> str:
    return next((name for name in LANGUAGES if wanted.lower().startswith(name)), "en")


def texts_of(context: click.Context) -> Catalogue:
    """Return the texts in the language of a running command."""
    return catalogue(context.find_root().obj or language_of(()))


class SpokenCommand(click.Command):
    """A command whose help and example stand in the catalogues under ``cli.<verb>``."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence, in the language of the running command."""
        del limit  # the sentences are short
        context = click.get_current_context(silent=True)
        texts = texts_of(context) if context is not None else catalogue("en")
        return texts.text(f"cli.{self.name}")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, and an example."""
        texts = texts_of(ctx)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(texts.text(f"cli.{self.name}"))
            formatter.write_paragraph()
            formatter.write_text(texts.text("cli.example"))
            with formatter.indentation():
                for line in texts.text(f"cli.{self.name}.example").splitlines():
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")


class SpokenOption(click.Option):
    """An option whose help stands in the catalogues under ``cli.option.<name>``."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line in the help."""
        self.help = texts_of(ctx).text(f"cli.option.{self.name}")
        return super().get_help_record(ctx)


def option(*names: str, **settings: Any) -> Callable[..., Any]:  # noqa: ANN401
    """Return a decorator that adds a spoken option."""
    return click.option(*names, cls=SpokenOption, **settings)


#: Every verb takes it; :func:`language_of` has read it before the verb is called.
language_option = option("--lang", type=click.Choice(LANGUAGES), expose_value=False, is_eager=True)


#: The step that takes long once on a machine: who sees no bar is told, or would think it hangs.
_ONCE = "preparing"


class ProgressBar:
    """Shows progress on standard error, where that is a terminal."""

    def __init__(self, texts: Catalogue) -> None:
        self._texts = texts
        self._shown = sys.stderr.isatty()
        self._width = 0
        self._told = False

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show a step and how far along it is."""
        if not self._shown:
            if step == _ONCE and not self._told:
                click.echo(self._texts.text(f"progress.{step}"), err=True)
                self._told = True
            return
        share = f"{done}/{total} " if total else ""
        line = share + self._texts.text(f"progress.{step}")
        click.echo("\r" + line.ljust(self._width), err=True, nl=False)
        self._width = len(line)

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown and self._width:
            click.echo("\r" + " " * self._width + "\r", err=True, nl=False)
            self._width = 0
