"""Take the key of a row where a table names that row by what it is called."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from gis.model.project import Remark

if TYPE_CHECKING:
    from gis.layers.crosschecks import Table


def with_keys(table: Table, column: str, listed: Table, key: str) -> tuple[Table, list[Remark]]:
    """Return a table in which names of another table's rows are replaced by their keys.

    Parameters
    ----------
    table
        The rows; a blank names nothing. A column of lists is looked into.
    column
        Column that names.
    listed, key
        The other table, with ``name_zh`` and ``name_en``, and its column of keys. What is a key
        is none of its names.

    Returns
    -------
    table
        The same rows; names that several rows share stay as they are.
    remarks
        One for each layer that named rows by their names, with how often it did.
    """
    keys = _keys_by_name(listed.frame, key)
    taken: Counter[int] = Counter()
    cells: list[object] = []
    for at, cell in enumerate(table.frame[column]):
        names = cell if isinstance(cell, tuple) else (cell,)
        meant = []
        for name in names:
            of_name = keys.get(name, ())
            taken[table.origin.source[at]] += len(of_name) == 1
            meant.append(of_name[0] if len(of_name) == 1 else name)
        cells.append(tuple(dict.fromkeys(meant)) if isinstance(cell, tuple) else meant[0])
    if not taken.total():
        return table, []
    frame = table.frame.copy()
    frame[column] = pd.Series(cells, index=frame.index, dtype=frame[column].dtype)
    remarks = []
    for source, count in sorted(taken.items()):
        if count:
            file = table.origin.sources[source]
            details: dict[str, object] = {
                "column": column,
                "rows": count,
                "listed": listed_name(key),
                "key": key,
            }
            remarks.append(
                Remark(
                    "converted", "names_taken_for_keys", file.table, file.shown, file.layer, 0,
                    details,
                )
            )  # fmt: skip
    return replace(table, frame=frame), remarks


def listed_name(key: str) -> str:
    """Return the table of which a column is the key: ``bodies`` of ``body_id``."""
    return {"body_id": "bodies", "matter_id": "matters"}[key]


def _keys_by_name(frame: pd.DataFrame, key: str) -> dict[str, tuple[str, ...]]:
    """Return the keys of the rows that bear a name in either language; keys are no names."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for own, *names in zip(frame[key], frame["name_zh"], frame["name_en"], strict=True):
        for name in names:
            found[name][own] = None
    keys = set(frame[key])
    return {
        name: tuple(own)
        for name, own in found.items()
        if name and name not in keys and "" not in own
    }
