"""The verb that tells what will lapse, and how every matter stood and will stand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from gis.errors import OutputError
from gis.horizon import Horizon, look_ahead
from gis.horizon.told import calendar_lines, horizon_json
from gis.layers import read_project
from gis.layers.project_file import MOST_HORIZON_DAYS
from gis.run_folder import SNAPSHOT, is_run, read_certificate
from gis.spoken import ProgressBar, SpokenCommand, language_option, option, texts_of
from gis.verbs import Day, echo_json, today, workers_option
from gis.writers import Note, known_ending, refuse_foreign, write_layers

_path = click.Path(path_type=Path)

#: What ``-o`` writes, the layer first that alone fits a format for one.
LAYERS = ("calendar_places", "calendar", "lapses", "series")


@click.command(cls=SpokenCommand)
@click.argument("place", metavar="PROJECT|RUN", type=_path)
@option("--days", type=click.IntRange(0, MOST_HORIZON_DAYS))
@option("--from", "first", type=Day())
@option("--to", "last", type=Day())
@option("--as-of", type=Day())
@workers_option
@option("-o", "--output", type=_path)
@option("--layer", "layers", multiple=True, type=click.Choice(LAYERS))
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def calendar(  # noqa: PLR0913 - one for each option
    context: click.Context,
    /,
    *,
    place: Path,
    days: int | None,
    first: date | None,
    last: date | None,
    as_of: date | None,
    workers: int,
    output: Path | None,
    layers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Tell what will lapse, and how every matter stood and will stand."""
    texts = texts_of(context)
    if first is not None and last is not None and first > last:
        raise click.UsageError(texts.text("cli.days_backwards", first=first, last=last))
    if output is not None:
        layers = _layers_for(output, layers, place)
    bar = ProgressBar(texts)
    try:
        folder, day = place, as_of
        if is_run(place):
            folder = place / SNAPSHOT
            day = as_of or date.fromisoformat(read_certificate(place)["as_of"])
        project = read_project(folder, today=today(), as_of=day, progress=bar)
        horizon = look_ahead(
            project, days=days, first=first, last=last, workers=workers, progress=bar
        )
    finally:
        bar.clear()
    if output is not None:
        for note in write_horizon(horizon, output, layers=layers, language=texts.language):
            click.echo(note.line(texts.language), err=True)
    if as_json:
        echo_json(horizon_json(horizon))
        return
    for line in calendar_lines(horizon, project, texts.language):
        click.echo(line)
    if output is not None:
        click.echo(texts.text("cli.gaps.done", file=output))


def _layers_for(output: Path, layers: tuple[str, ...], place: Path) -> tuple[str, ...]:
    """Return the layers to write, and refuse what cannot be written before the work is done.

    Raises
    ------
    OutputError
        If the file's ending stands for no format or one of fewer layers, something else is there,
        or it would lie inside the run.
    """
    known = known_ending(output)
    wanted = tuple(dict.fromkeys(layers)) or (LAYERS[:1] if known.one_layer else LAYERS)
    if known.one_layer and len(wanted) > 1:
        raise OutputError("several_layers", path=str(output), layers=", ".join(wanted))
    if is_run(place) and output.resolve().is_relative_to(place.resolve()):
        raise OutputError("output_in_run", path=str(output), folder=str(place))
    refuse_foreign(output, LAYERS)
    return wanted


def write_horizon(
    horizon: Horizon, path: Path, *, layers: tuple[str, ...], language: str
) -> tuple[Note, ...]:
    """Write some of the tables to a file whose ending decides the format.

    Raises
    ------
    OutputError
        If the format cannot hold them, or the place cannot be written.
    MissingPartError
        If the format needs a part that is not installed.
    """
    tables = {name: getattr(horizon, name) for name in layers}
    return write_layers(tables, path, language=language)
