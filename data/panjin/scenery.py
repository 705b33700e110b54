"""What makes the sample look like a city: oilfield land, stationed units, lanes, zones, cases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely
from mangqu_samples.panjin import bodies as who
from mangqu_samples.panjin.territory import (
    CITY_CRS,
    DAWA,
    GRID_M,
    PANSHAN,
    SHUANGTAIZI,
    XINGLONGTAI,
)

if TYPE_CHECKING:
    import random

    from mangqu_samples.panjin.register import Register
    from mangqu_samples.panjin.territory import Site, Sites

#: Rings around wells and stations in metres, a proposal.
WELL_RING_M, STATION_RING_M, UNIT_RING_M = 50, 100, 80

_LANES_EACH_WAY, _LANE_SPACING_M = 4, 110
_N_CASES, _SHARE_AT_PLANTED = 300, 0.4
_CASE_DAYS = 365

_OIL_RULE = (
    "oil_parcel_and_rings",
    0.8,
    "油田用地及井、站外缘（井 50 米、站 100 米）",
    "oilfield land and rings around wells and stations",
)
_UNIT_RULE = (
    "unit_ring",
    0.7,
    "驻区单位隶属高于县区，院墙外 80 米",
    "80 m outside the wall of a unit whose superior outranks the county",
)
_LANE_RULE = (
    "lane_register",
    0.9,
    "街巷名录中的背街小巷，按巷宽外扩",
    "a lane of the register, widened to its walls",
)
_FRINGE_RULE = (
    "built_up_ring",
    0.5,
    "建成区外缘环带（示意）",
    "a ring around the built-up area (schematic)",
)


def add_oil_land(register: Register, sites: Sites) -> None:
    """Add parcels with a station and wells each, as places, claims and zones."""
    counties = (PANSHAN, PANSHAN, XINGLONGTAI, XINGLONGTAI, DAWA, DAWA)
    plants = (who.OIL_PLANT_1, who.OIL_PLANT_2)
    for number, county in enumerate(counties, start=1):
        site = sites.take(county, 900)
        parcel = _parcel(site, sites.rng)
        name = (f"油田地块{number}（合成）", f"Oilfield parcel {number} (made up)")
        register.place(f"oil-parcel-{number}", parcel, name)
        station = site.box(160, 120)
        wells = [
            site.box(30, 30, east=round(sites.rng.uniform(-500, 500)), north=side * 350)
            for side in (-1, 1)
        ]
        body = plants[number % 2]
        pads = [
            ("station", station, "站场", "station"),
            *(("well", w, "井场", "well") for w in wells),
        ]
        for serial, (kind, pad, zh, en) in enumerate(pads):
            place = register.place(
                f"oil-{kind}-{number}-{serial}",
                pad,
                (f"{zh}{number}-{serial}（合成）", f"{en} {number}-{serial} (made up)"),
            )
            # an assistant beside the lead changes no answer
            register.claim(body, "flood", place, role="assist", level="county", basis="rule")
        rings = [station.buffer(STATION_RING_M), *(well.buffer(WELL_RING_M) for well in wells)]
        zone = shapely.union_all([parcel, *rings], grid_size=GRID_M)
        register.zone("oil_local", zone, name, _OIL_RULE)


def _parcel(site: Site, rng: random.Random) -> shapely.Polygon:
    """Return a hexagon with uneven corners around a site."""
    corners = [(-700, -450), (100, -600), (750, -350), (650, 420), (-50, 560), (-650, 300)]
    return shapely.Polygon(
        [
            (site.x + x + round(rng.uniform(-90, 90)), site.y + y + round(rng.uniform(-90, 90)))
            for x, y in corners
        ]
    )


def add_zones_at_planted(register: Register) -> None:
    """Lay zones of concern over planted places, so that findings know where they lie."""
    shapes = {row["place_id"]: row["geometry"] for row in register.places}
    for place_id in ("oil-camp", "joint-depot", "oil-road", "idle-plant", "handed-over"):
        shape = shapes[place_id].buffer(STATION_RING_M, join_style="mitre")
        register.zone("oil_local", shape, ("油地交叉区（合成）", "Oil–local (made up)"), _OIL_RULE)
    for place_id in ("unit-disclaimed", "campus", "hospital-ring"):
        shape = shapely.convex_hull(shapes[place_id]).buffer(UNIT_RING_M, join_style="mitre")
        register.zone(
            "unit_surroundings", shape, ("驻区单位周边（合成）", "Around a unit"), _UNIT_RULE
        )
    village = shapes["fallback-village"]
    for shape in (village, shapes["market"]):
        ring = shape.buffer(700, quad_segs=4) - shape.buffer(-60)
        ring = shapely.set_precision(ring, GRID_M)
        register.zone(
            "fringe", ring, ("城乡接合部（合成）", "Urban fringe (made up)"), _FRINGE_RULE
        )


def add_lanes(register: Register, sites: Sites) -> None:
    """Add a grid of lanes in three town centres; some have a keeper of their own."""
    for centre, county in enumerate((SHUANGTAIZI, XINGLONGTAI, DAWA), start=1):
        site = sites.take(county, 320)
        half = _LANE_SPACING_M * (_LANES_EACH_WAY - 1) / 2
        for number in range(_LANES_EACH_WAY):
            at = number * _LANE_SPACING_M - half
            across = [(site.x - 280, site.y + at), (site.x + 280, site.y + at)]
            along = [(site.x + at, site.y - 280), (site.x + at, site.y + 280)]
            for serial, ends in ((2 * number + 1, across), (2 * number + 2, along)):
                kept = sites.rng.random() < 1 / 3
                register.lane(
                    shapely.LineString(ends),
                    (f"{centre}片区{serial}号巷（合成）", f"Lane {centre}-{serial} (made up)"),
                    body=who.office(site.township) if kept else "",
                    width_m=round(sites.rng.uniform(3, 8), 1),
                )
    for lane in register.lanes:
        shape = lane["geometry"].buffer(lane["width_m"] / 2 + 2, cap_style="flat")
        shape = shapely.set_precision(shape, GRID_M)
        register.zone("back_lane", shape, (lane["name_zh"], lane["name_en"]), _LANE_RULE)


def make_cases(register: Register, sites: Sites, as_of: date) -> gpd.GeoDataFrame:
    """Return reported cases of the year before a day, denser where blind spots are planted."""
    rng = sites.rng
    matters = sorted({row["matter"] for row in register.truth})
    townships = sites.territory.townships
    rows = []
    for number in range(1, _N_CASES + 1):
        if rng.random() < _SHARE_AT_PLANTED:
            planted = register.truth[int(rng.random() * len(register.truth))]
            matter, shape = planted["matter"], planted["geometry"]
        else:
            matter = matters[int(rng.random() * len(matters))]
            shape = townships.geometry.iloc[int(rng.random() * len(townships))]
        middle = shapely.point_on_surface(shape)
        spread = 120.0 if shape.area < 1e6 else 1200.0  # noqa: PLR2004 - a square kilometre
        x, y = middle.x + rng.gauss(0, spread), middle.y + rng.gauss(0, spread)
        day = as_of - timedelta(days=1 + int(rng.random() * _CASE_DAYS))
        rows.append(
            {
                "case_id": f"K{number:04d}",
                "matter": matter,
                "reported_at": day.isoformat(),
                "grid_code": "",
                "channel": ("12345 热线", "采集员上报", "视频巡查")[int(rng.random() * 3)],
                "geometry": shapely.Point(round(x, 1), round(y, 1)),
            }
        )
    return gpd.GeoDataFrame(rows, crs=CITY_CRS)
