"""What ``mangqu.toml`` may say, and how it is refused."""

from datetime import date

import pytest

from gis.errors import InputError, InputErrors
from gis.layers.project_file import RESERVED_TABLES, read_project_file
from gis.model.project import MapSettings, Name

TODAY = date(2026, 1, 2)
LAYERS = """
[layers.jurisdiction]
path = "limit.gpkg"
[layers.claims]
path = "claims.gpkg"
"""


@pytest.fixture
def read(tmp_path):
    def read(text, **options):
        path = tmp_path / "mangqu.toml"
        path.write_text(text, "utf-8")
        return read_project_file(path, today=TODAY, **options)

    return read


@pytest.fixture
def refused(read):
    def refused(text):
        with pytest.raises(InputErrors) as caught:
            read(text)
        for error in caught.value.errors:
            assert "mangqu.toml" in error.render("zh")
            assert "mangqu.toml" in error.render("en")
        return [(error.problem, error.row, error.column) for error in caught.value.errors]

    return refused


def test_a_full_head_is_read(read):
    settings = read(
        """
[project]
name = {zh = "盘锦", en = "Panjin"}
notice = "合成示例"
attribution = "高德"
as_of = 2026-08-15
crs = "epsg:4550"
precision_m = 0.01
accuracy_m = 2
sliver_k = 3
matters = ["保洁", "路灯"]
[map]
basemap = "tianditu"
tianditu_key = "abc123"
"""
        + LAYERS
    ).settings
    assert settings.name == Name("盘锦", "Panjin")
    assert settings.notice == Name("合成示例", "合成示例")
    assert settings.as_of == date(2026, 8, 15)
    assert (settings.crs, settings.precision_m, settings.accuracy_m) == ("EPSG:4550", 0.01, 2.0)
    assert (settings.sliver_k, settings.matters) == (3.0, ("保洁", "路灯"))
    assert settings.map == MapSettings("tianditu", "abc123")


def test_the_day_asked_about_wins_over_the_files_day_and_that_over_today(read):
    stated = '[project]\nas_of = "2026-08-15"\n' + LAYERS
    assert read(stated, as_of=date(2026, 9, 1)).settings.as_of == date(2026, 9, 1)
    assert read(stated).settings.as_of == date(2026, 8, 15)
    assert read(LAYERS).settings.as_of == TODAY


def test_several_sources_may_fill_one_table(read):
    layers = read(
        """
[layers.jurisdiction]
path = "limit.gpkg"
[[layers.claims]]
path = "police.shp"
encoding = "GBK"
datum = "gcj02"
accuracy_m = 5
columns = {body = "责任单位"}
constants = {matter = "order"}
[[layers.claims]]
path = "all.gpkg"
layer = "school"
crs = "EPSG:4326"
"""
    ).layers
    police, school = (layer for layer in layers if layer.table == "claims")
    assert police.columns == {"body": "责任单位"}
    assert police.constants == {"matter": "order"}
    assert (police.encoding, police.datum, police.accuracy_m) == ("GBK", "gcj02", 5.0)
    assert (school.layer, school.crs) == ("school", "EPSG:4326")


def test_an_unknown_key_is_refused_with_its_line_and_a_suggestion(read):
    with pytest.raises(InputErrors) as caught:
        read("[project]\nname = 'x'\nacuracy_m = 2\n" + LAYERS)
    (error,) = caught.value.errors
    assert (error.problem, error.row, error.column) == ("unknown_key", 3, "project.acuracy_m")
    assert "accuracy_m" in error.details["suggestion"]


def test_an_unknown_layer_table_is_refused_with_a_suggestion(read):
    with pytest.raises(InputErrors) as caught:
        read(LAYERS + '[layers.claim]\npath = "x.gpkg"\n')
    (error,) = caught.value.errors
    assert (error.problem, error.row) == ("unknown_layer", 6)
    assert error.details["suggestion"].startswith("claims")


@pytest.mark.parametrize("name", RESERVED_TABLES)
def test_a_table_for_later_is_refused_rather_than_ignored(refused, name):
    assert refused(f"{LAYERS}[{name}]\nx = 1\n") == [("not_yet", 6, name)]


