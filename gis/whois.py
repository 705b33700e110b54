"""Who answers at a point: the lead of every matter, or the finding and who takes the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from gis.duty import MatterTree
from gis.duty.validity import in_force
from gis.errors import InputError
from gis.measure import WGS84, transformer
from gis.model.vocabulary import Role
from gis.near_border import SURE, near_border

if TYPE_CHECKING:
    from gis.model.run import Run


@dataclass(frozen=True, slots=True)
class Ground:
    """A claim that an answer rests on.

    Parameters
    ----------
    claim_id, body, role, level, matter, basis, basis_ref
        As recorded; ``matter`` may be an ancestor of the one asked.
    valid_from, valid_to
        ISO dates, or ``""``.
    """

    claim_id: str
    body: str
    role: str
    level: str
    matter: str
    basis: str
    basis_ref: str
    valid_from: str
    valid_to: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the project's ordinance says of a finding that the point lies in.

    Parameters
    ----------
    finding_id, rule_id, article, role, body, unresolved, confidence
        As in docs/law.md; ``body`` is ``""`` where ``unresolved`` tells why.
    """

    finding_id: str
    rule_id: str
    article: str
    role: str
    body: str
    unresolved: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for one matter at one level.

    Parameters
    ----------
    matter, level
        What was asked.
    standing
        How the atom stands.
    leads
        Leading bodies.
    assists
        Assisting bodies.
    first_receiver
        Who takes the first call: whom an agreement or claim names, else the one lead, else the one
        fallback body; ``""`` where the finding's number has to stand in for a body.
    finding_ids
        Findings that the point lies in.
    grounds
        Claims in force that the answer rests on.
    districts
        Districts that the point lies in.
    basis, basis_ref, since, until
        Of the claim nearest to the matter among those of the leads, or else of the fallback bodies;
        ISO dates, ``""`` for none.
    border_m
        Metres to the nearest ground with other leads, or None where there is none.
    border_accuracy_m
        Nearer than this the borders are too inexact to tell which side the point is on.
    certainty
        ``sure``, ``within_accuracy``, or ``sure`` where there is no such border.
    beyond
        Who leads beyond that border.
    proposals
        What the project's ordinance says, finding by finding.
    """

    matter: str
    level: str
    standing: str
    leads: tuple[str, ...]
    assists: tuple[str, ...]
    first_receiver: str
    finding_ids: tuple[str, ...]
    grounds: tuple[Ground, ...]
    districts: tuple[str, ...]
    basis: str = ""
    basis_ref: str = ""
    since: str = ""
    until: str = ""
    border_m: float | None = None
    border_accuracy_m: float | None = None
    certainty: str = SURE
    beyond: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def who_answers(run: Run, lon: float, lat: float, *, matter: str | None = None) -> list[Answer]:
    """Return who answers at a point.

    Parameters
    ----------
    run
        The run to ask.
    lon, lat
        WGS 84 degrees.
    matter
        One matter; all by default.

    Returns
    -------
    answers
        By matter and level; empty outside the jurisdiction. On a border between atoms there is an
        answer for each side.

    Raises
    ------
    InputError
        If the point is not on the globe, or the matter is not one that the run asked about.
    """
    point = _point(run, lon, lat)
    atoms = run.atoms.iloc[run.atoms.sindex.query(point, predicate="intersects")]
    asked = run.standings
    if matter is not None:
        if matter not in set(asked["matter"]):
            raise InputError("unknown_matter", column="matter", value=matter)
        asked = asked[asked["matter"] == matter]
    asked = asked[asked["atom_id"].isin(atoms["atom_id"])]
    findings = run.findings.iloc[run.findings.sindex.query(point, predicate="intersects")]
    rows = asked.merge(atoms.drop(columns="geometry"), on="atom_id")
    return [_answer(run, point, row, findings) for _, row in rows.iterrows()]


def _point(run: Run, lon: float, lat: float) -> shapely.Point:
    # NaN fails both comparisons
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - the globe
        raise InputError("not_on_the_globe", value=f"{lon}, {lat}")
    to_crs = transformer(WGS84, run.atoms.crs)
    return shapely.Point(to_crs.transform(lon, lat))


def _answer(run: Run, point: shapely.Point, row: pd.Series, findings: pd.DataFrame) -> Answer:
    grounds = _grounds(run, row)
    wanting = findings[
        (findings["matter"] == row["matter"]) & findings["level"].isin([row["level"], ""])
    ]
    leads = tuple(row["leads"])
    fallback = sorted({ground.body for ground in grounds if ground.role == Role.FALLBACK})
    answering = leads or tuple(fallback)
    receiver = row["first_receiver"] or (answering[0] if len(answering) == 1 else "")
    wanted = Role.LEAD if leads else Role.FALLBACK
    first = next((ground for ground in grounds if ground.role == wanted), None)
    border = near_border(run, point, row)
    return Answer(
        matter=row["matter"],
        level=row["level"],
        standing=row["standing"],
        leads=leads,
        assists=tuple(sorted({ground.body for ground in grounds if ground.role == Role.ASSIST})),
        first_receiver=receiver,
        finding_ids=tuple(wanting["finding_id"]),
        grounds=grounds,
        districts=tuple(row["district_ids"]),
        basis=first.basis if first else "",
        basis_ref=first.basis_ref if first else "",
        since=first.valid_from if first else "",
        until=first.valid_to if first else "",
        border_m=border.distance_m if border else None,
        border_accuracy_m=border.accuracy_m if border else None,
        certainty=border.certainty if border else SURE,
        beyond=border.beyond if border else (),
        proposals=_proposals(wanting),
    )


def _proposals(wanting: pd.DataFrame) -> tuple[Proposal, ...]:
    """Return what the ordinance says of findings; nothing where none speaks."""
    if "rule_id" not in wanting:
        return ()
    return tuple(
        Proposal(
            finding_id=row["finding_id"],
            rule_id=row["rule_id"],
            article=row["article"],
            role=row["proposed_role"],
            body=row["proposed_body"],
            unresolved=row["unresolved"],
            confidence=float(row["confidence"]),
        )
        for _, row in wanting[wanting["rule_id"] != ""].iterrows()
    )


def _grounds(run: Run, row: pd.Series) -> tuple[Ground, ...]:
    """Return the claims in force on an atom that speak about the matter, the nearest first."""
    lineage = MatterTree.of(run.matters).lineage(row["matter"])
    claims = run.claims[
        run.claims["claim_id"].isin(row["claim_ids"])
        & run.claims["matter"].isin(lineage)
        & in_force(run.claims, run.bodies, run.settings.as_of)
        # who leads at another level is an answer to another question
        & ((run.claims["role"] != Role.LEAD) | run.claims["body"].isin(row["leads"]))
    ]
    distance = claims["matter"].map(lineage.index)
    return tuple(
        Ground(
            claim_id=claim.claim_id,
            body=claim.body,
            role=claim.role,
            level=claim.level,
            matter=claim.matter,
            basis=claim.basis,
            basis_ref=claim.basis_ref,
            valid_from=_day(claim.valid_from),
            valid_to=_day(claim.valid_to),
        )
        for claim in claims.loc[distance.sort_values(kind="stable").index].itertuples()
    )


def _day(value: pd.Timestamp) -> str:
    return "" if pd.isna(value) else value.date().isoformat()
