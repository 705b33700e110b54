"""Carry the numbers of an earlier run over to a later one, and keep what that rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from gis.digests import digest
from gis.lineage import Earlier, carried_numbers, compare_lanes, compare_places, placed_in
from gis.model.run import Lineage, Past
from gis.model.vocabulary import Relation

if TYPE_CHECKING:
    from gis.lineage import Comparison
    from gis.model.run import Run

#: Columns of earlier findings that lineage looks at, besides ``state``.
PLACE_COLUMNS = ("finding_id", "class", "standing", "matter", "level", "area_m2", "geometry")
LANE_COLUMNS = (
    "lane_finding_id",
    "class",
    "lane_id",
    "matter",
    "level",
    "from_m",
    "to_m",
    "length_m",
    "geometry",
)

#: States of an earlier finding: in the run before, or only in runs before that one.
FOUND, CLOSED = "found", "closed"

#: Digits of shares that are kept: the last ones differ with the version of a projection library.
_DECIMALS_OF_A_SHARE = 6


def past_of(run: Run, *, certificate_sha256: str) -> Past:
    """Return what a later run needs to know of a run and of those before it.

    Parameters
    ----------
    run
        The run before.
    certificate_sha256
        Of its ``certificate.json``, so that the later run names it beyond doubt.
    """
    before = run.lineage.past if run.lineage is not None else None
    return Past(
        certificate_sha256=certificate_sha256,
        findings=_with_those_before(
            run.findings, None if before is None else before.findings, PLACE_COLUMNS
        ),
        lane_findings=_with_those_before(
            run.lane_findings, None if before is None else before.lane_findings, LANE_COLUMNS
        ),
    )


def _with_those_before(
    found: gpd.GeoDataFrame, before: gpd.GeoDataFrame | None, columns: tuple[str, ...]
) -> gpd.GeoDataFrame:
    """Return findings of a run and, in its coordinate system, those that went before it."""
    table = found[list(columns)].assign(state=FOUND)
    if before is None:
        return table
    gone = before[~before[columns[0]].isin(found[columns[0]])]
    if gone.empty:
        return table
    closed = placed_in(gone, found.crs)[list(columns)].assign(state=CLOSED)
    if table.empty:
        return closed.reset_index(drop=True)
    return gpd.GeoDataFrame(pd.concat([table, closed], ignore_index=True), crs=found.crs)


def earlier_places(past: Past) -> Earlier:
    """Return the findings that a later run may go on or open again."""
    return _by_state(past.findings)


def earlier_lanes(past: Past) -> Earlier:
    """Return the findings along lanes that a later run may go on or open again."""
    return _by_state(past.lane_findings)


def _by_state(table: gpd.GeoDataFrame) -> Earlier:
    return Earlier(table[table["state"] == FOUND], table[table["state"] == CLOSED])


def carry_over(run: Run, past: Past) -> Run:
    """Return a run in which findings that were there before have the numbers they had.

    Parameters
    ----------
    run
        A run with the numbers that are drawn from its places alone.
    past
        What was found before.

    Returns
    -------
    run
        Only ids, the digests of the tables that hold them, and the lineage differ.
    """
    crs = run.findings.crs
    past = replace(
        past,
        findings=placed_in(past.findings, crs),
        lane_findings=placed_in(past.lane_findings, crs),
    )
    places = compare_places(earlier_places(past), run.findings)
    lanes = compare_lanes(earlier_lanes(past), run.lane_findings)
    of_place = carried_numbers(places, set(past.findings["finding_id"]))
    of_lane = carried_numbers(lanes, set(past.lane_findings["lane_finding_id"]))
    neighbours = run.finding_neighbours.assign(
        finding_id=run.finding_neighbours["finding_id"].map(of_place)
    )
    changed: dict[str, Any] = {
        "findings": run.findings.assign(finding_id=run.findings["finding_id"].map(of_place)),
        "finding_neighbours": neighbours.sort_values(
            ["finding_id", "shared_m", "body"], ascending=[True, False, True]
        ).reset_index(drop=True),
        "lane_findings": run.lane_findings.assign(
            lane_finding_id=run.lane_findings["lane_finding_id"].map(of_lane)
        ),
    }
    lineage = Lineage(
        past=past,
        finding_links=pd.concat(
            [_links(places, of_place), _links(lanes, of_lane)], ignore_index=True
        ),
    )
    certificate = {
        **run.certificate,
        "tables": {
            **run.certificate["tables"],
            **{name: digest(name, table) for name, table in changed.items()},
        },
        "lineage": {
            "previous_sha256": past.certificate_sha256,
            "tables": {name: digest(name, table) for name, table in lineage.tables().items()},
        },
    }
    return replace(run, **changed, certificate=certificate, lineage=lineage)


def _links(comparison: Comparison, numbers: dict[str, str]) -> pd.DataFrame:
    """Return the table of links with the numbers carried over; what is new or went is in it too."""
    alone = comparison.changes[
        comparison.changes["relation"].isin([Relation.NEW.value, Relation.CLOSED.value])
    ]
    rows = pd.concat(
        [table[list(_LINKED)] for table in (comparison.links, alone)], ignore_index=True
    )
    links = pd.DataFrame(
        {
            "finding_id": [numbers.get(drawn, "") for drawn in rows["finding_id"]],
            "previous_id": rows["previous_id"].tolist(),
            "relation": rows["relation"].tolist(),
            "share": rows[["share_before", "share_after"]]
            .min(axis=1)
            .round(_DECIMALS_OF_A_SHARE)
            .astype("float64"),
        }
    )
    return links.sort_values(["finding_id", "previous_id"], ignore_index=True)


_LINKED = ("finding_id", "previous_id", "relation", "share_before", "share_after")