def test_all_problems_are_told_at_once(refused):
    problems = refused(
        """[project]
name = 3
as_of = 2026-08-15T10:00:00
crs = "EPSG:99999999"
precision_m = -1
accuracy_m = nan
sliver_k = true
matters = "保洁"
[map]
basemap = "googel"
tianditu_key = "</script>"
[layers.jurisdiction]
path = 3
[layers.claims]
path = "claims.gpkg"
datum = "gcj-02"
encoding = "klingon"
columns = {bodie = "x"}
constants = {matters = "x"}
"""
    )
    assert problems == [
        ("toml_wrong_crs", 4, "project.crs"),
        ("toml_wrong_number", 5, "project.precision_m"),
        ("toml_wrong_number", 6, "project.accuracy_m"),
        ("toml_wrong_number", 7, "project.sliver_k"),
        ("toml_wrong_date", 3, "project.as_of"),
        ("toml_wrong_name", 2, "project.name"),
        ("toml_wrong_type", 8, "project.matters"),
        ("toml_wrong_word", 10, "map.basemap"),
        ("tianditu_key_wrong", 11, "map.tianditu_key"),
        ("toml_wrong_type", 13, "layers.jurisdiction.path"),
        ("toml_wrong_word", 17, "layers.claims.encoding"),
        ("toml_wrong_word", 16, "layers.claims.datum"),
        ("unknown_column", 18, "layers.claims.columns.bodie"),
        ("unknown_column", 19, "layers.claims.constants.matters"),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "a;b.gpkg",
        "a|layername=x",
        "vsicurl/x.gpkg",
        "/vsizip/x.zip",
        "http://x/y.json",
        "a\\\\b.shp",
    ],
)
def test_a_path_that_a_reader_may_act_upon_is_refused(refused, path):
    text = LAYERS.replace("claims.gpkg", path)
    assert [problem for problem, *_ in refused(text)] == ["path_unsafe"]


def test_a_jurisdiction_and_claims_are_required(refused):
    assert [problem for problem, *_ in refused("[project]\n")] == ["layer_required"] * 2


def test_broken_toml_is_refused_with_its_line(read):
    with pytest.raises(InputError) as caught:
        read("[project]\nname = \n")
    assert (caught.value.problem, caught.value.row) == ("toml_damaged", 2)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "mangqu.toml"
    path.write_bytes('name = "盘锦"'.encode("gbk"))
    with pytest.raises(InputError) as caught:
        read_project_file(path, today=TODAY)
    assert caught.value.problem == "project_encoding"
    assert "UTF-8" in caught.value.remedy("zh")


@pytest.mark.parametrize("stated", ["4529", '"4529"'])
def test_a_bare_number_of_a_coordinate_system_is_told_how_to_be_written(refused, read, stated):
    text = LAYERS.replace('path = "claims.gpkg"', f'path = "claims.gpkg"\ncrs = {stated}')
    ((problem, _, column),) = refused(text)
    assert (problem, column) == ("toml_crs_is_a_number", "layers.claims.crs")
    with pytest.raises(InputErrors) as caught:
        read(text)
    assert 'crs = "EPSG:4529"' in caught.value.render("zh")


@pytest.mark.parametrize(
    "day", ["2026年8月15日", "2026-08-15", "2026.8.15", "二〇二六年八月十五日"]
)
def test_the_day_asked_about_may_be_written_in_chinese(read, day):
    stated = read(f'[project]\nas_of = "{day}"\n{LAYERS}')
    assert stated.settings.as_of == date(2026, 8, 15)


@pytest.mark.parametrize("day", ["", "2026年8月", "26-8-15", "长期", "2026-08-15 12:00"])
def test_a_day_asked_about_that_is_none_is_refused(refused, day):
    assert refused(f'[project]\nas_of = "{day}"\n{LAYERS}') == [
        ("toml_wrong_date", 2, "project.as_of")
    ]


def test_tianditu_without_a_key_is_refused(refused):
    text = '[map]\nbasemap = "tianditu"\n' + LAYERS
    assert refused(text) == [("tianditu_key_missing", 2, "map.basemap")]


def test_a_column_cannot_be_mapped_and_constant_at_once(refused):
    text = LAYERS + 'columns = {matter = "事项"}\nconstants = {matter = "保洁"}\n'
    assert [problem for problem, *_ in refused(text)] == ["column_stated_twice"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("path = “责任区.shp”", "toml_wide_quotes"),
        ('path = "数据\\县界.dxf"', "toml_backslash"),
        ("as_of = 2026年8月15日", "toml_bare_date"),
        ('columns = { 单位 = "body" }', "toml_bare_key"),
        ("[layers.单位]", "toml_bare_key"),
        ("path = = 1", "toml_damaged"),
    ],
)
def test_the_usual_mistakes_of_toml_are_told_in_plain_words(tmp_path, line, problem):
    (tmp_path / "mangqu.toml").write_text(f"[project]\n{line}\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_project_file(tmp_path / "mangqu.toml", today=TODAY)
    assert (caught.value.problem, caught.value.row) == (problem, 2)
    assert caught.value.render("zh") != caught.value.render("en")
