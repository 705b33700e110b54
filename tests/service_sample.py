"""A small run, made by hand, for the tests of the service: every figure can be checked by eye.

The county is a square of 4 × 4 km, cut into a western and an eastern district. Cleaning leaves a
strip of 100 m between two street offices and has one contested block; public order was the first
street's everywhere, until it lapsed in the east.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from pyproj import Transformer
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from gis.model.project import Name, Settings
from gis.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely import Geometry

#: CGCS2000, three-degree zone around 123° E, in metres.
CRS = "EPSG:4550"
ORIGIN = (420_000.0, 4_550_000.0)
TO_LON_LAT = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)

STREET_A, STREET_B, OIL, BUREAU = "streetA", "streetB", "oil", "bureau"
VOID, CONTESTED, LAPSED, SLIVER, INLET = "F-void", "F-contested", "F-lapsed", "F-sliver", "F-inlet"
AS_OF = "2026-08-15"


def block(west: float, south: float, east: float, north: float) -> Polygon:
    """Return a rectangle whose corners are metres from the county's south-western corner."""
    x, y = ORIGIN
    return box(x + west, y + south, x + east, y + north)


def lon_lat(east: float, north: float) -> tuple[float, float]:
    """Return where a place, in metres from the south-western corner, lies on WGS 84."""
    return TO_LON_LAT.transform(ORIGIN[0] + east, ORIGIN[1] + north)


def as_it_is(text: str) -> str:
    """Return a name unchanged: the ordinary sample."""
    return text


def sample_run(mark: Callable[[str], str] = as_it_is) -> Run:
    """Return the run; ``mark`` is applied to every text that a user could have written."""
    tables = _tables(mark)
    return Run(
        settings=Settings(
            name=Name(mark("样例县"), mark("Sample County")),
            as_of=date.fromisoformat(AS_OF),
            notice=Name(mark("合成示例，请勿引用"), mark("Synthetic sample, do not cite")),
            attribution=Name(mark("测试数据"), mark("Test data")),
        ),
        certificate=_certificate(mark),
        **tables,
    )


def _tables(mark: Callable[[str], str]) -> dict[str, pd.DataFrame]:
    jurisdiction = _layer(
        {
            "district_id": [mark("west"), mark("east")],
            "name_zh": [mark("西区"), mark("东区")],
            "name_en": [mark("West District"), mark("East District")],
        },
        [block(0, 0, 1950, 4000), block(1950, 0, 4000, 4000)],
    )
    claims = _layer(
        {
            "claim_id": [mark(f"C{n}") for n in range(1, 5)],
            "body": [mark(STREET_A), mark(STREET_B), mark(STREET_A), mark(BUREAU)],
            "role": ["lead", "lead", "lead", "assist"],
            "matter": [mark("clean"), mark("clean"), mark("order"), mark("clean")],
            "level": ["", "", "", ""],
            "valid_from": pd.to_datetime(["2025-01-01", None, "2020-01-01", None]).astype(
                "datetime64[s]"
            ),
            "valid_to": pd.to_datetime([None, None, "2026-06-30", None]).astype("datetime64[s]"),
            "basis": ["decision", "law", "agreement", ""],
            "basis_ref": [mark("样政发〔2025〕1号"), mark("条例第九条"), mark("协议"), ""],
            "status": ["claimed"] * 4,
            "accuracy_m": [0.5] * 4,
        },
        [
            MultiPolygon([block(0, 0, 1900, 4000), block(2500, 2500, 3000, 3000)]),
            block(2000, 0, 4000, 4000),
            block(1950, 0, 4000, 4000),
            block(0, 0, 1000, 4000),
        ],
    )
    zones = _layer(
        {
            "zone_id": [mark("Z1")],
            "kind": [mark("oil_local")],
            "name_zh": [mark("一号采油站周边")],
            "name_en": [mark("Around Station 1")],
            "rule_id": [""],
            "confidence": [0.8],
            "reason_zh": [mark("距井站一百米以内")],
            "reason_en": [mark("Within 100 m of a station")],
        },
        [block(1800, 1500, 2200, 2500)],
    )
    agreements = _layer(
        {
            "agreement_id": [mark("G1")],
            "parties": [(mark(STREET_A), mark(STREET_B))],
            "matter": [mark("clean")],
            "first_receiver": [mark(BUREAU)],
            "signed_on": pd.to_datetime(["2026-01-01"]).astype("datetime64[s]"),
            "valid_to": pd.to_datetime([None]).astype("datetime64[s]"),
            "place_id": [""],
        },
        [block(1900, 0, 2000, 4000)],
    )
    bodies = pd.DataFrame(
        {
            "body_id": [mark(STREET_A), mark(STREET_B), mark(OIL), mark(BUREAU)],
            "name_zh": [mark(n) for n in ("甲街道办事处", "乙街道办事处", "采油公司", "城管局")],
            "name_en": [mark(n) for n in ("Street A", "Street B", "Oil Company", "City Bureau")],
            "kind": ["government", "government", "enterprise", "department"],
            "level": ["street", "street", "", "county"],
            "superior_id": ["", "", "", ""],
            "affiliation_level": ["", "", "central", ""],
            "valid_from": pd.to_datetime([None] * 4).astype("datetime64[s]"),
            "valid_to": pd.to_datetime([None] * 4).astype("datetime64[s]"),
        }
    )
    matters = pd.DataFrame(
        {
            "matter_id": [mark("clean"), mark("order")],
            "parent_id": ["", ""],
            "code_gbt30428": ["", ""],
            "name_zh": [mark("保洁"), mark("占道经营")],
            "name_en": [mark("Cleaning"), mark("Street trading")],
            "kind": ["event", "event"],
            "limit_hours": [24.0, float("nan")],
        }
    )
    return {
        "jurisdiction": jurisdiction,
        "claims": claims,
        "zones": zones,
        "agreements": agreements,
        "bodies": bodies,
        "matters": matters,
        **_answers(mark),
    }


