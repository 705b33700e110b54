"""Days in the forms in which people write them, and what is asked back where they are unclear."""

import numpy as np
import pandas as pd
import pytest

from gis.catalogue import catalogue
from gis.errors import InputErrors
from gis.layers.dates import (
    as_day,
    as_end,
    as_first_day,
    as_last_day,
    as_moment,
    unusual_manner,
)
from gis.layers.values import RefusedValueError
from tests.layer_files import EAST, WEST, problems, project, read, write, write_table

DAY = np.datetime64("2026-08-15T00:00:00")


@pytest.mark.parametrize(
    "text",
    [
        "2026-8-15",
        "２０２６－０８－１５",
        "２０２６年８月１５日",
        "2026年8月15号",
        "二〇二六年八月十五日",
        "二○二六年八月十五日",
        "二零二六年八月十五号",
        "20260815",
        46249,
        46249.0,
    ],
)
def test_a_day_is_understood_however_people_write_it(text):
    assert as_day(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二六年十二月三十一日", "2026-12-31"),
        ("二〇二六年十月十日", "2026-10-10"),
        ("二〇二六年一月二十日", "2026-01-20"),
        ("二〇二六年十一月廿一日", "2026-11-21"),
        ("二〇二六年三月卅日", "2026-03-30"),
    ],
)
def test_chinese_numerals_are_counted(text, day):
    assert as_day(text) == np.datetime64(day)


@pytest.mark.parametrize(
    "text",
    ["二〇二六年八月十五十日", "二〇二六年十三月一日", "二〇二六年八月一五日", "二六年八月一日"],
)
def test_numerals_that_make_no_day_are_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the reader adds the words
        as_day(text)


def test_days_counted_by_a_spreadsheet_are_those_of_its_1900_system():
    # day 1 is 1900-01-01 and a 29 February 1900 that never was is counted
    assert as_day(20_000) == np.datetime64("1954-10-03")
    assert as_day(60_000) - as_day(59_999) == np.timedelta64(1, "D")
    assert as_moment(46249.75) == np.datetime64("2026-08-15T18:00:00")
    for number in (19_999, 80_001, 1, -46249, True):
        with pytest.raises(ValueError):  # noqa: PT011
            as_day(number)


def refused(read_as, text):
    with pytest.raises(RefusedValueError) as caught:
        read_as(text)
    for language in ("zh", "en"):
        for group in ("error", "remedy"):
            key = f"{group}.{caught.value.problem}"
            assert catalogue(language).text(key, **caught.value.details)
    return caught.value.problem, caught.value.details


@pytest.mark.parametrize(
    "text", ["2026-08", "2026/8", "2026年8月", "二〇二六年八月", "２０２６年８月"]
)
def test_a_month_begins_with_its_first_day_and_ends_in_two_ways(text):
    assert as_first_day(text) == np.datetime64("2026-08-01")
    assert refused(as_end, text) == (
        "end_is_a_month",
        {"before": "2026-08-01", "after": "2026-09-01"},
    )
    assert refused(as_day, text) == ("date_without_day", {})


def test_the_last_month_of_a_year_is_over_with_the_year():
    assert refused(as_end, "2026-12")[1]["after"] == "2027-01-01"


@pytest.mark.parametrize("text", ["2026.8", "202608", 2026.8, "2026-13", "2026"])
def test_what_may_be_a_number_or_is_no_month_is_no_date(text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        as_first_day(text)
    assert not isinstance(caught.value, RefusedValueError)


@pytest.mark.parametrize(
    ("text", "problem", "readings"),
    [
        ("26-8-15", "date_two_digit_year", "2026-08-15"),
        ("26年8月15日", "date_two_digit_year", "2026-08-15"),
        ("15/08/26", "date_two_digit_year", "2026-08-15 / 2015-08-26"),
        ("98.3.1", "date_two_digit_year", "2098-03-01 / 1998-03-01"),
        ("49-10-1", "date_two_digit_year", "2049-10-01 / 1949-10-01"),
        ("48-10-1", "date_two_digit_year", "2048-10-01"),
        ("15/08/2026", "date_year_last", "2026-08-15"),
        ("15.8.2026", "date_year_last", "2026-08-15"),
        ("03/08/2026", "date_year_last", "2026-03-08 / 2026-08-03"),
    ],
)
def test_a_day_that_may_be_another_is_refused_with_all_that_it_may_be(text, problem, readings):
    assert refused(as_day, text)[0] == problem
    assert refused(as_day, text)[1]["readings"] == readings


def test_a_spreadsheets_number_as_text_is_refused_with_its_day():
    assert refused(as_day, "46249") == ("date_is_a_number", {"reading": "2026-08-15"})


@pytest.mark.parametrize(
    "word",
    ["长期", "永久", "至今", "无固定期限", "-", "/", "无", "——", "／", "Permanent", None, ""],
)
def test_a_term_without_an_end_has_many_names(word):
    assert np.isnat(as_end(word))
    if word:
        with pytest.raises(ValueError):  # noqa: PT011
            as_first_day(word)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-06-30", "2026-07-01"),
        ("2026年12月31日", "2027-01-01"),
        ("2028-02-28", "2028-02-29"),
        ("2026年6月", "2026-07-01"),
        ("2026-12", "2027-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("9999-12", "9999-12-31"),
        ("长期", "NaT"),
        ("", "NaT"),
    ],
)
def test_a_period_that_is_told_by_its_last_day_ends_with_it(text, end):
    assert as_last_day(text).astype("datetime64[D]") == np.datetime64(end) or end == "NaT"
    assert np.isnat(as_last_day(text)) == (end == "NaT")


