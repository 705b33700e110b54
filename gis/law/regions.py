"""Sets of imaginable places: whether there is one of which a condition holds and others do not.

A region is a product: of every attribute with exactly one value, the values that are allowed; of
every attribute that may have none or several, values that are absent, and sets of which at least
one is present. Conditions cut regions into regions, so that the question is decided exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gis.model.law import AllOf, AnyOf, Condition, Meets, Not

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: So many pieces are looked at before a chain is said to be too entangled.
MOST_STEPS = 100_000


class TooEntangledError(Exception):
    """More pieces would have to be looked at than ``MOST_STEPS``."""


@dataclass(frozen=True, slots=True)
class Region:
    """Imaginable places.

    Parameters
    ----------
    allowed
        Values allowed, by attribute with exactly one.
    absent
        Values that are absent, by attribute with any number.
    present
        Attribute and values of which at least one is present.
    """

    allowed: Mapping[str, frozenset[str]]
    absent: Mapping[str, frozenset[str]] = field(default_factory=dict)
    present: tuple[tuple[str, frozenset[str]], ...] = ()

    def meeting(self, attribute: str, values: frozenset[str]) -> Iterator[Region]:
        """Yield the part that has any of some values, unless that is empty."""
        if attribute in self.allowed:
            left = self.allowed[attribute] & values
            if left:
                yield replace(self, allowed={**self.allowed, attribute: left})
            return
        left = values - self.absent.get(attribute, frozenset())
        if left:
            yield replace(self, present=(*self.present, (attribute, left)))

    def missing(self, attribute: str, values: frozenset[str]) -> Iterator[Region]:
        """Yield the part that has none of some values, unless that is empty."""
        if attribute in self.allowed:
            yield from self.meeting(attribute, self.allowed[attribute] - values)
            return
        present = tuple(
            (name, wanted - values if name == attribute else wanted)
            for name, wanted in self.present
        )
        if all(wanted for _, wanted in present):
            gone = self.absent.get(attribute, frozenset()) | values
            yield replace(self, absent={**self.absent, attribute: gone}, present=present)


def inside(condition: Condition, region: Region) -> Iterator[Region]:
    """Yield regions that together are where a condition holds."""
    match condition:
        case Meets(attribute, values):
            yield from region.meeting(attribute, values)
        case AllOf(parts):
            yield from _all_inside(parts, region)
        case AnyOf(parts):
            for part in parts:
                yield from inside(part, region)
        case Not(part):
            yield from outside(part, region)


def outside(condition: Condition, region: Region) -> Iterator[Region]:
    """Yield regions that together are where a condition does not hold."""
    match condition:
        case Meets(attribute, values):
            yield from region.missing(attribute, values)
        case AllOf(parts):
            for part in parts:
                yield from outside(part, region)
        case AnyOf(parts):
            yield from _all_outside(parts, region)
        case Not(part):
            yield from inside(part, region)


def _all_inside(parts: Sequence[Condition], region: Region) -> Iterator[Region]:
    if not parts:
        yield region
        return
    for piece in inside(parts[0], region):
        yield from _all_inside(parts[1:], piece)


def _all_outside(parts: Sequence[Condition], region: Region) -> Iterator[Region]:
    if not parts:
        yield region
        return
    for piece in outside(parts[0], region):
        yield from _all_outside(parts[1:], piece)


class Possibilities:
    """The places that there can be.

    Parameters
    ----------
    values
        All values of every attribute of which a place has exactly one.
    cases
        Conditions of which every place meets at least one.
    """

    def __init__(
        self, values: Mapping[str, frozenset[str]], cases: Sequence[Condition] = ()
    ) -> None:
        self._regions = tuple(inside(AnyOf(tuple(cases)) if cases else AllOf(), Region(values)))

    def some(self, condition: Condition, but: Sequence[Condition] = ()) -> bool:
        """Tell whether a place can meet a condition and none of others.

        Raises
        ------
        TooEntangledError
            If that is not decided within ``MOST_STEPS`` pieces.
        """
        budget = iter(range(MOST_STEPS))
        return any(
            _remains(piece, but, budget)
            for region in self._regions
            for piece in inside(condition, region)
        )


def _remains(region: Region, but: Sequence[Condition], budget: Iterator[int]) -> bool:
    if next(budget, None) is None:
        raise TooEntangledError
    if not but:
        return True
    return any(_remains(piece, but[1:], budget) for piece in outside(but[0], region))
