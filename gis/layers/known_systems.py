"""Coordinate systems that layers commonly turn out to be in, the most official first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pyproj import CRS
from pyproj.database import query_crs_info
from pyproj.enums import PJType

_ZONE_M = 1_000_000

#: Eastings of a zone without its number, of UTM, and of Web Mercator, in metres.
_WITHOUT_ZONE = (0.0, float(_ZONE_M))
_UTM_EASTINGS = (166_000.0, 834_000.0)
_WEB_MERCATOR = (-20_037_508.4, 20_037_508.4)

_DEGREES = (-180.0, 180.0)


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system, and the numbers that are to be expected of it.

    Parameters
    ----------
    code
        Number in the EPSG registry.
    family, kind
        ``cgcs2000``, ``xian80``, ``beijing54``, ``wgs84``, ``gcj02`` or ``bd09``, and how it
        counts; ``crs_family.<family>`` and ``crs_kind.<kind>`` in the catalogues.
    number
        Zone, or central meridian in degrees; 0 where there is none.
    area
        Where it is made for: west, south, east, north in degrees.
    eastings
        Least and greatest easting or longitude.
    rank
        Its place in the order of official use.
    """

    code: int
    family: str
    kind: str
    number: int
    area: tuple[float, float, float, float]
    eastings: tuple[float, float]
    rank: int

    @property
    def datum(self) -> str:
        """Return the ``datum`` that a project file must state, or ``""``."""
        return self.family if self.family in _SHIFTED else ""


#: Web maps shift WGS 84; no registry knows these.
_SHIFTED = ("gcj02", "bd09")

#: By family and kind, in the order of their official use in China.
_ORDER = [
    ("cgcs2000", "degrees"),
    ("wgs84", "degrees"),
    ("gcj02", "degrees"),
    ("bd09", "degrees"),
    ("xian80", "degrees"),
    ("beijing54", "degrees"),
    *(
        (family, f"{way}_{width}")
        for family in ("cgcs2000", "xian80", "beijing54")
        for width in (3, 6)
        for way in ("zone", "meridian")
    ),
    ("wgs84", "web_mercator"),
    ("wgs84", "utm_north"),
    ("wgs84", "utm_south"),
]

_FAMILIES = {"CGCS2000": "cgcs2000", "Xian 1980": "xian80", "Beijing 1954": "beijing54"}
_GAUSS_KRUGER = re.compile(
    rf"({'|'.join(_FAMILIES)}) / (3-degree )?Gauss-Kruger (?:zone (\d+)|CM (\d+)E)"
)
_UTM = re.compile(r"WGS 84 / UTM zone (\d+)([NS])")


@cache
def china() -> tuple[float, float, float, float]:
    """Return the extent of China with its sea, as the registry has it for CGCS2000."""
    return _area(4490)


@cache
def known_systems() -> tuple[System, ...]:
    """Return the systems that are looked through; the zones are those of the EPSG registry."""
    found = [
        _system(4490, "cgcs2000", "degrees", area=china(), eastings=_DEGREES),
        _system(4326, "wgs84", "degrees", area=_area(4326), eastings=_DEGREES),
        _system(4326, "gcj02", "degrees", area=china(), eastings=_DEGREES),
        _system(4326, "bd09", "degrees", area=china(), eastings=_DEGREES),
        _system(4610, "xian80", "degrees", area=_area(4610), eastings=_DEGREES),
        _system(4214, "beijing54", "degrees", area=_area(4214), eastings=_DEGREES),
        _system(3857, "wgs84", "web_mercator", area=_area(3857), eastings=_WEB_MERCATOR),
    ]
    for info in query_crs_info("EPSG", pj_types=[PJType.PROJECTED_CRS]):
        if info.area_of_use is None:
            continue
        code, area = int(info.code), info.area_of_use.bounds
        if (match := _GAUSS_KRUGER.fullmatch(info.name)) is not None:
            family, three, zone, meridian = match.groups()
            kind = f"{'zone' if zone else 'meridian'}_{3 if three else 6}"
            number = int(zone or meridian)
            low = number * _ZONE_M
            eastings = (float(low), float(low + _ZONE_M)) if zone else _WITHOUT_ZONE
            found.append(
                _system(code, _FAMILIES[family], kind, number, area=area, eastings=eastings)
            )
        elif (match := _UTM.fullmatch(info.name)) is not None:
            kind = "utm_north" if match[2] == "N" else "utm_south"
            found.append(
                _system(code, "wgs84", kind, int(match[1]), area=area, eastings=_UTM_EASTINGS)
            )
    return tuple(sorted(found, key=lambda system: (system.rank, system.code)))


def _system(
    code: int,
    family: str,
    kind: str,
    number: int = 0,
    *,
    area: tuple[float, float, float, float],
    eastings: tuple[float, float],
) -> System:
    rank = _ORDER.index((family, kind))
    return System(code, family, kind, number, area, eastings, rank)


def _area(code: int) -> tuple[float, float, float, float]:
    area = CRS.from_epsg(code).area_of_use
    if area is None:
        raise LookupError(code)
    return area.bounds
