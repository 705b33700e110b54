"""Compare the findings of two runs: a row for each later finding, and for each that went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.lineage.matching import links_of
from gis.lineage.overlaps import overlaps_of_places, overlaps_of_stretches
from gis.measure import EllipsoidMeasure
from gis.model.vocabulary import Relation, wanting

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyproj import CRS

    from gis.lineage.overlaps import Overlaps


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a run may go on.

    Parameters
    ----------
    found
        Findings of the run before, with the columns of its table.
    closed
        Findings of runs before that one which were not there in it any more, with the same
        columns or fewer; what is found there again is reopened.
    """

    found: gpd.GeoDataFrame
    closed: gpd.GeoDataFrame


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the findings of one run in another.

    Parameters
    ----------
    changes
        A row for each later finding in its order, then one for each earlier one that no later
        finding goes on: ``finding_id`` (``""`` if it went), ``previous_id`` (the one whose number
        it may keep or, of a part split off, the one it comes from; ``""`` if it is new),
        ``relation``, ``keeps`` (whether it goes on ``previous_id``), ``share_before``,
        ``share_after`` (of either in the other, 0 to 1), ``class_before``, ``class``,
        ``matter``, ``level``, ``size_before``, ``size`` (m² or m; NaN where there is none),
        ``geometry`` (the later one's, else the earlier one's).
    links
        Every link: ``finding_id``, ``previous_id``, ``relation``, ``share_before``,
        ``share_after``, ``keeps``.
    """

    changes: gpd.GeoDataFrame
    links: pd.DataFrame


def compare_places(earlier: Earlier, later: gpd.GeoDataFrame) -> Comparison:
    """Compare findings by the ground that they have in common.

    Parameters
    ----------
    earlier
        Tables ``findings`` of docs/run-folder.md.
    later
        The same table of another run; of another coordinate system too.

    Returns
    -------
    comparison
        Sizes are square metres on the ellipsoid.
    """
    crs = later.crs
    here = Earlier(placed_in(earlier.found, crs), placed_in(earlier.closed, crs))

    def overlaps(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> Overlaps:
        shapes = before.geometry.to_numpy(), after.geometry.to_numpy()
        measure = EllipsoidMeasure.around(np.concatenate(shapes), crs)
        return overlaps_of_places(*shapes, _questions(before), _questions(after), measure)

    return _compared(here, later, "finding_id", "area_m2", overlaps)


def compare_lanes(earlier: Earlier, later: gpd.GeoDataFrame) -> Comparison:
    """Compare findings along lanes by the metres of one lane that they have in common.

    Parameters
    ----------
    earlier
        Tables ``lane_findings`` of docs/run-folder.md; lanes are known by their ``lane_id``.
    later
        The same table of another run.

    Returns
    -------
    comparison
        Sizes are metres along the lane.
    """

    def overlaps(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> Overlaps:
        return overlaps_of_stretches(
            before[["from_m", "to_m"]].to_numpy(dtype=np.float64),
            after[["from_m", "to_m"]].to_numpy(dtype=np.float64),
            _keys(before, "lane_id"),
            _keys(after, "lane_id"),
        )

    return _compared(earlier, later, "lane_finding_id", "length_m", overlaps)


def placed_in(table: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """Return a table in a coordinate system, its shapes valid there."""
    if table.crs == crs:
        return table
    there = table.to_crs(crs)
    shapes = there.geometry.to_numpy().copy()
    # where vertices move by different amounts, narrow places may cross themselves
    wrong = ~shapely.is_valid(shapes)
    shapes[wrong] = shapely.make_valid(shapes[wrong], method="structure")
    return there.set_geometry(gpd.GeoSeries(shapes, index=there.index, crs=crs))


def _questions(table: gpd.GeoDataFrame) -> list[str]:
    return _keys(table.assign(wanting=table["standing"].map(wanting)), "wanting")


def _keys(table: gpd.GeoDataFrame, column: str) -> list[str]:
    """Return a text for each row that is equal where a column, matter and level are."""
    parts = (table[name].tolist() for name in (column, "matter", "level"))
    return ["\x1f".join(map(str, each)) for each in zip(*parts, strict=True)]


def _compared(
    earlier: Earlier,
    later: gpd.GeoDataFrame,
    key: str,
    size: str,
    overlaps: Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame], Overlaps],
) -> Comparison:
    """Link the later findings with those of the run before; the rest with those closed before."""
    links = _linked(earlier.found, later, key, overlaps)
    fresh = later[~later[key].isin(links["finding_id"])]
    again = _linked(earlier.closed, fresh, key, overlaps)
    again = again[again["keeps"]].assign(relation=Relation.REOPENED.value)
    links = pd.concat([links, again], ignore_index=True)
    # a finding that was closed, reopened and closed again is the one that was there last
    before = _facts(earlier.closed, key, size) | _facts(earlier.found, key, size)
    ids = earlier.found[key].tolist()
    changes = _changes(links, ids, before, _facts(later, key, size))
    # a column without rows is no column of shapes
    shapes = gpd.GeoSeries(changes["geometry"].tolist(), crs=later.crs)
    drawn = gpd.GeoDataFrame(changes.drop(columns="geometry"), geometry=shapes)
    return Comparison(drawn, links)


def _linked(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    key: str,
    overlaps: Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame], Overlaps],
) -> pd.DataFrame:
    """Return the links of two tables, the largest overlap first."""
    if before.empty or after.empty:
        return pd.DataFrame({name: [] for name in _LINK_COLUMNS}).astype(_LINK_COLUMNS)
    ids = before[key].tolist(), after[key].tolist()
    found = links_of(overlaps(before, after), *ids)
    return pd.DataFrame(
        {
            "finding_id": [ids[1][position] for position in found.after],
            "previous_id": [ids[0][position] for position in found.before],
            "relation": [relation.value for relation in found.relation],
            "share_before": found.share_before,
            "share_after": found.share_after,
            "keeps": found.keeps,
        }
    ).astype(_LINK_COLUMNS)


#: Without rows pandas would take every column for numbers.
_LINK_COLUMNS: Any = {
    "finding_id": "object",
    "previous_id": "object",
    "relation": "object",
    "share_before": "float64",
    "share_after": "float64",
    "keeps": "bool",
}


def _facts(table: gpd.GeoDataFrame, key: str, size: str) -> dict[str, dict[str, Any]]:
    """Return what is told of findings, by their number."""
    names = ("class", "matter", "level", "size", "geometry")
    columns = [table[name].tolist() for name in ("class", "matter", "level", size)]
    rows = zip(*columns, table.geometry.tolist(), strict=True)
    return {
        number: dict(zip(names, row, strict=True))
        for number, row in zip(table[key].tolist(), rows, strict=True)
    }


def _changes(
    links: pd.DataFrame,
    before_ids: list[str],
    before: dict[str, dict[str, Any]],
    after: dict[str, dict[str, Any]],
) -> pd.DataFrame:
    """Return the rows of :attr:`Comparison.changes`."""
    # those that keep a number first, so that what is told of a finding is its main link
    told = links.sort_values("keeps", ascending=False, kind="stable")
    forward = _by_id(told, "finding_id")
    backward = _by_id(told, "previous_id")
    kept = set(links.loc[links["keeps"], "previous_id"])
    rows: list[dict[str, Any]] = []
    for number in after:
        link = forward.get(number, _NO_LINK)
        relation = link["relation"] if link["keeps"] else Relation.SPLIT.value
        if not link["previous_id"]:
            relation = Relation.NEW.value
        rows.append({**link, "finding_id": number, "relation": relation})
    for number in sorted(set(before_ids) - kept):
        link = backward.get(number, _NO_LINK)
        relation = Relation.MERGED.value if link["finding_id"] else Relation.CLOSED.value
        rows.append({**link, "previous_id": number, "relation": relation})
    for row in rows:
        mine, theirs = before.get(row["previous_id"], {}), after.get(row["finding_id"], {})
        row.update(theirs or mine)
        row["class_before"], row["class"] = mine.get("class", ""), theirs.get("class", "")
        row["size_before"], row["size"] = mine.get("size", np.nan), theirs.get("size", np.nan)
    table = pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))
    return table.astype({**_LINK_COLUMNS, "size_before": "float64", "size": "float64"})


def _by_id(links: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """Return the first link of each finding."""
    first = links.drop_duplicates(key)
    names = [str(name) for name in first.columns]
    rows = (dict(zip(names, row, strict=True)) for row in first.itertuples(index=False))
    return {row[key]: row for row in rows}


_NO_LINK: dict[str, Any] = {
    "finding_id": "",
    "previous_id": "",
    "relation": "",
    "share_before": 0.0,
    "share_after": 0.0,
    "keeps": False,
}


#: Columns of :attr:`Comparison.changes`.
CHANGE_COLUMNS = (
    "finding_id",
    "previous_id",
    "relation",
    "keeps",
    "share_before",
    "share_after",
    "class_before",
    "class",
    "matter",
    "level",
    "size_before",
    "size",
    "geometry",
)
