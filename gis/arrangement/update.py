"""Change some covers of an arrangement, and compute anew only what lies near them.

What an edge becomes depends on the hot pixels along it alone (:mod:`gis.arrangement.noding`). So
nothing changes but fragments that meet the boxes around the changed covers, before and after: the
*windows*. Borders that meet a window are *open*, and so are the faces beside them; the rest is
kept as it is.

Source of the idea: Guibas, L. and Marimont, D. (1998), Rounding arrangements dynamically,
International Journal of Computational Geometry and Applications 8(2), 157-176.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.arrangement.arrangement import Arrangement, bounds_of_paths
from gis.arrangement.covers import meeting
from gis.arrangement.grid import rings_on_grid
from gis.arrangement.neighbourhood import fragments_near, restrung
from gis.arrangement.renewal import face_at, rank_of_faces, renewed_faces, signed
from gis.arrangement.splicing import rank, splice, spliced
from gis.errors import InputError
from gis.model.arrangement import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.arrangement.chains import Chains
    from gis.arrangement.covers import Covers
    from gis.arrangement.grid import Rings
    from gis.arrangement.renewal import Renewal
    from gis.model.arrangement import BoolArray, IntArray


def update(arrangement: Arrangement, changed: Mapping[int, shapely.Geometry | None]) -> Arrangement:
    """Return the arrangement with some covers changed, added or taken away.

    Parameters
    ----------
    arrangement
        Stays as it is.
    changed
        Polygons or multipolygons by the number of their cover: those of covers there are replace
        them, None or an empty one takes a cover away (its number stays), and numbers from
        ``arrangement.covers.count`` on, without a hole, are added.

    Returns
    -------
    arrangement
        Equal in every array to the one that all covers together would give.

    Raises
    ------
    InputError
        If a shape is no polygon, or a coordinate is no number or too far out for the grid; ``row``
        is the cover's number and one.
    ValueError
        If a number is negative, or leaves a hole.
    """
    _refuse_holes(changed, arrangement.covers.count)
    rings = {
        cover: _rings_of(cover, shape, arrangement.grid_size)
        for cover, shape in sorted(changed.items())
    }
    covers = arrangement.covers.with_changes(rings) if rings else arrangement.covers
    windows = _windows(arrangement.covers, covers, list(rings))
    if len(windows) == 0:
        return replace(arrangement, covers=covers)
    open_borders = meeting(arrangement.border_bounds, windows)
    fresh = restrung(arrangement, open_borders, fragments_near(covers, windows), windows)
    open_faces = _open_faces(arrangement, open_borders, windows)
    renewal = renewed_faces(arrangement, open_borders, open_faces, fresh)
    return _put_together(arrangement, covers, open_borders, open_faces, fresh, renewal)


def _rings_of(cover: int, shape: shapely.Geometry | None, grid_size: float) -> Rings:
    polygon = shapely.Polygon() if shape is None else shape
    try:
        return rings_on_grid(np.array([polygon], dtype=object), grid_size)
    except InputError as error:
        error.row = cover + 1
        raise


def _refuse_holes(changed: Mapping[int, shapely.Geometry | None], count: int) -> None:
    added = sorted(cover for cover in changed if cover >= count)
    if min(changed, default=0) < 0 or added != list(range(count, count + len(added))):
        raise ValueError(f"covers are numbered from 0 on without a hole, and there are {count}")


#: A border that leads past a window at this distance, in steps, cannot be bent by it.
_MARGIN = 2


def _windows(before: Covers, after: Covers, changed: list[int]) -> IntArray:
    """Return the box around each changed cover, before and after; shape (k, 4)."""
    boxes = []
    for cover in changed:
        both = [after.bounds[cover]]
        if cover < before.count:
            both.append(before.bounds[cover])
        drawn = np.array([box for box in both if box[0] <= box[2]])
        if len(drawn):
            west, south = drawn[:, :2].min(axis=0) - _MARGIN
            east, north = drawn[:, 2:].max(axis=0) + _MARGIN
            boxes.append((west, south, east, north))
    return np.array(boxes, dtype=np.int64).reshape(-1, 4)


def _open_faces(arrangement: Arrangement, open_borders: BoolArray, windows: IntArray) -> BoolArray:
    """Tell which faces may change; shape (f + 1,), the last for what lies outside."""
    open_faces = np.zeros(len(arrangement) + 1, dtype=bool)
    open_faces[arrangement.left[open_borders]] = True
    open_faces[arrangement.right[open_borders]] = True
    bounds = arrangement.border_bounds[open_borders]
    for window in windows:
        # where no border passes, the window lies within one face
        if not meeting(bounds, window[None]).any():
            open_faces[face_at(arrangement, int(window[0]), int(window[1]))] = True
    return open_faces


def _put_together(
    old: Arrangement,
    covers: Covers,
    open_borders: BoolArray,
    open_faces: BoolArray,
    fresh: Chains,
    renewal: Renewal,
) -> Arrangement:
    start = old.border_offsets[:-1]
    points = np.column_stack([fresh.x, fresh.y])
    borders = splice(
        ~open_borders,
        rank(
            np.hstack([old.border_points[start], old.border_points[start + 1]]),
            np.hstack([points[fresh.offsets[:-1]], points[fresh.offsets[:-1] + 1]]),
        ),
    )
    faces = splice(~open_faces[:-1], rank_of_faces(old, renewal.keys))
    border_offsets, border_points = spliced(
        borders.source, (old.border_offsets, old.border_points), (fresh.offsets, points)
    )
    label_offsets, label_cover = spliced(
        borders.source,
        (old.label_offsets, old.label_cover),
        (fresh.label_offsets, fresh.label_cover),
    )
    _, label_net = spliced(
        borders.source, (old.label_offsets, old.label_net), (fresh.label_offsets, fresh.label_net)
    )
    # closed borders beside open faces first take over what they were, then what is renewed
    face_of_old = np.append(faces.of_old, OUTSIDE)
    face_of_new = np.append(faces.of_new, OUTSIDE)
    sides = np.empty((len(borders.source), 2), dtype=np.int64)
    kept = borders.of_old >= 0
    kept_bounds = old.border_bounds[kept]
    fresh_bounds = bounds_of_paths(fresh.offsets, points)
    sides[borders.of_old[kept]] = face_of_old[np.column_stack([old.left, old.right])[kept]]
    number = np.concatenate([borders.of_new, borders.of_old[renewal.beside]])
    renewed = renewal.face_of_side.reshape(-1, 2)
    fits = renewal.is_open.reshape(-1, 2)
    sides[number] = np.where(fits, face_of_new[renewed], sides[number])

    moved = borders.of_old[np.where(old.ring_borders >= 0, old.ring_borders, ~old.ring_borders)]
    old_ring_borders = np.where(old.ring_borders >= 0, moved, ~moved)
    ring_of_face, rings = _rings(old, renewal, faces.source)
    ring_offsets, ring_borders = spliced(
        rings,
        (old.ring_offsets, old_ring_borders),
        (
            renewal.ring_offsets,
            signed(2 * number[renewal.ring_sides // 2] + renewal.ring_sides % 2),
        ),
    )
    owner_offsets, owners = spliced(
        faces.source,
        (old.owner_offsets, old.owners),
        (renewal.owners.offsets, renewal.owners.cover),
    )
    windings = {
        int(faces.of_old[face]): winding
        for face, winding in old.windings.items()
        if not open_faces[face]
    }
    windings |= {
        int(faces.of_new[face]): winding for face, winding in renewal.owners.windings.items()
    }
    result = Arrangement(
        grid_size=old.grid_size,
        steps_per_unit=old.steps_per_unit,
        border_offsets=border_offsets,
        border_points=border_points,
        label_offsets=label_offsets,
        label_cover=label_cover,
        label_net=label_net,
        left=sides[:, 0].copy(),
        right=sides[:, 1].copy(),
        ring_offsets=ring_offsets,
        ring_borders=ring_borders,
        face_rings=ring_of_face,
        owner_offsets=owner_offsets,
        owners=owners,
        windings=dict(sorted(windings.items())),
        covers=covers,
    )
    bounds = np.empty((len(kept_bounds) + len(fresh_bounds), 4), dtype=np.int64)
    bounds[borders.of_old[kept]] = kept_bounds
    bounds[borders.of_new] = fresh_bounds
    # what is known already need not be found again
    vars(result)["border_bounds"] = bounds
    return result


def _rings(old: Arrangement, renewal: Renewal, faces: IntArray) -> tuple[IntArray, IntArray]:
    """Return the offsets of the rings of all faces, and where each ring comes from."""
    from_old = np.arange(len(old.ring_offsets) - 1)
    from_new = ~np.arange(len(renewal.ring_offsets) - 1)
    return spliced(faces, (old.face_rings, from_old), (renewal.face_rings, from_new))
