"""The verb that tells where practice differs from paper."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis.labels import Labels
from gis.layers import read_project
from gis.measure import WGS84
from gis.pipeline import analyse
from gis.practice import CLASSES, practice_of
from gis.run_folder import SNAPSHOT, is_run, read_run
from gis.spoken import ProgressBar, SpokenCommand, language_option, option, texts_of
from gis.verbs import echo_json, today
from gis.writers import known_ending, refuse_foreign, write_layers

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.practice import Practice

_path = click.Path(path_type=Path)

#: Name of the layer that is written.
LAYER = "practice"

#: So many findings are written out on a terminal.
_SHOWN = 20


@click.command(cls=SpokenCommand)
@click.argument("place", metavar="PROJECT|RUN", type=_path)
@option("-o", "--output", type=_path)
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def practice(context: click.Context, /, *, place: Path, output: Path | None, as_json: bool) -> None:
    """Tell where cases bounce, run late, come back or are not reported at all."""
    texts = texts_of(context)
    if output is not None:
        known_ending(output)
        refuse_foreign(output, (LAYER,))
    bar = ProgressBar(texts)
    if is_run(place):
        run = read_run(place)
        project = read_project(place / SNAPSHOT, today=today(), as_of=run.settings.as_of)
    else:
        project = read_project(place, today=today(), progress=bar)
        run = analyse(project, progress=bar)
    bar.clear()
    told = practice_of(run, project)
    labels = {language: Labels.of(run, language) for language in ("zh", "en")}
    table = with_reasons(told.table, labels)
    if output is not None:
        for note in write_layers({LAYER: table}, output, language=texts.language):
            click.echo(note.line(texts.language), err=True)
    if as_json:
        echo_json(practice_json(told, table))
        return
    for line in practice_lines(told, table, labels[texts.language]):
        click.echo(line)
    if output is not None:
        click.echo(texts.text("cli.practice.done", file=output))


def with_reasons(table: gpd.GeoDataFrame, labels: dict[str, Labels]) -> gpd.GeoDataFrame:
    """Return the table with a sentence for each finding in both languages; ``""`` for the rest."""
    rows = table.drop(columns="geometry").to_dict("records")
    reasons = {
        f"reason_{language}": [_reason(row, names) if row["class"] else "" for row in rows]
        for language, names in labels.items()
    }
    return table.assign(**reasons)


def _reason(row: dict[str, Any], labels: Labels) -> str:
    texts = labels.texts
    exposed = [
        texts.text(f"practice.{name}", count=f"{row[name]:,.0f}")
        for name in ("residents", "assets")
        if row[name] > 0
    ]
    return texts.text(
        f"practice.reason.{row['measure']}",
        place=row["place"],
        matter=labels.matter(row["matter"]) or texts.text("summary.every_matter"),
        body=labels.body(row["body"]),
        cases=row["cases"],
        troubled=row["troubled"],
        rate=f"{row['rate']:.0%}",
        ordinary=f"{row['ordinary_rate']:.0%}",
        low=f"{row['low']:.0%}",
        high=f"{row['high']:.0%}",
        days="" if math.isnan(row["days_silent"]) else int(row["days_silent"]),
        exposed=texts.text("gaps.comma").join(exposed),
    )


def practice_lines(told: Practice, table: gpd.GeoDataFrame, labels: Labels) -> list[str]:
    """Return what was found for people, the surest first."""
    texts = labels.texts
    found = table[table["class"] != ""]
    lines = [texts.text("practice.head", cases=told.cases, placed=told.placed, count=len(found))]
    lines += [
        texts.text(
            "practice.untested", matter=labels.matter(matter),
            measure=texts.label("practice.measure", measure),
        )
        for matter, measure in told.untested
    ]  # fmt: skip
    if not told.silence_asked:
        lines.append(texts.text("practice.silence_not_asked"))
    lines += list(found[f"reason_{texts.language}"].head(_SHOWN))
    if len(found) > _SHOWN:
        lines.append(texts.text("gaps.more", count=len(found) - _SHOWN))
    return lines


def practice_json(told: Practice, table: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return what was found for machines."""
    degrees = table.geometry.to_crs(WGS84)
    found = table.drop(columns="geometry").assign(lon=degrees.x, lat=degrees.y)
    found = found[found["class"] != ""]
    return {
        "cases": told.cases,
        "placed": told.placed,
        "tested": int(table["p_value"].notna().sum()),
        "untested": [{"matter": matter, "measure": measure} for matter, measure in told.untested],
        "silence_asked": told.silence_asked,
        "counts": {name: int((found["class"] == name).sum()) for name in CLASSES},
        "findings": [
            {key: None if _is_nan(value) else value for key, value in row.items()}
            for row in found.to_dict("records")
        ],
    }


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
