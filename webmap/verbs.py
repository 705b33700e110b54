"""The verbs of the ``mangqu`` command that publish: demo, map, report, serve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis.cli import DONE
from gis.diff import diff_of_runs
from gis.output import refuse_existing
from gis.run_folder import read_run
from gis.spoken import ProgressBar, SpokenCommand, language_option, option, texts_of
from gis.verbs import today
from webmap.demo import build_demo
from webmap.maps import write_changes_map, write_map
from webmap.reports import write_ledger, write_responsibility_lists

if TYPE_CHECKING:
    from gis.catalogue import Catalogue
    from gis.errors import MissingPartError
    from webmap.demo import Sample

_path = click.Path(path_type=Path)


@click.command(cls=SpokenCommand)
@click.argument("folder", metavar="[DIR]", type=_path, default=Path("mangqu-demo"))
@language_option
@click.pass_context
def demo(context: click.Context, /, *, folder: Path) -> int:
    """Build the sample projects and do the main job on them."""
    texts = texts_of(context)
    bar = ProgressBar(texts)
    missing: list[MissingPartError] = []
    samples = build_demo(
        folder, language=texts.language, today=today(), progress=bar, missing=missing.append
    )
    bar.clear()
    for error in missing:
        click.echo(error.render(texts.language), err=True)
    for sample in samples:
        _tell(sample, texts)
    return DONE


def _tell(sample: Sample, texts: Catalogue) -> None:
    for line in sample.summary:
        click.echo(line)
    click.echo(texts.text("cli.demo.open"))
    for name, path in sample.files.items():
        click.echo(f"  {texts.text(f'cli.demo.file.{name}')}: {path}")
    click.echo()


@click.command("map", cls=SpokenCommand)
@click.argument("run", type=_path)
@option("-o", "--output", type=_path, required=True)
@option("--before", type=_path)
@language_option
@click.pass_context
def map_(context: click.Context, /, *, run: Path, output: Path, before: Path | None) -> None:
    """Make one self-contained map file."""
    texts = texts_of(context)
    if before is None:
        write_map(read_run(run), output, language=texts.language)
    else:
        found = diff_of_runs(read_run(before), read_run(run))
        write_changes_map(found, output, language=texts.language)
    click.echo(texts.text("cli.map.done", file=output))


@click.command(cls=SpokenCommand)
@click.argument("run", type=_path)
@option("-o", "--output", type=_path, required=True)
@option("--xlsx", is_flag=True)
@language_option
@click.pass_context
def report(context: click.Context, /, *, run: Path, output: Path, xlsx: bool) -> None:
    """Write the issue ledger and the responsibility lists."""
    del xlsx  # the only format so far, so it is written with or without being asked for
    texts = texts_of(context)
    files = {
        output / "ledger.xlsx": write_ledger,
        output / "responsibility-lists.xlsx": write_responsibility_lists,
    }
    for path in files:
        # people fill in a ledger: theirs is never written over, and neither is half of the pair
        refuse_existing(path)
    result = read_run(run)
    for path, write in files.items():
        write(result, path, language=texts.language)
        click.echo(texts.text("cli.report.done", file=path))


@click.command(cls=SpokenCommand)
@click.argument("project", type=_path)
@option("--host", default="127.0.0.1")
@option("--port", type=click.IntRange(0, 65535), default=8000)
@option("--trusted-host", "trusted_hosts", multiple=True)
@language_option
@click.pass_context
def serve(
    context: click.Context,
    /,
    *,
    project: Path,
    host: str,
    port: int,
    trusted_hosts: tuple[str, ...],
) -> None:
    """Start the web service."""
    # Flask is loaded only by the verb that needs it
    from webmap.service.serving import serve as serve_project

    texts = texts_of(context)
    serve_project(
        project,
        host=host,
        port=port,
        trusted_hosts=trusted_hosts,
        language=texts.language,
        progress=ProgressBar(texts),
    )
