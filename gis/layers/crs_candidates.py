"""Which coordinate systems may a layer be in that states none? They are proposed, never taken.

Every system commonly met is tried on the layer's extent, also with the axes exchanged. It is
proposed if the layer then falls where the other layers of the project are, or, without any, where
the system is made for. Systems that fit equally well are ordered by their official use in China.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Proj

from gis.catalogue import Catalogue, Worded
from gis.layers.extents import are_degrees, distance_km, extent_points
from gis.layers.known_systems import china, known_systems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import InputError
    from gis.layers.known_systems import System
    from gis.model.arrangement import FloatArray
    from gis.readers.raw import LayerFile

#: So many are shown, and so many of them that differ in nothing but the zone.
MOST_CANDIDATES = 6
_MOST_ZONES = 3

#: Layers of one project lie no farther apart than this.
_NEAR_KM = 300.0

#: A reading that lies this much farther off than the best is none.
_WORSE_KM = 100.0

#: Readings whose distances differ by less fit equally well: datums differ by a tenth of it.
_SAME_KM = 0.25

#: How far beyond its area of use a zone is met with: a prefecture across two zones, islands.
_MARGIN_DEG = (1.5, 5.0)

#: Numbers this near to where meridian and equator cross are those of a building site.
_NOWHERE_DEG = 1.0

#: Most counties of China lie near this longitude; orders zones of which nothing else is known.
_MIDDLE_LON = 112.0

_DATUMS_UNKNOWN = ("cgcs2000", "xian80", "beijing54")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A coordinate system that a layer may be in.

    Parameters
    ----------
    crs, datum, axes
        What a project file would state, or ``""``: ``EPSG:4526``, ``gcj02``, ``yx``.
    family, kind, number
        What it is called, see :class:`gis.layers.known_systems.System`.
    lon, lat
        Where the middle of the layer would fall, in degrees.
    distance_km
        How far its middle and corners would lie from the other layers on an average, or None
        where there are none.
    """

    crs: str
    datum: str
    axes: str
    family: str
    kind: str
    number: int
    lon: float
    lat: float
    distance_km: float | None

    def lines(self) -> tuple[str, ...]:
        """Return the lines of a project file that would state it."""
        stated = (("crs", self.crs), ("datum", self.datum), ("axes", self.axes))
        return tuple(f'{key} = "{value}"' for key, value in stated if value)

    def as_dict(self) -> dict[str, object]:
        """Return it for machines, degrees and kilometres rounded."""
        return {
            "crs": self.crs,
            "datum": self.datum,
            "axes": self.axes,
            "family": self.family,
            "kind": self.kind,
            "number": self.number,
            "lon": round(self.lon, 4),
            "lat": round(self.lat, 4),
            "distance_km": None if self.distance_km is None else round(self.distance_km, 1),
            "lines": list(self.lines()),
        }

    def in_words(self, texts: Catalogue) -> str:
        """Return the lines, what they mean, and where the layer would fall."""
        known = "crs_choice.one" if self.distance_km is None else "crs_choice.one_of_project"
        return texts.text(known, **self._named(texts), **self.where())

    def in_words_without_place(self, texts: Catalogue) -> str:
        """Return the lines and what they mean."""
        return texts.text("crs_choice.one_of_a_place", **self._named(texts))

    def where(self) -> dict[str, str]:
        """Return where the layer would fall, and how far from the others, as a person reads it."""
        place = f"{_degrees(self.lon, 'E', 'W')} {_degrees(self.lat, 'N', 'S')}"
        return {"place": place, "km": f"{self.distance_km or 0.0:.0f}"}

    def _named(self, texts: Catalogue) -> dict[str, str]:
        family = texts.text(f"crs_family.{self.family}")
        return {
            "lines": texts.text("crs_choice.and").join(self.lines()),
            "name": texts.text(f"crs_kind.{self.kind}", family=family, number=self.number),
        }


