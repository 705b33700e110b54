"""A layer without any shape is told once, with the column that seems to hold them."""

import pytest

from gis.errors import InputErrors
from tests.layer_files import EAST, WEST, problems, project, read, write, write_table

BORDER = "122.0,41.0;122.1,41.0;122.1,41.1;122.0,41.1"
PLACES = '[layers.places]\npath = "places.geojson"\n'


def refused(folder):
    with pytest.raises(InputErrors) as caught:
        read(folder)
    (error,) = caught.value.errors
    return error


@pytest.mark.parametrize("border", [f'"{BORDER}"', f'"{WEST.wkt}"'])
def test_a_column_of_borders_is_proposed_for_the_geometry(tmp_path, border):
    write_table(tmp_path / "claims.csv", f"body,边界,备注\n甲,{border},x\n乙,{border},\n")
    path = 'path = "claims.csv"\n'
    error = refused(project(tmp_path, claims=path))
    assert (error.problem, error.row) == ("geometry_in_column", None)
    assert 'geometry = { wkt = "边界" }' in error.render("zh")
    mended = f'{path}crs = "EPSG:4326"\ngeometry = {{ wkt = "边界" }}\n'
    assert read(project(tmp_path, claims=mended)).claims.geometry[0].equals(WEST)


def test_a_column_of_keys_of_places_is_proposed_for_the_place(tmp_path):
    write(tmp_path / "places.geojson", [WEST, EAST], place_id=["w", "e"])
    write_table(tmp_path / "claims.csv", "body,地块\n甲,w\n乙,e\n丙,\n")
    path = 'path = "claims.csv"\n'
    error = refused(project(tmp_path, more=PLACES, claims=path))
    assert (error.problem, error.row) == ("geometry_of_places", None)
    assert 'columns = { place_id = "地块" }' in error.render("zh")
    mended = f'{path}columns = {{ place_id = "地块" }}\n'
    assert problems(lambda: read(project(tmp_path, more=PLACES, claims=mended))) == [
        ("geometry_missing", 3, None)
    ]


def test_a_layer_without_any_shape_is_told_once_and_no_row_is_to_be_deleted(tmp_path):
    write_table(tmp_path / "claims.csv", "body,备注\n甲,122\n乙,2026-08-15\n")
    error = refused(project(tmp_path, claims='path = "claims.csv"\n'))
    assert (error.problem, error.row) == ("geometry_missing_throughout", None)
    assert "删" not in error.render("zh")


def test_shapes_that_are_all_empty_are_told_once_in_any_table(tmp_path):
    write(tmp_path / "zones.geojson", [None, None], kind=["fringe", "fringe"])
    folder = project(tmp_path, more='[layers.zones]\npath = "zones.geojson"\n')
    assert problems(lambda: read(folder)) == [("geometry_missing_throughout", None, None)]


def test_a_table_of_lanes_with_written_lines_says_so(tmp_path):
    write_table(tmp_path / "lanes.csv", 'lane_id,走向\na,"122.0,41.0;122.1,41.05"\n')
    folder = project(tmp_path, more='[layers.lanes]\npath = "lanes.csv"\n')
    assert problems(lambda: read(folder)) == [("geometry_in_column", None, None)]
