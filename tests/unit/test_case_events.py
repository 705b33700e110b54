"""The steps of cases: read, counted and refused with the row that cannot have happened."""

import numpy as np
import pytest
import shapely

from gis.model.project import PracticeSettings
from tests.layer_files import problems, project, read, write, write_table

HEAD = "case_id,seq,at,kind,from_body,to_body,reason\n"
LAYERS = """
[layers.cases]
path = "cases.geojson"
[layers.case_events]
path = "events.csv"
"""


@pytest.fixture
def folder(tmp_path):
    """Two claims, a case k1 reported on 1 August at nine, and its steps."""

    def make(steps, more=""):
        made = project(tmp_path / "p", LAYERS + more)
        write(
            made / "cases.geojson",
            [shapely.Point(122.05, 41.05)],
            case_id=["k1"],
            matter=["保洁"],
            reported_at=["2026-08-01 09:00"],
        )
        write_table(made / "events.csv", HEAD + steps)
        return made

    return make


def test_steps_are_read_with_their_time_of_day_and_their_words_in_chinese(folder):
    made = folder("k1,1,2026-08-01 09:30,立案,,,\nk1,2,2026-08-01 10:00,派遣,中心,甲,不属本单位\n")
    events = read(made).case_events
    assert events["kind"].tolist() == ["file", "dispatch"]
    assert events["at"].to_numpy().astype("datetime64[s]").tolist() == [
        np.datetime64("2026-08-01T09:30:00").item(),
        np.datetime64("2026-08-01T10:00:00").item(),
    ]
    assert events["event_id"].tolist() == ["E000001", "E000002"]
    assert events["to_body"].tolist() == ["", "甲"]


def test_a_project_without_steps_has_an_empty_table(tmp_path):
    assert read(project(tmp_path / "p")).case_events.empty


def test_a_step_of_a_case_that_is_not_listed_is_refused(folder):
    made = folder("k1,1,2026-08-01 10:00,file,,,\nk7,1,2026-08-02,file,,,\n")
    assert problems(lambda: read(made)) == [("case_not_listed", 2, "case_id")]


def test_a_step_earlier_than_the_one_before_is_refused_whatever_the_order_of_rows(folder):
    made = folder("k1,2,2026-08-02 10:00,dispatch,,甲,\nk1,1,2026-08-02 11:00,file,,,\n")
    assert problems(lambda: read(made)) == [("event_out_of_order", 1, "at")]


def test_a_step_that_occurs_twice_is_refused(folder):
    made = folder("k1,1,2026-08-02,file,,,\nk1,1,2026-08-03,close,,,\n")
    assert problems(lambda: read(made)) == [("event_repeated", 2, "seq")]


@pytest.mark.parametrize(
    "steps",
    [
        "k1,1,2026-08-02,close,,,\nk1,2,2026-08-03,file,,,\n",
        "k1,1,2026-07-31 23:59,close,,,\n",
    ],
)
def test_a_case_that_closes_before_it_is_filed_or_reported_is_refused(folder, steps):
    assert problems(lambda: read(folder(steps))) == [("case_closed_before_filed", 1, "at")]


def test_a_case_without_a_step_of_filing_may_be_closed_after_its_report(folder):
    assert len(read(folder("k1,1,2026-08-01 09:01,close,,,\n")).case_events) == 1


def test_a_body_that_is_not_listed_is_refused_where_bodies_are_given(folder):
    made = folder("k1,1,2026-08-02,dispatch,甲,丙,\n", '[layers.bodies]\npath = "bodies.csv"\n')
    write_table(made / "bodies.csv", "body_id\n甲\n乙\n")
    assert problems(lambda: read(made)) == [("body_not_listed", 1, "to_body")]


def test_the_project_says_when_practice_is_told_from_chance(tmp_path):
    stated = read(project(tmp_path / "a", "[practice]\nq = 0.05\nsilent_days = 30\n"))
    assert stated.settings.practice == PracticeSettings(0.05, 30)
    assert read(project(tmp_path / "b")).settings.practice == PracticeSettings(0.1, 90)


@pytest.mark.parametrize("line", ["q = 0", "q = 1", "silent_days = 0.5", "silent_days = 0"])
def test_a_rate_or_number_of_days_out_of_range_is_refused(tmp_path, line):
    made = project(tmp_path / "p", f"[practice]\n{line}\n")
    assert [each[0] for each in problems(lambda: read(made))] == ["toml_wrong_number"]
