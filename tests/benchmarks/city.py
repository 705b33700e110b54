"""A seeded city: polygons that nearly tile it, zones over it, and matters that share its borders.

Everything lies in EPSG:4550 north-east of (500 000, 4 500 000), in metres. Neighbours share every
vertex of their common side, as in a clean cadastral layer, but for what is planted:

* *gaps*: of a thousand cells, five are removed and five shrunk to nine tenths;
* *overlaps*: ten of a thousand are grown to eleven tenths;
* *slivers*: ten of a thousand inner sides are drawn twice, 0.1 m to 0.3 m apart.

The outermost cells are left as they are, so that no gap opens to the outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

CRS = "EPSG:4550"
ORIGIN = (500_000.0, 4_500_000.0)
GRID_M = 0.001

#: Mean side of a cell, and how far its corners and the vertices between them stray, in metres.
CELL_M, CORNER_M, WOBBLE_M = 200.0, 30.0, 4.0
#: With ten vertices on each side, a cell has 36, and its ring 37 coordinates.
VERTICES_PER_SIDE = 10
#: Shares of the cells, and of the inner sides.
REMOVED, SHRUNK, GROWN, DRAWN_TWICE = 0.005, 0.005, 0.01, 0.01
#: How far apart the two drawings of a side lie, in metres.
SLIVER_M = (0.1, 0.3)
ZONES = 300
#: Cells along the side of each matter's blocks. Matters of single cells have gaps of their own.
BLOCKS = (1, 1, 2, 4)

_CELLS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class City:
    """What a benchmark works on.

    Parameters
    ----------
    polygons
        Cells, or the claims of several matters one after the other; shape (n,).
    matter
        Matter of each polygon, ascending; shape (n,).
    zones
        Larger polygons over them; shape (z,).
    outline
        The jurisdiction; shape (o,).
    crs, grid_size
        Coordinate system, and the spacing of a millimetre grid in its unit.
    """

    polygons: npt.NDArray[Any]
    matter: npt.NDArray[np.int64]
    zones: npt.NDArray[Any]
    outline: npt.NDArray[Any]
    crs: str = CRS
    grid_size: float = GRID_M


def city(count: int, *, seed: int = 7) -> City:
    """Return a city of at least ``count`` polygons, in one matter."""
    columns = round((count / (1 - REMOVED)) ** 0.5)
    rows = columns
    while rows * columns - round(REMOVED * rows * columns) < count:
        rows += 1
    grid = borders(rows, columns, seed=seed)
    polygons = claims(grid, seed=seed)
    return City(
        polygons=polygons,
        matter=np.zeros(len(polygons), dtype=np.int64),
        zones=zones(ZONES, grid, seed=seed),
        outline=np.array([grid.outline], dtype=object),
    )


def city_of_matters(count: int, *, seed: int = 7) -> City:
    """Return a city whose finest matter has about ``count`` polygons, others as in ``BLOCKS``."""
    side = max(BLOCKS) * max(3, round(count**0.5 / max(BLOCKS)))
    grid = borders(side, side, seed=seed)
    matters = [
        claims(grid.coarser(block), seed=seed + number) for number, block in enumerate(BLOCKS)
    ]
    return City(
        polygons=np.concatenate(matters),
        matter=np.repeat(np.arange(len(matters)), [len(polygons) for polygons in matters]),
        zones=zones(ZONES, grid, seed=seed),
        outline=np.array([grid.outline], dtype=object),
    )


@dataclass(frozen=True)
class Borders:
    """The sides that cells share: a grid of crooked lines.

    Parameters
    ----------
    across
        Sides that run east, by row of corners and column of cells; (rows + 1, columns, v, 2).
    up
        Sides that run north, by row of cells and column of corners; (rows, columns + 1, v, 2).
    """

    across: npt.NDArray[np.float64]
    up: npt.NDArray[np.float64]

    @property
    def rows(self) -> int:
        """Number of rows of cells."""
        return len(self.up)

    @property
    def columns(self) -> int:
        """Number of columns of cells."""
        return self.across.shape[1]

    @cached_property
    def outline(self) -> Any:
        """The limit of the whole city."""
        rim = _rings(
            _joined(self.across[0]),
            _joined(self.across[-1]),
            _joined(self.up[:, 0]),
            _joined(self.up[:, -1]),
        )
        return shapely.Polygon(rim)

    def coarser(self, block: int) -> Borders:
        """Return the sides of blocks of cells; they share all of their vertices with these."""
        across = self.across[::block]
        up = self.up[:, ::block]
        points = across.shape[2:]
        return Borders(
            _joined(across.reshape(len(across), -1, block, *points)),
            _joined(up.reshape(-1, block, up.shape[1], *points).swapaxes(1, 2)),
        )


def borders(rows: int, columns: int, *, seed: int) -> Borders:
    """Return the clean sides of a city's cells."""
    rng = np.random.default_rng([seed, 0])
    column, row = np.meshgrid(np.arange(columns + 1), np.arange(rows + 1))
    corners = CELL_M * np.stack([column, row], axis=-1) + ORIGIN
    corners += rng.uniform(-CORNER_M, CORNER_M, corners.shape)
    return Borders(
        _wobbly(corners[:, :-1], corners[:, 1:], rng),
        _wobbly(corners[:-1], corners[1:], rng),
    )


