"""The verb that gives a run's tables away in a format of the user's choice."""

from __future__ import annotations

from pathlib import Path

import click

from gis.export import export_run
from gis.spoken import SpokenCommand, language_option, option, texts_of
from gis.verbs import echo_json

_path = click.Path(path_type=Path)


@click.command(cls=SpokenCommand)
@click.argument("folder", metavar="RUN", type=_path)
@option("-o", "--output", type=_path, required=True)
@option("--layer", "layers", multiple=True)
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def export(
    context: click.Context,
    /,
    *,
    folder: Path,
    output: Path,
    layers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write tables of a run to a file."""
    texts = texts_of(context)
    rows, notes = export_run(folder, output, layers=layers, language=texts.language)
    if as_json:
        echo_json(
            {
                "file": str(output),
                "layers": rows,
                "notes": [note.as_json(texts.language) for note in notes],
            }
        )
        return
    for note in notes:
        click.echo(note.line(texts.language), err=True)
    told = texts.text("gaps.comma").join(
        texts.text("cli.export.layer", layer=name, count=count) for name, count in rows.items()
    )
    click.echo(texts.text("cli.export.done", file=output, layers=told))
