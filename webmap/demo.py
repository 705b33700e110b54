"""Build the sample projects in a folder and do the main job on each."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mangqu_samples.nyc.build import build as build_nyc
from mangqu_samples.panjin.build import build as build_panjin

from gis.errors import MissingPartError, OutputError
from gis.output import new_folder
from gis.pipeline import run_project
from gis.summary import summary_lines
from webmap.maps import write_map
from webmap.reports import write_ledger, write_responsibility_lists

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from gis.progress import Progress

#: Lies in a folder that a demo made, and may therefore be made anew.
MARK = ".mangqu-demo"

_BUILDERS: dict[str, Callable[[Path], None]] = {"panjin": build_panjin, "nyc": build_nyc}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample project and what came of it.

    Parameters
    ----------
    summary
        Lines about the run.
    files
        What to open, by kind.
    """

    summary: list[str]
    files: dict[str, Path]


def build_demo(
    folder: Path,
    *,
    language: str,
    today: date,
    progress: Progress,
    missing: Callable[[MissingPartError], None],
) -> list[Sample]:
    """Build, analyse, map and list every sample.

    Parameters
    ----------
    folder
        Made anew if a demo made it before; nothing else is ever replaced.
    language
        Of maps, ledgers and summaries.
    today
        Day for samples that state none.
    progress
        Told what is being done.
    missing
        Told of each sample that is left out because an optional part is not installed.

    Raises
    ------
    OutputError
        If the folder holds something else.
    """
    former = folder if (folder / MARK).is_file() else None
    if former is None and folder.exists():
        raise OutputError("exists", path=str(folder))
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    samples = []
    with new_folder(fresh) as aside:
        (aside / MARK).touch()
        for name, build in _BUILDERS.items():
            try:
                build(aside / name)
            except MissingPartError as error:
                missing(error)
                continue
            summary = _main_job(aside / name, language, today, progress)
            samples.append(Sample(summary, _files(folder / name)))
    if former is not None:
        shutil.rmtree(former)
    fresh.rename(folder)
    return samples


def _main_job(project: Path, language: str, today: date, progress: Progress) -> list[str]:
    files = _files(project)
    run = run_project(project, files["run"], today=today, progress=progress)
    progress("map", 0, 0)
    write_map(run, files["map"], language=language)
    progress("report", 0, 0)
    write_ledger(run, files["ledger"], language=language)
    write_responsibility_lists(run, files["lists"], language=language)
    return summary_lines(run, language)


def _files(project: Path) -> dict[str, Path]:
    return {
        "map": project / "map.html",
        "ledger": project / "ledger.xlsx",
        "lists": project / "responsibility-lists.xlsx",
        "run": project / "run",
    }
