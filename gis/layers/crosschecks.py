"""What has to hold between tables: every body, matter and place that one names, another knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis.catalogue import Catalogue, Worded
from gis.layers.refusals import MOST_ERRORS
from gis.layers.shapeless import without_shapes
from gis.model.vocabulary import EVERY_MATTER
from gis.readers.likeness import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import geopandas as gpd

    from gis.errors import InputError
    from gis.layers.checking import Origin

#: So many rows are named in a sentence.
_NAMED = 10

#: Stands between suggestions.
_PARTED = " / "


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


class Rows(tuple[int, ...], Worded):
    """The rows of a layer that share a mistake, from 1; the first of them is told elsewhere."""

    __slots__ = ()

    def in_words(self, texts: Catalogue) -> str:
        """Return how many rows there are and the first few, nothing where there is but one."""
        if len(self) == 1:
            return ""
        first = texts.text("list.between").join(str(row) for row in self[:_NAMED])
        more = " …" if len(self) > _NAMED else ""
        return texts.text("rows.several", count=len(self), rows=first + more)


def errors_by_value(
    origin: Origin,
    column: str,
    wrong: Iterable[tuple[int, str]],
    problem: str,
    details: Callable[[str], dict[str, object]],
) -> list[InputError]:
    """Return an error for each distinct value of a layer, however many rows share it.

    Parameters
    ----------
    origin
        Where each row was read.
    column
        Column of the values.
    wrong
        Index of a row, and the value in it that is wrong.
    problem
        Key of the error.
    details
        Gives what else its sentences name, by value.

    Returns
    -------
    errors
        Each at the first of its rows; ``rows`` among its details are all of them.
    """
    rows: dict[tuple[int, str], list[int]] = {}
    for at, value in wrong:
        rows.setdefault((origin.source[at], value), []).append(at)
    told = {value: details(value) for value in dict.fromkeys(value for _, value in rows)}
    errors = []
    for (_, value), own in rows.items():
        numbers = Rows(origin.row[at] for at in own)
        error = origin.error(own[0], problem, column=column, value=value, rows=numbers)
        error.details.update(told[value])
        errors.append(error)
    return errors


def unknown_names(
    table: Table, column: str, listed: Table, key: str, problem: str
) -> list[InputError]:
    """Return an error for each value that another table does not have, or has under several keys.

    Parameters
    ----------
    table
        The rows; a blank names nothing. A column of lists is looked into.
    column
        Column that names.
    listed, key
        The other table, whose rows may have names in both languages, and its column of keys.
        Where part of it could not be read, nothing is known to be missing.
    problem
        Key of the error of a value that it does not have.
    """
    if not listed.whole:
        return []
    labels = _labels(listed.frame, key)
    keys, known = frozenset(listed.frame[key]), Known(labels)
    unknown = [
        (at, name)
        for at, cell in enumerate(table.frame[column])
        for name in dict.fromkeys(cell if isinstance(cell, tuple) else (cell,))
        if name and name not in keys
    ]
    shared = {name for _, name in unknown if len(labels.get(name, ())) > 1}
    asked = 0

    def closest(name: str) -> dict[str, object]:
        # a suggestion takes a look at every name, and nobody reads so many
        nonlocal asked
        asked += 1
        hint = known.closest(name) if asked <= MOST_ERRORS else ""
        parts = [
            _PARTED.join(labels.get(part, {part: part}).values()) for part in hint.split(_PARTED)
        ]
        return {"suggestion": _PARTED.join(dict.fromkeys(parts)) or "-"}

    def bearing(name: str) -> dict[str, object]:
        return {"key": key, "keys": _PARTED.join(labels[name])}

    origin = table.origin
    unclear = [(at, name) for at, name in unknown if name in shared]
    missing = [(at, name) for at, name in unknown if name not in shared]
    return [
        *errors_by_value(origin, column, unclear, "name_of_several", bearing),
        *errors_by_value(origin, column, missing, problem, closest),
    ]


def _labels(frame: pd.DataFrame, key: str) -> dict[str, dict[str, str]]:
    """Return the keys that a key or name may mean, each with what it is shown as."""
    labels: dict[str, dict[str, str]] = {}
    called_by = [frame[name] for name in ("name_zh", "name_en") if name in frame]
    for own, *names in zip(frame[key], *called_by, strict=True):
        called = next((name for name in names if name and name != own), "")
        for word in (own, *names):
            if word and own:
                labels.setdefault(word, {})[own] = f"{own}（{called}）" if called else own
    return labels


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
        missing = np.flatnonzero(~named & ~drawn & ~refused).tolist()
        keys = frozenset(places.frame["place_id"])
        errors += without_shapes(table.frame, table.origin, missing, keys)
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
