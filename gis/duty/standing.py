"""How every face stands for a question: who leads it, or why nobody does.

The rules, in the order in which they are applied to one face, matter and day:

1. A claim is in force from ``valid_from`` up to but not including ``valid_to``, while its status is
   claimed or confirmed and its body exists.
2. Of the claims of one role and level, those on the nearest ancestor of the matter count; a claim
   on the matter itself displaces one inherited from its parent (the special rule before the
   general one).
3. A claim that states no level counts at every level that is asked.
4. Two or more leading bodies at one level contest the face, unless an agreement in force names
   them all: then they hold it jointly. Of several such agreements the special one counts.
5. Led at a coarser level only, a face is not passed down; led at a finer level only, it is
   answered there.
6. Led at no level, it is a gap: leaderless where a body assists, else covered by fallback only,
   else lapsed where a lead claim has ended, else void.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from gis.duty.matters import MatterTree, claims_seen
from gis.duty.validity import ended, in_force
from gis.model.vocabulary import NO_LEVEL, Level, Role, Standing

if TYPE_CHECKING:
    from datetime import date

    from gis.arrangement.partition import Partition
    from gis.duty.question import Question
    from gis.model.project import Project


@dataclass(frozen=True, slots=True)
class Duties:
    """The claims on each face that speak about one matter on one day.

    Parameters
    ----------
    table
        One row per (face, claim): ``face``, ``claim`` (row of the claims table), ``body``,
        ``role``, ``level``, ``distance``, ``in_force``, ``ended`` (bool), ``valid_to``.
    agreements
        Agreements in force for the matter: ``agreement`` (row), ``parties``, ``first_receiver``,
        ``everywhere`` (whether it is not bound to a place).
    agreement_faces
        Faces that each drawn agreement covers, by row.
    faces
        Number of faces.
    """

    table: pd.DataFrame
    agreements: pd.DataFrame
    agreement_faces: dict[int, frozenset[int]]
    faces: int

    def leading(self) -> pd.DataFrame:
        """Return the rows of lead claims in force."""
        return self.table[self.table["in_force"] & (self.table["role"] == Role.LEAD)]


def duties_on(partition: Partition, project: Project, matter: str, as_of: date) -> Duties:
    """Collect the claims on each face of a partition for a matter and day."""
    rows, distance = claims_seen(project, matter)
    claims = project.claims.iloc[rows]
    known = pd.DataFrame(
        {
            "claim": rows,
            "body": claims["body"].to_numpy(),
            "role": claims["role"].to_numpy(),
            "level": claims["level"].to_numpy(),
            "distance": distance,
            "in_force": in_force(claims, project.bodies, as_of).to_numpy(),
            "ended": ended(claims, project.bodies, as_of).to_numpy(),
            "valid_to": claims["valid_to"].to_numpy(),
        }
    )
    face, claim = partition.rows_on_faces("claims")
    table = pd.DataFrame({"face": face, "claim": claim}).merge(known, on="claim", how="inner")
    agreements = _agreements_in_force(project, matter, pd.Timestamp(as_of))
    drawn_face, drawn = partition.rows_on_faces("agreements")
    return Duties(
        table=table,
        agreements=agreements,
        agreement_faces={
            int(row): frozenset(drawn_face[drawn == row].tolist()) for row in np.unique(drawn)
        },
        faces=len(partition.arrangement.faces),
    )


def _agreements_in_force(project: Project, matter: str, day: pd.Timestamp) -> pd.DataFrame:
    """Return the agreements in force, the special before the general.

    A nearer matter comes before an ancestor, a drawn place before everywhere, a later signing
    before an earlier one.
    """
    agreements = project.agreements
    lineage = MatterTree.of(project.matters).lineage(matter)
    table = pd.DataFrame(
        {
            "agreement": np.arange(len(agreements)),
            "parties": agreements["parties"],
            "first_receiver": agreements["first_receiver"],
            "everywhere": agreements.geometry.isna(),
            "distance": [lineage.index(of) if of in lineage else -1 for of in agreements["matter"]],
            "signed_on": agreements["signed_on"],
            "agreement_id": agreements["agreement_id"],
        }
    )
    in_force = ~(agreements["signed_on"] > day) & ~(agreements["valid_to"] <= day)
    chosen: pd.DataFrame = table[in_force & (table["distance"] >= 0)]
    return chosen.sort_values(
        ["distance", "everywhere", "signed_on", "agreement_id"],
        ascending=[True, True, False, True],
    )


def standings(duties: Duties, question: Question) -> pd.DataFrame:
    """Answer a question for every face.

    Returns
    -------
    standings
        Index: the faces 0 … f-1. ``standing``; ``leads``, the leading bodies (at other levels
        where nobody leads at this one); ``others``, the bodies that explain a gap (assistants,
        fallback bodies, those whose claim ended); ``first_receiver``; ``lapsed_on`` (ISO date of
        the last end of a lead claim, or ``""``). Bodies are sorted tuples.
    """
    force = duties.table[duties.table["in_force"]]
    leads = force[force["role"] == Role.LEAD]
    here = _bodies_by_face(_nearest(leads[leads["level"].isin([question.level, NO_LEVEL])]))
    coarser, finer = _other_levels(leads, question.level)
    answer = pd.DataFrame(
        {
            "standing": Standing.VOID.value,
            "leads": [()] * duties.faces,
            "others": [()] * duties.faces,
            "first_receiver": "",
            "lapsed_on": "",
        },
        index=pd.RangeIndex(duties.faces, name="face"),
    )
    _explain_gaps(answer, duties, pd.Timestamp(question.as_of))
    # from the weakest answer to the strongest: what comes later overrides
    for standing, bodies in (
        (Standing.ELSEWHERE, finer),
        (Standing.NOT_PASSED_DOWN, coarser),
        (Standing.SOLE, here),
    ):
        answer.loc[bodies.index, "standing"] = standing.value
        answer.loc[bodies.index, "leads"] = bodies
        answer.loc[bodies.index, "others"] = pd.Series([()] * len(bodies), bodies.index)
    _settle_overlaps(answer, duties, here)
    return answer


def _nearest(claims: pd.DataFrame) -> pd.DataFrame:
    """Keep, on each face, the claims on the nearest ancestor of the matter."""
    nearest = claims.groupby("face")["distance"].transform("min")
    return claims[claims["distance"] == nearest]


def _bodies_by_face(claims: pd.DataFrame) -> pd.Series[Any]:
    """Return the sorted distinct bodies by face."""
    distinct = claims[["face", "body"]].drop_duplicates().sort_values(["face", "body"])
    faces, first = np.unique(distinct["face"].to_numpy(), return_index=True)
    names = distinct["body"].tolist()
    cuts = [*first.tolist(), len(names)]
    bodies = [tuple(names[start:end]) for start, end in pairwise(cuts)]
    return pd.Series(bodies, index=pd.Index(faces, name="face"), dtype=object)


def _other_levels(leads: pd.DataFrame, level: str) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return the leads by face at the nearest coarser level, and at the nearest finer one."""
    order = {name.value: rank for rank, name in enumerate(Level)}
    rank = leads["level"].map(order)
    asked = order.get(level, -1)
    coarser, finer = rank < asked, rank > asked
    return (
        _bodies_by_face(_nearest(leads[coarser & (rank == _best(leads, rank, coarser, "max"))])),
        _bodies_by_face(_nearest(leads[finer & (rank == _best(leads, rank, finer, "min"))])),
    )


