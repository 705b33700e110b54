"""Find gaps and overlaps of a layer with GeoPandas and Shapely, as a GIS analyst would write it.

``python plain_script.py [--without-widths] [--with-atoms] IN.parquet OUT.gpkg`` writes the layers
``findings`` and ``finding_neighbours`` as ``mangqu gaps`` does; areas and lengths are of the plane.
"""

from __future__ import annotations

import argparse

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

GRID_M = 0.001
#: Narrower is a sliver: 2·√2 times an accuracy of 0.5 m.
SLIVER_M = 2 * 2**0.5 * 0.5


def main() -> None:
    """Read a layer, write its gaps and overlaps and who is next to them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--without-widths", action="store_true")
    parser.add_argument("--with-atoms", action="store_true")
    parser.add_argument("source")
    parser.add_argument("target")
    options = parser.parse_args()
    city = gpd.read_parquet(options.source)
    cells = city.geometry.to_numpy()
    names = np.array([f"#{row + 1}" for row in range(len(cells))], dtype=object)
    tree = shapely.STRtree(cells)

    union = shapely.union_all(cells)
    outline = shapely.union_all(
        shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))
    )
    gaps = shapely.get_parts(shapely.difference(outline, union))
    first, second = tree.query(cells, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    overlaps, pair = shapely.get_parts(
        shapely.intersection(cells[first], cells[second]), return_index=True
    )
    # most pairs only touch, in points and lines
    real = shapely.get_dimensions(overlaps) == 2
    overlaps, first, second = overlaps[real], first[pair[real]], second[pair[real]]
    bodies = [""] * len(gaps)
    bodies += [f"{one}, {other}" for one, other in zip(names[first], names[second], strict=True)]
    findings = gpd.GeoDataFrame(
        {
            "finding_id": [f"F{number}" for number in range(len(bodies))],
            "class": np.where(np.arange(len(bodies)) < len(gaps), "void", "contested"),
            "bodies": bodies,
        },
        geometry=np.concatenate([gaps, overlaps]),
        crs=city.crs,
    )
    findings["area_m2"] = findings.area
    if not options.without_widths:
        radius = shapely.length(shapely.maximum_inscribed_circle(findings.geometry.to_numpy()))
        findings["width_m"] = 2 * radius
        findings.loc[findings["width_m"] < SLIVER_M, "class"] = "sliver"
    points = findings.representative_point().to_crs("EPSG:4326")
    findings["lon"], findings["lat"] = points.x, points.y

    places = findings.geometry.to_numpy()
    place, cell = tree.query(places, predicate="dwithin", distance=GRID_M)
    # the union's new vertices lie beside the old lines; on a grid they meet again
    shared_m = shapely.length(
        shapely.intersection(
            shapely.boundary(places[place]), shapely.boundary(cells[cell]), grid_size=GRID_M
        )
    )
    neighbours = pd.DataFrame(
        {
            "finding_id": findings["finding_id"].to_numpy()[place],
            "body": names[cell],
            "shared_m": shared_m,
        }
    )
    pyogrio.write_dataframe(findings, options.target, layer="findings")
    pyogrio.write_dataframe(
        neighbours[neighbours["shared_m"] > 0], options.target, layer="finding_neighbours"
    )
    if options.with_atoms:
        pyogrio.write_dataframe(_atoms(cells, names, city.crs), options.target, layer="atoms")


def _atoms(cells: np.ndarray, names: np.ndarray, crs: object) -> gpd.GeoDataFrame:
    """Return every part of the plane that the cells' borders cut, with the cells over it."""
    lines = shapely.union_all(shapely.boundary(cells))
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points = shapely.point_on_surface(parts)
    cell, part = shapely.STRtree(points).query(cells, predicate="intersects")
    owners = pd.Series(names[cell]).groupby(part).agg(", ".join)
    atoms = gpd.GeoDataFrame(geometry=parts, crs=crs)
    atoms["claim_ids"] = owners.reindex(range(len(parts)), fill_value="")
    atoms["area_m2"] = atoms.area
    return atoms


if __name__ == "__main__":
    main()
