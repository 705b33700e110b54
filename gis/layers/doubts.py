"""What nothing forbids and yet is hardly meant: a row stated twice, a shape in the wrong place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis.model.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.layers.crosschecks import Table
    from gis.model.arrangement import GeometryArray, IntArray


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a row that a person should look at.

    Parameters
    ----------
    table, at
        Table, and index of the row in it.
    problem
        Key ``remark.<problem>`` and ``remedy.<problem>`` in the catalogues.
    column
        Column it is about, or None.
    details
        Values that its sentence names.
    place
        Where it is, in the working coordinate system; None where that is anywhere in the row's
        shape.
    """

    table: str
    at: int
    problem: str
    column: str | None = None
    details: dict[str, object] = field(default_factory=dict)
    place: shapely.Point | None = None


#: What makes two rows the same statement, beside the same shape.
_STATEMENT = {
    "claims": ("body", "role", "matter", "level", "status", "stated_by"),
    "jurisdiction": (),
    "places": ("kind",),
    "zones": ("kind",),
    "lanes": ("body",),
    "cases": ("matter", "reported_at"),
    "agreements": ("parties", "matter", "first_receiver", "signed_on", "valid_to"),
}

#: So many rows are named in a sentence.
_NAMED = 10


def repeated_rows(tables: dict[str, Table]) -> list[Doubt]:
    """Return a doubt for each group of rows that state the same about the same shape.

    It stands at the second of them and names all.
    """
    doubts: list[Doubt] = []
    for name, columns in _STATEMENT.items():
        table = tables[name]
        terms = ("valid_from", "valid_to") if name == "claims" else ()
        doubts += [
            Doubt(
                name,
                int(rows[1]),
                "row_repeated",
                details={
                    "rows": _named(table, rows, seen_from=int(rows[1])),
                    "count": len(rows),
                },
            )
            for rows in _groups(table, [*columns, *terms], shapeless=name == "agreements")
        ]
    return doubts


def overlapping_terms(claims: Table) -> list[Doubt]:
    """Return a doubt for each claim whose term overlaps that of the same claim in another row.

    Rows that state the same term are repeated rows, and not told again.
    """
    doubts = []
    start = _seconds(claims.frame["valid_from"], np.iinfo(np.int64).min)
    end = _seconds(claims.frame["valid_to"], np.iinfo(np.int64).max)
    for rows in _groups(claims, list(_STATEMENT["claims"])):
        order = rows[np.lexsort((rows, end[rows], start[rows]))]
        last = order[0]
        for at in order[1:]:
            same = start[at] == start[last] and end[at] == end[last]
            if start[at] < end[last] and not same:
                both = np.array([last, at])
                doubts.append(
                    Doubt(
                        "claims",
                        int(at),
                        "terms_overlap",
                        column="valid_from",
                        details={"other": _named(claims, both[:1], seen_from=int(at))},
                    )
                )
            if end[at] > end[last]:
                last = at
    return doubts


def nameless_districts(jurisdiction: Table) -> list[Doubt]:
    """Return a doubt for all rows of the jurisdiction without a name, at the first of them."""
    frame = jurisdiction.frame
    rows = np.flatnonzero(((frame["name_zh"] == "") & (frame["name_en"] == "")).to_numpy())
    if len(rows) == 0:
        return []
    first = int(rows[0])
    details: dict[str, object] = {
        "count": len(rows),
        "key": str(frame[TABLES["jurisdiction"].key].iloc[first]),
    }
    return [Doubt("jurisdiction", first, "district_nameless", details=details)]


def shape_numbers(geometry: GeometryArray) -> IntArray:
    """Return a number for each shape, the same for equal ones and -1 where there is none.

    Shapes are equal if they have the same vertices, whatever the first one is.
    """
    bounds = shapely.bounds(geometry)
    keys = pd.DataFrame(bounds, columns=list("wsen"))
    keys["points"] = shapely.get_num_coordinates(geometry)
    alike = keys.duplicated(keep=False).to_numpy() & ~shapely.is_missing(geometry)
    keys["drawn"] = np.arange(len(keys)).astype(object)
    if alike.any():
        keys.loc[alike, "drawn"] = shapely.to_wkb(shapely.normalize(geometry[alike]))
    numbers = pd.factorize(keys["drawn"])[0].astype(np.int64)
    numbers[shapely.is_missing(geometry)] = -1
    return numbers


def _groups(table: Table, columns: list[str], *, shapeless: bool = False) -> Iterator[IntArray]:
    """Yield the indices of rows that agree in shape and columns, where there is more than one."""
    frame = table.frame
    if len(frame) < 2:  # noqa: PLR2004 - a pair
        return
    keys = frame[columns].reset_index(drop=True)
    keys = pd.DataFrame(keys).assign(**{"": shape_numbers(frame.geometry.to_numpy())})
    if not shapeless:
        keys = keys[keys[""] >= 0]
    keys = keys[keys.duplicated(keep=False)]
    for _, group in keys.groupby(list(keys.columns), dropna=False, sort=False):
        yield group.index.to_numpy(dtype=np.int64)


def _named(table: Table, rows: IntArray, *, seen_from: int) -> str:
    """Return the numbers of rows, each with its file where that is not the one seen from."""
    origin = table.origin
    own = origin.source[seen_from]
    names = [
        str(origin.row[at])
        if origin.source[at] == own
        else f"{origin.sources[origin.source[at]].shown} {origin.row[at]}"
        for at in rows[:_NAMED].tolist()
    ]
    return ", ".join(names) + (" …" if len(rows) > _NAMED else "")


def _seconds(days: pd.Series, missing: int) -> IntArray:
    seconds = days.to_numpy().astype("datetime64[s]").astype(np.int64)
    return np.where(days.isna().to_numpy(), missing, seconds)
