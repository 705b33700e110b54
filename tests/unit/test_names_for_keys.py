"""Bodies and matters may be named by what their tables call them."""

import json

import pytest

from gis.checkup import problems_json
from gis.errors import InputErrors
from gis.layers.examination import examine_project
from tests.layer_files import EAST, TODAY, WEST, problems, project, read, write, write_table

BODIES = '[layers.bodies]\npath = "bodies.csv"\n'
MATTERS = '[layers.matters]\npath = "matters.csv"\n'


def remarks(made, problem):
    return [
        (each.table, each.details["column"], each.details["rows"])
        for each in made.remarks
        if each.problem == problem
    ]


def test_a_body_and_a_matter_may_be_named_in_either_language(tmp_path):
    bodies = "body_id,name_zh,name_en,superior_id\nB1,环卫中心,Cleaning,县政府\nB2,县政府,County,\n"
    write_table(tmp_path / "bodies.csv", bodies)
    matters = "matter_id,parent_id,name_zh\nm,,保洁\nn,保洁,清扫\n"
    write_table(tmp_path / "matters.csv", matters)
    agreements = "parties,matter,first_receiver\nB2;环卫中心;Cleaning,保洁,County\n"
    write_table(tmp_path / "agreements.csv", agreements)
    write(
        tmp_path / "claims.geojson", [WEST, EAST], body=["环卫中心", "B2"], matter=["保洁", "清扫"]
    )
    more = f'{BODIES}{MATTERS}[layers.agreements]\npath = "agreements.csv"\n'
    made = read(project(tmp_path, more=more))
    assert list(made.claims["body"]) == ["B1", "B2"]
    assert list(made.claims["matter"]) == ["m", "n"]
    assert made.agreements["parties"][0] == ("B2", "B1")
    assert made.agreements["first_receiver"][0] == "B2"
    assert list(made.bodies["superior_id"]) == ["B2", ""]
    assert list(made.matters["parent_id"]) == ["", "m"]
    assert remarks(made, "names_taken_for_keys") == [
        ("claims", "body", 1),
        ("agreements", "parties", 2),
        ("agreements", "first_receiver", 1),
        ("bodies", "superior_id", 1),
        ("claims", "matter", 2),
        ("agreements", "matter", 1),
        ("matters", "parent_id", 1),
    ]


def test_each_layer_is_told_of_its_own_names(tmp_path):
    write_table(tmp_path / "bodies.csv", "body_id,name_zh\nB1,环卫中心\n")
    write(tmp_path / "claims.geojson", [WEST], body=["环卫中心"])
    write(tmp_path / "others.geojson", [EAST], body=["环卫中心"])
    project(tmp_path)
    (tmp_path / "mangqu.toml").write_text(
        '[layers.jurisdiction]\npath = "limit.geojson"\n'
        '[[layers.claims]]\npath = "claims.geojson"\n[[layers.claims]]\npath = "others.geojson"\n'
        + BODIES,
        "utf-8",
    )
    told = [each.file for each in read(tmp_path).remarks if each.problem == "names_taken_for_keys"]
    assert told == ["claims.geojson", "others.geojson"]


def test_a_key_is_never_taken_for_the_name_of_another_row(tmp_path):
    write_table(tmp_path / "bodies.csv", "body_id,name_zh\n甲,乙\n乙,甲\n")
    write(tmp_path / "claims.geojson", [WEST, EAST], body=["甲", "乙"])
    made = read(project(tmp_path, more=BODIES))
    assert list(made.claims["body"]) == ["甲", "乙"]
    assert remarks(made, "names_taken_for_keys") == []


def test_a_name_that_several_rows_bear_is_refused_once_with_their_keys(tmp_path):
    write_table(tmp_path / "bodies.csv", "body_id,name_zh\nB1,环卫中心\nB2,环卫中心\n")
    write(tmp_path / "claims.geojson", [WEST, EAST], body=["环卫中心", "环卫中心"])
    folder = project(tmp_path, more=BODIES)
    assert problems(lambda: read(folder)) == [("name_of_several", 1, "body")]
    with pytest.raises(InputErrors) as caught:
        read(folder)
    assert "B1 / B2" in caught.value.render("zh")


def test_a_name_that_nobody_bears_is_refused_once_with_its_rows(tmp_path):
    write_table(tmp_path / "bodies.csv", "body_id,name_zh\nB1,市容环卫中心\nB2,公安局\n")
    bodies = ["环卫局", "B2", "环卫局", "水务局"]
    write(tmp_path / "claims.geojson", [WEST, EAST, WEST, EAST], body=bodies)
    folder = project(tmp_path, more=BODIES)
    assert problems(lambda: read(folder)) == [
        ("body_not_listed", 1, "body"),
        ("body_not_listed", 4, "body"),
    ]
    found = examine_project(folder, today=TODAY)
    first, second = json.loads(json.dumps(problems_json(found, "zh")))["problems"][:2]
    assert (first["row"], first["details"]["rows"]) == ("1", [1, 3])
    assert (second["row"], second["details"]["rows"]) == ("4", [4])
    assert "共 2 行：第 1、3 行" in first["message"]
    assert "行：" not in second["message"]
    assert "B1（市容环卫中心）" in first["message"]


def test_where_no_name_comes_close_each_row_is_proposed_once(tmp_path):
    write_table(tmp_path / "bodies.csv", "body_id,name_zh,name_en\nB1,环卫中心,Cleaning\n")
    write(tmp_path / "claims.geojson", [WEST], body=["xyz"])
    with pytest.raises(InputErrors) as caught:
        read(project(tmp_path, more=BODIES))
    assert caught.value.errors[0].details["suggestion"] == "B1（环卫中心）"


def test_a_name_that_several_places_bear_is_refused_too(tmp_path):
    shapes = {"place_id": ["w", "e"], "name_zh": ["公园", "公园"]}
    write(tmp_path / "places.geojson", [WEST, EAST], **shapes)
    write_table(tmp_path / "claims.csv", "body,place_id\n甲,w\n乙,公园\n")
    more = '[layers.places]\npath = "places.geojson"\n'
    folder = project(tmp_path, more=more, claims='path = "claims.csv"\n')
    assert problems(lambda: read(folder)) == [("name_of_several", 2, "place_id")]


@pytest.mark.parametrize(("asked", "refused"), [("保洁", False), ("绿化", True), ("路灯", True)])
def test_the_matters_asked_about_may_be_named_as_well(tmp_path, asked, refused):
    write_table(tmp_path / "matters.csv", "matter_id,name_zh\nm,保洁\nn,绿化\no,绿化\n")
    folder = project(tmp_path, more=MATTERS)
    path = folder / "mangqu.toml"
    path.write_text(f'[project]\nmatters = ["{asked}"]\n' + path.read_text("utf-8"), "utf-8")
    if refused:
        problem = "matter_not_listed" if asked == "路灯" else "name_of_several"
        assert problems(lambda: read(folder)) == [(problem, None, "matters")]
    else:
        assert read(folder).settings.matters == ("m",)
