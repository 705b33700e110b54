import datetime as dt

import pandas as pd
import pytest

from gis.writers.cells import (
    LONGEST_TEXT,
    as_day,
    display_width,
    looks_like_a_formula,
    safe_text,
    sheet_names,
)

MARK = "…cut"


def test_characters_that_xml_forbids_are_replaced_and_line_breaks_unified():
    assert safe_text("a\x00b\x0bc\ud800d\uffffe", MARK) == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert safe_text("a\r\nb\rc\u2028d", MARK) == "a\nb\nc\nd"
    assert safe_text("制表\t与𠮷", MARK) == "制表\t与𠮷"


@pytest.mark.parametrize("letter", ["a", "区", "𠮷"])
def test_a_text_too_long_for_a_cell_is_cut_and_says_so(letter):
    text = safe_text(letter * 40_000, MARK)
    assert text.endswith(MARK)
    assert len(text.encode("utf-16-le")) // 2 in (LONGEST_TEXT, LONGEST_TEXT - 1)
    assert set(text.removesuffix(MARK)) == {letter}


def test_a_text_that_just_fits_stays_whole():
    assert safe_text("a" * LONGEST_TEXT, MARK) == "a" * LONGEST_TEXT


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\n=1", "＝1"])
def test_what_editing_would_turn_into_a_formula_is_recognised(text):
    assert looks_like_a_formula(text)


def test_an_ordinary_name_is_no_formula():
    assert not looks_like_a_formula("街道办=主责")


def test_sheet_names_keep_chinese_and_lose_what_spreadsheets_forbid():
    assert sheet_names(["兴隆街道办事处", "a[b]:c*?/\\d", "'引号'"], "x") == [
        "兴隆街道办事处",
        "a_b__c____d",
        "引号",
    ]


def test_sheet_names_are_never_empty_too_long_or_alike_whatever_the_case():
    wanted = ["", "''", "A" * 40, "a" * 40, "History", "目录", "Unnamed", "𠮷" * 40]
    names = sheet_names(wanted, "Unnamed", ["目录"])
    assert len({name.casefold() for name in names} | {"history", "目录"}) == len(names) + 2
    assert all(0 < len(name.encode("utf-16-le")) // 2 <= 31 for name in names)
    assert names[:2] == ["Unnamed", "Unnamed (2)"]


def test_days_are_read_from_stamps_and_iso_texts_and_nothing_else():
    day = dt.date(2026, 6, 30)
    assert as_day(pd.Timestamp("2026-06-30")) == day
    assert as_day("2026-06-30T12:00:00") == day
    assert as_day(day) == day
    assert as_day(pd.NaT) is None
    assert as_day("") is None
    assert as_day("next week") is None


def test_a_chinese_mark_takes_the_room_of_two():
    assert display_width("保洁 ab") == 7
    assert display_width("ab\n保洁") == 4
