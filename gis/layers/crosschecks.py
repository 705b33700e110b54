"""What has to hold between tables: every body, matter and place that one names, another knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis.layers.refusals import MOST_ERRORS
from gis.model.vocabulary import EVERY_MATTER
from gis.readers.likeness import Known

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.errors import InputError
    from gis.layers.checking import Origin


@dataclass(frozen=True, slots=True)
class Table:
    """A table under checks.

    Parameters
    ----------
    frame
        Its rows, indexed from 0; a GeoDataFrame where the table has geometry.
    origin
        Where each row was read.
    given
        Whether the project has this table at all.
    unusable
        Rows whose geometry is refused already, so that nobody is told twice.
    whole
        Whether all of its layers could be read: nobody is told that a name is missing from a
        table of which a part is missing.
    """

    frame: pd.DataFrame
    origin: Origin
    given: bool
    unusable: frozenset[int] = frozenset()
    whole: bool = True


def unknown_names(
    table: Table, column: str, listed: Table, key: str, problem: str
) -> list[InputError]:
    """Return an error for each row that names what another table does not have.

    Parameters
    ----------
    table
        The rows; a blank names nothing. A column of lists is looked into.
    column
        Column that names.
    listed, key
        The other table, and its column of names. Where part of it could not be read, nothing is
        known to be missing.
    problem
        Key of the error.
    """
    if not listed.whole:
        return []
    known = Known(listed.frame[key])
    errors: list[InputError] = []
    for at, cell in enumerate(table.frame[column]):
        for name in dict.fromkeys(cell if isinstance(cell, tuple) else (cell,)):
            if not name or name in known:
                continue
            # a suggestion takes a look at every name, and nobody reads so many
            hint = known.closest(name) if len(errors) < MOST_ERRORS else ""
            errors.append(
                table.origin.error(at, problem, column=column, value=name, suggestion=hint or "-")
            )
    return errors


def circular_parents(table: Table, key: str, parent: str, problem: str) -> list[InputError]:
    """Return an error for each row that is its own ancestor."""
    parents = dict(zip(table.frame[key], table.frame[parent], strict=True))
    errors = []
    for at, start in enumerate(table.frame[key]):
        seen = set()
        name = parents[start]
        while name and name != start and name not in seen:
            seen.add(name)
            name = parents.get(name, "")
        if name and name == start:
            errors.append(table.origin.error(at, problem, column=parent, value=start))
    return errors


def join_places(
    table: Table, places: Table, *, geometry_required: bool
) -> tuple[gpd.GeoDataFrame, list[InputError]]:
    """Return a table with the geometry of the places that its rows name.

    Parameters
    ----------
    table
        Claims or agreements, with ``geometry`` and ``place_id``.
    places
        Places in the same coordinate system.
    geometry_required
        Whether a row needs a geometry of its own or of a place.

    Returns
    -------
    joined
        New table; ``accuracy_m`` is the place's where the row states none.
    errors
        Rows with both, with neither, or with a place that does not exist.
    """
    joined: gpd.GeoDataFrame = table.frame.copy()
    named = joined["place_id"].to_numpy() != ""
    drawn = ~shapely.is_missing(joined.geometry.to_numpy())
    refused = np.isin(np.arange(len(joined)), list(table.unusable))
    errors = []
    if places.given:
        errors += [
            table.origin.error(
                int(at), "geometry_and_place", value=joined["place_id"].iloc[at], column="place_id"
            )
            for at in np.flatnonzero(named & drawn)
        ]
    if geometry_required:
        errors += [
            table.origin.error(int(at), "geometry_missing")
            for at in np.flatnonzero(~named & ~drawn & ~refused)
        ]
    wanting = named & ~drawn & ~refused
    errors += unknown_names(
        Table(
            pd.DataFrame({"place_id": joined["place_id"].where(wanting, "")}), table.origin, True
        ),
        "place_id",
        places,
        "place_id",
        "place_not_listed",
    )
    row_of_place = {name: at for at, name in enumerate(places.frame["place_id"])}
    rows = [at for at in np.flatnonzero(wanting) if joined["place_id"].iloc[at] in row_of_place]
    place_rows = [row_of_place[joined["place_id"].iloc[at]] for at in rows]
    if rows:
        geometry = joined.geometry.to_numpy().copy()
        geometry[rows] = places.frame["geometry"].to_numpy()[place_rows]
        joined = joined.set_geometry(geometry, crs=joined.crs)
        if "accuracy_m" in joined:
            accuracy = joined["accuracy_m"].to_numpy().copy()
            of_place = places.frame["accuracy_m"].to_numpy()[place_rows]
            accuracy[rows] = np.where(np.isnan(accuracy[rows]), of_place, accuracy[rows])
            joined["accuracy_m"] = accuracy
    return joined, errors


def bodies_named(claims: pd.DataFrame, agreements: pd.DataFrame, lanes: pd.DataFrame) -> list[str]:
    """Return every body that a claim, agreement or lane names, in the order of first mention."""
    parties = [name for names in agreements["parties"] for name in names]
    mentioned = [*claims["body"], *parties, *agreements["first_receiver"], *lanes["body"]]
    return [name for name in dict.fromkeys(mentioned) if name]


def matters_named(claims: pd.DataFrame) -> list[str]:
    """Return every matter that a claim names, in the order of first mention."""
    return [name for name in dict.fromkeys(claims["matter"]) if name != EVERY_MATTER]


def with_names(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return a table in which the names of either language stand in for each other, or the key."""
    zh, en, own = frame["name_zh"], frame["name_en"], frame[key]
    either_zh = zh.where(zh != "", en)
    either_en = en.where(en != "", zh)
    return frame.assign(
        name_zh=either_zh.where(either_zh != "", own), name_en=either_en.where(either_en != "", own)
    )
