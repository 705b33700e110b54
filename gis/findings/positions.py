"""Where a gap lies among the claims around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.findings.surroundings import LIMIT
from gis.model.packed import run_starts
from gis.model.vocabulary import Position

if TYPE_CHECKING:
    from gis.findings.surroundings import Surroundings
    from gis.model.arrangement import BoolArray, GeometryArray, IntArray


def gap_positions(
    shapes: GeometryArray,
    gap: BoolArray,
    around: Surroundings,
    claims_around: tuple[IntArray, IntArray],
    claims: tuple[GeometryArray, IntArray],
    reach: float,
) -> list[str]:
    """Tell where each gap among some places lies.

    Parameters
    ----------
    shapes, gap
        Polygon of each place, and whether it is a gap; shape (p,).
    around
        What lies around the places.
    claims_around
        Pairs of each place and the leading claims across its border.
    claims
        Shape and body of all claims.
    reach
        How far a claim may lie off the gap it borders because of snapping, in CRS units.

    Returns
    -------
    positions
        Words of :class:`gis.model.vocabulary.Position`; ``""`` where a place is no gap.
    """
    n = len(shapes)
    limit = around.body == LIMIT
    touches_limit = np.bincount(around.place[limit], minlength=n) > 0
    place, body = around.place[~limit], around.body[~limit]
    shared_m = around.shared_m[~limit]
    n_bodies = np.bincount(place, minlength=n)
    total = np.bincount(place, weights=shared_m, minlength=n)
    # the body that shares most of a border stands first
    first = run_starts(place)
    main = np.full(n, -1, dtype=np.int64)
    main[place[first]] = body[first]
    most = np.zeros(n)
    most[place[first]] = shared_m[first]

    within = gap & (n_bodies > 0) & ~touches_limit
    parts, part, part_place = _touching(shapes, within, main, claims_around, claims, reach)
    between = within & (most > total / 2) & (np.bincount(part_place, minlength=n) > 1)
    single = within & ~between & (n_bodies == 1)
    hole = _ringed(shapes, single, parts, part, part_place)
    words = np.full(n, "", dtype=object)
    for where, position in (
        (gap, Position.DETACHED),
        (gap & (n_bodies > 0), Position.INLET),
        (within, Position.ENCLOSED),
        (hole, Position.HOLE),
        (between, Position.BETWEEN_PARTS),
    ):
        words[where] = position.value
    result: list[str] = words.tolist()
    return result


def _touching(
    shapes: GeometryArray,
    chosen: BoolArray,
    main: IntArray,
    claims_around: tuple[IntArray, IntArray],
    claims: tuple[GeometryArray, IntArray],
    reach: float,
) -> tuple[GeometryArray, IntArray, IntArray]:
    """Return the polygons of main bodies, and pairs of one that reaches a gap and its place."""
    place, claim = claims_around
    claim_shape, claim_body = claims
    of_main = chosen[place] & (claim_body[claim] == main[place])
    # a claim with many holes lies around many gaps: its parts are taken, and indexed, once
    distinct, row = np.unique(claim[of_main], return_inverse=True)
    parts, owner = shapely.get_parts(claim_shape[distinct], return_index=True)
    shapely.prepare(parts)
    counts = np.bincount(owner, minlength=len(distinct))
    first = np.cumsum(counts) - counts
    part_place = np.repeat(place[of_main], counts[row])
    own = np.cumsum(counts[row]) - counts[row]
    part = np.arange(len(part_place)) + np.repeat(first[row] - own, counts[row])
    near = shapely.dwithin(parts[part], shapes[part_place], reach)
    return parts, part[near], part_place[near]


def _ringed(
    shapes: GeometryArray,
    chosen: BoolArray,
    parts: GeometryArray,
    part: IntArray,
    part_place: IntArray,
) -> BoolArray:
    """Tell which gaps an inner ring of one polygon goes around."""
    asked = chosen[part_place]
    part, part_place = part[asked], part_place[asked]
    point = shapely.point_on_surface(shapes[part_place])
    filled: GeometryArray = np.asarray(
        shapely.polygons(shapely.get_exterior_ring(parts)), dtype=object
    )
    shapely.prepare(filled)
    around = shapely.contains(filled[part], point) & ~shapely.contains(parts[part], point)
    result = np.zeros(len(shapes), dtype=bool)
    result[part_place[around]] = True
    return result
