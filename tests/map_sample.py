"""A run with a finding of every class, made by hand, for the tests of the map.

A county of 12 × 8 km near Panjin. Every text that a user could have written passes through
``mark``, so that a test can put a hostile payload into each of them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from pyproj import Transformer
from shapely.geometry import LineString, Polygon, box

from gis.model.project import MapSettings, Name, Settings
from gis.model.run import Run
from gis.model.vocabulary import FindingClass, LaneFindingClass, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:4550"
ORIGIN = (420_000.0, 4_550_000.0)
AS_OF = date(2026, 8, 15)
OWN_KIND = "waterfront"
NO_DAY = pd.Timestamp("NaT").as_unit("s")
Mark = "Callable[[str], str]"

#: class → (matter, level, west, south, east, north, position, law)
FINDINGS: dict[str, tuple[str, str, float, float, float, float, str, str]] = {
    "void": ("cleaning", "street", 3000, 2000, 3400, 6000, "enclosed", "back_lane"),
    "lapsed": ("order", "", 7000, 1000, 11000, 3000, "inlet", "unclear"),
    "leaderless": ("cleaning", "street", 5000, 6500, 6200, 7300, "hole", "oil_local"),
    "fallback_only": ("order", "", 800, 600, 1900, 1500, "detached", "unclear"),
    "contested": ("cleaning", "street", 5600, 2500, 7000, 4100, "", "cross_border"),
    "not_passed_down": ("cleaning", "community", 8200, 4600, 9800, 6400, "", "unclear"),
    "joint": ("order", "", 3600, 6300, 4700, 7500, "", "agreement"),
}


def unmarked(text: str) -> str:
    """Return a text unchanged: the ordinary sample."""
    return text


def map_run(
    mark: Callable[[str], str] = unmarked, *, slivers: int = 3, basemap: MapSettings | None = None
) -> Run:
    """Return the run, with as many slivers as asked."""
    findings = _findings(mark, slivers)
    return Run(
        settings=Settings(
            name=Name(mark("辽河口示例县"), mark("Liaohe Mouth sample county")),
            as_of=AS_OF,
            notice=Name(mark("合成示例，不代表真实责任"), mark("Synthetic sample, no real duties")),
            attribution=Name(mark("测试数据"), mark("Test data")),
            map=basemap or MapSettings(),
        ),
        jurisdiction=_table(
            [
                {
                    "district_id": mark("D1"),
                    **_names(mark, "河西区", "Hexi"),
                    "geometry": _box(0, 0, 6000, 8000),
                },
                {
                    "district_id": mark("D2"),
                    **_names(mark, "河东区", "Hedong"),
                    "geometry": _box(6000, 0, 12000, 8000),
                },
            ]
        ),
        claims=_claims(mark),
        zones=_zones(mark),
        agreements=_table(
            [
                {
                    "agreement_id": mark("G1"),
                    "parties": (mark("oil"), mark("street-a")),
                    "geometry": _box(3600, 6300, 4700, 7500),
                }
            ]
        ),
        bodies=pd.DataFrame(
            [{"body_id": mark(body), **_names(mark, zh, en)} for body, zh, en in BODIES]
        ).assign(valid_from=NO_DAY, valid_to=NO_DAY),
        matters=pd.DataFrame(
            [
                {
                    "matter_id": mark("appearance"),
                    "parent_id": "",
                    **_names(mark, "市容环境", "City appearance"),
                },
                {
                    "matter_id": mark("cleaning"),
                    "parent_id": mark("appearance"),
                    **_names(mark, "保洁", "Street cleaning"),
                },
                {
                    "matter_id": mark("order"),
                    "parent_id": mark("appearance"),
                    **_names(mark, "占道经营", "Street trading"),
                },
            ]
        ),
        atoms=_table(
            [{"atom_id": 0, "arrangement": 0, "area_m2": 96e6, "geometry": _box(0, 0, 12000, 8000)}]
        ),
        standings=pd.DataFrame(
            {
                "atom_id": [0],
                "matter": [mark("cleaning")],
                "level": ["street"],
                "standing": ["sole"],
            }
        ),
        findings=findings,
        finding_neighbours=_neighbours(mark, findings),
        lane_findings=_lane_findings(mark),
        certificate={
            "questions": [_question(mark, "cleaning", "street"), _question(mark, "order", "")]
        },
    )


BODIES = (
    ("street-a", "兴隆街道办事处", "Xinglong Street Office"),
    ("street-b", "振兴街道办事处", "Zhenxing Street Office"),
    ("oil", "采油三厂", "Oil Production Plant No. 3"),
    ("bureau", "县综合行政执法局", "County Enforcement Bureau"),
)


def _names(mark: Callable[[str], str], zh: str, en: str) -> dict[str, str]:
    return {"name_zh": mark(zh), "name_en": mark(en)}


def _box(west: float, south: float, east: float, north: float) -> Polygon:
    x, y = ORIGIN
    return box(x + west, y + south, x + east, y + north)


def _table(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


_TO_DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


def _degrees(x: float, y: float) -> tuple[float, float]:
    return _TO_DEGREES.transform(x, y)


def _claims(mark: Callable[[str], str]) -> gpd.GeoDataFrame:
    rows = [
        ("C1", "street-a", "lead", "cleaning", "street", None, _box(0, 0, 3000, 8000)),
        ("C2", "street-b", "lead", "cleaning", "street", None, _box(3400, 0, 7000, 6500)),
        ("C3", "oil", "lead", "cleaning", "street", None, _box(5600, 2500, 12000, 8000)),
        ("C4", "bureau", "assist", "appearance", "", None, _box(0, 0, 12000, 8000)),
        ("C5", "bureau", "lead", "order", "", "2026-06-30", _box(7000, 1000, 11000, 3000)),
    ]
    table = _table(
        [
            {
                "claim_id": mark(claim),
                "body": mark(body),
                "role": role,
                "matter": mark(matter),
                "level": level,
                "valid_from": pd.NaT,
                "valid_to": pd.Timestamp(until) if until else pd.NaT,
                "basis": "decision",
                "basis_ref": mark("市政办〔2026〕3号"),
                "status": "claimed",
                "geometry": geometry,
            }
            for claim, body, role, matter, level, until, geometry in rows
        ]
    )
    return table.astype({"valid_from": "datetime64[s]", "valid_to": "datetime64[s]"})


def _zones(mark: Callable[[str], str]) -> gpd.GeoDataFrame:
    shapes = {
        ZoneKind.OIL_LOCAL.value: _box(4300, 5800, 7600, 7700),
        ZoneKind.FRINGE.value: _box(7600, 500, 11500, 3600),
        ZoneKind.UNIT_SURROUNDINGS.value: _box(900, 3000, 2100, 4200),
        ZoneKind.BACK_LANE.value: _box(2900, 1800, 3500, 6200),
        mark(OWN_KIND): _box(10600, 4200, 11800, 7600),
    }
    return _table(
        [
            {
                "zone_id": mark(f"Z{number}"),
                "kind": kind,
                **_names(mark, "某区域", "Some zone"),
                "confidence": 0.8,
                "reason_zh": mark("按规则划定"),
                "reason_en": mark("Drawn by a rule"),
                "geometry": shape,
            }
            for number, (kind, shape) in enumerate(shapes.items())
        ]
    )


def _findings(mark: Callable[[str], str], slivers: int) -> gpd.GeoDataFrame:
    rows = [
        _finding(mark, f"F-{name}", name, matter, level, _box(*corners), position, law)
        for name, (matter, level, *corners, position, law) in FINDINGS.items()
    ]
    for number in range(slivers):
        west, south = 100 + 37 * (number % 300), 7600 + 1.5 * (number // 300)
        shape = _box(west, south, west + 30, south + 0.3)
        rows.append(
            _finding(mark, f"F-sliver-{number}", "sliver", "cleaning", "", shape, "", "unclear")
        )
    return _table(rows)


def _finding(
    mark: Callable[[str], str],
    identity: str,
    name: str,
    matter: str,
    level: str,
    shape: Polygon,
    position: str,
    law: str,
) -> dict[str, Any]:
    west, south, east, north = shape.bounds
    longitude, latitude = _degrees((west + east) / 2, (south + north) / 2)
    sliver = name == FindingClass.SLIVER
    kind = {"void": "back_lane", "lapsed": "fringe", "leaderless": "oil_local"}.get(name)
    return {
        "finding_id": mark(identity),
        "class": name,
        "kind_of_sliver": "gap" if sliver else "",
        "standing": "void" if sliver else name,
        "matter": mark(matter),
        "level": level,
        "as_of": AS_OF.isoformat(),
        "area_m2": shape.area,
        "width_m": min(east - west, north - south),
        "threshold_m": 1.41,
        "position": position,
        "lon": longitude,
        "lat": latitude,
        "bodies": () if name == "void" else (mark("street-a"), mark("oil")),
        "neighbours": (mark("street-a"), mark("street-b")),
        "zones": () if kind is None else (kind, mark(OWN_KIND)),
        "zone_ids": () if kind is None else (mark("Z0"),),
        "districts": (mark("D1") if (west + east) / 2 - ORIGIN[0] < 6000 else mark("D2"),),
        "first_receiver": mark("oil") if name == "joint" else "",
        "law": law,
        "lapsed_on": "2026-06-30" if name == "lapsed" else "",
        "reason_zh": mark(
            f"此处为{name}：没有任何单位负责“保洁”，夹在兴隆街道办事处与振兴街道办事处之间。"
        ),
        "reason_en": mark(f"This is {name}: nobody answers for street cleaning here."),
        "geometry": shape,
    }


def _neighbours(mark: Callable[[str], str], findings: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"finding_id": finding, "body": body, "shared_m": shared}
            for finding in findings["finding_id"]
            for body, shared in (
                (mark("street-b"), 3980.4),
                (mark("street-a"), 4000.0),
                ("", 400.0),
            )
        ]
    )


def _lane_findings(mark: Callable[[str], str]) -> gpd.GeoDataFrame:
    x, y = ORIGIN
    lanes = {
        LaneFindingClass.UNOWNED.value: LineString([(x + 3100, y + 1500), (x + 3250, y + 6400)]),
        LaneFindingClass.BORDER.value: LineString([(x + 7000, y + 4200), (x + 7000, y + 6400)]),
    }
    rows = []
    for name, line in lanes.items():
        middle = line.interpolate(0.5, normalized=True)
        longitude, latitude = _degrees(middle.x, middle.y)
        rows.append(
            {
                "lane_finding_id": mark(f"L-{name}"),
                "class": name,
                "lane_id": mark("L7"),
                **_names(mark, "石油胡同", "Petroleum Alley"),
                "matter": mark("cleaning"),
                "level": "street",
                "as_of": AS_OF.isoformat(),
                "from_m": 120.0,
                "to_m": 120.0 + line.length,
                "length_m": line.length,
                "lon": longitude,
                "lat": latitude,
                "left_bodies": (mark("street-a"),),
                "right_bodies": (),
                "bodies": (mark("street-a"),),
                "zones": ("back_lane",),
                "districts": (mark("D1"),),
                "reason_zh": mark("石油胡同该路段没有单位负责。"),
                "reason_en": mark("Nobody answers for this stretch of Petroleum Alley."),
                "geometry": line,
            }
        )
    return _table(rows)


def _question(mark: Callable[[str], str], matter: str, level: str) -> dict[str, Any]:
    return {
        "matter": mark(matter),
        "level": level,
        "atoms": 1,
        "jurisdiction_m2": 96e6,
        "covered_m2": 94e6,
        "gap_m2": 2e6,
        "contested_m2": 1.2e6,
        "residual_m2": 1e-7,
        "by_standing": {},
    }
