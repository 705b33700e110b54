"""The planted blind spots of greening, street lights and manholes.

What an analysis must say of each stands in ``planted.csv``.
Every one has a site of its own in the middle of a township, except the few that need a border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from mangqu_samples.panjin import bodies as who
from mangqu_samples.panjin.territory import DAWA, GRID_M, PANSHAN, SHUANGTAIZI, XINGLONGTAI

if TYPE_CHECKING:
    from mangqu_samples.panjin.register import Register
    from mangqu_samples.panjin.territory import Sites

#: The day after the contract's last day, 30 June: claims hold up to but not including it.
CONTRACT_END = "2026-07-01"


def plant_greening(register: Register, sites: Sites) -> None:
    """Void in all positions but the enclosed strip; the claims state no level."""
    exclave = sites.territory.exclave
    register.plant("G1", exclave)
    _plant_inlet(register, sites)
    _plant_across_counties(register, sites)
    site = sites.take(XINGLONGTAI, 150)
    estate = site.box(260, 180)
    register.cut("greening", estate)
    place = register.place("estate-future", estate, ("新建小区（合成）", "New estate (made up)"))
    register.claim(
        who.ESTATE_1,
        "greening",
        place,
        valid_from="2027-01-01",
        basis="contract",
        basis_ref="合成合同 2026-12",
    )
    register.plant("G4", estate)
    site = sites.take(DAWA, 150)
    yard = site.box(200, 220)
    register.cut("greening", yard)
    place = register.place(
        "unit-disclaimed", yard, ("驻区单位大院（合成）", "Unit's yard (made up)")
    )
    register.claim(
        who.CENTRAL_UNIT,
        "greening",
        place,
        basis="law",
        status="disclaimed",
        basis_ref="复函（合成）",
    )
    register.plant("G5", yard)


def _plant_inlet(register: Register, sites: Sites) -> None:
    territory = sites.territory
    limit = shapely.boundary(shapely.coverage_union_all(territory.counties.geometry.to_numpy()))
    shape = _on_border(sites, limit, 150, [[code] for code in sites.territory.codes_in(PANSHAN)])
    register.cut("greening", shape)
    register.plant("G2", shape)


def _plant_across_counties(register: Register, sites: Sites) -> None:
    townships = sites.territory.townships
    counties = sites.territory.counties.geometry
    line = shapely.intersection(counties[XINGLONGTAI].boundary, counties[PANSHAN].boundary)
    pairs = [
        [first, second]
        for first in sites.territory.codes_in(XINGLONGTAI)
        for second in sites.territory.codes_in(PANSHAN)
        if townships.geometry[first].touches(townships.geometry[second])
    ]
    shape = _on_border(sites, line, 180, pairs)
    register.cut("greening", shape)
    register.plant("G3", shape)


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
        return shapely.intersection(ground, square, grid_size=GRID_M)
    raise LookupError(groups)


def plant_street_lights(register: Register, sites: Sites) -> None:
    """Lapsed, leaderless, fallback only, joint, contested; claims at county level."""
    site = sites.take(SHUANGTAIZI, 640)
    quarter = site.box(1200, 800)
    register.cut("street_light", quarter)
    place = register.place(
        "lights-contract", quarter, ("路灯承包片区（合成）", "Lights contract area")
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
    register.plant("S1", quarter, (who.LIGHT_COMPANY,))
    lane = shapely.LineString([(site.x - 450, site.y + 40), (site.x + 450, site.y + 40)])
    lane_id = register.lane(lane, ("灯后巷（合成）", "Lamp Lane (made up)"), width_m=5)
    register.plant_lane("S1L", (lane_id, lane), (0, lane.length))
    _plant_assisted_and_fallback(register, sites)
    _plant_shared_lights(register, sites)


def _plant_assisted_and_fallback(register: Register, sites: Sites) -> None:
    site = sites.take(PANSHAN, 260)
    camp = site.box(480, 360)
    register.cut("street_light", camp)
    place = register.place("oil-camp", camp, ("油田生活基地（合成）", "Oilfield camp (made up)"))
    register.claim(who.OIL_PLANT_1, "street_light", place, role="assist", level="county")
    register.plant("S2", camp, (who.OIL_PLANT_1,))
    site = sites.take(DAWA, 260)
    village = site.box(420, 460)
    register.cut("street_light", village)
    place = register.place(
        "fallback-village", village, ("城边村（合成）", "Fringe village (made up)")
    )
    register.claim(who.government(DAWA), "facilities", place, role="fallback", basis="rule")
    register.plant("S3", village, (who.government(DAWA),))
    # the fallback is stated for all public facilities; covers of manholes there have a lead
    site = sites.take(XINGLONGTAI, 260)
    estate = site.box(400, 400)
    register.cut("street_light", estate)
    place = register.place(
        "handed-over", estate, ("移交小区（合成）", "Handed-over housing (made up)")
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
        basis_ref="移交协议（合成）",
    )
    register.plant("S4", estate, (who.OIL_PLANT_3,))


def _plant_shared_lights(register: Register, sites: Sites) -> None:
    site = sites.take(PANSHAN, 320)
    depot = site.box(600, 240)
    place = register.place("joint-depot", depot, ("油地共建场站（合成）", "Joint depot (made up)"))
    register.claim(who.OIL_PLANT_2, "street_light", place, level="county", basis="agreement")
    register.agree((who.housing(PANSHAN), who.OIL_PLANT_2), "facilities", place, who.OIL_PLANT_2)
    register.plant("S5", depot, (who.housing(PANSHAN), who.OIL_PLANT_2))
    site = sites.take(PANSHAN, 800)
    road = site.box(1500, 20)
    place = register.place("oil-road", road, ("油田专用路（合成）", "Oilfield road (made up)"))
    register.claim(who.OIL_PLANT_1, "street_light", place, level="county", basis="custom")
    register.plant("S6", road, (who.housing(PANSHAN), who.OIL_PLANT_1))


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
        "campus", campus, ("院校东西校区（合成）", "Campus in two parts (made up)")
    )
    register.claim(who.PROVINCE_COLLEGE, "manhole", place, level="county", basis="law")
    register.plant("M5", between)
    site = sites.take(DAWA, 120)
    idle = site.box(120, 120)
    register.cut("manhole", idle)
    register.place("idle-plant", idle, ("油田闲置厂站（合成）", "Idle oil plant (made up)"))
    register.plant("M6", idle)


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
            f"estate-{body}", shape, ("住宅小区（合成）", "Housing estate (made up)")
        )
        register.claim(body, "manhole", place, level="county", basis="contract")
    register.plant("M1", alley)
    lane = shapely.LineString([(site.x, site.y - 600), (site.x, site.y + 600)])
    lane_id = register.lane(lane, ("夹道巷（合成）", "Alley Lane (made up)"), width_m=6)
    register.plant_lane("M1L", (lane_id, lane), (100, 1100))
    kept = shapely.LineString([(site.x + 15, site.y - 450), (site.x + 15, site.y + 450)])
    register.lane(
        kept,
        ("夹道东巷（合成，已明确管护）", "East Alley Lane (made up, has a keeper)"),
        body=who.ESTATE_2,
        width_m=5,
    )


def _plant_cracks(register: Register, sites: Sites) -> None:
    site = sites.take(XINGLONGTAI, 400)
    estate, crack = site.box(700, 400), site.box(700, 0.3, north=200.15)
    register.cut("manhole", estate, crack)
    place = register.place(
        "estate-crack", estate, ("临街小区（合成）", "Roadside estate (made up)")
    )
    register.claim(who.ESTATE_3, "manhole", place, level="county", basis="contract")
    register.plant("M2", crack)
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
                ("油田地块（合成）", "Oilfield plot (made up)"),
                accuracy_m=accuracy_m,
            )
            register.claim(body, "manhole", place, level="county", accuracy_m=accuracy_m)
        register.plant(number, gap)
