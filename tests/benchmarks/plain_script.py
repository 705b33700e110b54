"""Find gaps and overlaps the plain way: union, holes, pairwise intersections."""

from __future__ import annotations

import sys

import geopandas as gpd
import numpy as np
import shapely


def main() -> None:
    """Read a layer, write its gaps and overlaps."""
    city = gpd.read_file(sys.argv[1])
    shapes = city.geometry.to_numpy()
    union = shapely.union_all(shapes)
    outline = shapely.union_all(
        shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))
    )
    gaps = shapely.get_parts(outline.difference(union))
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    overlaps = shapely.intersection(shapes[first[once]], shapes[second[once]])
    overlaps = overlaps[shapely.area(overlaps) > 0]
    found = gpd.GeoDataFrame(
        {"class": np.repeat(["gap", "overlap"], [len(gaps), len(overlaps)])},
        geometry=np.concatenate([gaps, overlaps]),
        crs=city.crs,
    )
    found["area_m2"] = found.area
    found.to_file(sys.argv[2])


if __name__ == "__main__":
    main()
