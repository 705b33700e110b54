"""The verb that puts what every body says side by side."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from gis.errors import OutputError
from gis.layers import read_project
from gis.perspectives import perspective_lines, perspectives_json
from gis.perspectives import perspectives as every_perspective
from gis.run_folder import SNAPSHOT, is_run, read_certificate
from gis.spoken import ProgressBar, SpokenCommand, language_option, option, texts_of
from gis.verbs import echo_json, today, workers_option
from gis.writers import known_ending, refuse_foreign, write_layers

_path = click.Path(path_type=Path)

#: What ``-o`` writes, the table first that alone fits a format for one.
LAYERS = ("agreements_and_conflicts", "perspectives")


@click.command(cls=SpokenCommand)
@click.argument("place", metavar="PROJECT|RUN", type=_path)
@option("--matter")
@workers_option
@option("-o", "--output", type=_path)
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def perspectives(
    context: click.Context,
    /,
    *,
    place: Path,
    matter: str | None,
    workers: int,
    output: Path | None,
    as_json: bool,
) -> None:
    """Tell what every body says about who leads, and where they agree."""
    texts = texts_of(context)
    if output is not None:
        _refuse(output, place)
    bar = ProgressBar(texts)
    try:
        folder, day = place, None
        if is_run(place):
            folder = place / SNAPSHOT
            day = date.fromisoformat(read_certificate(place)["as_of"])
        project = read_project(folder, today=today(), as_of=day, progress=bar)
        told = every_perspective(project, matter=matter, workers=workers, progress=bar)
    finally:
        bar.clear()
    if output is not None:
        layers = LAYERS[:1] if known_ending(output).one_layer else LAYERS
        tables = {name: getattr(told, name) for name in layers}
        for note in write_layers(tables, output, language=texts.language):
            click.echo(note.line(texts.language), err=True)
    if as_json:
        echo_json(perspectives_json(told))
        return
    for line in perspective_lines(told, project, texts.language):
        click.echo(line)
    if output is not None:
        click.echo(texts.text("cli.gaps.done", file=output))


def _refuse(output: Path, place: Path) -> None:
    """Refuse what cannot be written before the work is done.

    Raises
    ------
    OutputError
        If the file's ending stands for no format, something else is there, or it would lie inside
        the run.
    """
    if is_run(place) and output.resolve().is_relative_to(place.resolve()):
        raise OutputError("output_in_run", path=str(output), folder=str(place))
    refuse_foreign(output, LAYERS)
