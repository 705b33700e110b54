"""Which matters share a partition: few passes over the plane, none of them a burden to its matters.

Matters that see the same claims share a pass. So do matters that see nearly the same, for then one
partition is made instead of two; but each question walks over all atoms of its pass, also those
that only the claims of other matters cut, so a pass may not grow far beyond what its leanest matter
needs. Independent layers of many matters in one pass would cut each other into dust.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.duty.matters import claims_seen, matters_asked

if TYPE_CHECKING:
    from gis.model.arrangement import IntArray
    from gis.model.project import Project

#: A pass has at most so many times the vertices that each of its matters needs.
_MOST_VERTICES = 2.0


@dataclass(frozen=True, slots=True)
class Pass:
    """Matters that are asked of one partition.

    Parameters
    ----------
    claim_rows
        Rows of the claims that any of them sees, ascending.
    matters
        In the order in which the project asks about them.
    """

    claim_rows: IntArray
    matters: tuple[str, ...]


def passes(project: Project) -> list[Pass]:
    """Part the matters asked into passes, those with the first matter first."""
    asked = matters_asked(project)
    vertices = shapely.get_num_coordinates(project.claims.geometry.to_numpy())
    # whatever the matter, these are cut
    common = sum(
        int(shapely.get_num_coordinates(table.geometry.to_numpy()).sum())
        for table in (project.jurisdiction, project.zones, project.agreements)
    )
    seen: dict[str, frozenset[int]] = {
        matter: frozenset(claims_seen(project, matter)[0].tolist()) for matter in asked
    }

    def size(rows: frozenset[int]) -> int:
        return common + int(vertices[sorted(rows)].sum())

    # the largest first: what is nearly as large then joins it, and what is far smaller does not
    shared: list[tuple[frozenset[int], list[str]]] = []
    for matter in sorted(asked, key=lambda matter: (-size(seen[matter]), asked.index(matter))):
        most = _MOST_VERTICES * size(seen[matter])
        for at, (rows, members) in enumerate(shared):
            # all members are at least as large as this one
            if size(rows | seen[matter]) <= most:
                shared[at] = (rows | seen[matter], [*members, matter])
                break
        else:
            shared.append((seen[matter], [matter]))
    found = [
        Pass(np.array(sorted(rows), dtype=np.int64), tuple(sorted(members, key=asked.index)))
        for rows, members in shared
    ]
    return sorted(found, key=lambda made: asked.index(made.matters[0]))
