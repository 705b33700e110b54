"""Cut polygons into one planar partition, exact on an integer grid.

The steps, each a module: round to the grid, merge equal edges, find where edges must be cut, merge
the pieces, string them into borders, walk the borders around faces, and toggle covers from the
outside in. All are arrays of integers; shapely is asked for coordinates at the beginning and given
them for polygons at the end.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.arrangement import Arrangement
from gis.arrangement.chains import chains
from gis.arrangement.compiled import is_kept
from gis.arrangement.covers import Covers
from gis.arrangement.fragments import fragments
from gis.arrangement.grid import rings_on_grid, steps_per_unit
from gis.arrangement.noding import cuts, cuts_in_cells
from gis.arrangement.owners import owners
from gis.arrangement.rings import face_rings
from gis.arrangement.skeleton import skeleton

if TYPE_CHECKING:
    from gis.arrangement.skeleton import Skeleton
    from gis.model.arrangement import GeometryArray


def arrange(polygons: GeometryArray, *, grid_size: float, workers: int = 1) -> Arrangement:
    """Cut the plane along the boundaries of all polygons.

    Parameters
    ----------
    polygons
        Valid polygons or multipolygons in one planar or geographic CRS, shape (n,); position is
        the cover's number. They may overlap, repeat and leave gaps.
    grid_size
        Vertices are rounded to this grid, in CRS units; greater than zero.
    workers
        Number of threads; the result is the same for any.

    Returns
    -------
    arrangement
        Faces, borders and owners, numbered by where they are: the order of the input only decides
        the numbers of the covers.

    Raises
    ------
    InputError
        If a row is missing or no polygon, or a coordinate is no number or too far out for the grid;
        ``row`` counts from 1.
    ValueError
        If the grid's spacing is no finite number greater than zero, the polygons are no plain
        array, or there are no workers.
    TypeError
        If the number of workers is not whole.
    """
    polygons = np.asarray(polygons, dtype=object)
    refuse_unless_threads(workers)
    rings = rings_on_grid(polygons, grid_size)
    return assembled(skeleton(rings), Covers(rings, len(polygons)), grid_size, workers)


def is_prepared() -> bool:
    """Tell whether the machine code of the kernel is there, or would have to be made first."""
    return is_kept(cuts_in_cells)


def refuse_unless_threads(workers: int) -> None:
    """Raise what :func:`arrange` says it raises of a number of workers."""
    if operator.index(workers) < 1:
        raise ValueError(f"there is one thread at least, not {workers}")


def assembled(edges: Skeleton, covers: Covers, grid_size: float, workers: int) -> Arrangement:
    """Return the arrangement that distinct edges make, each labelled with what runs along it."""
    strung = chains(fragments(edges, cuts(edges, workers=workers)))
    found = face_rings(strung.offsets, strung.x, strung.y, strung.node)
    held = owners(strung, found)
    sides = found.ring_sides
    return Arrangement(
        grid_size=grid_size,
        steps_per_unit=steps_per_unit(grid_size),
        border_offsets=strung.offsets,
        border_points=np.column_stack([strung.x, strung.y]),
        label_offsets=strung.label_offsets,
        label_cover=strung.label_cover,
        label_net=strung.label_net,
        left=found.face_of_side[0::2].copy(),
        right=found.face_of_side[1::2].copy(),
        ring_offsets=found.ring_offsets,
        ring_borders=np.where(sides % 2 == 0, sides // 2, ~(sides // 2)),
        face_rings=found.face_rings,
        owner_offsets=held.offsets,
        owners=held.cover,
        windings=held.windings,
        covers=covers,
    )
