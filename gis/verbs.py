"""The verbs of the ``mangqu`` command that analyse; each calls the library and prints."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis.catalogue import catalogue
from gis.checkup import problem_lines, problems_json, write_problems
from gis.cli import DONE, REFUSED
from gis.errors import InputError
from gis.labels import Labels
from gis.layers import read_project
from gis.layers.examination import examine_project
from gis.layers.geometry_repair import NO_REPAIRS, REPAIRS
from gis.layers.new_project import make_project
from gis.model.project import Remark
from gis.model.vocabulary import FindingClass
from gis.oneshot import GapAnswer, GapRequest, gaps_of_layer, refuse_to_overwrite, write_findings
from gis.pipeline import analyse, run_project
from gis.run_folder import is_run, read_run
from gis.spoken import ProgressBar, SpokenCommand, language_option, option, texts_of
from gis.summary import summary, summary_lines
from gis.verification import verify_run
from gis.whois import Answer, who_answers

if TYPE_CHECKING:
    from gis.model.run import Run


class Day(click.ParamType[date]):
    """An ISO date on the command line."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the date, or refuse the word."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            texts = catalogue("en") if ctx is None else texts_of(ctx)
            self.fail(texts.text("cli.not_a_day", given=value), param, ctx)


class Metres(click.FloatRange):
    """A finite length in metres on the command line."""

    name = "metres"

    def __init__(self, *, min_open: bool = False) -> None:
        super().__init__(min=0, max=MOST_METRES, min_open=min_open)

    def convert(
        self,
        value: Any,  # noqa: ANN401 - a word, or a number by default
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the length, or refuse the word; NaN is in no range and out of none."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r}: 0–{MOST_METRES:g}", param, ctx)
        return number


#: No border is less exact and no slit is wider, in metres.
MOST_METRES = 1e5


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


#: More threads than this only wait for each other.
_MOST_WORKERS = 64

workers_option = option(
    "--workers", type=click.IntRange(min=1, max=_MOST_WORKERS), default=processors
)


def today() -> date:
    """Return today's date where the program runs."""
    return datetime.now(tz=UTC).astimezone().date()


def echo_json(answer: object) -> None:
    """Write an answer for machines on standard output."""
    click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))


def remark_line(remark: Remark, language: str) -> str:
    """Return a remark on an input row as one line."""
    texts = catalogue(language)
    where = ", ".join(part for part in (remark.file, remark.layer) if part)
    what = texts.text(f"remark.{remark.problem}", **remark.details)
    row = texts.text("place.row", value=remark.row) if remark.row else ""
    return " ".join(part for part in (where, row, what) if part)


_path = click.Path(path_type=Path)

#: What may be mended of a row's shape: nothing, if that is asked for.
strict_option = option(
    "--strict",
    "repairs",
    is_flag=True,
    callback=lambda _context, _option, asked: NO_REPAIRS if asked else REPAIRS,
)


@click.command(cls=SpokenCommand)
@click.argument("folder", metavar="DIR", type=_path)
@option("--city")
@language_option
@click.pass_context
def init(context: click.Context, /, *, folder: Path, city: str | None) -> None:
    """Make a new project."""
    make_project(folder, city=city)
    click.echo(texts_of(context).text("cli.init.done", folder=folder))


@click.command(cls=SpokenCommand)
@click.argument("project", type=_path)
@option("-o", "--output", type=_path)
@strict_option
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def check(
    context: click.Context,
    /,
    *,
    project: Path,
    output: Path | None,
    repairs: frozenset[str],
    as_json: bool,
) -> int:
    """Tell everything that is wrong with the inputs."""
    texts = texts_of(context)
    bar = ProgressBar(texts)
    try:
        found = examine_project(project, today=today(), repairs=repairs, progress=bar)
    finally:
        bar.clear()
    if output is not None:
        write_problems(found, output)
    if as_json:
        echo_json(problems_json(found, texts.language))
    else:
        for line in problem_lines(found, texts.language):
            click.echo(line)
    return REFUSED if found.refuses() else DONE


@click.command(cls=SpokenCommand)
@click.argument("project", type=_path)
@option("-o", "--output", type=_path, required=True)
@option("--as-of", type=Day())
@option("--previous", type=_path)
@workers_option
@strict_option
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def run(
    context: click.Context,
    /,
    *,
    project: Path,
    output: Path,
    as_of: date | None,
    previous: Path | None,
    workers: int,
    repairs: frozenset[str],
    as_json: bool,
) -> None:
    """Analyse a project into a run's folder."""
    texts = texts_of(context)
    bar = ProgressBar(texts)
    try:
        result = run_project(
            project,
            output,
            today=today(),
            as_of=as_of,
            previous=previous,
            repairs=repairs,
            workers=workers,
            progress=bar,
        )
    finally:
        bar.clear()
    if as_json:
        echo_json({"run": str(output), **summary(result)})
        return
    for remark in result.certificate["remarks"]:
        click.echo(remark_line(Remark(**remark), texts.language), err=True)
    for line in summary_lines(result, texts.language):
        click.echo(line)
    click.echo(texts.text("cli.run.done", folder=output))


