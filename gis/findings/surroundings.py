"""What lies around a place: neighbours with shared border, the limit, its position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gis.model.arrangement import OUTSIDE
from gis.model.vocabulary import Position

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.findings.places import Place
    from gis.model.arrangement import GeometryArray

#: In a table of neighbours: the limit of the jurisdiction.
LIMIT = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What borders each of some places that do not overlap.

    Parameters
    ----------
    neighbours
        ``place`` (position), ``body`` (``""`` for the limit), ``shared_m``; by place, then by
        falling ``shared_m``.
    faces
        Faces across the border, by place: ``place``, ``face``.
    """

    neighbours: pd.DataFrame
    faces: pd.DataFrame


def surroundings(partition: Partition, found: list[Place], leads: pd.Series[Any]) -> Surroundings:
    """Measure the border that each place shares with each body next to it.

    Parameters
    ----------
    partition
        The faces.
    found
        Places that do not share a face.
    leads
        Leading bodies by face.
    """
    place_of = np.full(len(partition.arrangement.faces) + 1, -1, dtype=np.int64)
    for number, place in enumerate(found):
        place_of[list(place.faces)] = number
    left, right = partition.arrangement.left, partition.arrangement.right
    # place_of[-1] is the outside: no place
    sides = pd.concat(
        [
            pd.DataFrame({"place": place_of[a], "face": b, "shared_m": partition.border_m})
            for a, b in ((left, right), (right, left))
        ],
        ignore_index=True,
    )
    beyond = np.where(sides["face"] == OUTSIDE, -1, place_of[sides["face"]])
    sides = sides[(sides["place"] >= 0) & (sides["place"] != beyond)]
    across = sides["face"].to_numpy()
    outside = (across == OUTSIDE) | ~np.append(partition.inside, False)[across]
    bodies = [
        (LIMIT,) if limit else leads.iloc[face]
        for face, limit in zip(across.tolist(), outside.tolist(), strict=True)
    ]
    sides["body"] = pd.Series(bodies, index=sides.index, dtype=object)
    shared = sides.explode("body").dropna(subset=["body"])
    totals = shared.groupby(["place", "body"], as_index=False).agg({"shared_m": "sum"})
    neighbours = totals.sort_values(
        ["place", "shared_m", "body"], ascending=[True, False, True], ignore_index=True
    )
    faces = sides.loc[~outside, ["place", "face"]].drop_duplicates()
    return Surroundings(neighbours, faces)


def gap_position(
    gap: shapely.Polygon,
    shared: list[tuple[str, float]],
    claims_of_main: GeometryArray,
    reach: float,
) -> Position:
    """Tell where a gap lies among the claims around it.

    Parameters
    ----------
    gap
        The gap.
    shared
        Bodies next to it (``""`` for the limit) with the metres shared, the longest first.
    claims_of_main
        Claims next to the gap of the body that shares most, in the CRS of the gap.
    reach
        How far a claim may lie off the gap it borders because of snapping, in CRS units.
    """
    bodies = {body: metres for body, metres in shared if body != LIMIT}
    if not bodies:
        return Position.DETACHED
    if len(bodies) < len(shared):
        return Position.INLET
    parts = shapely.get_parts(claims_of_main)
    touching = parts[shapely.dwithin(parts, gap, reach)]
    mostly = max(bodies.values()) > sum(bodies.values()) / 2
    if mostly and len(touching) > 1:
        return Position.BETWEEN_PARTS
    if len(bodies) == 1 and _inside_a_ring(gap, touching):
        return Position.HOLE
    return Position.ENCLOSED


def _inside_a_ring(gap: shapely.Polygon, polygons: GeometryArray) -> bool:
    """Tell whether an inner ring of one polygon goes around the gap."""
    point = shapely.point_on_surface(gap)
    filled = shapely.polygons(shapely.get_exterior_ring(polygons))
    return bool(np.any(shapely.contains(filled, point) & ~shapely.contains(polygons, point)))
