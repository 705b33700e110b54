"""A seeded city of many polygons that nearly tile it, with gaps and overlaps planted."""

from __future__ import annotations

import numpy as np
import shapely


def nearly_tiling(
    count: int, *, seed: int = 7, vertices_per_side: int = 9
) -> list[shapely.Polygon]:
    """Return about ``count`` wobbly squares; one in a hundred shrunk, one in a hundred grown.

    Neighbours share every vertex of their common side, as in a clean cadastral layer.
    """
    rng = np.random.default_rng(seed)
    side = max(2, round(count**0.5))
    step = 200.0
    corners = step * np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1)
    corners = corners + rng.uniform(-30, 30, corners.shape) + (500_000.0, 4_500_000.0)
    across = _wobbly(corners[:, :-1], corners[:, 1:], vertices_per_side, rng)
    up = _wobbly(corners[:-1, :], corners[1:, :], vertices_per_side, rng)
    fate = rng.uniform(size=(side, side))
    cells = []
    for row in range(side):
        for column in range(side):
            ring = np.concatenate(
                [
                    across[row, column][:-1],
                    up[row, column + 1][:-1],
                    across[row + 1, column][::-1][:-1],
                    up[row, column][::-1][:-1],
                ]
            )
            factor = 0.9 if fate[row, column] < 0.01 else 1.1 if fate[row, column] > 0.99 else 1.0
            centre = ring.mean(axis=0)
            cells.append(shapely.Polygon(centre + factor * (ring - centre)))
    return cells


def _wobbly(
    start: np.ndarray, end: np.ndarray, vertices: int, rng: np.random.Generator
) -> np.ndarray:
    """Return lines between points with their inner vertices moved a little; shape (…, v, 2)."""
    share = np.linspace(0, 1, vertices)[:, None]
    lines = start[..., None, :] * (1 - share) + end[..., None, :] * share
    lines[..., 1:-1, :] += rng.uniform(-4, 4, lines[..., 1:-1, :].shape)
    return lines
