"""Collects what the sample states (places, claims, agreements, lanes) and what it hides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import shapely
import shapely.ops
from mangqu_samples.panjin.territory import CITY_CRS, GRID_M
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

FROM = "2024-01-01"

_ELLIPSOID = Geod(ellps="GRS80")
_TO_DEGREES = Transformer.from_crs(CITY_CRS, 4490, always_xy=True)

#: Edges are split to this length before they are measured along geodesics.
_MEASURED_EDGE_M = 100.0


@dataclass
class Register:
    """Rows of the sample's tables, in the order in which they were stated.

    Parameters
    ----------
    planted
        What an analysis should say of each blind spot, by ``planted_id``.
    """

    planted: pd.DataFrame
    places: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    agreements: list[dict[str, Any]] = field(default_factory=list)
    lanes: list[dict[str, Any]] = field(default_factory=list)
    zones: list[dict[str, Any]] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)
    lane_truth: list[dict[str, Any]] = field(default_factory=list)
    cuts: dict[str, list[shapely.Geometry]] = field(default_factory=dict)

    def place(
        self,
        place_id: str,
        shape: shapely.Geometry,
        name: tuple[str, str],
        *,
        accuracy_m: float | None = None,
    ) -> str:
        """Add a place and return its id."""
        self.places.append(
            {
                "place_id": place_id,
                "kind": "area",
                "code": "",
                "name_zh": name[0],
                "name_en": name[1],
                "accuracy_m": accuracy_m,
                "geometry": shape,
            }
        )
        return place_id

    def claim(self, body: str, matter: str, place_id: str, **stated: object) -> None:
        """Add a claim; what is not stated is an ordinary lead that has begun and does not end."""
        claim = {
            "claim_id": f"C{len(self.claims) + 1:04d}",
            "body": body,
            "role": "lead",
            "matter": matter,
            "level": "",
            "place_id": place_id,
            "valid_from": FROM,
            "valid_to": "",
            "basis": "decision",
            "basis_ref": "",
            "status": "confirmed",
            "accuracy_m": None,
        }
        unknown = stated.keys() - claim.keys()
        if unknown:
            raise KeyError(unknown)
        self.claims.append(claim | stated)

    def agree(
        self, parties: Iterable[str], matter: str, place_id: str, first_receiver: str
    ) -> None:
        """Add an agreement drawn over a place."""
        self.agreements.append(
            {
                "agreement_id": f"G{len(self.agreements) + 1:02d}",
                "parties": ";".join(parties),
                "matter": matter,
                "first_receiver": first_receiver,
                "signed_on": "2025-03-01",
                "valid_to": "2028-03-01",
                "place_id": place_id,
            }
        )

    def cut(self, matter: str, *shapes: shapely.Geometry) -> None:
        """Leave shapes out of what the ordinary bodies claim for a matter."""
        self.cuts.setdefault(matter, []).extend(shapes)

    def remainder(self, matter: str, shape: shapely.Geometry) -> shapely.Geometry | None:
        """Return a shape without the cuts of a matter, or None where none touches it."""
        touching = [cut for cut in self.cuts.get(matter, ()) if cut.intersects(shape)]
        inside = [cut for cut in touching if cut.intersection(shape).area > 0]
        if not inside:
            return None
        return shapely.difference(shape, shapely.union_all(inside), grid_size=GRID_M)

    def plant(self, planted_id: str, shape: shapely.Polygon, bodies: Iterable[str] = ()) -> None:
        """Publish where a blind spot of ``planted.csv`` lies, and the bodies that explain it."""
        point = shapely.point_on_surface(shape)
        self.truth.append(
            {
                **self._published(planted_id, bodies, point),
                "area_m2": round(ellipsoid_area(shape), 3),
                "geometry": shape,
            }
        )

    def plant_lane(
        self,
        planted_id: str,
        lane: tuple[str, shapely.LineString],
        stretch: tuple[float, float],
        bodies: Iterable[str] = (),
    ) -> None:
        """Publish a stretch, in metres, of a lane given by its id and its line."""
        lane_id, line = lane
        middle = line.interpolate(sum(stretch) / 2)
        self.lane_truth.append(
            {
                **self._published(planted_id, bodies, middle),
                "lane_id": lane_id,
                "from_m": stretch[0],
                "to_m": stretch[1],
                "geometry": shapely.ops.substring(line, *stretch),
            }
        )

    def _published(
        self, planted_id: str, bodies: Iterable[str], point: shapely.Point
    ) -> dict[str, Any]:
        lon, lat = _TO_DEGREES.transform(point.x, point.y)
        return {
            "planted_id": planted_id,
            **self.planted.loc[planted_id].to_dict(),
            "bodies": ";".join(sorted(bodies)),
            "lon": round(lon, 7),
            "lat": round(lat, 7),
        }

    def lane(
        self, line: shapely.LineString, name: tuple[str, str], *, body: str = "", width_m: float
    ) -> str:
        """Add a lane and return its id."""
        lane_id = f"L{len(self.lanes) + 1:03d}"
        self.lanes.append(
            {
                "lane_id": lane_id,
                "name_zh": name[0],
                "name_en": name[1],
                "body": body,
                "width_m": width_m,
                "accuracy_m": 0.5,
                "geometry": line,
            }
        )
        return lane_id

    def zone(
        self,
        kind: str,
        shape: shapely.Geometry,
        name: tuple[str, str],
        rule: tuple[str, float, str, str],
    ) -> None:
        """Add a zone of concern; the rule is its id, confidence and reason in both languages."""
        rule_id, confidence, reason_zh, reason_en = rule
        self.zones.append(
            {
                "zone_id": f"Z{len(self.zones) + 1:02d}",
                "kind": kind,
                "name_zh": name[0],
                "name_en": name[1],
                "rule_id": rule_id,
                "confidence": confidence,
                "reason_zh": reason_zh,
                "reason_en": reason_en,
                "geometry": shape,
            }
        )


def ellipsoid_area(shape: shapely.Polygon) -> float:
    """Return the area in square metres by geodesics, a way of its own beside the analysis's."""
    dense = shapely.segmentize(shape, _MEASURED_EDGE_M)
    degrees = shapely.transform(dense, _TO_DEGREES.transform, interleaved=False)
    area, _ = _ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(degrees))
    return abs(area)
