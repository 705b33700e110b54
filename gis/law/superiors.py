"""Who stands above whom, and the lowest common superior of several bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Superiors:
    """The tree of bodies.

    Parameters
    ----------
    superior
        Direct superior by ``body_id``, ``""`` where none is stated.
    level
        Level by ``body_id``, ``""`` where none is stated.
    """

    superior: Mapping[str, str]
    level: Mapping[str, str]

    @classmethod
    def of(cls, bodies: pd.DataFrame) -> Superiors:
        """Return the tree that a table of bodies states."""
        ids = bodies["body_id"].tolist()
        return cls(
            dict(zip(ids, bodies["superior_id"].tolist(), strict=True)),
            dict(zip(ids, bodies["level"].tolist(), strict=True)),
        )

    def above(self, body: str) -> tuple[str, ...]:
        """Return the bodies above one, the nearest first; a circle is walked once."""
        chain: list[str] = []
        at = self.superior.get(body, "")
        while at and at not in chain and at != body:
            chain.append(at)
            at = self.superior.get(at, "")
        return tuple(chain)

    def lowest_common(self, bodies: Iterable[str]) -> str:
        """Return the lowest body that stands above each of some, or ``""``.

        Nobody stands above itself: of a county and a town of its own, the common superior (共同的
        上一级) is the county's. Of one body it is that body's superior.
        """
        chains = [self.above(body) for body in bodies]
        if not chains:
            return ""
        first, *others = chains
        return next((body for body in first if all(body in chain for chain in others)), "")
