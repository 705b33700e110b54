"""A table on a page: sorted, cut into pages, and with addresses that keep what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np

from webmap.service.filters import FILTER_NAMES, LEAST_NAMES, whole_number, word

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from webmap.service.served import FeatureTable, IntArray
    from webmap.service.wording import Wording

#: Rows on one page: what a reader may choose from, the first unless told otherwise.
SIZES = (25, 50, 100, 200)

LAST_PAGE = 10**7

#: What a table may be sorted by; ``size`` is its area or length.
SORT_KEYS = ("class", "size", "matter", "district", "id")
DEFAULT_SORT = "class"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a table.

    Parameters
    ----------
    path
        Address of the table without its query.
    kept
        Query parameters to keep in every address: filters, language.
    positions
        Rows on this page.
    matched, total
        Rows that the filters leave, and rows that there are.
    page, pages
        Number of this page and how many there are; both at least 1.
    size
        Rows on a full page.
    sort
        What it is sorted by; ``-`` in front means falling.
    """

    path: str
    kept: tuple[tuple[str, str], ...]
    positions: IntArray
    matched: int
    total: int
    page: int
    pages: int
    size: int
    sort: str

    @property
    def first(self) -> int:
        """Number of the first row on this page, counted from 1."""
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Number of the last row on this page."""
        return self.first + len(self.positions) - 1

    def page_address(self, page: int) -> str:
        """Return the address of another page of the same rows."""
        return self._address(sort=self.sort, size=str(self.size), page=str(page))

    def sort_address(self, key: str) -> str:
        """Return the address that sorts by a key, or turns the order round."""
        rising = _first_order(key)
        turned = rising if self.sort != rising else _opposite(rising)
        return self._address(sort=turned, size=str(self.size))

    def order(self, key: str) -> str:
        """Return how a column is sorted, in the words of ``aria-sort``."""
        if self.sort == key:
            return "ascending"
        return "descending" if self.sort == f"-{key}" else "none"

    def filters(self) -> dict[str, list[str]]:
        """Return the filters by name, for addresses of the same rows elsewhere."""
        asked: dict[str, list[str]] = {}
        for name, value in self.kept:
            if name != "lang":
                asked.setdefault(name, []).append(value)
        return asked

    def _address(self, **own: str) -> str:
        defaults = {"sort": DEFAULT_SORT, "size": str(SIZES[0]), "page": "1"}
        changed = [(name, value) for name, value in own.items() if value != defaults[name]]
        query = urlencode([*self.kept, *changed])
        return f"{self.path}?{query}" if query else self.path


def make_listing(
    table: FeatureTable,
    selected: IntArray,
    parameters: MultiDict[str, str],
    wording: Wording,
    path: str,
) -> Listing:
    """Sort rows and cut out the page that is asked for.

    Raises
    ------
    ParameterError
        If the order, the size or the page asked for does not exist at all.
    """
    keys = (*SORT_KEYS, *(f"-{key}" for key in SORT_KEYS))
    sort = word(parameters, "sort", keys, DEFAULT_SORT)
    size = int(word(parameters, "size", [str(size) for size in SIZES], str(SIZES[0])))
    pages = max(1, -(-len(selected) // size))
    # a page beyond the end is what remains of an old address: show the last one
    page = min(pages, whole_number(parameters, "page", default=1, low=1, high=LAST_PAGE))
    ordered = _sorted(table, selected, sort, wording)
    names = {*FILTER_NAMES, LEAST_NAMES[table.measure], "lang"}
    return Listing(
        path=path,
        kept=tuple(
            (name, value) for name, value in parameters.items(multi=True) if name in names and value
        ),
        positions=ordered[(page - 1) * size : page * size],
        matched=len(selected),
        total=len(table.frame),
        page=page,
        pages=pages,
        size=size,
        sort=sort,
    )


def _sorted(table: FeatureTable, selected: IntArray, sort: str, wording: Wording) -> IntArray:
    frame = table.frame.iloc[selected]
    ids = frame[table.key].astype(str).to_numpy()
    key = sort.removeprefix("-")
    primary: np.typing.NDArray[np.generic]
    if key == "class":
        primary = table.gravity[selected]
    elif key == "size":
        primary = frame[table.measure].to_numpy(dtype=float)
    elif key == "matter":
        primary = np.array([wording.matter(matter) for matter in frame["matter"]], dtype=str)
    elif key == "district":
        primary = np.array([wording.districts(row) for row in frame["districts"]], dtype=str)
    else:
        primary = ids
    ranks = np.unique(primary, return_inverse=True)[1]
    if sort.startswith("-"):
        ranks = -ranks
    # within one class the largest first; the id settles what is left, so that pages never overlap
    largest = -frame[table.measure].to_numpy(dtype=float)
    return selected[np.lexsort((ids, largest, ranks))]


def _first_order(key: str) -> str:
    return "-size" if key == "size" else key


def _opposite(sort: str) -> str:
    return sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
