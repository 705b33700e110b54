"""From a project's cases to findings of practice: places, bodies, loops, silence, in files too."""

import json
import re
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

from gis.errors import InputError
from gis.layers import read_project
from gis.pipeline import analyse, run_project
from gis.practice import practice_of
from gis.practice.places import places_of
from gis.practice_verb import practice
from tests.layer_files import EAST, TODAY, WEST, project, write, write_table

N_GRIDS, N_CASES = 25, 12
BAD = "网格07"


@pytest.fixture
def city(tmp_path):
    """Two claims; 25 grids in the west with 12 cases each, 1 of 12 bounced, and 11 in one grid."""

    def make(residents=("", "")):
        folder = tmp_path / "city"
        folder.mkdir(exist_ok=True)
        write(folder / "claims.geojson", [WEST, EAST], body=["甲", "乙"], residents=list(residents))
        made = project(
            folder,
            '[layers.cases]\npath = "cases.gpkg"\n[layers.case_events]\npath = "events.csv"\n'
            '[layers.matters]\npath = "matters.csv"\n',
        )
        write_table(folder / "matters.csv", "matter_id,limit_hours\n保洁,24\n")
        grids = np.repeat([f"网格{number:02d}" for number in range(N_GRIDS)], N_CASES)
        number = np.tile(np.arange(N_CASES), N_GRIDS)
        points = [shapely.Point(122.01 + 0.0002 * at, 41.05) for at in range(len(grids))]
        gpd.GeoDataFrame(
            {
                "case_id": [f"k{at}" for at in range(len(grids))],
                "matter": "保洁",
                "reported_at": pd.Timestamp("2026-03-01 08:00"),
                "grid_code": grids,
            },
            geometry=points,
            crs=4326,
        ).to_file(folder / "cases.gpkg")
        bounced = (number == 0) | ((grids == BAD) & (number > 0) & (number < N_CASES - 1))
        steps = ["case_id,seq,at,kind,to_body"]
        for at, back in enumerate(bounced):
            steps.append(f"k{at},1,2026-03-01 09:00,dispatch,甲")
            if back:
                steps.append(f"k{at},2,2026-03-01 10:00,return,")
                steps.append(f"k{at},3,2026-03-01 11:00,dispatch,{'乙' if at == 0 else '甲'}")
                steps.append(f"k{at},4,2026-03-01 12:00,dispatch,甲")
            steps.append(f"k{at},5,2026-03-01 13:00,handle,")
            steps.append(f"k{at},6,2026-03-01 14:00,close,")
        write_table(folder / "events.csv", "\n".join(steps) + "\n")
        return made

    return make


def told_of(folder):
    read = read_project(folder, today=TODAY)
    return practice_of(analyse(read), read)


def test_the_one_grid_whose_cases_bounce_is_found_with_its_exposure_and_interval(city):
    told = told_of(city())
    gaps = told.found[told.found["class"] == "practice_gap"]
    (row,) = gaps.to_dict("records")
    assert (row["place"], row["place_kind"], row["body"]) == (BAD, "grid", "甲")
    assert (row["matter"], row["measure"], row["cases"], row["troubled"]) == (
        "保洁",
        "bounce",
        12,
        11,
    )
    assert row["ordinary_rate"] == pytest.approx(1 / 12)
    assert row["city_rate"] == pytest.approx(35 / 300)
    assert row["city_rate"] < row["low"] < row["pooled_rate"] < row["high"] < 1
    assert row["pooled_rate"] < row["rate"] == pytest.approx(11 / 12)
    assert row["q_value"] <= 0.1
    assert (told.cases, told.placed) == (300, 300)


def test_a_case_that_went_round_is_a_finding_without_a_test(city):
    told = told_of(city())
    (row,) = told.found[told.found["class"] == "practice_loop"].to_dict("records")
    assert (row["place"], row["troubled"], row["loops"]) == ("网格00", 1, 1)
    assert np.isnan(row["p_value"])


