"""All that is wrong or doubtful with a project is told at once, with place and remedy."""

import json
import sqlite3
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from gis.checkup import problem_lines
from gis.cli import run_arguments
from gis.errors import InputErrors
from gis.layers import read_project
from gis.layers.checking import Origin, blank_rows
from gis.layers.crosschecks import Table
from gis.layers.doubts import overlapping_terms
from gis.layers.examination import Severity, examine_project
from gis.layers.geometry_repair import NO_REPAIRS
from gis.model.tables import TABLES
from gis.readers.raw import LayerFile
from tests.layer_files import EAST, LIMIT, TODAY, WEST, problems, project, read, write, write_table


@pytest.fixture
def say(capsys):
    """Run the command and return exit status, standard output and standard error."""

    def say(*arguments):
        status = run_arguments([str(argument) for argument in arguments])
        spoken = capsys.readouterr()
        return status, spoken.out, spoken.err

    return say


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
BOW_TIE = shapely.Polygon([(122, 41), (122.02, 41.02), (122.02, 41), (122, 41.02)])
SPIKE = shapely.Polygon([(122, 41), (122.2, 41), (122.1, 41), (122.1, 41.1), (122, 41.1)])


def examined(folder, **options):
    found = examine_project(folder, today=TODAY, **options)
    for problem in found.problems:
        for language in ("zh", "en"):
            assert problem.why(language)
            assert problem.remedy(language) or problem.severity is INFO
        assert problem.line("zh") != problem.line("en")
    return found


def told(folder, **options):
    """Return severity, table, problem and row of everything that is told of a project."""
    return [
        (each.severity, each.table, each.problem, each.row)
        for each in examined(folder, **options).problems
    ]


def claims(folder, shapes, **columns):
    folder.mkdir(exist_ok=True)
    columns.setdefault("body", [f"单位{at}" for at in range(len(shapes))])
    write(folder / "claims.geojson", shapes, **columns)
    return project(folder)


# what is told of a row


def test_a_sound_project_has_no_problem(tmp_path):
    assert told(project(tmp_path)) == []


def test_a_problem_names_table_file_row_key_column_value_and_a_point_on_the_shape(tmp_path):
    folder = claims(
        tmp_path, [WEST, EAST], claim_id=["w", "e"], role=["lead", "leed"], body=["甲", "乙"]
    )
    (problem,) = examined(folder).problems
    assert (problem.severity, problem.table, problem.file, problem.row) == (
        ERROR,
        "claims",
        "claims.geojson",
        2,
    )
    assert (problem.id, problem.column, problem.value) == ("e", "role", "leed")
    assert EAST.contains(shapely.Point(problem.lon, problem.lat))
    assert "lead" in problem.remedy("en")


def test_a_row_below_another_layer_of_its_table_has_its_own_key_and_place(tmp_path):
    project(tmp_path)
    write(tmp_path / "west.geojson", [WEST], body=["甲"], claim_id=["w"])
    write(tmp_path / "east.geojson", [EAST], body=["乙"], claim_id=["e"], level=["moon"])
    (tmp_path / "mangqu.toml").write_text(
        '[layers.jurisdiction]\npath = "limit.geojson"\n'
        '[[layers.claims]]\npath = "west.geojson"\n[[layers.claims]]\npath = "east.geojson"\n',
        "utf-8",
    )
    (problem,) = examined(tmp_path).problems
    assert (problem.file, problem.row, problem.id) == ("east.geojson", 1, "e")
    assert EAST.contains(shapely.Point(problem.lon, problem.lat))


def test_a_row_of_a_table_lies_where_its_place_lies(tmp_path):
    write(tmp_path / "places.geojson", [WEST, EAST], place_id=["w", "e"])
    write_table(tmp_path / "claims.csv", "body,place_id,level\n甲,w,\n乙,e,moon\n")
    more = '[layers.places]\npath = "places.geojson"\n'
    (problem,) = examined(project(tmp_path, more=more, claims='path = "claims.csv"\n')).problems
    assert EAST.contains(shapely.Point(problem.lon, problem.lat))


