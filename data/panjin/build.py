"""Build the Panjin project: real county boundaries, and a made-up administration over them."""

from __future__ import annotations

import random
import shutil
from contextlib import contextmanager
from datetime import date
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from mangqu_samples.panjin import bodies as who
from mangqu_samples.panjin.planting import plant_greening, plant_manholes, plant_street_lights
from mangqu_samples.panjin.planting_duties import plant_sanitation, plant_street_order
from mangqu_samples.panjin.register import Register
from mangqu_samples.panjin.scenery import (
    add_lanes,
    add_oil_land,
    add_zones_at_planted,
    make_cases,
)
from mangqu_samples.panjin.territory import CITY_CRS, EXCLAVE, Sites, Territory, make_territory

from gis.layers.new_project import new_project_folder
from gis.output import add_layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AS_OF = date(2026, 8, 15)
LAYERS, TRUTH = "layers.gpkg", "truth.gpkg"

#: In the order in which sites are drawn; to change it is to move every planted place.
PLANTERS = (
    plant_greening,
    plant_street_lights,
    plant_manholes,
    plant_street_order,
    plant_sanitation,
)

_PLAIN_FILES = ("mangqu.toml", "rules.toml", "matters.csv", "README.md")
_GEOPACKAGE_DAY = "2026-01-01T00:00:00.000Z"


def build(folder: Path, *, seed: int = 2111) -> None:
    """Write the project, and beside it the blind spots that were planted in it.

    Parameters
    ----------
    folder
        A folder that does not exist yet, or an empty one.
    seed
        The same seed gives the same files, byte for byte.

    Raises
    ------
    MissingPartError
        If the boundary data (extra ``china``) are not installed.
    OutputError
        If the folder holds something already, or cannot be written.
    """
    home = files("mangqu_samples.panjin")
    rng = random.Random(seed)
    territory = make_territory(_read_table("townships.csv"), rng)
    sites = Sites(territory, rng)
    register = Register(_read_table("planted.csv").set_index("planted_id"))
    for planter in PLANTERS:
        planter(register, sites)
    _claim_the_rest(register, territory)
    add_oil_land(register, sites)
    add_lanes(register, sites)
    add_zones_at_planted(register)
    cases = make_cases(register, sites, AS_OF)
    with new_project_folder(folder) as aside:
        for name in _PLAIN_FILES:
            with as_file(home.joinpath(name)) as source:
                shutil.copyfile(source, aside / name)
        with _fixed_day():
            _write_layers(register, territory, cases, aside / LAYERS)
            _write_truth(register, aside)
        _write_table(who.make_bodies(territory), aside / "bodies.csv")
        _write_table(pd.DataFrame(register.claims), aside / "claims.csv")
        _write_table(pd.DataFrame(register.agreements), aside / "agreements.csv")


def _read_table(name: str) -> pd.DataFrame:
    with as_file(files("mangqu_samples.panjin").joinpath(name)) as path:
        return pd.read_csv(path, dtype=str, keep_default_na=False)


def _claim_the_rest(register: Register, territory: Territory) -> None:
    """Let the ordinary bodies claim everything that is not planted; so nothing else is amiss."""
    register.place(
        EXCLAVE, territory.exclave, ("油田农场飞地（合成）", "Oilfield farm exclave (made up)")
    )
    for table, prefix in ((territory.counties, "county"), (territory.townships, "township")):
        for code, row in table.iterrows():
            name = (row["name_zh"], row["name_en"])
            register.place(f"{prefix}-{code}", row.geometry, name)
    counties, townships = territory.counties, territory.townships
    for matter, table, prefix, body, level in (
        ("appearance", counties, "county", who.enforcement, "county"),
        ("cleaning", townships, "township", who.office, "street"),
        ("order", counties, "county", who.enforcement, "county"),
        ("street_light", counties, "county", who.housing, "county"),
        ("manhole", counties, "county", who.housing, "county"),
        ("greening", counties, "county", who.housing, ""),
        ("flood", counties, "county", who.government, "county"),
    ):
        for code, row in table.iterrows():
            place = f"{prefix}-{code}"
            rest = register.remainder(matter, row.geometry)
            if rest is not None:
                place = register.place(f"{matter}-{code}", rest, (row["name_zh"], row["name_en"]))
            register.claim(body(code), matter, place, level=level)
        if matter != "greening":  # planted: nobody's greening reaches the exclave
            register.claim(who.OIL_FARM, matter, EXCLAVE, level=level, basis="agreement")
    whole = shapely.coverage_union_all(counties.geometry.to_numpy())
    register.place("city", whole, ("盘锦市", "Panjin"))
    register.claim(who.CITY_ENFORCEMENT, "appearance", "city", role="supervise", level="city")


def _write_layers(
    register: Register, territory: Territory, cases: gpd.GeoDataFrame, path: Path
) -> None:
    exclave = gpd.GeoDataFrame(
        {"name_zh": ["油田农场飞地（合成）"], "name_en": ["Oilfield farm exclave (made up)"]},
        index=pd.Index([EXCLAVE]),
        geometry=[territory.exclave],
        crs=CITY_CRS,
    )
    jurisdiction = pd.concat([territory.counties, exclave]).rename_axis("district_id")
    add_layer(jurisdiction.reset_index(), path, "jurisdiction", "MultiPolygon")
    add_layer(_drawn(register.places), path, "places", "MultiPolygon")
    add_layer(_drawn(register.zones), path, "zones", "MultiPolygon")
    add_layer(_drawn(register.lanes), path, "lanes", "LineString")
    add_layer(cases, path, "cases", "Point")


def _write_truth(register: Register, folder: Path) -> None:
    truth, lanes = _drawn(register.truth), _drawn(register.lane_truth)
    add_layer(truth, folder / TRUTH, "truth", "Polygon")
    add_layer(lanes, folder / TRUTH, "lane_truth", "LineString")
    table = pd.concat([truth.drop(columns="geometry"), lanes.drop(columns="geometry")])
    _write_table(table, folder / "truth.csv")


def _drawn(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CITY_CRS)


def _write_table(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


@contextmanager
def _fixed_day() -> Iterator[None]:
    """Let GeoPackages note a fixed day as the day of writing."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _GEOPACKAGE_DAY})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
