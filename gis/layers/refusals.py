"""What is refused, as far as anybody reads it, and how much more there is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from gis.errors import InputError

T = TypeVar("T")

#: More than this is not read by anybody.
MOST_ERRORS = 1000


class Kind(NamedTuple):
    """What errors have in common that one mistake made in every row."""

    file: str | None
    layer: str | None
    problem: str
    column: str | None

    @classmethod
    def of(cls, error: InputError) -> Kind:
        """Return the kind of an error."""
        return cls(error.file, error.layer, error.problem, error.column)


class Refusals:
    """Errors in the order in which they were met; of one kind at most ``MOST_ERRORS`` are kept."""

    def __init__(self, errors: Iterable[InputError] = ()) -> None:
        self._kept: list[InputError] = []
        self._met: Counter[Kind] = Counter()
        self.add(errors)

    def __len__(self) -> int:
        """Return how many errors were met, kept or not."""
        return self._met.total()

    def add(self, errors: Iterable[InputError]) -> None:
        """Add errors, those that nobody would read only to their number."""
        for error in errors:
            kind = Kind.of(error)
            if self._met[kind] < MOST_ERRORS:
                self._kept.append(error)
            self._met[kind] += 1

    def passes_over(self, kind: Kind) -> bool:
        """Tell whether a further error of a kind need not be made, and count it if so."""
        full = self._met[kind] >= MOST_ERRORS
        if full:
            self._met[kind] += 1
        return full

    def shortlist(self) -> tuple[list[InputError], int]:
        """Return at most ``MOST_ERRORS`` errors, some of each kind, and how many are left out."""
        listed, _ = shortlist(self._kept, Kind.of)
        return listed, len(self) - len(listed)


def shortlist(found: list[T], kind: Callable[[T], Hashable]) -> tuple[list[T], int]:
    """Return at most ``MOST_ERRORS`` of what was found and the number of those left out.

    A flood of one kind does not wash away the others: of each kind the first few are kept, as
    many as fit.

    Parameters
    ----------
    found
        In the order in which it is listed.
    kind
        Tells what one mistake made in every row has in common.
    """
    kinds = [kind(each) for each in found]
    most = _fair_share(list(Counter(kinds).values()), MOST_ERRORS)
    taken: Counter[Hashable] = Counter()
    listed = []
    for each, own in zip(found, kinds, strict=True):
        taken[own] += 1
        if taken[own] <= most:
            listed.append(each)
    listed = listed[:MOST_ERRORS]
    return listed, len(found) - len(listed)


def _fair_share(sizes: list[int], room: int) -> int:
    """Return the most that each of several groups may have for all to fit into a room."""
    for served, size in enumerate(sorted(sizes)):
        share = room // (len(sizes) - served)
        if size > share:
            return max(share, 1)
        room -= size
    return max(sizes, default=0)