def test_a_polygon_that_crosses_itself_is_told_where_it_does(tmp_path):
    (problem,) = examined(claims(tmp_path, [WEST, BOW_TIE])).problems
    assert (problem.problem, problem.row) == ("polygon_ambiguous", 2)
    assert (problem.lon, problem.lat) == (122.01, 41.01)
    assert "122.01, 41.01" in problem.line("zh")


def test_a_shape_of_the_wrong_kind_is_told_where_it_begins(tmp_path):
    line = shapely.LineString([(122.03, 41.04), (122.05, 41.05)])
    (problem,) = examined(claims(tmp_path, [WEST, line])).problems
    assert (problem.problem, problem.row) == ("geometry_wrong_type", 2)
    assert (problem.lon, problem.lat) == (122.03, 41.04)


def test_what_is_mended_is_told_with_the_areas_before_and_after(tmp_path):
    folder = claims(tmp_path, [SPIKE, shapely.force_3d(EAST, 5)])
    found = examined(folder).problems
    assert [(each.severity, each.problem, each.row) for each in found] == [
        (INFO, "polygon_repaired", 1),
        (INFO, "heights_dropped", None),
    ]
    before, after = (found[0].details[name] for name in ("area_before_m2", "area_m2"))
    # a tenth of a degree each way at 41.05 degrees north: 8.41 km by 11.1 km
    assert before == pytest.approx(93.4e6, rel=1e-3)
    assert after == pytest.approx(before, abs=0.1)
    assert found[1].details["rows"] == 1


def test_without_repairs_each_of_them_is_an_error(tmp_path):
    collection = shapely.GeometryCollection([EAST, shapely.Point(122, 41)])
    ring = shapely.LineString(WEST.exterior.coords)
    folder = claims(tmp_path, [SPIKE, shapely.force_3d(EAST, 5), collection, ring])
    found = told(folder, repairs=NO_REPAIRS)
    assert found == [
        (ERROR, "claims", "strict_heights_dropped", 2),
        (ERROR, "claims", "strict_collection_reduced", 3),
        (ERROR, "claims", "strict_ring_closed", 4),
        (ERROR, "claims", "strict_polygon_repaired", 1),
    ]
    assert len(read(folder).claims) == 4
    with pytest.raises(InputErrors):
        read_project(folder, today=TODAY, repairs=NO_REPAIRS)


# all at once


def test_a_layer_that_cannot_be_read_hides_nothing_wrong_with_the_others(tmp_path):
    write_table(tmp_path / "bodies.csv", "body_id,level\n甲,moon\n")
    write_table(tmp_path / "matters.csv", "matter_id,parent_id\na,b\n")
    (tmp_path / "zones.geojson").write_text("no GeoJSON")
    more = (
        '[layers.bodies]\npath = "bodies.csv"\n[layers.matters]\npath = "matters.csv"\n'
        '[layers.zones]\npath = "zones.geojson"\n[layers.lanes]\npath = "absent.gpkg"\n'
    )
    write(
        tmp_path / "claims.geojson",
        [WEST, EAST],
        body=["甲", "乙"],
        matter=["a", "c"],
        role=["king", None],
    )
    found = told(project(tmp_path, more=more))
    assert found == [
        (ERROR, "zones", "format_unknown", None),
        (ERROR, "lanes", "file_missing", None),
        (ERROR, "bodies", "choice_wrong", 1),
        (ERROR, "claims", "choice_wrong", 1),
        (ERROR, "claims", "body_not_listed", 2),
        (ERROR, "claims", "matter_not_listed", 2),
        (ERROR, "matters", "matter_not_listed", 1),
    ]