def _answers(mark: Callable[[str], str]) -> dict[str, pd.DataFrame]:
    west, east = (mark("west"),), (mark("east"),)
    a, b = mark(STREET_A), mark(STREET_B)
    cleaning = [
        (block(0, 0, 1000, 4000), "sole", (a,), (mark("C1"), mark("C4")), west),
        (block(1000, 0, 1900, 4000), "sole", (a,), (mark("C1"),), west),
        (block(1900, 0, 1950, 4000), "void", (), (), west),
        (block(1950, 0, 2000, 4000), "void", (), (), east),
        (
            block(2000, 0, 4000, 4000).difference(block(2500, 2500, 3000, 3000)),
            "sole",
            (b,),
            (mark("C2"),),
            east,
        ),
        (block(2500, 2500, 3000, 3000), "contested", (a, b), (mark("C1"), mark("C2")), east),
    ]
    order = [
        (block(0, 0, 1950, 4000), "void", (), (), west),
        (block(1950, 0, 4000, 4000), "lapsed", (), (mark("C3"),), east),
    ]
    rows = [(0, *row) for row in cleaning] + [(1, *row) for row in order]
    atoms = _layer(
        {
            "atom_id": list(range(len(rows))),
            "arrangement": [row[0] for row in rows],
            "area_m2": [row[1].area for row in rows],
            "district_ids": [row[5] for row in rows],
            "claim_ids": [row[4] for row in rows],
            "zone_ids": [() for _ in rows],
            "agreement_ids": [(mark("G1"),) if row[2] == "void" else () for row in rows],
        },
        [row[1] for row in rows],
    )
    standings = pd.DataFrame(
        {
            "atom_id": list(range(len(rows))),
            "matter": [mark(("clean", "order")[row[0]]) for row in rows],
            "level": [""] * len(rows),
            "standing": [row[2] for row in rows],
            "leads": [row[3] for row in rows],
            "first_receiver": [
                mark(BUREAU) if (row[0], row[2]) == (0, "void") else "" for row in rows
            ],
        }
    )
    findings = _findings(mark)
    neighbours = pd.DataFrame(
        [
            (VOID, a, 4000.0),
            (VOID, b, 4000.0),
            (VOID, "", 200.0),
            (CONTESTED, b, 2000.0),
            (LAPSED, "", 8050.0),
            (SLIVER, a, 700.3),
            (INLET, a, 120.0),
        ],
        columns=["finding_id", "body", "shared_m"],
    )
    return {
        "atoms": atoms,
        "standings": standings,
        "findings": findings,
        "finding_neighbours": neighbours,
        "lane_findings": _lane_findings(mark),
    }


def _findings(mark: Callable[[str], str]) -> gpd.GeoDataFrame:
    a, b, clean, order = mark(STREET_A), mark(STREET_B), mark("clean"), mark("order")
    west, east, oil = mark("west"), mark("east"), mark("oil_local")
    reason = (mark("没有任何主责或协同主张"), mark("No claim, leading or assisting"))
    rows = [
        # id, class, sliver, matter, place, width, position, bodies, neighbours, zones, districts
        (VOID, "void", "", clean, block(1900, 0, 2000, 4000), 100.0, "inlet", (), (a, b), (oil,),
         (west, east)),
        (CONTESTED, "contested", "", clean, block(2500, 2500, 3000, 3000), 500.0, "", (a, b), (b,),
         (), (east,)),
        (LAPSED, "lapsed", "", order, block(1950, 0, 4000, 4000), 2050.0, "inlet", (a,), (), (oil,),
         (east,)),
        (SLIVER, "sliver", "gap", clean, block(400, 900, 1100, 900.3), 0.3, "hole", (), (a,), (),
         (west,)),
        (INLET, "void", "", order, block(0, 0, 1950, 4000), 1950.0, "inlet", (), (a,), (), (west,)),
    ]  # fmt: skip
    return _layer(
        {
            "finding_id": [row[0] for row in rows],
            "class": [row[1] for row in rows],
            "kind_of_sliver": [row[2] for row in rows],
            "standing": ["void" if row[2] else row[1] for row in rows],
            "matter": [row[3] for row in rows],
            "level": [""] * len(rows),
            "as_of": [AS_OF] * len(rows),
            "area_m2": [row[4].area for row in rows],
            "width_m": [row[5] for row in rows],
            "threshold_m": [1.4142] * len(rows),
            "position": [row[6] for row in rows],
            "lon": [_inside(row[4])[0] for row in rows],
            "lat": [_inside(row[4])[1] for row in rows],
            "bodies": [row[7] for row in rows],
            "neighbours": [row[8] for row in rows],
            "zones": [row[9] for row in rows],
            "zone_ids": [(mark("Z1"),) if row[9] else () for row in rows],
            "districts": [row[10] for row in rows],
            "first_receiver": [mark(BUREAU) if row[0] == VOID else "" for row in rows],
            "law": ["cross_border", "unclear", "unclear", "unclear", "unclear"],
            "lapsed_on": ["2026-06-30" if row[1] == "lapsed" else "" for row in rows],
            "reason_zh": [reason[0]] * len(rows),
            "reason_en": [reason[1]] * len(rows),
        },
        [row[4] for row in rows],
    )


