"""Make a new project folder: a commented project file, the jurisdiction, and empty claims."""

from __future__ import annotations

import json
from contextlib import contextmanager
from string import Template
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gis.layers.city_boundaries import (
    CGCS2000,
    NOTICE,
    county_boundaries,
    projected_exactly,
    three_degree_zone,
)
from gis.layers.project_file import PROJECT_FILE
from gis.model.tables import TABLES
from gis.output import add_layer, is_empty_folder, new_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAYERS_FILE = "layers.gpkg"
EXAMPLES_FOLDER = "examples"

_TEMPLATE = Template("""\
# 盲区分析项目 · A Mangqu project
# 检查 check:  mangqu check .
# 分析 run:    mangqu run . -o ../run

[project]
name = { zh = $name, en = $name }
attribution = { zh = $attribution_zh, en = $attribution_en }
# 分析基准日 · the day that is asked about; without it, today
# as_of = 2026-08-15
# 工作坐标系 · working coordinate system; "auto" takes that of the jurisdiction
crs = "auto"
# 吸附格网(米) · grid on which borders are snapped, metres
precision_m = 0.001
# 未注明精度的图层按此取值(米,中误差) · accuracy where a layer states none, metres
accuracy_m = 0.5
# 窄于 sliver_k·√(σ₁²+σ₂²) 的缝隙或重叠记为碎缝 · narrower than this is a sliver
sliver_k = 2

# 管辖范围:一行一个县区 · the jurisdiction: one row a county or district
[layers.jurisdiction]
path = "layers.gpkg"
layer = "jurisdiction"

# 责任声明:谁(body)在何处负责何事(matter) · who answers for what, where
# 模板图层为空,请在 QGIS 中绘制,或改为指向贵单位的图层并对照列名:
# the layer is empty: draw in QGIS, or name your own file and map its columns:
#   path = "责任区.shp"
#   encoding = "gb18030"
#   datum = "gcj02"              # wgs84 | cgcs2000 | gcj02 | bd09
#   accuracy_m = 1.0
#   columns = { body = "责任单位", matter = "事项" }
#   constants = { level = "street", role = "lead" }
[layers.claims]
path = "layers.gpkg"
layer = "claims"

# 以下图层可选,examples/ 内有表样 · optional tables; examples/ shows how they look
# [layers.bodies]
# path = "examples/bodies.csv"
#
# [layers.matters]
# path = "examples/matters.csv"
#
# 只有属性、按 place_id 引用地块的责任表 · claims without geometry refer to places by place_id
# [layers.places]
# path = "places.gpkg"
# layer = "places"

[map]
# 底图默认关闭,不访问任何网络 · no basemap, no network, unless chosen here
basemap = "none"
""")

_EXAMPLES = {
    "bodies.csv": (
        "body_id,name_zh,name_en,kind,level,superior_id\n"
        "county-a,甲区人民政府,District A,government,county,\n"
        "street-a1,甲一街道办事处,Street Office A1,government,street,county-a\n"
        "light-co,路灯养护公司,Street Light Company,enterprise,,\n"
    ),
    "matters.csv": (
        "matter_id,parent_id,name_zh,name_en,kind,limit_hours\n"
        "facilities,,公用设施,Public facilities,,\n"
        "street_light,facilities,路灯,Street lights,component,24\n"
        "cleaning,,道路清扫保洁,Street cleaning,event,4\n"
    ),
    "claims.csv": (
        "claim_id,body,role,matter,level,place_id,valid_from,valid_to,basis,basis_ref,status\n"
        "C1,street-a1,lead,cleaning,street,place-1,2025-01-01,,decision,,confirmed\n"
        "C2,light-co,lead,street_light,county,place-1,2025-07-01,2026-07-01,contract,,confirmed\n"
        "C3,county-a,fallback,,,place-1,,,rule,,claimed\n"
    ),
}


def make_project(folder: Path, *, city: str | None = None) -> None:
    """Make a project that a person fills in.

    Parameters
    ----------
    folder
        A folder that does not exist yet, or an empty one.
    city
        With a city, its counties become the jurisdiction, in the CGCS2000 three-degree zone in
        which the city lies; without one, the jurisdiction is an empty layer in EPSG:4490.

    Raises
    ------
    MissingPartError
        If a city is named and the boundary data are not installed.
    InputError
        If no city answers to the name.
    OutputError
        If the folder holds something already, or cannot be written.
    """
    jurisdiction = _city_jurisdiction(city) if city else _empty("jurisdiction")
    with new_project_folder(folder) as aside:
        add_layer(jurisdiction, aside / LAYERS_FILE, "jurisdiction", "MultiPolygon")
        claims = _empty("claims").set_crs(jurisdiction.crs, allow_override=True)
        add_layer(claims, aside / LAYERS_FILE, "claims", "MultiPolygon")
        (aside / PROJECT_FILE).write_text(_project_text(folder, city), encoding="utf-8")
        (aside / EXAMPLES_FOLDER).mkdir()
        for name, text in _EXAMPLES.items():
            (aside / EXAMPLES_FOLDER / name).write_text(text, encoding="utf-8")


@contextmanager
def new_project_folder(folder: Path) -> Iterator[Path]:
    """Give a folder to fill that becomes ``folder`` only if nothing goes wrong.

    Unlike a run's folder it may replace an empty one, which a person is likely to have made.

    Raises
    ------
    OutputError
        If the folder holds something already, or cannot be written.
    """
    was_empty = is_empty_folder(folder)
    if was_empty:
        folder.rmdir()
    try:
        with new_folder(folder) as aside:
            yield aside
    finally:
        if was_empty:
            folder.mkdir(exist_ok=True)


def _city_jurisdiction(city: str) -> gpd.GeoDataFrame:
    counties = county_boundaries(city)
    counties = counties.rename(columns={"code": "district_id"}).assign(name_en="")
    return projected_exactly(counties, three_degree_zone(counties))


def _empty(table: str) -> gpd.GeoDataFrame:
    columns = {column.name: pd.Series(dtype="str") for column in TABLES[table].columns}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=CGCS2000), crs=CGCS2000)


def _project_text(folder: Path, city: str | None) -> str:
    return _TEMPLATE.substitute(
        name=_quoted(city or folder.name or "mangqu"),
        attribution_zh=_quoted(NOTICE.zh if city else ""),
        attribution_en=_quoted(NOTICE.en if city else ""),
    )


def _quoted(text: str) -> str:
    """Return a TOML string; JSON's escapes are all TOML's as well."""
    return json.dumps("".join(mark for mark in text if mark.isprintable()), ensure_ascii=False)