@pytest.mark.parametrize("table", ["bodies", "matters", "places"])
def test_names_are_not_said_to_be_missing_from_a_table_that_could_not_be_read(tmp_path, table):
    folder = tmp_path / "p"
    folder.mkdir()
    write_table(folder / "claims.csv", "body,matter,place_id,level\n甲,a,x,moon\n乙,b,y,\n")
    path = "absent.geojson" if table == "places" else "absent.csv"
    project(folder, more=f'[layers.{table}]\npath = "{path}"\n', claims='path = "claims.csv"\n')
    found = told(folder)
    # the project has no other table of places
    missing = [(ERROR, "claims", "place_not_listed", row) for row in (1, 2) if table != "places"]
    assert found == [
        (ERROR, table, "file_missing", None),
        (ERROR, "claims", "choice_wrong", 1),
        *missing,
    ]


def test_a_table_without_its_column_of_keys_makes_no_flood(tmp_path):
    write_table(tmp_path / "bodies.csv", "id,name_zh\n甲,甲局\n")
    folder = project(tmp_path, more='[layers.bodies]\npath = "bodies.csv"\n')
    assert told(folder) == [(ERROR, "bodies", "column_missing", None)]


def test_a_column_that_is_missing_is_told_once(tmp_path):
    write(tmp_path / "claims.geojson", [WEST, EAST], 单位=["甲", "乙"])
    assert told(project(tmp_path)) == [(ERROR, "claims", "column_missing", None)]


def test_without_a_jurisdiction_the_claims_are_still_checked(tmp_path):
    folder = claims(tmp_path, [WEST, BOW_TIE], role=["king", None])
    (folder / "limit.geojson").unlink()
    assert told(folder) == [
        (ERROR, "jurisdiction", "file_missing", None),
        (ERROR, "claims", "choice_wrong", 1),
        (ERROR, "claims", "polygon_ambiguous", 2),
    ]


def test_nothing_is_outside_of_a_jurisdiction_of_which_a_row_is_refused(tmp_path):
    folder = project(tmp_path)
    write(folder / "limit.geojson", [WEST, BOW_TIE], name_zh=["甲县", "乙县"])
    assert told(folder) == [(ERROR, "jurisdiction", "polygon_ambiguous", 2)]


def test_a_flood_of_one_mistake_leaves_room_for_the_others_and_is_counted(tmp_path):
    write(tmp_path / "places.geojson", [WEST, EAST], place_id=["w", "e"])
    table = pd.DataFrame({"body": ["甲"] * 3000, "place_id": "w", "valid_to": "soon"})
    table["stated_by"] = [str(at) for at in range(3000)]
    table.loc[2990:, "level"] = "moon"
    table.to_csv(tmp_path / "claims.csv", index=False)
    more = '[layers.places]\npath = "places.geojson"\n'
    folder = project(tmp_path, more=more, claims='path = "claims.csv"\n')
    found = examined(folder)
    kinds = [each.problem for each in found.problems if each.severity is ERROR]
    assert (kinds.count("date_wrong"), kinds.count("choice_wrong")) == (990, 10)
    assert found.more[ERROR] == 3000 - 990
    assert found.count(ERROR) == 3010
    with pytest.raises(InputErrors) as caught:
        read(folder)
    assert (len(caught.value.errors), caught.value.more) == (1000, 2010)
    assert "2010" in caught.value.render("zh").splitlines()[-1]


# what is doubtful


def test_rows_that_state_the_same_of_the_same_shape_are_told_once_a_group(tmp_path):
    turned = shapely.Polygon([*WEST.exterior.coords[2:], *WEST.exterior.coords[1:3]])
    shapes = [WEST, EAST, turned, WEST, WEST]
    folder = claims(tmp_path, shapes, body=["甲", "甲", "甲", "甲", "乙"])
    (problem,) = examined(folder).problems
    assert (problem.severity, problem.problem, problem.row) == (WARNING, "row_repeated", 3)
    assert problem.details == {"rows": "1, 3, 4", "count": 3}


