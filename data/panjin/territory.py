"""The ground of the sample: counties, an exclave, townships that tile them, and sites upon it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from shapely.affinity import translate

from gis.layers.city_boundaries import county_boundaries, projected_exactly

if TYPE_CHECKING:
    import random

    import numpy.typing as npt
    import pandas as pd

CITY = "盘锦市"
CITY_CRS = CRS.from_epsg(4550)

#: Every vertex of the sample lies on this grid, so that shared borders are shared exactly.
GRID_M = 0.001

EXCLAVE = "EXCLAVE"

SHUANGTAIZI, XINGLONGTAI, DAWA, PANSHAN = "211102", "211103", "211104", "211122"

#: Voronoi borders stick out this far beyond their county, so that they surely cut its border.
_OVERHANG_M = 100.0

_CLUSTER_POINTS, _CLUSTER_ROUNDS = 1500, 6

_EXCLAVE_SHAPE = shapely.Polygon(
    [(0, 0), (1900, 150), (2300, 900), (2050, 1700), (1200, 1950), (200, 1600), (-150, 700)]
)


@dataclass(frozen=True)
class Territory:
    """The ground, in EPSG:4550.

    Parameters
    ----------
    counties
        Index: code of the county; ``name_zh``, ``name_en``, ``geometry``.
    townships
        Index: code of the township; ``name_zh``, ``name_en``, ``county``, ``geometry``. They
        tile the counties exactly.
    exclave
        A made-up piece of the jurisdiction outside every county.
    """

    counties: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame
    exclave: shapely.Polygon

    def codes_in(self, county: str) -> list[str]:
        """Return the codes of a county's townships."""
        codes: list[str] = self.townships.index[self.townships["county"] == county].tolist()
        return codes


COUNTIES_EN = {
    SHUANGTAIZI: "Shuangtaizi District",
    XINGLONGTAI: "Xinglongtai District",
    DAWA: "Dawa District",
    PANSHAN: "Panshan County",
}


def make_territory(names: pd.DataFrame, rng: random.Random) -> Territory:
    """Divide the counties into townships.

    Parameters
    ----------
    names
        ``code``, ``name_zh``, ``name_en``, ``county`` of every township, as text.
    rng
        Where the townships lie is drawn from it.
    """
    counties = projected_exactly(county_boundaries(CITY), CITY_CRS).set_index("code")
    seeds = {
        code: _spread_points(county, int((names["county"] == code).sum()), rng)
        for code, county in counties.geometry.items()
    }
    borders = [counties.boundary.union_all()]
    borders += [_dividing_lines(counties.geometry[code], seeds[code]) for code in seeds]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(borders, grid_size=GRID_M)]))
    townships = _joined_by_seed(faces, counties, seeds, names)
    whole = townships.dissolve("county", method="coverage")
    west, south, _, north = counties.total_bounds
    return Territory(
        counties=gpd.GeoDataFrame(
            {"name_zh": counties["name_zh"], "name_en": counties.index.map(COUNTIES_EN)},
            geometry=whole.geometry.reindex(counties.index),
        ),
        townships=townships,
        exclave=translate(_EXCLAVE_SHAPE, round(west) - 6000, round((south + north) / 2)),
    )


def _spread_points(county: shapely.Geometry, n: int, rng: random.Random) -> npt.NDArray[np.float64]:
    """Return n points in a county, spread out by clustering random ones around them."""
    west, south, east, north = county.bounds
    drawn: list[tuple[float, float]] = []
    shapely.prepare(county)
    while len(drawn) < _CLUSTER_POINTS:
        point = (rng.uniform(west, east), rng.uniform(south, north))
        if county.contains(shapely.Point(point)):
            drawn.append(point)
    cloud = np.array(drawn)
    centres = cloud[:n]
    for _ in range(_CLUSTER_ROUNDS):
        nearest = _nearest(cloud, centres)
        centres = np.array([cloud[nearest == number].mean(axis=0) for number in range(n)])
    # whole metres, so that no last digit of a machine decides where a border runs
    return np.round(centres)


def _nearest(
    points: npt.NDArray[np.float64], centres: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    return np.argmin(np.linalg.norm(points[:, None] - centres[None], axis=2), axis=1)


def _dividing_lines(county: shapely.Geometry, seeds: npt.NDArray[np.float64]) -> shapely.Geometry:
    lines = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=county, only_edges=True)
    return shapely.intersection(lines, shapely.buffer(county, _OVERHANG_M))