def _best(
    leads: pd.DataFrame, rank: pd.Series[Any], side: pd.Series[bool], choice: Literal["min", "max"]
) -> pd.Series[Any]:
    """Return, for every claim, the rank of the level on one side that is nearest on its face."""
    return rank.where(side).groupby(leads["face"]).transform(choice)


def _explain_gaps(answer: pd.DataFrame, duties: Duties, day: pd.Timestamp) -> None:
    """Fill in, for every face, what it would be if nobody led it."""
    table = duties.table
    lapsed = table[table["ended"] & (table["role"] == Role.LEAD)]
    force = table[table["in_force"]]
    for standing, claims in (
        (Standing.LAPSED, lapsed),
        (Standing.FALLBACK_ONLY, force[force["role"] == Role.FALLBACK]),
        (Standing.LEADERLESS, force[force["role"] == Role.ASSIST]),
    ):
        bodies = _bodies_by_face(_nearest(claims))
        answer.loc[bodies.index, "standing"] = standing.value
        answer.loc[bodies.index, "others"] = bodies
    # a claim called expired before its date has ended on a day that nobody stated
    over = lapsed[lapsed["valid_to"] <= day]
    last_end = over.groupby("face")["valid_to"].max()
    answer.loc[last_end.index, "lapsed_on"] = last_end.dt.strftime("%Y-%m-%d")
    receivers = _bodies_by_face(_nearest(force[force["role"] == Role.FIRST_RECEIVER]))
    answer.loc[receivers.index, "first_receiver"] = receivers.map(lambda bodies: bodies[0])


def _settle_overlaps(answer: pd.DataFrame, duties: Duties, here: pd.Series[Any]) -> None:
    """Tell joint from contested where two or more bodies lead at the level asked."""
    unsettled = here[here.map(len) > 1]
    answer.loc[unsettled.index, "standing"] = Standing.CONTESTED.value
    for agreement in duties.agreements.to_dict("records"):
        parties = frozenset(agreement["parties"])
        where = duties.agreement_faces.get(agreement["agreement"], frozenset())
        held = pd.Index(
            [
                face
                for face, bodies in unsettled.items()
                if parties.issuperset(bodies) and (agreement["everywhere"] or face in where)
            ]
        )
        answer.loc[held, "standing"] = Standing.JOINT.value
        answer.loc[held, "first_receiver"] = str(agreement["first_receiver"])
        unsettled = unsettled.drop(held)