def test_a_thousand_equal_rows_make_one_message(tmp_path):
    folder = claims(tmp_path, [WEST] * 1000, body=["甲"] * 1000)
    (problem,) = examined(folder).problems
    assert problem.details == {"rows": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 …", "count": 1000}


def test_another_term_matter_role_or_speaker_is_another_statement(tmp_path):
    folder = claims(
        tmp_path,
        [WEST] * 5,
        body=["甲"] * 5,
        matter=["a", "b", None, None, None],
        role=[None, None, "lead", "assist", "lead"],
        stated_by=[None, None, None, None, "乙"],
    )
    assert told(folder) == []


def test_repeated_districts_places_zones_lanes_cases_and_agreements_are_told(tmp_path):
    line = shapely.LineString([(122, 41), (122.1, 41.05)])
    point = shapely.Point(122.05, 41.05)
    write(tmp_path / "places.geojson", [WEST, WEST], place_id=["a", "b"])
    write(tmp_path / "zones.geojson", [WEST] * 3, kind=["fringe", "fringe", "back_lane"])
    write(tmp_path / "lanes.geojson", [line, line])
    days = ["2026-01-01 08:00", "2026-01-01 08:00", "2026-01-01 09:00"]
    write(tmp_path / "cases.geojson", [point] * 3, matter=["x"] * 3, reported_at=days)
    write_table(
        tmp_path / "agreements.csv", "parties,first_receiver\n甲;乙,甲\n甲;乙,甲\n乙;甲,甲\n"
    )
    layers = ("places", "zones", "lanes", "cases")
    more = "".join(f'[layers.{name}]\npath = "{name}.geojson"\n' for name in layers)
    more += '[layers.agreements]\npath = "agreements.csv"\n'
    folder = project(tmp_path, more=more)
    write(folder / "limit.geojson", [LIMIT, LIMIT], name_zh=["甲县", "乙县"])
    assert sorted(told(folder)) == sorted(
        (WARNING, name, "row_repeated", 2) for name in ("jurisdiction", "agreements", *layers)
    )


def test_terms_of_one_claim_that_overlap_name_both_rows(tmp_path):
    folder = claims(
        tmp_path,
        [WEST] * 4 + [EAST] * 2,
        body=["甲"] * 6,
        valid_from=["2026-01-01", "2026-07-01", "2026-06-30", None, "2026-01-01", "2026-03-01"],
        valid_to=["2026-07-01", None, "2026-09-01", "2026-01-01", "2026-03-01", None],
    )
    found = examined(folder).problems
    # row 3 begins before row 1 ends; row 2 begins while row 3 lasts; rows 4, 1 and 5, 6 only meet
    assert [(each.problem, each.row, each.details["other"], each.column) for each in found] == [
        ("terms_overlap", 3, "1", "valid_from"),
        ("terms_overlap", 2, "3", "valid_from"),
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3), st.booleans()), max_size=7))
def test_a_claim_is_doubted_if_and_only_if_an_earlier_term_of_it_lasts(terms):
    day = pd.Timestamp("2026-01-01")
    start = [day + pd.Timedelta(days=first) for first, _, _ in terms]
    end = [
        pd.NaT if endless else day + pd.Timedelta(days=first + length)
        for first, length, endless in terms
    ]
    frame = blank_rows(TABLES["claims"], len(terms)).assign(valid_from=start, valid_to=end)
    frame = gpd.GeoDataFrame(
        frame.astype({"valid_from": "datetime64[s]", "valid_to": "datetime64[s]"}),
        geometry=[WEST] * len(terms),
        crs=4326,
    )
    table = Table(frame, Origin.stacked([(LayerFile.for_messages("a"), len(terms))]), given=True)
    doubted = {doubt.at for doubt in overlapping_terms(table)}
    spans = {(first, 99 if endless else first + length) for first, length, endless in terms}
    # of a pair that overlaps the later one is told; equal terms are another matter
    expected = {
        later for later in spans for other in spans if other < later and later[0] < other[1]
    }
    told_spans = {
        (terms[at][0], 99 if terms[at][2] else terms[at][0] + terms[at][1]) for at in doubted
    }
    assert told_spans == expected


def test_terms_overlap_through_the_same_place_too(tmp_path):
    write(tmp_path / "places.geojson", [WEST, EAST], place_id=["w", "e"])
    write_table(
        tmp_path / "claims.csv",
        "body,place_id,valid_to\n甲,w,2026-07-01\n甲,w,\n甲,e,\n",
    )
    more = '[layers.places]\npath = "places.geojson"\n'
    assert told(project(tmp_path, more=more, claims='path = "claims.csv"\n')) == [
        (WARNING, "claims", "terms_overlap", 2)
    ]


