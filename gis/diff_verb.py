"""The verb that tells what became of the findings of one run in another."""

from __future__ import annotations

from pathlib import Path

import click

from gis.diff import diff_json, diff_lines, diff_of_runs, refuse_output, write_diff
from gis.errors import OutputError
from gis.run_folder import read_run
from gis.spoken import SpokenCommand, language_option, option, texts_of
from gis.verbs import echo_json

_path = click.Path(path_type=Path)


@click.command(cls=SpokenCommand)
@click.argument("before", metavar="RUN_A", type=_path)
@click.argument("after", metavar="RUN_B", type=_path)
@option("-o", "--output", type=_path)
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def diff(
    context: click.Context,
    /,
    *,
    before: Path,
    after: Path,
    output: Path | None,
    as_json: bool,
) -> None:
    """Tell what became of the findings of one run in another."""
    texts = texts_of(context)
    if output is not None:
        for folder in (before, after):
            if output.resolve().is_relative_to(folder.resolve()):
                raise OutputError("output_in_run", path=str(output), folder=str(folder))
        refuse_output(output)
    found = diff_of_runs(read_run(before), read_run(after))
    if output is not None:
        for note in write_diff(found, output, language=texts.language):
            click.echo(note.line(texts.language), err=True)
    if as_json:
        echo_json(diff_json(found))
        return
    for line in diff_lines(found, texts.language):
        click.echo(line)
    if output is not None:
        click.echo(texts.text("cli.gaps.done", file=output))
