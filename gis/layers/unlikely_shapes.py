"""Shapes that are hardly meant: beside the jurisdiction, too small, too large, over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.layers.crs import WGS84, is_degrees, transform
from gis.layers.doubts import Doubt, shape_numbers
from gis.layers.invalid_polygons import areas_m2, parts_of_dimension
from gis.measure import METRES_PER_DEGREE

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.layers.crosschecks import Table
    from gis.model.arrangement import FloatArray, GeometryArray, IntArray
    from gis.model.project import Settings

#: Tables whose shapes belong into the jurisdiction, and those whose shapes have an area.
_WITHIN = ("claims", "zones", "lanes", "cases")
_AREAS = ("jurisdiction", "claims", "places", "zones")

#: A shape that has more of its area outside is told of.
_MOSTLY = 0.5

#: A shape so many times the jurisdiction's area is hardly meant.
_HUGE = 10.0

#: Districts that share less ground, in square metres, only disagree on where their border runs.
_OVERLAP_M2 = 1.0

#: So many pairs of districts are held against each other; where more meet, all is wrong.
_MOST_PAIRS = 50_000

#: Pieces of the jurisdiction are cut up until they have no more vertices than this.
_MOST_VERTICES = 256

#: Less than this share of a shape is what rounding leaves on the wrong side of a border.
_ROUNDING = 1e-9


def outline(jurisdiction: Table) -> shapely.Geometry | None:
    """Return what the rows of the jurisdiction cover together, None if that is not known."""
    shapes = jurisdiction.frame.geometry.to_numpy()
    if len(shapes) == 0 or shapely.is_missing(shapes).any() or not jurisdiction.whole:
        return None
    union: shapely.Geometry = shapely.union_all(shapes)
    shapely.prepare(union)
    return union


def beside_the_jurisdiction(
    tables: dict[str, Table], limit: shapely.Geometry | None
) -> list[Doubt]:
    """Return a doubt for each row outside the jurisdiction, wholly or by more than half.

    Parameters
    ----------
    tables
        Every table.
    limit
        The jurisdiction's outline; nothing is outside of one that is not known.
    """
    if limit is None:
        return []
    doubts = []
    pieces, _ = _pieces(np.array([limit], dtype=object))
    for name in _WITHIN:
        shapes = tables[name].frame.geometry.to_numpy()
        drawn = np.flatnonzero(~shapely.is_missing(shapes))
        unsure = drawn[~shapely.covers(limit, shapes[drawn])]
        meets = shapely.intersects(limit, shapes[unsure])
        inside = np.where(meets, 1.0, 0.0)
        has_area = shapely.get_dimensions(shapes[unsure]) == 2  # noqa: PLR2004 - areas
        across = np.flatnonzero(meets & has_area)
        inside[across] = _share_inside(shapes[unsure[across]], limit, pieces)
        doubts += [
            Doubt(name, int(at), "outside_jurisdiction") for at in unsure[inside <= _ROUNDING]
        ]
        mostly = np.flatnonzero((inside > _ROUNDING) & (inside < 1 - _MOSTLY))
        doubts += [
            Doubt(
                name,
                int(unsure[at]),
                "mostly_outside_jurisdiction",
                details={"percent": int(100 * (1 - inside[at]))},
            )
            for at in mostly
        ]
    return doubts


def unlikely_sizes(
    tables: dict[str, Table], limit: shapely.Geometry | None, settings: Settings, crs: CRS
) -> list[Doubt]:
    """Return a doubt for each area too small for its accuracy, or many times the jurisdiction.

    Parameters
    ----------
    tables
        Every table, in the coordinate system ``crs``.
    limit
        The jurisdiction's outline.
    settings
        The project's head: accuracy where a row states none, and spacing of the grid.
    """
    doubts = []
    limits = np.array([limit], dtype=object)
    whole = float(areas_m2(limits, crs).sum())
    # a projection may stretch areas by any factor, though nearly the same one all over the map
    stretch = whole / float(_rough_areas_m2(limits, crs)[0]) if whole > 0 else 1.0
    for name in _AREAS:
        frame = tables[name].frame
        shapes = frame.geometry.to_numpy()
        rough = _rough_areas_m2(shapes, crs) * stretch
        accuracy = np.full(len(frame), settings.accuracy_m)
        if "accuracy_m" in frame:
            accuracy = frame["accuracy_m"].fillna(settings.accuracy_m).to_numpy()
        least = np.maximum(accuracy, settings.precision_m) ** 2
        # twice as far off no rough area is
        near = np.flatnonzero((rough < 2 * least) | ((rough > _HUGE * whole / 2) & (whole > 0)))
        for at, area in zip(near.tolist(), areas_m2(shapes[near], crs).tolist(), strict=True):
            if area < least[at]:
                side = float(np.sqrt(least[at]))
                details: dict[str, object] = {"area_m2": round(area, 4), "accuracy_m": side}
                doubts.append(Doubt(name, at, "shape_tiny", details=details))
            elif 0 < _HUGE * whole < area and name != "jurisdiction":
                details = {"area_m2": round(area), "times": round(area / whole)}
                doubts.append(Doubt(name, at, "shape_huge", details=details))
    return doubts


def overlapping_districts(
    jurisdiction: Table, limit: shapely.Geometry | None, crs: CRS
) -> list[Doubt]:
    """Return a doubt for each row of the jurisdiction that lies over earlier ones in part.

    Parameters
    ----------
    jurisdiction
        The table, in the coordinate system ``crs``.
    limit
        Its outline.
    """
    shapes = jurisdiction.frame.geometry.to_numpy()
    if limit is None or len(shapes) < 2:  # noqa: PLR2004 - a pair
        return []
    excess = np.nansum(shapely.area(shapes)) - shapely.area(limit)
    if excess <= _ROUNDING * shapely.area(limit):
        return []
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    numbers = shape_numbers(shapes)
    pair = (first > second) & (numbers[first] != numbers[second])
    first, second = first[pair][:_MOST_PAIRS], second[pair][:_MOST_PAIRS]
    shared = _polygons_of(shapely.intersection(shapes[first], shapes[second]))
    areas = areas_m2(shared, crs)
    doubts = []
    for at in np.unique(first[areas >= _OVERLAP_M2]):
        own = np.flatnonzero((first == at) & (areas >= _OVERLAP_M2))
        largest = own[np.argmax(areas[own])]
        doubts.append(
            Doubt(
                "jurisdiction",
                int(at),
                "districts_overlap",
                details={
                    "rows": ", ".join(str(jurisdiction.origin.row[row]) for row in second[own]),
                    "area_m2": round(float(areas[own].sum()), 2),
                },
                place=shapely.point_on_surface(shared[largest]),
            )
        )
    return doubts


def _pieces(shapes: GeometryArray) -> tuple[GeometryArray, IntArray]:
    """Return polygons cut into pieces with few vertices, which are fast to intersect.

    Returns
    -------
    pieces
        Polygons; shape (p,).
    piece_of
        Index of the shape that each is a piece of; shape (p,).
    """
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    large = shapely.get_num_coordinates(parts) > _MOST_VERTICES
    done: list[tuple[shapely.Geometry, int]] = []
    waiting = list(zip(parts[large], part_of[large].tolist(), strict=True))
    while waiting:
        piece, at = waiting.pop()
        west, south, east, north = shapely.bounds(piece)
        x, y = (west + east) / 2, (south + north) / 2
        # where no number lies between the ends, nothing can be cut
        whole = not (west < x < east and south < y < north)
        if whole or shapely.get_num_coordinates(piece) <= _MOST_VERTICES:
            done.append((piece, at))
            continue
        halves = (
            ((west, south, x, north), (x, south, east, north))
            if east - west > north - south
            else ((west, south, east, y), (west, y, east, north))
        )
        for half in halves:
            clipped = shapely.make_valid(shapely.clip_by_rect(piece, *half))
            waiting += [(part, at) for part in parts_of_dimension(clipped, 2)]
    cut: GeometryArray = np.full(len(done), None, dtype=object)
    cut[:] = [piece for piece, _ in done]
    cut_of = np.array([at for _, at in done], dtype=np.int64)
    return np.concatenate([parts[~large], cut]), np.concatenate([part_of[~large], cut_of])


def _share_inside(
    shapes: GeometryArray, limit: shapely.Geometry, pieces: GeometryArray
) -> FloatArray:
    """Return the share of each area that lies in the jurisdiction, given whole and in pieces.

    Where that is so much that nobody is told, it may be more than is returned.
    """
    parts, part_of = _pieces(shapes)
    covered = shapely.covers(limit, parts)
    inside = np.where(covered, shapely.area(parts), 0.0)
    certain = np.bincount(part_of, weights=inside, minlength=len(shapes)) / shapely.area(shapes)
    across = np.flatnonzero(~covered & (certain < 1 - _MOSTLY)[part_of])
    part, piece = shapely.STRtree(pieces).query(parts[across], predicate="intersects")
    shared = shapely.area(shapely.intersection(parts[across[part]], pieces[piece]))
    inside[across] = np.bincount(part, weights=shared, minlength=len(across))
    totals = np.bincount(part_of, weights=inside, minlength=len(shapes))
    share: FloatArray = totals / shapely.area(shapes)
    return share


def _polygons_of(shapes: GeometryArray) -> GeometryArray:
    """Return what of each shape has an area, as a multipolygon."""
    kept: GeometryArray = np.full(len(shapes), None, dtype=object)
    for at, shape in enumerate(shapes):
        kept[at] = shapely.MultiPolygon(list(parts_of_dimension(shape, 2)))
    return kept


def _rough_areas_m2(shapes: GeometryArray, crs: CRS) -> FloatArray:
    """Return areas to within a few hundredths near the middle of the map, in square metres."""
    if not is_degrees(crs):
        return np.asarray(shapely.area(shapes) * crs.axis_info[0].unit_conversion_factor ** 2)
    bounds = shapely.bounds(shapes)
    latitude = np.radians((bounds[:, 1] + bounds[:, 3]) / 2)
    return np.asarray(shapely.area(shapes) * METRES_PER_DEGREE**2 * np.cos(latitude))


def points_in_degrees(points: GeometryArray, crs: CRS) -> FloatArray:
    """Return WGS 84 longitude and latitude of points, NaN for those that are None; shape (n, 2)."""
    moved = transform(points, crs, WGS84)
    return np.column_stack([shapely.get_x(moved), shapely.get_y(moved)])