def claims(grid: Borders, *, seed: int) -> npt.NDArray[Any]:
    """Return the cells of a grid as polygons, with gaps, overlaps and slivers planted.

    They are built some rows at a time: a million take little more memory than they hold.
    """
    rng = np.random.default_rng([seed, 1])
    scale = _scales(grid.rows, grid.columns, rng)
    second_tops = _second_drawings(grid.across[1:-1], rng)
    second_rights = _second_drawings(grid.up[:, 1:-1], rng)
    step = max(1, _CELLS_AT_ONCE // grid.columns)
    parts = []
    for low in range(0, grid.rows, step):
        rows = slice(low, min(low + step, grid.rows))
        # the second drawing is that of the cell to the south, and of the one to the west
        rings = _rings(
            grid.across[rows],
            _replaced(grid.across[1:][rows], second_tops, rows),
            grid.up[rows, :-1],
            _replaced(grid.up[rows, 1:], second_rights, rows),
        )
        factor = scale[rows, :, None, None]
        centre = rings[:, :, :-1].mean(axis=2, keepdims=True)
        # a cell that keeps its size keeps its coordinates to the last bit
        rings = np.where(factor == 1, rings, centre + factor * (rings - centre))
        parts.append(_polygons(rings[scale[rows] > 0]))
    return np.concatenate(parts)


def zones(count: int, grid: Borders, *, seed: int) -> npt.NDArray[Any]:
    """Return round zones over a city that lie within it, cover much of it and may overlap."""
    rng = np.random.default_rng([seed, 2])
    extent = CELL_M * np.array([grid.columns, grid.rows])
    radius = rng.uniform(0.01, 0.05, count) * extent.min()
    reach = 1.5 * radius[:, None] + CORNER_M + WOBBLE_M
    centre = ORIGIN + reach + rng.uniform(size=(count, 2)) * (extent - 2 * reach)
    angle = np.linspace(0, 2 * np.pi, 121)[:-1]
    waves = rng.uniform(-0.08, 0.08, (count, 5, 1))
    bends = (waves * np.sin(np.arange(2, 7)[:, None] * angle)).sum(axis=1)
    distance = radius[:, None] * (1 + bends)
    rings = centre[:, None] + distance[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _polygons(np.concatenate([rings, rings[:, :1]], axis=1))


def _wobbly(
    start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return lines between points with their inner vertices moved a little; shape (…, v, 2)."""
    share = np.linspace(0, 1, VERTICES_PER_SIDE)[:, None]
    lines = start[..., None, :] * (1 - share) + end[..., None, :] * share
    lines[..., 1:-1, :] += rng.uniform(-WOBBLE_M, WOBBLE_M, lines[..., 1:-1, :].shape)
    # start·1 + end·0 may differ from start in its last bit
    lines[..., 0, :], lines[..., -1, :] = start, end
    return lines


def _scales(rows: int, columns: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return by how much each cell is scaled; zero removes it. The outermost cells stay."""
    numbers = [round(share * rows * columns) for share in (REMOVED, SHRUNK, GROWN)]
    inner = (rows - 2) * (columns - 2)
    chosen = rng.choice(inner, size=sum(numbers), replace=False)
    scale = np.ones((rows, columns))
    row, column = np.divmod(chosen, columns - 2)
    scale[row + 1, column + 1] = np.repeat([0.0, 0.9, 1.1], numbers)
    return scale


@dataclass(frozen=True, slots=True)
class _SecondDrawings:
    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    lines: npt.NDArray[np.float64]


def _second_drawings(sides: npt.NDArray[np.float64], rng: np.random.Generator) -> _SecondDrawings:
    """Draw some sides anew: the ends stay, every vertex between them moves."""
    rows, columns = sides.shape[:2]
    number = round(DRAWN_TWICE * rows * columns)
    row, column = np.divmod(rng.choice(rows * columns, size=number, replace=False), columns)
    lines = sides[row, column]
    shape = lines[:, 1:-1, 0].shape
    angle, distance = rng.uniform(0, 2 * np.pi, shape), rng.uniform(*SLIVER_M, shape)
    lines[:, 1:-1] += distance[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return _SecondDrawings(row, column, lines)


def _replaced(
    sides: npt.NDArray[np.float64], second: _SecondDrawings, rows: slice
) -> npt.NDArray[np.float64]:
    """Return the sides of some rows of cells with the second drawing where there is one."""
    here = (second.row >= rows.start) & (second.row < rows.stop)
    replaced = sides.copy()
    replaced[second.row[here] - rows.start, second.column[here]] = second.lines[here]
    return replaced


def _rings(
    bottom: npt.NDArray[np.float64],
    top: npt.NDArray[np.float64],
    left: npt.NDArray[np.float64],
    right: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return closed counter-clockwise rings from four sides of each cell."""
    rising = [bottom[..., :-1, :], right[..., :-1, :]]
    return np.concatenate([*rising, top[..., :0:-1, :], left[..., ::-1, :]], axis=-2)


def _joined(lines: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return lines that follow each other, shape (…, n, v, 2), as one; shape (…, w, 2)."""
    inner = lines[..., :-1, :]
    inner = inner.reshape(*lines.shape[:-3], -1, 2)
    return np.concatenate([inner, lines[..., -1, -1:, :]], axis=-2)


def _polygons(rings: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Return closed rings of the same length, shape (n, v, 2), as polygons."""
    count, length = rings.shape[:2]
    return shapely.polygons(
        shapely.linearrings(rings.reshape(-1, 2), indices=np.repeat(np.arange(count), length))
    )
