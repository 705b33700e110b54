"""The word that was meant is proposed, also where words have two characters."""

import time

import pytest

from gis.readers.likeness import Known


@pytest.mark.parametrize(
    ("word", "known", "proposed"),
    [
        ("leed", ("lead", "assist"), "lead"),
        ("LEAD", ("lead", "assist"), "lead"),
        ("环卫局", ("市容环卫中心", "公安局", "水务局"), "市容环卫中心"),
        ("街道", ("街办", "社区"), "街办"),
        ("保洁", ("道路保洁", "路灯"), "道路保洁"),
        ("灯", ("路灯", "井盖"), "路灯"),
        ("环卫处", ("环卫局", "环卫科"), "环卫局 / 环卫科"),
    ],
)
def test_the_closest_words_are_proposed(word, known, proposed):
    assert Known(known).closest(word) == proposed


def test_a_letter_in_common_is_not_enough():
    # each has one of three characters in common: nothing is close, so all are listed
    assert Known(["公安局", "水务局"]).closest("卫生局") == "公安局 / 水务局"
    assert Known([]).closest("x") == ""
    assert Known(str(at) for at in range(10, 40)).closest("x").endswith(" / …")


def test_a_word_is_known_letter_by_letter_only():
    assert "甲" in Known(["甲", ""])
    assert "" not in Known(["甲", ""])
    assert "LEAD" not in Known(["lead"])


def test_a_thousand_unknown_words_among_as_many_known_take_no_minute():
    known = Known(f"第{at}街道办事处" for at in range(1000))
    begun = time.perf_counter()
    assert known.closest("第五街道办事处")
    for at in range(1000):
        known.closest(f"{at}号街道")
    assert time.perf_counter() - begun < 20


def test_a_text_of_a_million_letters_is_answered_at_once():
    known = Known(f"第{at}街道办事处" for at in range(1000))
    begun = time.perf_counter()
    assert known.closest("第一街道" * 250_000)
    assert time.perf_counter() - begun < 5
