"""Planted blind spots of street order and sanitation, whose leads are inherited or doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
import shapely.ops
from mangqu_samples.panjin import bodies as who
from mangqu_samples.panjin.territory import DAWA, PANSHAN, SHUANGTAIZI, XINGLONGTAI

if TYPE_CHECKING:
    from mangqu_samples.panjin.register import Register
    from mangqu_samples.panjin.territory import Site, Sites


def plant_street_order(register: Register, sites: Sites) -> None:
    """Contested, joint and overlap in vending; a contested ring in parking; inherited leads."""
    site = sites.take(XINGLONGTAI, 200)
    market = site.box(300, 200)
    place = register.place("market", market, ("集贸市场（合成）", "Market (made up)"))
    rivals = (who.MARKET_COMPANY, who.enforcement(XINGLONGTAI))
    for body in rivals:
        register.claim(body, "vending", place, level="county")
    register.plant("V1", market, rivals)
    site = sites.take(DAWA, 200)
    square = site.box(240, 160)
    place = register.place(
        "oil-square", square, ("油田文化广场（合成）", "Oilfield square (made up)")
    )
    partners = (who.OIL_PLANT_3, who.enforcement(DAWA))
    for body in partners:
        register.claim(body, "vending", place, level="county", basis="agreement")
    register.agree(partners, "order", place, who.enforcement(DAWA))
    register.plant("V2", square, partners)
    site = sites.take(SHUANGTAIZI, 400)
    north, south = site.box(700, 100, north=50), site.box(700, 100.3, north=-49.85)
    for name, body, shape in (
        ("market-north", who.MARKET_COMPANY, north),
        ("market-south", who.ESTATE_2, south),
    ):
        place = register.place(name, shape, ("沿街铺面（合成）", "Shop front (made up)"))
        register.claim(body, "vending", place, level="county")
    register.plant("V3", site.box(700, 0.3, north=0.15), (who.MARKET_COMPANY, who.ESTATE_2))
    _plant_hospital(register, sites)


def _plant_hospital(register: Register, sites: Sites) -> None:
    site = sites.take(XINGLONGTAI, 260)
    ring = site.box(400, 400) - site.box(240, 240)
    place = register.place(
        "hospital-ring", ring, ("医院周边（合成）", "Around the hospital (made up)")
    )
    rivals = (who.CITY_HOSPITAL, who.enforcement(XINGLONGTAI))
    for body in rivals:
        register.claim(body, "parking", place, level="county")
    register.plant("P1", ring, rivals)


def plant_sanitation(register: Register, sites: Sites) -> None:
    """Waste inherits all from its parent; cleaning is led by county and street."""
    site = sites.take(PANSHAN, 150)
    yard = site.box(180, 140)
    register.cut("appearance", yard)
    register.plant("W1", yard)
    site = sites.take(PANSHAN, 200)
    estate = site.box(250, 300)
    register.cut("cleaning", estate)
    register.plant("C1", estate, (who.enforcement(PANSHAN),))
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
    place = register.place(f"guest-{planted_id}", shape, ("插花地（合成）", "Enclave (made up)"))
    register.claim(who.office(guest), "cleaning", place, level="street", basis="custom")
    both = (who.office(guest), who.office(site.township))
    register.plant(planted_id, shape, both)
    return both


#: Length of the lane on the border, and room around its middle.
_BORDER_LANE_M, _BORDER_ROOM_M = 600.0, 340.0


def _plant_border_lane(register: Register, sites: Sites) -> None:
    lane, pair = _straight_border(sites)
    lane_id = register.lane(lane, ("界巷（合成）", "Border Lane (made up)"), width_m=5)
    owners = tuple(who.office(code) for code in pair)
    register.plant_lane("C4L", (lane_id, lane), (0, lane.length), owners)


def _straight_border(sites: Sites) -> tuple[shapely.LineString, tuple[str, str]]:
    """Return a lane on the longest straight border of two townships in 兴隆台区 that is free."""
    townships = sites.territory.townships
    codes = sites.territory.codes_in(XINGLONGTAI)
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
