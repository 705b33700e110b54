"""Check a run against its certificate from the files alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
from pyproj import CRS

from gis.carrying import carry_over
from gis.certificate import TOLERANCE
from gis.digests import digest
from gis.errors import CertificateError, InputError, InputErrors
from gis.layers import read_project
from gis.measure import EllipsoidMeasure
from gis.model.vocabulary import GAP_STANDINGS
from gis.pipeline import analyse
from gis.progress import silent
from gis.run_folder import (
    CERTIFICATE,
    GEOPACKAGE,
    LINEAGE,
    LOG,
    RUN_TABLES,
    SNAPSHOT,
    layers_of,
    log_text,
    read_run,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from gis.model.project import Project
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
        *_strangers(folder, run),
        *_altered_inputs(folder, run),
        *_altered_tables(run),
        *_sums(run),
        *_fresh_analysis(folder, run, progress),
    ]


def _strangers(folder: Path, run: Run) -> Iterator[Discrepancy]:
    """Tell of files and tables that no run writes."""
    snapshot = {name for source in run.certificate["inputs"] for name in source["files"]}
    expected = {GEOPACKAGE, CERTIFICATE, LOG, *(f"{SNAPSHOT}/{name}" for name in snapshot)}
    if run.lineage is not None:
        expected.add(LINEAGE)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        # desktop programs lay a journal beside a GeoPackage while they have it open
        journal = name.startswith((f"{GEOPACKAGE}-", f"{LINEAGE}-"))
        if path.is_file() and name not in expected and not journal:
            yield Discrepancy("file_added", {"file": name})
    for table in sorted(set(layers_of(folder / GEOPACKAGE)) - {*RUN_TABLES, "layer_styles"}):
        yield Discrepancy("table_added", {"table": table})
    if run.lineage is not None:
        for table in sorted(set(layers_of(folder / LINEAGE)) - run.lineage.tables().keys()):
            yield Discrepancy("table_added", {"table": table})


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
        if _moved(table, run.certificate["crs"]) or digest(name, table) != run.certificate[
            "tables"
        ].get(name):
            yield Discrepancy("table_altered", {"table": name})
    if run.lineage is not None:
        certified = run.certificate["lineage"]["tables"]
        for name, table in run.lineage.tables().items():
            if _moved(table, run.certificate["crs"]) or digest(name, table) != certified.get(name):
                yield Discrepancy("table_altered", {"table": name})


def _moved(table: pd.DataFrame, crs: str) -> bool:
    """Tell whether a table with geometry is in another coordinate system than certified."""
    return isinstance(table, gpd.GeoDataFrame) and (
        table.crs is None or table.crs != CRS.from_user_input(crs)
    )


def _sums(run: Run) -> Iterator[Discrepancy]:
    """Add up the areas of the atoms anew, from their shapes."""
    whole = set(run.atoms) >= _OF_ATOMS and set(run.standings) >= _OF_STANDINGS
    drawn = not run.jurisdiction.empty and run.jurisdiction.geometry.notna().all()
    if not whole or not drawn or _moved(run.atoms, run.certificate["crs"]):
        return  # what is missing or moved has been told of already
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


def _log_of(fresh: Run, run: Run, project: Project) -> bytes:
    """Return what the log should say: of the fresh analysis, by the version of the run."""
    return log_text(replace(fresh, certificate=run.certificate), project).encode()


#: Columns that the sums are made of.
_OF_ATOMS = {"atom_id", "geometry"}
_OF_STANDINGS = {"atom_id", "matter", "level", "standing"}


def _fresh_analysis(folder: Path, run: Run, progress: Progress) -> Iterator[Discrepancy]:
    as_of = run.settings.as_of
    try:
        project = read_project(folder / SNAPSHOT, today=as_of, as_of=as_of)
        fresh = analyse(project, progress=progress)
        if run.lineage is not None:
            fresh = carry_over(fresh, run.lineage.past)
    except (InputError, InputErrors, CertificateError) as error:
        yield Discrepancy("snapshot_refused", {"why": error.render("en")})
        return
    for name in RUN_TABLES:
        if digest(name, getattr(fresh, name)) != digest(name, getattr(run, name)):
            yield Discrepancy("analysis_differs", {"table": name})
    # the versions are a statement about the past, which no fresh analysis can repeat
    for part in sorted((fresh.certificate.keys() | run.certificate.keys()) - {"software"}):
        if _plain(fresh.certificate.get(part)) != run.certificate.get(part):
            yield Discrepancy("certificate_differs", {"part": part})
    log = folder / LOG
    if not log.is_file() or log.read_bytes() != _log_of(fresh, run, project):
        yield Discrepancy("log_altered", {})


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value as it comes back from JSON."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
