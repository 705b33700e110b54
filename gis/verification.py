"""Check a run against its certificate from the files alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gis.certificate import TOLERANCE, digest
from gis.errors import CertificateError, InputError, InputErrors
from gis.layers import read_project
from gis.measure import EllipsoidMeasure
from gis.model.vocabulary import GAP_STANDINGS
from gis.pipeline import analyse
from gis.progress import silent
from gis.run_folder import RUN_TABLES, SNAPSHOT, read_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.model.run import Run
    from gis.progress import Progress


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing in a run that does not agree with its certificate.

    Parameters
    ----------
    problem
        Key ``discrepancy.<problem>`` in the catalogues.
    details
        Values that its sentence names.
    """

    problem: str
    details: dict[str, str] = field(default_factory=dict)


def verify_run(folder: Path, *, progress: Progress = silent) -> list[Discrepancy]:
    """Compare a run with its certificate, its inputs, and a fresh analysis of its snapshot.

    Returns
    -------
    discrepancies
        Empty if everything agrees.

    Raises
    ------
    InputError
        If the folder is not a run, or a part of it cannot be read at all.
    """
    run = read_run(folder)
    return [
        *_altered_inputs(folder, run),
        *_altered_tables(run),
        *_sums(run),
        *_fresh_analysis(folder, run, progress),
    ]


def _altered_inputs(folder: Path, run: Run) -> Iterator[Discrepancy]:
    expected = {
        name: sha256
        for source in run.certificate["inputs"]
        for name, sha256 in source["files"].items()
    }
    for name, sha256 in sorted(expected.items()):
        path = folder / SNAPSHOT / name
        if not path.is_file():
            yield Discrepancy("input_missing", {"file": name})
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            yield Discrepancy("input_altered", {"file": name})


def _altered_tables(run: Run) -> Iterator[Discrepancy]:
    for name in RUN_TABLES:
        table = getattr(run, name)
        moved = getattr(table, "crs", run.atoms.crs) != run.atoms.crs
        if moved or digest(name, table) != run.certificate["tables"].get(name):
            yield Discrepancy("table_altered", {"table": name})


def _sums(run: Run) -> Iterator[Discrepancy]:
    """Add up the areas of the atoms anew, from their shapes."""
    whole = set(run.atoms) >= _OF_ATOMS and set(run.standings) >= _OF_STANDINGS
    if not whole or run.jurisdiction.empty:
        return  # a table without its columns or rows has been told of already
    measure = EllipsoidMeasure.around(run.jurisdiction.geometry.to_numpy(), run.atoms.crs)
    areas = dict(
        zip(run.atoms["atom_id"], measure.areas(run.atoms.geometry.to_numpy()), strict=True)
    )
    for question in run.certificate["questions"]:
        answers = run.standings[
            (run.standings["matter"] == question["matter"])
            & (run.standings["level"] == question["level"])
        ]
        area = answers["atom_id"].map(areas)
        gap = area[answers["standing"].isin(GAP_STANDINGS)].sum()
        total = area.sum()
        allowed = TOLERANCE * question["jurisdiction_m2"]
        if (
            abs(total - question["jurisdiction_m2"]) > allowed
            or abs(gap - question["gap_m2"]) > allowed
            or abs(total - gap - question["covered_m2"]) > allowed
        ):
            yield Discrepancy(
                "sum_differs", {"matter": question["matter"], "level": question["level"]}
            )


#: Columns that the sums are made of.
_OF_ATOMS = {"atom_id", "geometry"}
_OF_STANDINGS = {"atom_id", "matter", "level", "standing"}


def _fresh_analysis(folder: Path, run: Run, progress: Progress) -> Iterator[Discrepancy]:
    as_of = run.settings.as_of
    try:
        fresh = analyse(
            read_project(folder / SNAPSHOT, today=as_of, as_of=as_of), progress=progress
        )
    except (InputError, InputErrors, CertificateError) as error:
        yield Discrepancy("snapshot_refused", {"why": error.render("en")})
        return
    for name in RUN_TABLES:
        if digest(name, getattr(fresh, name)) != digest(name, getattr(run, name)):
            yield Discrepancy("analysis_differs", {"table": name})
    for part in _PROVED:
        if _plain(fresh.certificate[part]) != run.certificate.get(part):
            yield Discrepancy("certificate_differs", {"part": part})


#: Parts of a certificate that a fresh analysis must give again.
_PROVED = (
    "format",
    "as_of",
    "settings",
    "crs",
    "inputs",
    "remarks",
    "jurisdiction_m2",
    "largest_move_m",
    "questions",
    "claims",
    "tables",
)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value as it comes back from JSON."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
