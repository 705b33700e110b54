"""Tilings at any city of China, and their copies in the map offsets, for the tests of the guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.layers.crs import WGS84, transform
from gis.layers.datum import FROM_WGS84

if TYPE_CHECKING:
    from pyproj import CRS

    from gis.model.arrangement import GeometryArray

#: Longitude and latitude: every province, the corners of the land, islands, Hong Kong and Macau.
CITIES = {
    "盘锦": (122.07, 41.12),
    "北京": (116.40, 39.90),
    "上海": (121.47, 31.23),
    "天津": (117.20, 39.13),
    "重庆": (106.55, 29.56),
    "广州": (113.26, 23.13),
    "深圳": (114.06, 22.54),
    "香港": (114.17, 22.32),
    "澳门": (113.55, 22.20),
    "台北": (121.56, 25.04),
    "海口": (110.35, 20.02),
    "三亚": (109.51, 18.25),
    "三沙": (112.34, 16.83),
    "南宁": (108.32, 22.82),
    "昆明": (102.71, 25.04),
    "贵阳": (106.71, 26.58),
    "成都": (104.07, 30.67),
    "拉萨": (91.13, 29.65),
    "阿里": (80.10, 32.50),
    "喀什": (75.99, 39.47),
    "乌鲁木齐": (87.60, 43.80),
    "西宁": (101.78, 36.62),
    "兰州": (103.83, 36.06),
    "银川": (106.27, 38.47),
    "西安": (108.94, 34.34),
    "郑州": (113.65, 34.76),
    "武汉": (114.30, 30.60),
    "长沙": (112.97, 28.20),
    "南昌": (115.89, 28.68),
    "福州": (119.30, 26.08),
    "杭州": (120.15, 30.28),
    "南京": (118.80, 32.06),
    "合肥": (117.27, 31.86),
    "济南": (117.00, 36.67),
    "石家庄": (114.50, 38.04),
    "太原": (112.55, 37.87),
    "呼和浩特": (111.67, 40.82),
    "沈阳": (123.43, 41.80),
    "长春": (125.32, 43.90),
    "哈尔滨": (126.63, 45.75),
    "漠河": (122.50, 53.48),
    "抚远": (134.30, 48.36),
}

METRES_PER_DEGREE = 111_320.0


def array(shapes: object) -> GeometryArray:
    """Return shapes as an array of objects."""
    return np.array(list(shapes), dtype=object)


def grid(n: int, size: float) -> GeometryArray:
    """Return n by n squares."""
    steps = range(n)
    return array(
        shapely.box(i * size, j * size, (i + 1) * size, (j + 1) * size)
        for i in steps
        for j in steps
    )


def hexagons(n: int, radius: float) -> GeometryArray:
    """Return n by n hexagons."""
    corners = radius * np.exp(1j * np.arange(6) * np.pi / 3)
    middles = (
        complex(i * 1.5, (j + 0.5 * (i % 2)) * np.sqrt(3)) * radius
        for i in range(n)
        for j in range(n)
    )
    return array(
        shapely.Polygon(np.column_stack([(at + corners).real, (at + corners).imag]))
        for at in middles
    )


def voronoi(n: int, extent: float, seed: int) -> GeometryArray:
    """Return the cells around n random points of a square."""
    points = np.random.default_rng(seed).uniform(0, extent, (n, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    return array(shapely.intersection(cells, shapely.box(0, 0, extent, extent)))


def villages(n: int, extent: float, seed: int) -> GeometryArray:
    """Return n scattered plots of 80 to 400 metres."""
    random = np.random.default_rng(seed)
    low = random.uniform(0, extent, (n, 2))
    high = low + random.uniform(80, 400, (n, 2))
    return shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])


TILINGS = {
    "grid": grid(20, 100),
    "coarse grid": grid(8, 500),
    "hexagons": hexagons(10, 200),
    "quarters": voronoi(50, 8000, seed=1),
    "blocks": voronoi(200, 3000, seed=2),
    "villages": villages(40, 6000, seed=3),
}


def moved(shapes: GeometryArray, east: float, north: float) -> GeometryArray:
    """Return shapes some metres aside."""
    return shapely.transform(shapes, lambda points: points + np.array([east, north]))


def turned(shapes: GeometryArray, degrees: float) -> GeometryArray:
    """Return shapes turned about the corner."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return shapely.transform(shapes, lambda points: points @ np.array([[c, s], [-s, c]]))


def at(city: str, shapes: GeometryArray) -> GeometryArray:
    """Return shapes given in metres at a city, in degrees."""
    lon, lat = CITIES[city]
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(lat)), 1.0])
    return shapely.transform(shapes, lambda points: points / scale + [lon, lat])


def copy(shapes: GeometryArray, datum: str, crs: CRS = WGS84) -> GeometryArray:
    """Return the numbers that a web map has for shapes, taken for those of ``crs``."""
    shift = FROM_WGS84[datum]
    degrees = shapely.transform(
        transform(shapes, crs, WGS84), lambda points: np.column_stack(shift(*points.T))
    )
    return transform(degrees, WGS84, crs)