@click.command(cls=SpokenCommand)
@click.argument("claims", metavar="CLAIMS")
@option("--jurisdiction")
@option("--body")
@option("--zones", multiple=True)
@option("--lanes")
@option("--crs")
@option("--encoding")
@option("--accuracy", type=Metres(min_open=True), default=0.5)
@option("--close-slits", type=Metres())
@workers_option
@strict_option
@option("-o", "--output", type=_path)
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def gaps(context: click.Context, /, *, output: Path | None, as_json: bool, **request: Any) -> None:  # noqa: ANN401
    """Find the gaps and overlaps of one layer."""
    texts = texts_of(context)
    asked = GapRequest(**request)
    if output is not None:
        refuse_to_overwrite(asked, output)
    bar = ProgressBar(texts)
    try:
        answer = gaps_of_layer(asked, today=today(), progress=bar)
    finally:
        bar.clear()
    for remark in answer.remarks:
        click.echo(remark_line(remark, texts.language), err=True)
    if output is not None:
        for note in write_findings(answer, output, language=texts.language):
            click.echo(note.line(texts.language), err=True)
    if as_json:
        echo_json(answer.as_json())
        return
    for line in gap_lines(answer, texts.language):
        click.echo(line)
    if output is not None:
        click.echo(texts.text("cli.gaps.done", file=output))


def gap_lines(answer: GapAnswer, language: str) -> list[str]:
    """Return what was found in one layer, the gravest and largest places one by one."""
    texts = catalogue(language)
    lines = summary_lines(answer.run, language)
    if answer.jurisdiction_source == "derived":
        lines.append(texts.text("gaps.derived"))
    if answer.lost:
        rows = texts.text("gaps.comma").join(map(str, answer.lost[:_SHOWN]))
        shown_all = len(answer.lost) <= _SHOWN
        lines.append(texts.text("gaps.lost" if shown_all else "gaps.lost_many", rows=rows))
    places = answer.run.findings[answer.run.findings["class"] != FindingClass.SLIVER]
    shown = places.head(_SHOWN)
    columns = ("finding_id", f"reason_{language}", "lon", "lat")
    lines += [
        texts.text("gaps.finding", id=number, reason=reason, lon=f"{lon:.6f}", lat=f"{lat:.6f}")
        for number, reason, lon, lat in zip(*(shown[name] for name in columns), strict=True)
    ]
    if len(places) > len(shown):
        lines.append(texts.text("gaps.more", count=len(places) - len(shown)))
    return lines


#: So many places are written out on a terminal.
_SHOWN = 20


# a western longitude begins like an option
@click.command(cls=SpokenCommand, context_settings={"ignore_unknown_options": True})
@click.argument("place", metavar="PROJECT|RUN", type=_path)
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@option("--matter")
@option("--as-of", type=Day())
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def whois(
    context: click.Context,
    /,
    *,
    place: Path,
    lon: float,
    lat: float,
    matter: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Tell who answers at a point."""
    texts = texts_of(context)
    bar = ProgressBar(texts)
    if is_run(place):
        if as_of is not None:
            raise InputError("run_has_its_date", file=place)
        result = read_run(place)
    else:
        result = analyse(
            read_project(place, today=today(), as_of=as_of, progress=bar), progress=bar
        )
    bar.clear()
    answers = who_answers(result, lon, lat, matter=matter)
    if as_json:
        echo_json({"lon": lon, "lat": lat, "answers": [asdict(answer) for answer in answers]})
        return
    if not answers:
        click.echo(texts.text("whois.outside"))
    labels = Labels.of(result, texts.language)
    for answer in answers:
        click.echo(answer_line(answer, labels))
        for line in finding_lines(answer, result, labels):
            click.echo(f"  {line}")


def answer_line(answer: Answer, labels: Labels) -> str:
    """Return one answer in words: the body, or the finding that stands in for it."""
    texts = labels.texts
    names = texts.text("whois.and").join(labels.body(body) for body in answer.leads)
    sentence = texts.text(
        f"whois.{answer.standing}",
        leads=names,
        receiver=labels.body(answer.first_receiver),
        finding=", ".join(answer.finding_ids),
    )
    head = " · ".join(
        part for part in (labels.matter(answer.matter), labels.level(answer.level)) if part
    )
    return f"{head}: {sentence}" if head else sentence


def finding_lines(answer: Answer, result: Run, labels: Labels) -> list[str]:
    """Return who is next to each finding that stands in for a body, and what the law says."""
    lines = []
    wanting = result.findings[result.findings["finding_id"].isin(answer.finding_ids)]
    for neighbours, law in zip(wanting["neighbours"], wanting["law"], strict=True):
        if neighbours:
            names = labels.texts.text("whois.and").join(labels.body(body) for body in neighbours)
            lines.append(labels.texts.text("whois.next_to", bodies=names))
        lines.append(labels.texts.text(f"law.{law}"))
    return lines


@click.command(cls=SpokenCommand)
@click.argument("folder", metavar="RUN", type=_path)
@option("--json", "as_json", is_flag=True)
@language_option
@click.pass_context
def verify(context: click.Context, /, *, folder: Path, as_json: bool) -> int:
    """Check a run against its certificate."""
    texts = texts_of(context)
    bar = ProgressBar(texts)
    found = verify_run(folder, progress=bar)
    bar.clear()
    sentences = [texts.text(f"discrepancy.{each.problem}", **each.details) for each in found]
    if as_json:
        echo_json(
            {
                "verified": not found,
                "discrepancies": [
                    {"problem": each.problem, **each.details, "message": sentence}
                    for each, sentence in zip(found, sentences, strict=True)
                ],
            }
        )
    else:
        for sentence in sentences:
            click.echo(sentence)
        outcome = "cli.verify.failed" if found else "cli.verify.done"
        click.echo(texts.text(outcome, count=len(found)))
    return REFUSED if found else DONE