def test_a_row_of_another_file_is_named_with_it(tmp_path):
    project(tmp_path)
    for name in ("one", "two"):
        write(tmp_path / f"{name}.geojson", [EAST, WEST], body=[name, "甲"])
    (tmp_path / "mangqu.toml").write_text(
        '[layers.jurisdiction]\npath = "limit.geojson"\n'
        '[[layers.claims]]\npath = "one.geojson"\n[[layers.claims]]\npath = "two.geojson"\n',
        "utf-8",
    )
    (problem,) = examined(tmp_path).problems
    assert (problem.file, problem.row) == ("two.geojson", 2)
    assert problem.details["rows"] == "one.geojson 2, 2"


def test_what_lies_outside_is_told_and_what_reaches_out_is_normal(tmp_path):
    # the jurisdiction is 0.2 degrees wide and ends at 122.2
    shapes = [WEST, *(translate(EAST, by, 0) for by in (0.04, 0.06, 0.1, 1.0))]
    found = examined(claims(tmp_path, shapes)).problems
    assert [(each.severity, each.problem, each.row) for each in found] == [
        (WARNING, "outside_jurisdiction", 4),  # it only touches
        (WARNING, "outside_jurisdiction", 5),
        (INFO, "mostly_outside_jurisdiction", 3),
    ]
    assert found[2].details["percent"] == pytest.approx(60, abs=1)
    assert found[1].lon == pytest.approx(123.15)


def test_cases_and_lanes_outside_are_told_too(tmp_path):
    line = shapely.LineString([(122, 41), (122.1, 41.05)])
    write(tmp_path / "lanes.geojson", [line, translate(line, 5, 0)])
    point = shapely.Point(122.05, 41.05)
    write(
        tmp_path / "cases.geojson",
        [translate(point, 5, 0), point],
        matter=["x", "x"],
        reported_at=["2026-01-01", "2026-01-01"],
    )
    more = "".join(f'[layers.{name}]\npath = "{name}.geojson"\n' for name in ("lanes", "cases"))
    assert told(project(tmp_path, more=more)) == [
        (WARNING, "lanes", "outside_jurisdiction", 2),
        (WARNING, "cases", "outside_jurisdiction", 1),
    ]


def test_the_share_inside_a_jurisdiction_of_many_vertices_is_exact(tmp_path):
    disc = shapely.Point(122.1, 41.05).buffer(0.05, quad_segs=2000)
    half = shapely.box(122.1, 40.9, 122.4, 41.2)
    folder = claims(tmp_path, [WEST, half])
    write(folder / "limit.geojson", [disc], name_zh=["甲县"])
    found = {each.row: each for each in examined(folder).problems}
    inside = disc.intersection(half).area / half.area
    assert found[2].details["percent"] == int(100 * (1 - inside))


def test_a_shape_smaller_than_its_accuracy_and_one_far_larger_than_the_place_are_told(tmp_path):
    # at 41 degrees north a metre is 1.19e-5 degrees of longitude and 9.0e-6 of latitude
    metre = shapely.box(122.05, 41.05, 122.05 + 1.19e-5, 41.05 + 9.0e-6)
    folder = claims(
        tmp_path,
        [WEST, metre, metre, translate(metre, 0.01), shapely.box(110, 30, 130, 50)],
        accuracy_m=[None, None, 2, 0.9, None],
    )
    found = examined(folder).problems
    assert [(each.severity, each.problem, each.row) for each in found] == [
        (WARNING, "shape_tiny", 3),
        (WARNING, "shape_huge", 5),
        (INFO, "mostly_outside_jurisdiction", 5),
    ]
    assert found[0].details["area_m2"] == pytest.approx(1.0, abs=0.01)
    assert found[0].details["accuracy_m"] == 2


