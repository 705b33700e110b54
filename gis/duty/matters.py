"""The tree of matters: which are asked about, and whose claims each inherits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.errors import InputError
from gis.model.vocabulary import EVERY_MATTER, NO_LEVEL, Level, Role

if TYPE_CHECKING:
    import pandas as pd

    from gis.model.arrangement import IntArray
    from gis.model.project import Project


@dataclass(frozen=True, slots=True)
class MatterTree:
    """Parents of matters, without circles.

    Parameters
    ----------
    parents
        Parent by matter; a root has ``""``.
    """

    parents: dict[str, str]

    @classmethod
    def of(cls, matters: pd.DataFrame) -> MatterTree:
        """Return the tree that a matters table states."""
        return cls(dict(zip(matters["matter_id"], matters["parent_id"], strict=True)))

    def lineage(self, matter: str) -> tuple[str, ...]:
        """Return a matter, its ancestors from the nearest on, and last "every matter"."""
        chain = []
        while matter != EVERY_MATTER:
            chain.append(matter)
            matter = self.parents.get(matter, EVERY_MATTER)
        return (*chain, EVERY_MATTER)

    def leaves(self) -> tuple[str, ...]:
        """Return the matters without children, sorted."""
        return tuple(sorted(self.parents.keys() - set(self.parents.values())))


def matters_asked(project: Project) -> tuple[str, ...]:
    """Return the matters that the project asks about.

    Those of its settings, else every leaf of its tree, else the one question without a matter.

    Raises
    ------
    InputError
        If the settings name a matter that the tree does not hold.
    """
    tree = MatterTree.of(project.matters)
    for matter in project.settings.matters:
        if matter not in tree.parents:
            raise InputError("unknown_matter", file="mangqu.toml", column="matters", value=matter)
    return project.settings.matters or tree.leaves() or (EVERY_MATTER,)


def claims_seen(project: Project, matter: str) -> tuple[IntArray, IntArray]:
    """Return the claims that speak about a matter, and how far each is from it in the tree.

    Returns
    -------
    rows
        Rows of ``project.claims``, ascending.
    distance
        0 for a claim on the matter itself, 1 on its parent, and so on.
    """
    steps = {name: step for step, name in enumerate(MatterTree.of(project.matters).lineage(matter))}
    distance = project.claims["matter"].map(steps)
    rows = np.flatnonzero(distance.notna())
    return rows, distance.to_numpy()[rows].astype(np.int64)


def levels_asked(claims: pd.DataFrame) -> tuple[str, ...]:
    """Return the levels that lead claims state, the coarsest first; ``("",)`` if none does."""
    stated = set(claims.loc[claims["role"] == Role.LEAD, "level"])
    return tuple(level.value for level in Level if level in stated) or (NO_LEVEL,)
