"""Names as numbers in the order of the names, so that comparing numbers compares names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.model.arrangement import IntArray

#: The code of no name.
NO_NAME = -1


def sorted_names(*columns: Iterable[str]) -> tuple[str, ...]:
    """Return all names that some columns hold, each once, sorted; the empty one is none."""
    return tuple(sorted({str(name) for column in columns for name in column} - {""}))


def name_codes(values: Iterable[str], names: tuple[str, ...]) -> IntArray:
    """Return the position of each value among the names, or :data:`NO_NAME`."""
    known = pd.Index(names, dtype=object)
    return known.get_indexer(pd.Index(values, dtype=object)).astype("int64")