def test_every_place_that_was_tested_is_shown_and_not_only_the_findings(city):
    table = told_of(city()).table
    assert (table["measure"] == "overdue").sum() == N_GRIDS
    assert table.loc[table["measure"] == "overdue", "troubled"].sum() == 0
    assert table["p_value"].notna().sum() == 3 * N_GRIDS


def test_too_few_places_are_not_tested_and_that_is_said(city):
    folder = city()
    cases = gpd.read_file(folder / "cases.gpkg")
    cases["grid_code"] = ""
    cases.to_file(folder / "cases.gpkg")
    told = told_of(folder)
    assert told.untested == (("保洁", "bounce"), ("保洁", "overdue"), ("保洁", "rework"))
    assert set(told.table["place_kind"]) == {"claim"}
    assert set(told.table["place"]) == {"C000001"}
    assert not (told.table["class"] == "practice_gap").any()


def test_a_place_with_people_of_which_nothing_was_heard_is_silent(city):
    told = told_of(city(residents=("1200", "300")))
    assert told.silence_asked
    rows = told.found[told.found["class"] == "silent"].to_dict("records")
    # the west was last heard of on 1 March, the east never since the records begin
    assert [(row["place"], row["days_silent"]) for row in rows] == [
        ("C000001", 167.0), ("C000002", 167.0)
    ]  # fmt: skip
    assert [row["residents"] for row in rows] == [1200, 300]


def test_a_place_where_nobody_lives_is_not_silent(city):
    told = told_of(city(residents=("", "0")))
    assert not (told.found["class"] == "silent").any()


def test_without_a_number_of_residents_or_assets_silence_is_not_asked_about(city):
    folder = city()
    write(folder / "claims.geojson", [WEST, EAST], body=["甲", "乙"])
    assert not told_of(folder).silence_asked


def test_a_number_of_residents_that_is_none_is_refused(city):
    with pytest.raises(InputError) as caught:
        told_of(city(residents=("many", "3")))
    assert (caught.value.problem, caught.value.value) == ("exposure_wrong", "many")
    assert "C000001" in caught.value.render("en")


def test_a_case_on_the_border_of_two_leads_has_no_body(city):
    read = read_project(city(), today=TODAY)
    cases = read.cases.iloc[:2].copy()
    cases.geometry = [shapely.Point(122.1, 41.05), shapely.Point(122.15, 41.05)]
    assert places_of(cases.reset_index(drop=True), analyse(read))["body"].tolist() == ["", "乙"]


def test_the_verb_tells_the_same_of_a_project_and_of_its_run_and_writes_it(city, tmp_path):
    folder, result = city(residents=("1200", "300")), tmp_path / "run"
    run_project(folder, result, today=date(2026, 8, 15))
    told = CliRunner().invoke(practice, [str(result), "--json", "-o", str(tmp_path / "p.xlsx")])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert answer["counts"] == {"practice_gap": 1, "practice_loop": 1, "silent": 2}
    gap = answer["findings"][0]
    assert (gap["place"], gap["troubled"], gap["days_silent"]) == (BAD, 11, None)
    assert "甲" in gap["reason_zh"]
    assert "11 of 12 cases" in gap["reason_en"]
    sheet = pd.read_excel(tmp_path / "p.xlsx", engine="calamine")
    assert len(sheet) == 3 * N_GRIDS + 3
    spoken = CliRunner().invoke(practice, [str(result)], obj="zh")
    assert spoken.exit_code == 0
    assert "300 件案件" in spoken.output


def test_a_project_without_cases_says_that_there_are_none(tmp_path):
    write(tmp_path / "claims.geojson", [WEST, EAST], body=["甲", "乙"])
    told = told_of(project(tmp_path))
    assert (told.cases, len(told.table), told.silence_asked) == (0, 0, False)


def test_every_column_of_the_table_is_in_the_reference(city):
    reference = (Path(__file__).parents[2] / "docs" / "practice.md").read_text("utf-8")
    table = reference.split("## The table")[1].split("## Sources")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    told = re.findall(r"`(\w+)`", " ".join(first))
    columns = [name for name in told_of(city()).table.columns if name != "geometry"]
    assert told == [*columns, "reason_zh", "reason_en"]