def _lane_findings(mark: Callable[[str], str]) -> gpd.GeoDataFrame:
    x, y = ORIGIN
    lines = [
        LineString([(x + 1950, y + 500), (x + 1950, y + 1500)]),
        LineString([(x + 2400, y + 2750), (x + 2900, y + 2750)]),
    ]
    middles = [_inside(line) for line in lines]
    return _layer(
        {
            "lane_finding_id": ["L-unowned", "L-border"],
            "class": ["lane_unowned", "lane_border"],
            "lane_id": [mark("lane1"), mark("lane2")],
            "name_zh": [mark("槐树巷"), mark("柳树巷")],
            "name_en": [mark("Locust Lane"), mark("Willow Lane")],
            "matter": [mark("clean"), mark("clean")],
            "level": ["", ""],
            "as_of": [AS_OF, AS_OF],
            "from_m": [0.0, 100.0],
            "to_m": [1000.0, 600.0],
            "length_m": [1000.0, 500.0],
            "lon": [middle[0] for middle in middles],
            "lat": [middle[1] for middle in middles],
            "bodies": [(), (mark(STREET_A), mark(STREET_B))],
            "left_bodies": [(), (mark(STREET_A),)],
            "right_bodies": [(), (mark(STREET_B),)],
            "zones": [(mark("back_lane"),), ()],
            "districts": [(mark("west"),), (mark("east"),)],
            "reason_zh": [mark("这段街巷没有主责单位"), mark("这段街巷压在两家分界上")],
            "reason_en": [mark("Nobody leads along this lane"), mark("It runs along a border")],
        },
        lines,
    )


def _certificate(mark: Callable[[str], str]) -> dict[str, object]:
    questions = [
        {"matter": mark("clean"), "gap_m2": 400_000.0, "contested_m2": 250_000.0,
         "by_standing": {"sole": 15_350_000.0, "void": 400_000.0, "contested": 250_000.0}},
        {"matter": mark("order"), "gap_m2": 16_000_000.0, "contested_m2": 0.0,
         "by_standing": {"void": 7_800_000.0, "lapsed": 8_200_000.0}},
    ]  # fmt: skip
    return {
        "format": 1,
        "software": {"mangqu": "0.1.0", "shapely": "2.2.0"},
        "as_of": AS_OF,
        "settings": {"precision_m": 0.001, "accuracy_m": 0.5, "sliver_k": 2.0},
        "crs": CRS,
        "inputs": [
            {
                "table": "claims",
                "path": mark("claims.gpkg"),
                "layer": mark("claims"),
                "rows": 4,
                "crs": CRS,
                "datum": "cgcs2000",
                "accuracy_m": None,
                "files": {mark("claims.gpkg"): "ab" * 32},
            }
        ],
        "remarks": [
            {
                "kind": "repaired",
                "problem": "self_crossing",
                "table": "claims",
                "file": mark("claims.gpkg"),
                "layer": "claims",
                "row": 2,
                "details": {"note": mark("bow-tie")},
            }
        ],
        "jurisdiction_m2": 16_000_000.0,
        "largest_move_m": 0.0004,
        "questions": [
            {
                "level": "",
                "atoms": 6,
                "jurisdiction_m2": 16_000_000.0,
                "covered_m2": 16_000_000.0 - question["gap_m2"],
                "residual_m2": 0.0,
                **question,
            }
            for question in questions
        ],
        "claims": {"recorded": 4, "lost": [], "outside_m2": {}, "largest_shift_m": 0.0004},
        "tables": {"findings": {"rows": 5, "sha256": "cd" * 32}},
    }


def _layer(columns: dict[str, object], geometry: list[Geometry]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS)


def _inside(geometry: Geometry) -> tuple[float, float]:
    point = geometry.representative_point()
    return TO_LON_LAT.transform(point.x, point.y)
