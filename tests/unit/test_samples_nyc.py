from datetime import date

import geopandas as gpd
import pytest
import shapely
from mangqu_samples.nyc.build import build

from gis.errors import OutputError
from gis.layers import read_project

TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples") / "nyc"
    build(folder)
    return read_project(folder, today=TODAY)


def test_the_matters_have_as_many_claims_as_the_city_has_districts(project):
    assert project.claims["matter"].value_counts().to_dict() == {
        "public_health": 177,
        "public_order": 77,
        "street_cleaning": 71,
        "education": 32,
    }
    assert len(project.jurisdiction) == 5


def test_every_claimant_has_a_name_in_both_languages(project):
    bodies = project.bodies.set_index("body_id")
    assert set(project.claims["body"]) == set(bodies.index)
    assert bodies.loc["PP-001", ["name_zh", "name_en"]].tolist() == ["第1警区", "Police Precinct 1"]
    assert (bodies[["name_zh", "name_en"]] != "").all(axis=None)


def test_the_mark_for_land_without_a_zip_area_is_nobodys_claim(project):
    assert not project.claims["body"].str.contains("99999").any()


def test_the_two_rings_that_touch_themselves_as_shipped_are_repaired_and_told(project):
    repaired = [(remark.layer, remark.row) for remark in project.remarks]
    assert repaired == [("school_districts", 17), ("school_districts", 24)]
    assert {remark.kind for remark in project.remarks} == {"repaired"}
    assert [remark.problem for remark in project.statements] == ["working_crs"]


def test_it_is_real_and_so_has_no_notice_and_names_its_source(project):
    assert project.settings.notice.text("zh") == ""
    assert "councilcount 0.11.4" in project.settings.attribution.en


def test_coordinates_are_as_the_source_ships_them(project):
    layer = gpd.read_file(project.folder / "nyc.gpkg", layer="police_precincts")
    assert layer.crs.to_epsg() == 2263
    assert shapely.get_num_coordinates(layer.geometry.to_numpy()).sum() == 99_369


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError):
        build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