@pytest.mark.parametrize("value", ["26-6-30", "46249", "2026-06-30 12:00", "soon"])
def test_a_last_day_that_is_no_day_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011
        as_last_day(value)


def ends(folder, days, more=""):
    """Read claims with ends of validity, and tell their ends and what is remarked of them."""
    columns = {"valid_from": ["2026-06-30"] * len(days), "valid_to": days}
    write(folder / "claims.geojson", [WEST, EAST][: len(days)], body=["甲", "乙"], **columns)
    made = read(project(folder, more=more))
    told = [each.problem for each in made.remarks if each.problem.startswith("valid_to")]
    return [str(day)[:10] for day in made.claims["valid_to"]], told


def test_the_last_day_of_validity_may_be_what_is_written(tmp_path):
    stated = "valid_to_inclusive = true\n"
    assert ends(tmp_path, ["2026-06-30", "2027-03-15"], stated) == (
        ["2026-07-01", "2027-03-16"],
        ["valid_to_inclusive"],
    )


def test_a_last_day_before_the_first_is_refused_as_it_was_written(tmp_path):
    write(tmp_path / "claims.geojson", [WEST], body=["甲"], valid_from=["2026-06-30"],
          valid_to=["2026-06-29"])  # fmt: skip
    with pytest.raises(InputErrors) as caught:
        read(project(tmp_path, more="valid_to_inclusive = true\n"))
    (error,) = caught.value.errors
    assert (error.problem, error.value) == ("period_reversed", "2026-06-29")


@pytest.mark.parametrize(
    ("days", "more", "told"),
    [
        (["2026-12-31", "2027-06-30"], "", ["valid_to_read_as_end"]),
        (["2026-12-31", None], "", ["valid_to_read_as_end"]),
        (["2026-12-31", "2027-07-01"], "", []),
        (["2026-12-31", "2027-06-30"], "valid_to_inclusive = false\n", []),
        ([None, None], "", []),
    ],
)
def test_ends_of_months_may_be_last_days_unless_it_is_said(tmp_path, days, more, told):
    expected = ["NaT" if day is None else day for day in days]
    assert ends(tmp_path, days, more) == (expected, told)


def test_only_what_is_unusual_is_remarked():
    told = ["长期", "2026年8月", 46249, "2026-08-15", None, pd.Timestamp("2026-08-15"), "soon"]
    assert [unusual_manner(value) for value in told] == [
        "dates_endless", "dates_of_months", "dates_counted", "", "", "", ""]  # fmt: skip


def test_unusual_dates_are_remarked_once_a_column(tmp_path):
    write(tmp_path / "places.geojson", [WEST, EAST], place_id=["w", "e"])
    write_table(
        tmp_path / "claims.csv",
        "body,place_id,valid_from,valid_to\n甲,w,2026-08,长期\n乙,e,2026-09,无\n丙,e,,2026-10-01\n",
    )
    more = '[layers.places]\npath = "places.geojson"\n'
    made = read(project(tmp_path, more=more, claims='path = "claims.csv"\n'))
    assert [(remark.problem, remark.row, remark.details) for remark in made.remarks] == [
        ("dates_of_months", 0, {"column": "valid_from", "rows": 2}),
        ("dates_endless", 0, {"column": "valid_to", "rows": 2}),
    ]
    assert list(made.claims["valid_from"].dt.strftime("%F")[:2]) == ["2026-08-01", "2026-09-01"]
    assert list(made.claims["valid_to"].isna()) == [True, True, False]


def test_dates_out_of_a_spreadsheet_are_remarked_with_their_system(tmp_path):
    write(tmp_path / "claims.gpkg", [WEST, EAST], body=["甲", "乙"], valid_from=[46249, 46250])
    made = read(project(tmp_path, claims='path = "claims.gpkg"\n'))
    assert list(made.claims["valid_from"].dt.strftime("%F")) == ["2026-08-15", "2026-08-16"]
    assert [(remark.problem, remark.details["rows"]) for remark in made.remarks] == [
        ("dates_counted", 2)
    ]


def test_an_endless_beginning_is_refused_and_not_remarked(tmp_path):
    write(tmp_path / "claims.geojson", [WEST, EAST], body=["甲", "乙"], valid_from=["无", None])
    assert problems(lambda: read(project(tmp_path))) == [("date_wrong", 1, "valid_from")]