def test_sizes_are_told_alike_in_a_projection_that_stretches(tmp_path):
    metre = shapely.box(122.05, 41.05, 122.05 + 1.19e-5, 41.05 + 9.0e-6)
    folder = claims(tmp_path, [WEST, metre], accuracy_m=[None, 1.1])
    path = folder / "mangqu.toml"
    path.write_text('[project]\ncrs = "EPSG:3857"\n' + path.read_text("utf-8"), "utf-8")
    assert [each[2:] for each in told(folder) if each[0] is WARNING] == [("shape_tiny", 2)]


def test_districts_that_lie_over_each_other_are_told_with_their_area(tmp_path):
    folder = project(tmp_path)
    strip = shapely.box(122.09, 41.0, 122.2, 41.1)
    write(
        folder / "limit.geojson",
        [WEST, strip, EAST],
        district_id=["a", "b", "c"],
        name_zh=["甲县", "乙县", "丙县"],
    )
    found = examined(folder).problems
    assert [(each.severity, each.problem, each.id) for each in found] == [
        (WARNING, "districts_overlap", "b"),
        (WARNING, "districts_overlap", "c"),
    ]
    # a hundredth of a degree by a tenth: 841 m by 11.1 km
    assert found[0].details["rows"] == "1"
    assert found[0].details["area_m2"] == pytest.approx(9.34e6, rel=2e-3)
    assert 122.09 < found[0].lon < 122.1


def test_districts_that_only_meet_are_not_told(tmp_path):
    folder = project(tmp_path)
    write(folder / "limit.geojson", [WEST, EAST], name_zh=["甲县", "乙县"])
    assert told(folder) == []


def test_a_shape_around_the_globe_is_refused_by_row(tmp_path):
    folder = claims(tmp_path, [WEST, shapely.box(-179.9, 41, 179.9, 41.1)])
    assert problems(lambda: read(folder)) == [("geometry_too_wide", 2, None)]


# how it is told


def test_check_tells_the_gravest_first_and_counts_below(say, tmp_path):
    folder = claims(tmp_path / "p", [WEST, WEST, SPIKE], body=["甲", "甲", "乙"], level=[1, "", ""])
    status, out, err = say("check", folder, "--lang", "zh")
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert [line[:3] for line in lines] == ["错误：", "警告：", "提示：", "错误 "]
    assert lines[-1] == "错误 1 个，警告 1 个，提示 1 条。"


def test_warnings_alone_do_not_refuse(say, tmp_path):
    folder = claims(tmp_path / "p", [WEST, WEST], body=["甲", "甲"])
    status, out, _ = say("check", folder, "--json", "--lang", "en")
    answer = json.loads(out)
    assert status == 0
    (problem,) = answer["problems"]
    assert answer["remarks"] == [problem["message"]]
    assert {key: problem[key] for key in ("severity", "table", "file", "row", "id")} == {
        "severity": "warning", "table": "claims", "file": "claims.geojson", "row": "2",
        "id": "C000002"}  # fmt: skip
    assert problem["problem"] == "row_repeated"
    assert problem["why"].startswith("2 rows")
    assert problem["remedy"]
    assert WEST.contains(shapely.Point(problem["lon"], problem["lat"]))


