"""The planted blind spots, matter by matter; each says what an analysis must make of it.

Every one has a site of its own in the middle of a township, except the few that need a border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
import shapely.ops
from mangqu_samples.panjin import bodies as who

if TYPE_CHECKING:
    from collections.abc import Callable

    from mangqu_samples.panjin.register import Register
    from mangqu_samples.panjin.territory import Site, Sites

SHUANGTAIZI, XINGLONGTAI, DAWA, PANSHAN = "211102", "211103", "211104", "211122"

#: The day after the contract's last day, 30 June: claims hold up to but not including it.
CONTRACT_END = "2026-07-01"


def plant_greening(register: Register, sites: Sites) -> None:
    """Void in all positions but the enclosed strip; the claims state no level."""
    exclave = sites.territory.exclave
    register.plant(
        "G1",
        exclave,
    )
    _plant_inlet(register, sites)
    _plant_across_counties(register, sites)
    site = sites.take(XINGLONGTAI, 150)
    estate = site.box(260, 180)
    register.cut("greening", estate)
    place = register.place("estate-future", estate, ("新建小区(合成)", "New estate (made up)"))
    register.claim(
        who.ESTATE_1,
        "greening",
        place,
        valid_from="2027-01-01",
        basis="contract",
        basis_ref="合成合同 2026-12",
    )
    register.plant(
        "G4",
        estate,
    )
    site = sites.take(DAWA, 150)
    yard = site.box(200, 220)
    register.cut("greening", yard)
    place = register.place("unit-disclaimed", yard, ("驻区单位大院(合成)", "Unit's yard (made up)"))
    register.claim(
        who.CENTRAL_UNIT,
        "greening",
        place,
        basis="law",
        status="disclaimed",
        basis_ref="复函(合成)",
    )
    register.plant(
        "G5",
        yard,
    )


def _plant_inlet(register: Register, sites: Sites) -> None:
    territory = sites.territory
    limit = shapely.boundary(shapely.coverage_union_all(territory.counties.geometry.to_numpy()))
    shape = _on_border(sites, limit, 150, [[code] for code in _codes(sites, PANSHAN)])
    register.cut("greening", shape)
    register.plant(
        "G2",
        shape,
    )


def _plant_across_counties(register: Register, sites: Sites) -> None:
    townships = sites.territory.townships
    counties = sites.territory.counties.geometry
    line = shapely.intersection(counties[XINGLONGTAI].boundary, counties[PANSHAN].boundary)
    pairs = [
        [first, second]
        for first in _codes(sites, XINGLONGTAI)
        for second in _codes(sites, PANSHAN)
        if townships.geometry[first].touches(townships.geometry[second])
    ]
    shape = _on_border(sites, line, 180, pairs)
    register.cut("greening", shape)
    register.plant(
        "G3",
        shape,
    )


def _codes(sites: Sites, county: str) -> list[str]:
    townships = sites.territory.townships
    codes: list[str] = townships.index[townships["county"] == county].tolist()
    return codes


def _on_border(
    sites: Sites, line: shapely.Geometry, reach: float, groups: list[list[str]]
) -> shapely.Polygon:
    """Return a square on a border, cut to the townships of the first group that has room for it."""
    for members in groups:
        shapes = sites.territory.townships.geometry[members]
        near = shapely.intersection(line, shapely.boundary(shapes.iloc[0]))
        try:
            x, y = sites.take_on_line(shapely.line_merge(near), reach, members)
        except LookupError:
            continue
        square = shapely.box(x - reach, y - reach, x + reach, y + reach)
        ground = shapely.coverage_union_all(shapes.to_numpy())
        return shapely.intersection(ground, square, grid_size=0.001)
    raise LookupError(groups)


def plant_street_lights(register: Register, sites: Sites) -> None:
    """Lapsed, leaderless, fallback only, joint, contested; claims at county level."""
    site = sites.take(SHUANGTAIZI, 640)
    quarter = site.box(1200, 800)
    register.cut("street_light", quarter)
    place = register.place(
        "lights-contract", quarter, ("路灯承包片区(合成)", "Lights contract area")
    )
    register.claim(
        who.LIGHT_COMPANY,
        "street_light",
        place,
        level="county",
        valid_from="2023-07-01",
        valid_to=CONTRACT_END,
        basis="contract",
        basis_ref="合成合同 2023-07",
    )
    register.plant(
        "S1",
        (who.LIGHT_COMPANY,),
        quarter,
    )
    lane = shapely.LineString([(site.x - 450, site.y + 40), (site.x + 450, site.y + 40)])
    lane_id = register.lane(lane, ("灯后巷(合成)", "Lamp Lane (made up)"), width_m=5)
    register.plant_lane(
        "S1L",
        lane_id,
        lane,
        (0, lane.length),
    )
    _plant_assisted_and_fallback(register, sites)
    _plant_shared_lights(register, sites)


def _plant_assisted_and_fallback(register: Register, sites: Sites) -> None:
    site = sites.take(PANSHAN, 260)
    camp = site.box(480, 360)
    register.cut("street_light", camp)
    place = register.place("oil-camp", camp, ("油田生活基地(合成)", "Oilfield camp (made up)"))
    register.claim(who.OIL_PLANT_1, "street_light", place, role="assist", level="county")
    register.plant(
        "S2",
        (who.OIL_PLANT_1,),
        camp,
    )
    site = sites.take(DAWA, 260)
    village = site.box(420, 460)
    register.cut("street_light", village)
    place = register.place(
        "fallback-village", village, ("城边村(合成)", "Fringe village (made up)")
    )
    register.claim(who.government(DAWA), "facilities", place, role="fallback", basis="rule")
    register.plant(
        "S3",
        (who.government(DAWA),),
        village,
    )
    # the fallback is stated for all public facilities; covers of manholes there have a lead
    site = sites.take(XINGLONGTAI, 260)
    estate = site.box(400, 400)
    register.cut("street_light", estate)
    place = register.place(
        "handed-over", estate, ("移交小区(合成)", "Handed-over housing (made up)")
    )
    register.claim(
        who.OIL_PLANT_3,
        "street_light",
        place,
        level="county",
        valid_from="2019-01-01",
        valid_to="2026-01-01",
        basis="agreement",
        status="expired",
        basis_ref="移交协议(合成)",
    )
    register.plant(
        "S4",
        (who.OIL_PLANT_3,),
        estate,
    )


def _plant_shared_lights(register: Register, sites: Sites) -> None:
    site = sites.take(PANSHAN, 320)
    depot = site.box(600, 240)
    place = register.place("joint-depot", depot, ("油地共建场站(合成)", "Joint depot (made up)"))
    register.claim(who.OIL_PLANT_2, "street_light", place, level="county", basis="agreement")
    register.agree((who.housing(PANSHAN), who.OIL_PLANT_2), "facilities", place, who.OIL_PLANT_2)
    register.plant(
        "S5",
        (who.housing(PANSHAN), who.OIL_PLANT_2),
        depot,
    )
    site = sites.take(PANSHAN, 800)
    road = site.box(1500, 20)
    place = register.place("oil-road", road, ("油田专用路(合成)", "Oilfield road (made up)"))
    register.claim(who.OIL_PLANT_1, "street_light", place, level="county", basis="custom")
    register.plant(
        "S6",
        (who.housing(PANSHAN), who.OIL_PLANT_1),
        road,
    )


def plant_manholes(register: Register, sites: Sites) -> None:
    """Enclosed alley, crack, wide crack of coarse maps, between two parts, hole."""
    _plant_alley(register, sites)
    _plant_cracks(register, sites)
    site = sites.take(SHUANGTAIZI, 200)
    west, east = site.box(120, 240, east=-100), site.box(120, 240, east=100)
    between = site.box(80, 240)
    campus = shapely.MultiPolygon([west, east])
    register.cut("manhole", campus, between)
    place = register.place(
        "campus", campus, ("院校东西校区(合成)", "Campus in two parts (made up)")
    )
    register.claim(who.PROVINCE_COLLEGE, "manhole", place, level="county", basis="law")
    register.plant(
        "M5",
        between,
    )
    site = sites.take(DAWA, 120)
    idle = site.box(120, 120)
    register.cut("manhole", idle)
    register.place("idle-plant", idle, ("油田闲置厂站(合成)", "Idle oil plant (made up)"))
    register.plant(
        "M6",
        idle,
    )


def _plant_alley(register: Register, sites: Sites) -> None:
    site = sites.take(SHUANGTAIZI, 700)
    alley = site.box(60, 1000)
    estates = {
        who.ESTATE_1: site.box(300, 1000, east=-180),
        who.ESTATE_2: site.box(300, 1000, east=180),
    }
    register.cut("manhole", alley, *estates.values())
    for body, shape in estates.items():
        place = register.place(
            f"estate-{body}", shape, ("住宅小区(合成)", "Housing estate (made up)")
        )
        register.claim(body, "manhole", place, level="county", basis="contract")
    register.plant(
        "M1",
        alley,
    )
    lane = shapely.LineString([(site.x, site.y - 600), (site.x, site.y + 600)])
    lane_id = register.lane(lane, ("夹道巷(合成)", "Alley Lane (made up)"), width_m=6)
    register.plant_lane(
        "M1L",
        lane_id,
        lane,
        (100, 1100),
    )
    kept = shapely.LineString([(site.x + 15, site.y - 450), (site.x + 15, site.y + 450)])
    register.lane(
        kept,
        ("夹道东巷(合成,已明确管护)", "East Alley Lane (made up, has a keeper)"),
        body=who.ESTATE_2,
        width_m=5,
    )


def _plant_cracks(register: Register, sites: Sites) -> None:
    site = sites.take(XINGLONGTAI, 400)
    estate, crack = site.box(700, 400), site.box(700, 0.3, north=200.15)
    register.cut("manhole", estate, crack)
    place = register.place("estate-crack", estate, ("临街小区(合成)", "Roadside estate (made up)"))
    register.claim(who.ESTATE_3, "manhole", place, level="county", basis="contract")
    register.plant(
        "M2",
        crack,
    )
    for number, accuracy_m in (("M3", 2.0), ("M4", 0.5)):
        site = sites.take(PANSHAN, 560)
        plots = {
            who.OIL_PLANT_1: site.box(500, 300, east=-252),
            who.OIL_PLANT_2: site.box(500, 300, east=252),
        }
        gap = site.box(4, 300)
        register.cut("manhole", gap, *plots.values())
        for body, shape in plots.items():
            place = register.place(
                f"plot-{number}-{body}",
                shape,
                ("油田地块(合成)", "Oilfield plot (made up)"),
                accuracy_m=accuracy_m,
            )
            register.claim(body, "manhole", place, level="county", accuracy_m=accuracy_m)
        register.plant(number, gap)


def plant_street_order(register: Register, sites: Sites) -> None:
    """Contested, joint and overlap in vending; a contested ring in parking; inherited leads."""
    site = sites.take(XINGLONGTAI, 200)
    market = site.box(300, 200)
    place = register.place("market", market, ("集贸市场(合成)", "Market (made up)"))
    rivals = (who.MARKET_COMPANY, who.enforcement(XINGLONGTAI))
    for body in rivals:
        register.claim(body, "vending", place, level="county")
    register.plant(
        "V1",
        rivals,
        market,
    )
    site = sites.take(DAWA, 200)
    square = site.box(240, 160)
    place = register.place(
        "oil-square", square, ("油田文化广场(合成)", "Oilfield square (made up)")
    )
    partners = (who.OIL_PLANT_3, who.enforcement(DAWA))
    for body in partners:
        register.claim(body, "vending", place, level="county", basis="agreement")
    register.agree(partners, "order", place, who.enforcement(DAWA))
    register.plant(
        "V2",
        partners,
        square,
    )
    site = sites.take(SHUANGTAIZI, 400)
    north, south = site.box(700, 100, north=50), site.box(700, 100.3, north=-49.85)
    for name, body, shape in (
        ("market-north", who.MARKET_COMPANY, north),
        ("market-south", who.ESTATE_2, south),
    ):
        place = register.place(name, shape, ("沿街铺面(合成)", "Shop front (made up)"))
        register.claim(body, "vending", place, level="county")
    register.plant(
        "V3",
        (who.MARKET_COMPANY, who.ESTATE_2),
        site.box(700, 0.3, north=0.15),
    )
    _plant_hospital(register, sites)


def _plant_hospital(register: Register, sites: Sites) -> None:
    site = sites.take(XINGLONGTAI, 260)
    ring = site.box(400, 400) - site.box(240, 240)
    place = register.place(
        "hospital-ring", ring, ("医院周边(合成)", "Around the hospital (made up)")
    )
    rivals = (who.CITY_HOSPITAL, who.enforcement(XINGLONGTAI))
    for body in rivals:
        register.claim(body, "parking", place, level="county")
    register.plant(
        "P1",
        rivals,
        ring,
    )


def plant_sanitation(register: Register, sites: Sites) -> None:
    """Waste inherits all from its parent; cleaning is led by county and street."""
    site = sites.take(PANSHAN, 150)
    yard = site.box(180, 140)
    register.cut("appearance", yard)
    register.plant(
        "W1",
        yard,
    )
    site = sites.take(PANSHAN, 200)
    estate = site.box(250, 300)
    register.cut("cleaning", estate)
    register.plant(
        "C1",
        (who.enforcement(PANSHAN),),
        estate,
    )
    site = sites.take(DAWA, 300)
    _plant_guest(register, sites, site, site.box(400, 300), "C2")
    site = sites.take(XINGLONGTAI, 300)
    guest, host = _plant_guest(register, sites, site, site.box(300, 400), "C3")
    register.agree((guest, host), "appearance", "guest-C3", guest)
    _plant_border_lane(register, sites)


def _plant_guest(
    register: Register, sites: Sites, site: Site, shape: shapely.Polygon, planted_id: str
) -> tuple[str, str]:
    """Let the township next door claim a piece in the middle of another; return both bodies."""
    townships = sites.territory.townships
    host = townships.geometry[site.township]
    same_county = townships[townships["county"] == site.county].drop(site.township)
    guest = str(same_county.distance(host).idxmin())
    place = register.place(f"guest-{planted_id}", shape, ("插花地(合成)", "Enclave (made up)"))
    register.claim(who.office(guest), "cleaning", place, level="street", basis="custom")
    both = (who.office(guest), who.office(site.township))
    register.plant(planted_id, both, shape)
    return both


#: Length of the lane on the border, and room around its middle.
_BORDER_LANE_M, _BORDER_ROOM_M = 600.0, 340.0


def _plant_border_lane(register: Register, sites: Sites) -> None:
    lane, pair = _straight_border(sites)
    lane_id = register.lane(lane, ("界巷(合成)", "Border Lane (made up)"), width_m=5)
    register.plant_lane(
        "C4L",
        tuple(who.office(code) for code in pair),
        lane_id,
        lane,
        (0, lane.length),
    )


def _straight_border(sites: Sites) -> tuple[shapely.LineString, tuple[str, str]]:
    """Return a lane on the longest straight border of two townships in 兴隆台区 that is free."""
    townships = sites.territory.townships
    codes = _codes(sites, XINGLONGTAI)
    found = []
    for number, first in enumerate(codes):
        for second in codes[number + 1 :]:
            shared = shapely.intersection(townships.geometry[first], townships.geometry[second])
            found += [
                (line.length, first, second, line)
                for line in shapely.get_parts(shapely.line_merge(shared))
                if isinstance(line, shapely.LineString) and shapely.get_num_points(line) == 2  # noqa: PLR2004
            ]
    for length, first, second, line in sorted(found, key=lambda item: -item[0]):
        middle = line.interpolate(length / 2)
        room = middle.buffer(_BORDER_ROOM_M)
        if length > 2 * _BORDER_LANE_M and sites.is_free(room):
            sites.taken.append(room)
            start, end = (length / 2 + sign * _BORDER_LANE_M / 2 for sign in (-1, 1))
            return shapely.ops.substring(line, start, end), (first, second)
    raise LookupError(XINGLONGTAI)


#: In the order in which sites are drawn; to change it is to move every planted place.
PLANTERS: tuple[Callable[[Register, Sites], None], ...] = (
    plant_greening,
    plant_street_lights,
    plant_manholes,
    plant_street_order,
    plant_sanitation,
)
