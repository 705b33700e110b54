"""What a project's tables must hold, and how each row that does not is named."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from gis.layers import project_files, read_project
from gis.layers.dates import as_moment
from gis.layers.values import as_list, as_number
from gis.model.tables import TABLES, ColumnKind
from gis.readers.cells import as_text
from tests import toy_county
from tests.layer_files import EAST, LIMIT, TODAY, WEST, problems, project, read, write, write_table

BODIES = '[layers.bodies]\npath = "bodies.csv"\n'
MATTERS = '[layers.matters]\npath = "matters.csv"\n'
PLACES = '[layers.places]\npath = "places.geojson"\n'


def claims(folder, geometry=(WEST, EAST), **columns):
    folder.mkdir(exist_ok=True)
    write(folder / "claims.geojson", list(geometry), **columns)
    return folder


# what comes out


def test_a_minimal_project_has_every_table_in_the_declared_form(tmp_path):
    read_back = read(project(tmp_path))
    kinds = {
        ColumnKind.TEXT: "str",
        ColumnKind.CHOICE: "str",
        ColumnKind.NUMBER: "float64",
        ColumnKind.DATE: "datetime64[s]",
        ColumnKind.LIST: "object",
    }
    for name, schema in TABLES.items():
        if name == "places":
            continue
        frame = getattr(read_back, name)
        assert list(frame.index) == list(range(len(frame)))
        for column in schema.columns:
            assert str(frame[column.name].dtype) == kinds[column.kind], (name, column.name)
        if schema.geometry:
            assert frame.crs == read_back.crs


def test_keys_that_a_file_leaves_out_are_numbered(tmp_path):
    assert list(read(project(tmp_path)).claims["claim_id"]) == ["C000001", "C000002"]


def test_defaults_and_the_assumed_accuracy_are_filled_in(tmp_path):
    made = read(project(tmp_path, more="accuracy_m = 7\n")).claims
    assert set(made["role"]) == {"lead"}
    assert set(made["status"]) == {"claimed"}
    assert list(made["accuracy_m"]) == [7.0, 7.0]
    assert list(read(project(tmp_path)).claims["accuracy_m"]) == [0.5, 0.5]


def test_bodies_and_matters_are_made_up_where_none_are_given(tmp_path):
    claims(tmp_path, body=["乙", "甲"], matter=["保洁", None])
    made = read(project(tmp_path))
    assert list(made.bodies["body_id"]) == ["乙", "甲"]
    assert list(made.bodies["name_en"]) == ["乙", "甲"]
    assert list(made.matters["matter_id"]) == ["保洁"]


def test_names_of_one_language_stand_in_for_the_other(tmp_path):
    write_table(tmp_path / "bodies.csv", "body_id,name_zh,name_en\n甲,甲局,\n乙,,Bureau B\n丙,,\n")
    made = read(project(tmp_path, more=BODIES)).bodies
    assert list(made["name_zh"]) == ["甲局", "Bureau B", "丙"]
    assert list(made["name_en"]) == ["甲局", "Bureau B", "丙"]


def test_a_users_own_columns_are_kept_as_text(tmp_path):
    claims(tmp_path, body=["甲", "乙"], 备注=[1, None], area=[1.5, 2.0])
    made = read(project(tmp_path)).claims
    assert list(made["备注"]) == ["1", ""]
    assert list(made["area"]) == ["1.5", "2"]


def test_columns_are_mapped_and_constants_fill_every_row(tmp_path):
    claims(tmp_path, 单位=["甲", "乙"], 止=["2026年6月30日", None])
    made = read(
        project(
            tmp_path,
            more='columns = {body = "单位", valid_to = "止"}\nconstants = {matter = "路灯"}\n',
        )
    ).claims
    assert list(made["body"]) == ["甲", "乙"]
    assert made["valid_to"][0] == pd.Timestamp("2026-06-30")
    assert pd.isna(made["valid_to"][1])
    assert set(made["matter"]) == {"路灯"}
    assert "单位" not in made


def test_a_column_in_capitals_is_not_overlooked(tmp_path):
    claims(tmp_path, BODY=["甲", "乙"], VALID_TO=["2026-06-30", None])
    made = read(project(tmp_path)).claims
    assert list(made["body"]) == ["甲", "乙"]
    assert made["valid_to"][0] == pd.Timestamp("2026-06-30")


def test_sources_are_stacked_in_the_order_of_the_file(tmp_path):
    project(tmp_path)
    write(tmp_path / "west.geojson", [WEST], body=["甲"], 路=["a"])
    write(tmp_path / "east.geojson", [EAST], body=["乙"])
    (tmp_path / "mangqu.toml").write_text(
        '[layers.jurisdiction]\npath = "limit.geojson"\n'
        '[[layers.claims]]\npath = "west.geojson"\nconstants = {matter = "a"}\n'
        '[[layers.claims]]\npath = "east.geojson"\nconstants = {matter = "b"}\naccuracy_m = 9\n',
        "utf-8",
    )
    made = read(tmp_path).claims
    assert list(made["claim_id"]) == ["C000001", "C000002"]
    assert list(made["matter"]) == ["a", "b"]
    assert list(made["路"]) == ["a", ""]
    assert list(made["accuracy_m"]) == [0.5, 9.0]


def test_the_files_of_a_project_are_listed_with_their_digests(tmp_path):
    folder = tmp_path / "盘锦 项目"
    folder.mkdir()
    write(folder / "claims.shp", [WEST, EAST], body=["甲", "乙"])
    made = read(project(folder, claims='path = "claims.shp"\n'))
    names = {path.as_posix() for path in project_files(made)}
    assert names == {
        "mangqu.toml",
        "limit.geojson",
        *(f"claims.{end}" for end in ("shp", "shx", "dbf", "prj", "cpg")),
    }
    digests = {digest for source in made.sources for digest in source.files.values()}
    assert all(len(digest) == 64 for digest in digests)
    assert [source.table for source in made.sources] == ["project", "jurisdiction", "claims"]


def test_a_project_may_be_named_by_its_file(tmp_path):
    project(tmp_path)
    assert read_project(tmp_path / "mangqu.toml", today=TODAY).folder == tmp_path.resolve()


def test_a_folder_without_a_project_is_refused(tmp_path):
    assert problems(lambda: read(tmp_path)) == [("project_missing", None, None)]


# values


@pytest.mark.parametrize(
    "text",
    ["2026-08-15", "2026/8/15", "2026.08.15", "2026年8月15日", "20260815", "2026-8-15", 20260815],
)
def test_the_usual_ways_to_write_a_day_are_understood(text):
    assert as_moment(text) == np.datetime64("2026-08-15T00:00:00")


def test_a_time_of_day_is_kept_and_its_zone_dropped():
    expected = np.datetime64("2026-08-15T23:30:00")
    assert as_moment("2026-08-15T23:30:00+08:00") == expected
    assert as_moment("2026/08/15 23:30:00.123") == expected


@pytest.mark.parametrize(
    "text", ["2026-02-30", "soon", "15.8.2026", "2026", "0000-01-01", "2026-13-01"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the reader adds the words
        as_moment(text)


def test_the_far_end_of_an_open_period_is_a_day_too():
    assert as_moment("9999-12-31") == np.datetime64("9999-12-31T00:00:00")


@pytest.mark.parametrize("value", ["-1", "1_000", "inf", "many", -0.5, math.inf, True])
def test_what_is_no_number_of_zero_or_more_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011 - the reader adds the words
        as_number(value)


def test_numbers_may_be_written_in_full_width():
    assert as_number(" 12.5 ") == 12.5
    assert math.isnan(as_number(None))


def test_lists_are_parted_by_marks_or_written_as_json():
    assert as_list("甲;乙、丙|甲;丁") == ("甲", "乙", "丙", "丁")
    assert as_list('["a;b", "c"]') == ("a;b", "c")
    assert as_list(["a", 1.0]) == ("a", "1")
    assert as_list(None) == ()


def test_whole_numbers_become_text_without_a_point():
    assert [as_text(value) for value in (1, 1.0, 1.5, True, None, " x ", math.nan)] == [
        "1", "1", "1.5", "true", "", "x", ""]  # fmt: skip


# refusals


def test_every_wrong_row_is_named_in_one_go(tmp_path):
    claims(
        tmp_path,
        body=["甲", None],
        role=["lead", "leed"],
        valid_from=["2026-01-01", "soon"],
        valid_to=["2025-12-31", None],
        accuracy_m=["-1", "2"],
    )
    assert problems(lambda: read(project(tmp_path))) == [
        ("value_missing", 2, "body"),
        ("choice_wrong", 2, "role"),
        ("date_wrong", 2, "valid_from"),
        ("number_wrong", 1, "accuracy_m"),
        ("period_reversed", 1, "valid_to"),
    ]


def test_a_missing_column_names_those_there_are(tmp_path):
    claims(tmp_path, boddy=["甲", "乙"])
    with pytest.raises(Exception, match="boddy"):
        read(project(tmp_path))


def test_a_mapped_column_that_the_file_lacks_is_refused(tmp_path):
    more = 'columns = {body = "单位"}\n'
    refusals = problems(lambda: read(project(tmp_path, more=more)))
    assert ("column_mapped_missing", None, "单位") in refusals


def test_a_key_that_occurs_twice_is_refused_at_its_second_row(tmp_path):
    claims(tmp_path, body=["甲", "乙"], claim_id=["x", "x"])
    assert problems(lambda: read(project(tmp_path))) == [("key_repeated", 2, "claim_id")]


def test_bodies_that_the_table_does_not_know_are_refused_wherever_they_are_named(tmp_path):
    write_table(tmp_path / "bodies.csv", "body_id,superior_id\n甲,\n乙,市政府\n")
    claims(tmp_path, body=["甲", "丙"])
    write_table(tmp_path / "agreements.csv", "parties,first_receiver\n甲;丁,戊\n")
    write(
        tmp_path / "lanes.geojson", [shapely.LineString([(122, 41), (122.1, 41.05)])], body=["己"]
    )
    more = (
        f'{BODIES}[layers.agreements]\npath = "agreements.csv"\n'
        '[layers.lanes]\npath = "lanes.geojson"\n'
    )
    assert problems(lambda: read(project(tmp_path, more=more))) == [
        ("body_not_listed", 2, "body"),
        ("body_not_listed", 1, "parties"),
        ("body_not_listed", 1, "first_receiver"),
        ("body_not_listed", 1, "body"),
        ("body_not_listed", 2, "superior_id"),
    ]


def test_matters_have_to_be_known_and_their_tree_without_a_circle(tmp_path):
    write_table(tmp_path / "matters.csv", "matter_id,parent_id\na,b\nb,a\nc,x\nd,\n")
    claims(tmp_path, body=["甲", "乙"], matter=["d", "e"])
    assert problems(lambda: read(project(tmp_path, more=MATTERS))) == [
        ("matter_not_listed", 2, "matter"),
        ("matter_not_listed", 3, "parent_id"),
        ("matter_circular", 1, "parent_id"),
        ("matter_circular", 2, "parent_id"),
    ]


def test_a_matter_asked_about_has_to_exist(tmp_path):
    project(tmp_path)
    path = tmp_path / "mangqu.toml"
    path.write_text('[project]\nmatters = ["保洁"]\n' + path.read_text("utf-8"), "utf-8")
    assert problems(lambda: read(tmp_path)) == [("matter_not_listed", None, "matters")]


def test_empty_claims_are_refused_and_other_tables_may_be_empty(tmp_path):
    empty = '{"type": "FeatureCollection", "features": []}'
    (tmp_path / "zones.geojson").write_text(empty)
    write_table(tmp_path / "bodies.csv", "body_id\n甲\n乙\n")
    more = BODIES + '[layers.zones]\npath = "zones.geojson"\nconstants = {kind = "fringe"}\n'
    assert len(read(project(tmp_path, more=more)).zones) == 0
    (tmp_path / "claims.geojson").write_text(empty)
    assert problems(lambda: read(project(tmp_path))) == [("table_empty", None, None)]


# places


def place_project(tmp_path, **columns):
    write(tmp_path / "places.geojson", [WEST, EAST], place_id=["w", "e"], accuracy_m=[3.0, None])
    text = pd.DataFrame(columns).to_csv(index=False)
    write_table(tmp_path / "claims.csv", text)
    more = "accuracy_m = 4\n" + PLACES + "accuracy_m = 5\n"
    return project(tmp_path, more=more, claims='path = "claims.csv"\n')


def test_claims_take_geometry_and_accuracy_from_their_places(tmp_path):
    write_table(tmp_path / "claims.csv", "body,place_id,accuracy_m\n甲,e,\n乙,w,1\n丙,w,\n")
    write(tmp_path / "places.geojson", [WEST, EAST], place_id=["w", "e"], accuracy_m=[3.0, None])
    more = PLACES + "accuracy_m = 5\n"
    made = read(project(tmp_path, more=more, claims='path = "claims.csv"\n')).claims
    assert [made.geometry[at].equals(shape) for at, shape in enumerate([EAST, WEST, WEST])] == [
        True, True, True]  # fmt: skip
    assert list(made["accuracy_m"]) == [5.0, 1.0, 3.0]


def test_a_place_that_does_not_exist_is_refused(tmp_path):
    folder = place_project(tmp_path, body=["甲", "乙"], place_id=["w", "x"])
    assert problems(lambda: read(folder)) == [("place_not_listed", 2, "place_id")]


def test_a_claim_with_neither_geometry_nor_place_is_refused(tmp_path):
    folder = place_project(tmp_path, body=["甲", "乙"], place_id=["w", None])
    assert problems(lambda: read(folder)) == [("geometry_missing", 2, None)]


def test_a_claim_with_both_geometry_and_place_is_refused(tmp_path):
    write(tmp_path / "places.geojson", [WEST], place_id=["w"])
    claims(tmp_path, body=["甲", "乙"], place_id=["w", None])
    refusals = problems(lambda: read(project(tmp_path, more=PLACES)))
    assert refusals == [("geometry_and_place", 1, "place_id")]


def test_an_agreement_may_hold_everywhere(tmp_path):
    write_table(tmp_path / "agreements.csv", "parties,first_receiver\n甲;乙,甲\n")
    made = read(project(tmp_path, more='[layers.agreements]\npath = "agreements.csv"\n'))
    assert made.agreements["parties"][0] == ("甲", "乙")
    assert made.agreements.geometry.isna().all()


# paths


@pytest.mark.parametrize("path", ["../secret.geojson", "sub/../../secret.geojson"])
def test_a_path_out_of_the_folder_is_refused(tmp_path, path):
    write(tmp_path / "secret.geojson", [WEST], body=["甲"])
    folder = project(tmp_path / "project", claims=f'path = "{path}"\n')
    (folder / "sub").mkdir()
    assert problems(lambda: read(folder)) == [("path_outside", None, None)]


def test_an_absolute_path_is_refused(tmp_path):
    secret = write(tmp_path / "secret.geojson", [WEST], body=["甲"])
    folder = project(tmp_path / "project", claims=f'path = "{secret}"\n')
    assert problems(lambda: read(folder)) == [("path_outside", None, None)]


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    secret = write(tmp_path / "secret.geojson", [WEST], body=["甲"])
    folder = project(tmp_path / "project", claims='path = "link.geojson"\n')
    (folder / "link.geojson").symlink_to(secret)
    assert problems(lambda: read(folder)) == [("path_outside", None, None)]


def test_a_part_of_a_shapefile_that_is_a_link_out_is_refused(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    write(folder / "claims.shp", [WEST], body=["甲"])
    (folder / "claims.dbf").rename(tmp_path / "secret.dbf")
    (folder / "claims.dbf").symlink_to(tmp_path / "secret.dbf")
    project(folder, claims='path = "claims.shp"\n')
    assert problems(lambda: read(folder)) == [("path_outside", None, None)]


def test_every_unreadable_file_is_told_at_once(tmp_path):
    project(tmp_path, claims='path = "none.gpkg"\n')
    (tmp_path / "limit.geojson").write_text("<OGRVRTDataSource/>")
    assert [problem for problem, *_ in problems(lambda: read(tmp_path))] == [
        "xml_of_other_kind",
        "file_missing",
    ]


def test_the_limit_is_what_the_file_says(tmp_path):
    assert read(project(tmp_path)).jurisdiction.geometry[0].equals(LIMIT)


@pytest.mark.parametrize(
    ("column", "label", "word"),
    [
        ("role", "主责", "lead"),
        ("role", "协同", "assist"),
        ("level", "县区级", "county"),
        ("level", "县区", "county"),
        ("status", "已确认", "confirmed"),
        ("basis", "协议", "agreement"),
        ("role", "Lead", "lead"),
    ],
)
def test_a_table_may_use_the_words_that_the_product_shows(tmp_path, column, label, word):
    claims = toy_county.claims().assign(**{column: label})
    folder = toy_county.write_project(tmp_path / "project", {"claims": claims})
    project = read_project(folder, today=date(2026, 8, 15))
    assert set(project.claims[column]) == {word}
