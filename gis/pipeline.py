"""The one path from a project to a run, readable from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.arrangement.kernel import is_prepared
from gis.arrangement.partition import Partition, make_partition
from gis.carrying import carry_over, past_of
from gis.certificate import account, account_of_claims, certificate, jurisdiction_area
from gis.duty import Question, Register, claims_seen, duties_on, levels_asked, passes, standings
from gis.findings import findings, lane_findings, lane_network, numbered, numbered_lanes
from gis.layers import read_project
from gis.layers.geometry_repair import REPAIRS
from gis.measure import EllipsoidMeasure
from gis.model.packed import Packed
from gis.model.run import Run
from gis.model.tables import TABLES
from gis.output import refuse_existing
from gis.progress import silent
from gis.run_folder import certificate_sha256, read_run, write_run

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from gis.model.project import Project
    from gis.progress import Progress


def analyse(project: Project, *, workers: int = 1, progress: Progress = silent) -> Run:
    """Answer every question of a project, and prove the answers.

    Parameters
    ----------
    project
        Tables in one CRS, checked.
    workers
        Number of threads; the run is the same for any.
    progress
        Told what is being done, and how far along.

    Returns
    -------
    run
        The tables and the certificate.

    Raises
    ------
    CertificateError
        If the areas do not add up.
    """
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    collected = _Collected()
    made = passes(project)
    total = sum(len(each.matters) for each in made)
    done = 0
    for number, each in enumerate(made):
        progress("arrangement" if is_prepared() else "preparing", done, total)
        partition = make_partition(
            project, each.matters, each.claim_rows, number=number, measure=measure, workers=workers
        )
        jurisdiction_m2 = jurisdiction_area(partition)
        network = lane_network(project, partition, measure)
        collected.add_partition(partition, project, measure)
        register = Register.of(partition, project)
        for matter in each.matters:
            progress("matter", done, total)
            done += 1
            levels = levels_asked(project.claims.iloc[claims_seen(project, matter)[0]])
            questions = [Question(matter, level, project.settings.as_of) for level in levels]
            duties = duties_on(register, matter, project.settings.as_of)
            answers = {question: standings(duties, question.level) for question in questions}
            for question, answer in answers.items():
                entry = account(partition, question, answer, jurisdiction_m2)
                collected.add_answer(partition, question, answer.frame, entry)
            found = findings(project, partition, duties, answers, measure, workers=workers)
            collected.add_findings(found.table, found.neighbours)
            collected.lanes.append(
                lane_findings(project, partition, network, duties, answers, measure)
            )
    progress("certificate", total, total)
    return collected.run(project)


def run_project(
    folder: Path,
    output: Path,
    *,
    today: date,
    as_of: date | None = None,
    previous: Path | None = None,
    repairs: frozenset[str] = REPAIRS,
    workers: int = 1,
    progress: Progress = silent,
) -> Run:
    """Read a project, analyse it, and write the run's folder.

    Parameters
    ----------
    folder
        The project's folder or its ``mangqu.toml``.
    output
        The run's folder; nothing may be there yet.
    today
        Day to ask about where neither the project nor ``as_of`` states one.
    as_of
        Day to ask about, before the one that the project states.
    previous
        Folder of an earlier run, whose numbers are carried over.
    repairs
        What may be mended of a row's shape; a row that needs more is refused.
    workers
        Number of threads; the run is the same for any.
    progress
        Told what is being done.

    Raises
    ------
    InputError, InputErrors
        If the inputs or the earlier run are refused.
    OutputError
        If the output exists or cannot be written.
    """
    # before the work, not after it
    refuse_existing(output)
    progress("reading", 0, 0)
    past = None
    if previous is not None:
        past = past_of(read_run(previous), certificate_sha256=certificate_sha256(previous))
    project = read_project(folder, today=today, as_of=as_of, repairs=repairs, progress=progress)
    run = analyse(project, workers=workers, progress=progress)
    if past is not None:
        run = carry_over(run, past)
    progress("writing", 0, 0)
    write_run(run, project, output)
    return run


class _Collected:
    """What the questions leave behind, on its way to a run's tables."""

    def __init__(self) -> None:
        self.atoms: list[gpd.GeoDataFrame] = []
        self.standings: list[pd.DataFrame] = []
        self.findings: list[gpd.GeoDataFrame] = []
        self.neighbours: list[pd.DataFrame] = []
        self.lanes: list[gpd.GeoDataFrame] = []
        self.questions: list[dict[str, Any]] = []
        self.claims: list[dict[str, Any]] = []
        self.largest_move_m = 0.0
        self.n_atoms = 0
        self.n_findings = 0

    def add_partition(
        self, partition: Partition, project: Project, measure: EllipsoidMeasure
    ) -> None:
        """Keep the atoms of a partition and the account of its claims."""
        faces = np.flatnonzero(partition.inside)
        columns: dict[str, Any] = {
            "atom_id": np.arange(self.n_atoms, self.n_atoms + len(faces)),
            "arrangement": partition.number,
            "area_m2": partition.area_m2[faces],
        }
        for column, table in _COVERING.items():
            key = TABLES[table].key
            ids = getattr(project, table)[key].tolist()
            rows = Packed.of_pairs(*partition.rows_on_faces(table), len(partition.arrangement))
            columns[column] = rows.named(ids)[faces]
        self.atoms.append(
            gpd.GeoDataFrame(columns, geometry=partition.arrangement.faces[faces], crs=project.crs)
        )
        self.claims.append(account_of_claims(partition, project.claims["claim_id"]))
        move = partition.arrangement.largest_move * measure.metres_per_unit
        self.largest_move_m = max(self.largest_move_m, move)
        self.n_atoms += len(faces)

    def add_answer(
        self,
        partition: Partition,
        question: Question,
        answer: pd.DataFrame,
        entry: dict[str, Any],
    ) -> None:
        """Keep the standings of the partition added last."""
        chosen = answer[partition.inside]
        first = self.n_atoms - len(chosen)
        self.standings.append(
            pd.DataFrame(
                {
                    "atom_id": np.arange(first, self.n_atoms),
                    "matter": question.matter,
                    "level": question.level,
                    "standing": chosen["standing"].to_numpy(),
                    "leads": chosen["leads"].to_numpy(),
                    "first_receiver": chosen["first_receiver"].to_numpy(),
                }
            )
        )
        self.questions.append(entry)

    def add_findings(self, table: gpd.GeoDataFrame, neighbours: pd.DataFrame) -> None:
        """Keep findings and their neighbours."""
        self.findings.append(table)
        self.neighbours.append(neighbours.assign(finding=neighbours["finding"] + self.n_findings))
        self.n_findings += len(table)

    def run(self, project: Project) -> Run:
        """Return the run, its findings numbered and its certificate written."""
        found = numbered(pd.concat(self.findings, ignore_index=True))
        ids = pd.Series(found["finding_id"].to_numpy(), index=found.index)
        neighbours = pd.concat(self.neighbours, ignore_index=True)
        neighbours.insert(0, "finding_id", neighbours.pop("finding").map(ids))
        tables: dict[str, Any] = {
            name: getattr(project, name)[
                [column.name for column in TABLES[name].columns]
                + (["geometry"] if TABLES[name].geometry else [])
            ]
            for name in _KEPT
        }
        tables |= {
            "atoms": pd.concat(self.atoms, ignore_index=True),
            "standings": pd.concat(self.standings, ignore_index=True),
            "findings": found.reset_index(drop=True),
            "finding_neighbours": neighbours.sort_values(
                ["finding_id", "shared_m", "body"], ascending=[True, False, True]
            ).reset_index(drop=True),
            "lane_findings": numbered_lanes(pd.concat(self.lanes, ignore_index=True)).reset_index(
                drop=True
            ),
        }
        proof = certificate(
            project,
            questions=self.questions,
            claims=self.claims,
            largest_move_m=self.largest_move_m,
            tables=tables,
        )
        return Run(settings=project.settings, certificate=proof, **tables)


#: Columns of the atoms that list the rows covering them, and their tables.
_COVERING = {
    "district_ids": "jurisdiction",
    "claim_ids": "claims",
    "zone_ids": "zones",
    "agreement_ids": "agreements",
}

#: Tables of a project that a run keeps.
_KEPT = ("jurisdiction", "claims", "zones", "agreements", "bodies", "matters")
