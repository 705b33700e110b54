"""A county of 4 × 4 km with six planted gaps and one overlap, as a project folder.

Places in metres from the county's corner at (500 000, 4 500 000) in EPSG:4550. The county has a
detached square kilometre to the east. West, East and Works are bodies.

==============  ==================================================================================
alley           60 m × 1 000 m between West and East, enclosed
sliver          a crack of 0.3 m × 700 m between West and East
inlet           200 m × 300 m of East's side, open to the eastern limit
hole            100 m × 100 m inside West
between parts   80 m × 200 m between the two parts of Works, closed by East above and below
detached        the square kilometre, which nobody claims
overlap         40 m × 100 m claimed by West and East
==============  ==================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely
from shapely import box
from shapely.affinity import translate

if TYPE_CHECKING:
    from pathlib import Path

CRS = "EPSG:4550"
EAST, NORTH = 500_000.0, 4_500_000.0

MAIN = box(0, 0, 4000, 4000)
DETACHED = box(5000, 0, 6000, 1000)
ALLEY = box(1970, 1000, 2030, 2000)
SLIVER = box(1999.85, 2500, 2000.15, 3200)
INLET = box(3800, 3000, 4000, 3300)
HOLE = box(500, 500, 600, 600)
BETWEEN = box(2600, 600, 2680, 800)
OVERLAP = box(1980, 3600, 2020, 3700)
WORKS = shapely.MultiPolygon([box(2500, 600, 2600, 800), box(2680, 600, 2780, 800)])

#: class, position and area on the plane of every planted place.
PLANTED = {
    "alley": ("void", "enclosed", ALLEY),
    "sliver": ("sliver", "enclosed", SLIVER),
    "inlet": ("void", "inlet", INLET),
    "hole": ("void", "hole", HOLE),
    "between parts": ("void", "between_parts", BETWEEN),
    "detached": ("void", "detached", DETACHED),
    "overlap": ("contested", "", OVERLAP),
}


def placed(shape: shapely.Geometry) -> shapely.Geometry:
    """Move a shape from the county's corner to its coordinates."""
    return translate(shape, EAST, NORTH)


def claims() -> gpd.GeoDataFrame:
    """Return the three claims, with the planted places taken out or laid over."""
    west = box(0, 0, 2000, 4000) - ALLEY - SLIVER - HOLE | OVERLAP
    east = box(2000, 0, 4000, 4000) - ALLEY - SLIVER - INLET - WORKS - BETWEEN | OVERLAP
    return frame({"body": ["West", "East", "Works"]}, [west, east, WORKS])


def jurisdiction() -> gpd.GeoDataFrame:
    """Return the county, two parts."""
    county = shapely.MultiPolygon([MAIN, DETACHED])
    return frame(
        {"district_id": ["county"], "name_zh": ["玩具县"], "name_en": ["Toy county"]}, [county]
    )


def frame(columns: dict[str, list[object]], shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    """Return rows with shapes given from the county's corner."""
    return gpd.GeoDataFrame(columns, geometry=[placed(shape) for shape in shapes], crs=CRS)


def write_project(
    folder: Path,
    tables: dict[str, gpd.GeoDataFrame] | None = None,
    *,
    head: str = "",
) -> Path:
    """Write a project of the toy county and return its folder.

    Parameters
    ----------
    folder
        Made if it is not there.
    tables
        Tables by name; given ones replace or join ``jurisdiction`` and ``claims``.
    head
        Lines for the ``[project]`` table.
    """
    folder.mkdir(parents=True, exist_ok=True)
    every = {"jurisdiction": jurisdiction(), "claims": claims(), **(tables or {})}
    lines = [
        "[project]",
        'name = { zh = "玩具县", en = "Toy county" }',
        head or "as_of = 2026-08-15",
    ]
    for name, table in every.items():
        if isinstance(table, gpd.GeoDataFrame):
            table.to_file(folder / "layers.gpkg", layer=name, driver="GPKG")
            lines += [f"[layers.{name}]", 'path = "layers.gpkg"', f'layer = "{name}"']
        else:
            table.to_csv(folder / f"{name}.csv", index=False)
            lines += [f"[layers.{name}]", f'path = "{name}.csv"']
    (folder / "mangqu.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