@dataclass(frozen=True, slots=True)
class Choices(Worded):
    """Candidates with what must be said of them.

    Parameters
    ----------
    candidates
        The likeliest first.
    caveats
        Keys ``crs_caveat.<caveat>`` in the catalogues.
    middle
        Where the middle of the layer lies in its own numbers, or None if it has no coordinates.
    """

    candidates: tuple[Candidate, ...]
    caveats: tuple[str, ...]
    middle: tuple[float, float] | None

    def in_words(self, texts: Catalogue) -> str:
        """Return what to state, in one line."""
        if self.middle is None:
            return texts.text("crs_choice.no_coordinates")
        if not self.candidates:
            x, y = (f"{number:.10g}" for number in self.middle)
            return texts.text("crs_choice.none", x=x, y=y)
        first, *others = self.candidates
        if others and all(each.where() == first.where() for each in others):
            choices = [each.in_words_without_place(texts) for each in self.candidates]
            alone = first.distance_km is None
            of_place = "crs_choice.place" if alone else "crs_choice.place_of_project"
            place = texts.text(of_place, **first.where())
        else:
            choices, place = [each.in_words(texts) for each in self.candidates], ""
        said = texts.text("crs_choice.some", choices=" / ".join(choices)) + place
        return said + "".join(texts.text(f"crs_caveat.{caveat}") for caveat in self.caveats)


def refuse_unstated(
    source: LayerFile, bounds: FloatArray, expected: Sequence[FloatArray] = (), axes: str = ""
) -> InputError:
    """Return the error of a layer whose coordinate system nothing states.

    Parameters
    ----------
    source
        The layer, for messages.
    bounds, expected, axes
        As in :func:`crs_candidates`.
    """
    points = extent_points(bounds)
    found = crs_candidates(bounds, expected, axes)
    choices = Choices(
        tuple(found), _caveats(found), None if points is None else (points[0, 0], points[0, 1])
    )
    error = source.error("crs_missing", choices=choices)
    error.details["candidates"] = [candidate.as_dict() for candidate in found]
    return error


def crs_candidates(
    bounds: FloatArray, expected: Sequence[FloatArray] = (), axes: str = ""
) -> list[Candidate]:
    """Return the coordinate systems that a layer may be in, the likeliest first.

    Parameters
    ----------
    bounds
        West, south, east, north of each row in the numbers of the file; shape (n, 4).
    expected
        Where the layer is expected: west, south, east, north in degrees; shape (4,) each.
        Without any, China comes before the rest of the world.
    axes
        ``"xy"`` or ``"yx"`` if the user has said it, and the bounds are in that order already;
        then no other order is tried.

    Returns
    -------
    candidates
        At most ``MOST_CANDIDATES``; empty if no system commonly met fits.
    """
    points = extent_points(bounds)
    if points is None:
        return []
    found = _readings(points, axes, expected)
    if not axes:
        found += _readings(points[:, ::-1], "yx", expected)
    best = min((reading.misfit_km for reading in found), default=np.inf)
    near = [each for each in found if each.misfit_km <= min(_NEAR_KM, best + _WORSE_KM)]
    # where none lies near the others, they do not help to choose
    ordered = sorted(near, key=lambda each: each.beside(best)) or _alone(found)
    return [reading.candidate for reading in _few_of_each(ordered)]


@dataclass(frozen=True, slots=True)
class _Reading:
    candidate: Candidate
    system: System
    misfit_km: float  # infinite where nothing is expected

    @property
    def _official(self) -> tuple[float, ...]:
        outside = not _within(self.candidate, self.system.area)
        zone = abs(self.candidate.lon - _MIDDLE_LON) if self.system.number else 0.0
        return (outside, self.candidate.axes == "yx", self.system.rank, zone)

    def beside(self, best_km: float) -> tuple[float, ...]:
        """Return its place in the order where other layers tell."""
        worse = self.misfit_km > best_km + _SAME_KM
        return (self.misfit_km if worse else 0.0, *self._official)

    @property
    def in_china(self) -> bool:
        return _within(self.candidate, china())

    def alone(self) -> tuple[float, ...]:
        """Return its place in the order where no other layer tells."""
        return (not self.in_china, *self._official)


