"""maup repairs a coverage: overlaps go to one of the two, gaps to a neighbour. It lists neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd

from tests.benchmarks.found import LeftOutError

try:
    import maup
except ImportError as error:
    raise LeftOutError(f"maup is not installed: {error}") from error

if TYPE_CHECKING:
    from tests.benchmarks.city import City
    from tests.benchmarks.found import Figures


@dataclass(frozen=True, slots=True)
class Repaired:
    """Polygons after a repair."""

    polygons: gpd.GeoSeries

    def figures(self) -> Figures:
        """Return numbers that tell what was done."""
        return {"polygons": len(self.polygons), "area": float(self.polygons.area.sum())}


def prepare(city: City) -> gpd.GeoSeries:
    """Return the cells as a series; not timed."""
    return gpd.GeoSeries(city.polygons, crs=city.crs)


def resolve_and_close(cells: gpd.GeoSeries) -> Repaired:
    """Resolve all overlaps, then close all gaps."""
    apart = maup.resolve_overlaps(cells, relative_threshold=None)
    return Repaired(maup.close_gaps(apart, relative_threshold=None))


def close_gaps(cells: gpd.GeoSeries) -> Repaired:
    """Close all gaps."""
    return Repaired(maup.close_gaps(cells, relative_threshold=None))
