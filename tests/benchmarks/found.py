"""What a contestant hands back, and the figures by which answers are compared with each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]
    FloatArray = npt.NDArray[np.float64]
    GeometryArray = npt.NDArray[Any]

Figures = dict[str, float]


class LeftOutError(Exception):
    """A contestant cannot take part; the message says why."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who borders each place, and along how much; one entry for each place and body.

    Parameters
    ----------
    place, body
        Positions of the place and of the polygon next to it; shape (k,).
    shared
        Length of the border they share, in CRS units; shape (k,).
    """

    place: IntArray
    body: IntArray
    shared: FloatArray


@dataclass(frozen=True, slots=True)
class BlindSpots:
    """Gaps and contested places.

    Parameters
    ----------
    gaps, contested
        Polygons; contested ones do not overlap each other, or are overlaps of two bodies each.
    place, body
        Owners of the contested places: positions of the place and of the polygon; shape (k,).
    neighbours
        Neighbours of the gaps, or ``None`` where the contestant does not tell.
    """

    gaps: GeometryArray
    contested: GeometryArray
    place: IntArray
    body: IntArray
    neighbours: Neighbours | None

    def figures(self) -> Figures:
        """Return numbers that other contestants must find as well."""
        owners = np.bincount(self.place, minlength=len(self.contested))
        found = {
            "gaps": len(self.gaps),
            "gap_area": float(shapely.area(self.gaps).sum()),
            "contested": len(self.contested),
            # a place of three owners counts for its three pairs, whoever tells it as one or three
            "pairs_area": float(shapely.area(self.contested) @ (owners * (owners - 1) / 2)),
        }
        if self.neighbours is not None:
            found["neighbours"] = len(self.neighbours.body)
            found["shared"] = float(self.neighbours.shared.sum())
        return found


@dataclass(frozen=True, slots=True)
class Parts:
    """A full partition of the plane.

    Parameters
    ----------
    polygons
        Its parts; shape (p,).
    part, cover
        Every pair of a part and a polygon that covers it; shape (k,).
    neighbours
        Parts next to each part, each pair once, or ``None`` where the contestant does not tell.
    """

    polygons: GeometryArray
    part: IntArray
    cover: IntArray
    neighbours: Neighbours | None

    def figures(self) -> Figures:
        """Return numbers that other contestants must find as well."""
        owners = np.bincount(self.part, minlength=len(self.polygons))
        areas = shapely.area(self.polygons)
        found = {
            "parts": len(self.polygons),
            "covered_area": float(areas[owners > 0].sum()),
            "unowned_area": float(areas[owners == 0].sum()),
            "pairs_area": float(areas @ (owners * (owners - 1) / 2)),
        }
        if self.neighbours is not None:
            found["neighbours"] = len(self.neighbours.body)
            found["shared"] = float(self.neighbours.shared.sum())
        return found


def summed(place: IntArray, body: IntArray, shared: FloatArray) -> Neighbours:
    """Add up lengths that belong to the same place and body."""
    width = int(body.max(initial=0)) + 1
    key, position = np.unique(place * width + body, return_inverse=True)
    place, body = np.divmod(key, width)
    return Neighbours(place, body, np.bincount(position, weights=shared, minlength=len(key)))