def _alone(readings: list[_Reading]) -> list[_Reading]:
    """Order readings of which no other layer tells, without what is far-fetched."""
    plain = any(each.in_china and not each.candidate.axes for each in readings)
    return sorted(
        (each for each in readings if each.in_china or not (plain and each.candidate.axes)),
        key=_Reading.alone,
    )


def _readings(points: FloatArray, axes: str, expected: Sequence[FloatArray]) -> list[_Reading]:
    """Return what the points may mean in each system, if it is sensible there."""
    found = []
    for system in known_systems():
        low, high = system.eastings
        if not low <= points[0, 0] <= high:
            continue
        degrees = _placed(points, system)
        if not are_degrees(degrees) or not _sensible(degrees[0], system):
            continue
        distance = distance_km(degrees, expected) if len(expected) else None
        lon, lat = (float(degree) for degree in degrees[0])
        candidate = Candidate(
            crs="" if system.datum else f"EPSG:{system.code}",
            datum=system.datum,
            axes=axes,
            family=system.family,
            kind=system.kind,
            number=system.number,
            lon=lon,
            lat=lat,
            distance_km=distance,
        )
        found.append(_Reading(candidate, system, np.inf if distance is None else distance))
    return found


def _placed(points: FloatArray, system: System) -> FloatArray:
    """Return points in degrees on the system's own datum, a hundred metres from any other."""
    if system.kind == "degrees":
        return points
    # datums are left alone: a way between them takes long to find and tells nothing here
    return np.column_stack(_projection(system.code)(points[:, 0], points[:, 1], inverse=True))


@cache
def _projection(code: int) -> Proj:
    return Proj(CRS.from_epsg(code))


def _sensible(middle: FloatArray, system: System) -> bool:
    west, south, east, north = system.area
    lon, lat = middle
    in_use_beyond = system.kind.startswith(("zone_", "meridian_"))
    beyond_lon, beyond_lat = _MARGIN_DEG if in_use_beyond else (0.0, 0.0)
    if system.kind == "web_mercator" and np.abs(middle).max() < _NOWHERE_DEG:
        return False
    return bool(
        west - beyond_lon <= lon <= east + beyond_lon
        and south - beyond_lat <= lat <= north + beyond_lat
    )


def _within(candidate: Candidate, area: tuple[float, float, float, float]) -> bool:
    west, south, east, north = area
    return west <= candidate.lon <= east and south <= candidate.lat <= north


def _few_of_each(readings: list[_Reading]) -> list[_Reading]:
    """Leave out all but the first few of what differs in nothing but the zone."""
    seen: Counter[tuple[str, str, str]] = Counter()
    kept = []
    for reading in readings:
        like = (reading.system.family, reading.system.kind, reading.candidate.axes)
        seen[like] += 1
        if seen[like] <= _MOST_ZONES:
            kept.append(reading)
    return kept[:MOST_CANDIDATES]


def _caveats(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Return what the numbers alone do not tell between candidates."""
    caveats = []
    if any(candidate.datum for candidate in candidates):
        caveats.append("degrees")
    if any(candidate.family in _DATUMS_UNKNOWN and candidate.number for candidate in candidates):
        caveats.append("datum")
    without_zone = Counter(
        candidate.kind
        for candidate in candidates
        if candidate.number and not candidate.kind.startswith("zone_")
    )
    if without_zone and max(without_zone.values()) > 1 and _apart(candidates):
        caveats.append("zone")
    if candidates and min(each.distance_km or 0.0 for each in candidates) > _NEAR_KM:
        caveats.append("far")
    return tuple(caveats)


def _apart(candidates: Sequence[Candidate]) -> bool:
    return len({round(candidate.lon) for candidate in candidates}) > 1


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.1f}°{positive if value >= 0 else negative}"
