"""The claims and agreements on a partition, put into numbers once so that questions are quick."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.partition import CUTTING_TABLES
from gis.duty.agreements import Agreements
from gis.duty.matters import MatterTree
from gis.duty.names import name_codes, sorted_names
from gis.duty.validity import Spans, days
from gis.model.packed import run_starts
from gis.model.vocabulary import EVERY_MATTER, NO_LEVEL, Level, Role

if TYPE_CHECKING:
    import numpy.typing as npt

    from gis.arrangement.partition import Partition
    from gis.duty.validity import DayArray
    from gis.model.arrangement import BoolArray, IntArray
    from gis.model.project import Project

    CodeArray = npt.NDArray[np.int8]

#: Codes of the roles.
ROLE_CODES = {role.value: code for code, role in enumerate(Role)}

#: Ranks of the levels, the coarsest first; that of a claim without one comes before all.
LEVEL_RANKS = {NO_LEVEL: -1, **{level.value: rank for rank, level in enumerate(Level)}}


@dataclass(frozen=True, slots=True)
class Register:
    """All that the answers on one partition rest on, in numbers.

    Parameters
    ----------
    tree
        The tree of matters.
    matters
        Code by matter.
    bodies
        Names, sorted; elsewhere bodies are told by their position here.
    body, role, level, matter
        Body, code of the role, rank of the level and code of the matter of each claim of the
        project, shape (n,).
    speaker
        Who stated each claim, its own body where nobody is named; shape (n,).
    spans
        From when until when each claim may hold.
    valid_to
        The end that each claim states itself, or NaT; shape (n,).
    laid
        Whether each claim was laid into the partition, shape (n,).
    face, claim
        Every pair of a face and a claim that covers it, sorted by face and body; shape (p,).
    starts
        Where the pairs of each face that has any begin, shape (h,).
    agreements
        The agreements.
    n_faces
        Number of faces.
    """

    tree: MatterTree
    matters: dict[str, int]
    bodies: tuple[str, ...]
    body: IntArray
    role: CodeArray
    level: CodeArray
    matter: IntArray
    speaker: IntArray
    spans: Spans
    valid_to: DayArray
    laid: BoolArray
    face: IntArray
    claim: IntArray
    starts: IntArray
    agreements: Agreements
    n_faces: int

    @classmethod
    def of(cls, partition: Partition, project: Project) -> Register:
        """Put the claims and agreements of a project on one of its partitions into numbers."""
        claims, agreements = project.claims, project.agreements
        tree = MatterTree.of(project.matters)
        stated = [claims["matter"].unique(), agreements["matter"].unique()]
        every = dict.fromkeys(chain([EVERY_MATTER], tree.parents, *stated))
        matters = {str(matter): code for code, matter in enumerate(every)}
        speaker = claims["stated_by"].where(claims["stated_by"] != "", claims["body"])
        bodies = sorted_names(
            claims["body"].unique(),
            speaker.unique(),
            agreements["first_receiver"],
            chain.from_iterable(agreements["parties"]),
        )
        body = name_codes(claims["body"], bodies)
        face, claim = partition.rows_on_faces("claims")
        order = np.lexsort((body[claim], face))
        face, claim = face[order], claim[order]
        laid = np.zeros(len(claims), dtype=bool)
        laid[partition.cover_row[partition.cover_table == CUTTING_TABLES.index("claims")]] = True
        return cls(
            tree=tree,
            matters=matters,
            bodies=bodies,
            body=body,
            role=claims["role"].map(ROLE_CODES).to_numpy(dtype=np.int8),
            level=claims["level"].map(LEVEL_RANKS).to_numpy(dtype=np.int8),
            matter=claims["matter"].map(matters).to_numpy(dtype=np.int64),
            speaker=name_codes(speaker, bodies),
            spans=Spans.of(claims, project.bodies),
            valid_to=days(claims["valid_to"]),
            laid=laid,
            face=face,
            claim=claim,
            starts=run_starts(face),
            agreements=Agreements.of(partition, project, matters=matters, bodies=bodies),
            n_faces=len(partition.arrangement),
        )