def test_strict_refuses_in_check_and_run_what_is_otherwise_repaired(say, tmp_path):
    folder = claims(tmp_path / "p", [SPIKE, EAST])
    assert say("check", folder)[0] == 0
    status, out, _ = say("check", folder, "--strict", "--json")
    assert status == 1
    assert [each["problem"] for each in json.loads(out)["problems"]] == ["strict_polygon_repaired"]
    status, out, err = say("run", folder, "-o", tmp_path / "run", "--strict", "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert not (tmp_path / "run").exists()


def test_the_problems_are_written_as_points_with_a_style(say, tmp_path):
    folder = claims(tmp_path / "p", [WEST, BOW_TIE, None, WEST], body=["甲", "乙", "=1+1", "甲"])
    path = tmp_path / "o" / "problems.gpkg"
    assert say("check", folder, "-o", path)[0] == 1
    layer = gpd.read_file(path, layer="problems")
    assert list(layer.columns) == [
        "severity", "table", "file", "layer", "row", "id", "column", "value", "problem",
        "why_zh", "why_en", "remedy_zh", "remedy_en", "geometry"]  # fmt: skip
    assert layer.crs.to_epsg() == 4326
    assert list(zip(layer["severity"], layer["problem"], layer["row"], strict=True)) == [
        ("error", "polygon_ambiguous", 2),
        ("error", "geometry_missing", 3),
        ("warning", "row_repeated", 4),
    ]
    assert layer.geometry[0].equals(shapely.Point(122.01, 41.01))
    assert layer.geometry[1] is None
    assert WEST.contains(layer.geometry[2])
    assert "自相交" in layer["why_zh"][0]
    with closing(sqlite3.connect(path)) as database:
        styled = database.execute("SELECT f_table_name, useAsDefault FROM layer_styles").fetchall()
    assert styled == [("problems", 1)]
    # once more over its own, never over anything else
    assert say("check", folder, "-o", path)[0] == 1
    other = write(tmp_path / "other.gpkg", [WEST])
    before = other.read_bytes()
    status, out, err = say("check", folder, "-o", other, "--lang", "en")
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert other.read_bytes() == before
    assert say("check", folder, "-o", tmp_path / "problems.shp")[0] == 1
    assert not (tmp_path / "problems.shp").exists()


def test_a_project_without_problems_writes_an_empty_layer(say, tmp_path):
    path = tmp_path / "none.gpkg"
    assert say("check", project(tmp_path / "p"), "-o", path)[0] == 0
    assert len(gpd.read_file(path, layer="problems")) == 0


def test_a_project_that_cannot_be_parsed_is_written_without_points(say, tmp_path):
    folder = project(tmp_path / "p")
    (folder / "mangqu.toml").write_text("x", "utf-8")
    path = tmp_path / "one.gpkg"
    assert say("check", folder, "-o", path)[0] == 1
    layer = gpd.read_file(path, layer="problems")
    assert list(layer["problem"]) == ["toml_damaged"]
    assert layer.geometry[0] is None


@pytest.mark.parametrize(
    ("column", "word", "proposed"),
    [("role", "主负责", "主责"), ("level", "街道科", "街道")],
)
def test_a_chinese_word_that_is_no_label_is_answered_in_chinese(tmp_path, column, word, proposed):
    (problem,) = examined(claims(tmp_path, [WEST, EAST], **{column: [word, None]})).problems
    assert proposed in problem.remedy("zh")


@pytest.mark.parametrize(
    ("column", "label", "word"),
    [("role", "配合", "assist"), ("level", "街道", "street"), ("level", "乡镇", "street"),
     ("level", "村", "community")],
)  # fmt: skip
def test_half_a_label_and_a_word_of_the_trade_are_understood(tmp_path, column, label, word):
    folder = claims(tmp_path, [WEST, EAST], **{column: [label, label]})
    assert set(read(folder).claims[column]) == {word}


def test_districts_without_a_name_are_told_once_with_what_reports_will_show(tmp_path):
    folder = project(tmp_path)
    write(folder / "limit.geojson", [WEST, EAST], name_zh=["", ""], name_en=["", ""])
    (problem,) = examined(folder).problems
    assert (problem.severity, problem.table, problem.problem, problem.row) == (
        WARNING, "jurisdiction", "district_nameless", 1)  # fmt: skip
    assert "D000001" in problem.line("zh")
    assert "constants = { name_zh =" in problem.line("zh")
    write(folder / "limit.geojson", [WEST, EAST], name_zh=["", "东区"], name_en=["West", ""])
    assert told(folder) == []


def test_the_last_line_tells_whether_the_project_can_be_run(tmp_path):
    assert "mangqu run" in problem_lines(examined(project(tmp_path)), "zh")[-1]
    folder = claims(tmp_path, [WEST, EAST], role=["lead", "leed"])
    assert "mangqu run" not in problem_lines(examined(folder), "zh")[-1]