def _joined_by_seed(
    faces: npt.NDArray[np.object_],
    counties: gpd.GeoDataFrame,
    seeds: dict[str, npt.NDArray[np.float64]],
    names: pd.DataFrame,
) -> gpd.GeoDataFrame:
    """Return the townships: the faces of one county nearest to one seed."""
    points = shapely.point_on_surface(faces)
    county, face = shapely.STRtree(points).query(counties.geometry, predicate="contains")
    owner = np.full(len(faces), "", dtype=object)
    for number, code in enumerate(counties.index):
        mine = face[county == number]
        codes = names.loc[names["county"] == code, "code"].to_numpy()
        owner[mine] = codes[_nearest(shapely.get_coordinates(points[mine]), seeds[code])]
    inside = owner != ""
    cut = gpd.GeoDataFrame({"code": owner[inside]}, geometry=faces[inside], crs=counties.crs)
    shapes = cut.dissolve("code", method="coverage")
    return gpd.GeoDataFrame(names.set_index("code").join(shapes), crs=counties.crs)


@dataclass(frozen=True, slots=True)
class Site:
    """A place in the middle of one township, at whole metres.

    Parameters
    ----------
    x, y
        Middle.
    county, township
        Codes.
    """

    x: float
    y: float
    county: str
    township: str

    def box(
        self, width: float, height: float, east: float = 0.0, north: float = 0.0
    ) -> shapely.Polygon:
        """Return a rectangle whose middle lies some metres east and north of the site's."""
        x, y = self.x + east, self.y + north
        return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


#: Room left free around every site, so that no two planted places touch.
_MARGIN_M = 120.0

_MOST_TRIES = 5000


@dataclass
class Sites:
    """Hands out sites that lie apart from each other and from every township's border."""

    territory: Territory
    rng: random.Random
    taken: list[shapely.Geometry] = field(default_factory=list)

    def take(self, county: str, reach: float) -> Site:
        """Return a site with ``reach`` metres free on every side."""
        townships = self.territory.townships
        codes = self.territory.codes_in(county)
        for _ in range(_MOST_TRIES):
            code = codes[int(self.rng.random() * len(codes))]
            shape = townships.geometry[code]
            west, south, east, north = shape.bounds
            x, y = round(self.rng.uniform(west, east)), round(self.rng.uniform(south, north))
            site = Site(x, y, county, code)
            room = site.box(2 * (reach + _MARGIN_M), 2 * (reach + _MARGIN_M))
            if shape.contains(room) and self.is_free(room):
                self.taken.append(room)
                return site
        raise RuntimeError(county)

    def is_free(self, room: shapely.Geometry) -> bool:
        """Tell whether nothing was taken there."""
        return not any(room.intersects(other) for other in self.taken)

    def take_on_line(
        self, line: shapely.Geometry, reach: float, members: list[str]
    ) -> tuple[float, float]:
        """Return a vertex of a border around which a square meets just these townships.

        The border crosses the square once and leaves at least a third of it on either side. One
        township alone shares the square with the outside; several fill it.
        """
        townships = self.territory.townships
        others = shapely.union_all(townships.geometry.drop(members).to_numpy())
        mine = shapely.union_all(townships.geometry[members].to_numpy())
        points = shapely.get_coordinates(line).round()
        order = sorted(range(len(points)), key=lambda _: self.rng.random())
        for x, y in points[order].tolist():
            square = shapely.box(x - reach, y - reach, x + reach, y + reach)
            room = square.buffer(_MARGIN_M)
            crossing = shapely.intersection(shapely.line_merge(line), square)
            first = shapely.intersection(townships.geometry[members[0]], square)
            if (
                isinstance(crossing, shapely.LineString)
                and isinstance(first, shapely.Polygon)
                and isinstance(shapely.intersection(mine, square), shapely.Polygon)
                and 1 / 3 < first.area / square.area < 2 / 3
                and not room.intersects(others)
                and (len(members) == 1 or mine.contains(room))
                and self.is_free(room)
            ):
                self.taken.append(room)
                return x, y
        raise LookupError(members)
