import pytest

from gis.catalogue import LANGUAGES
from gis.model.vocabulary import FindingClass, Position
from gis.reasons import area_text, date_text, finding_reason, lane_reason, length_text

BOTH = pytest.mark.parametrize("language", LANGUAGES)

NAMES = {
    "zh": {"matter": "保洁", "level": "街道", "district": "大洼区"},
    "en": {"matter": "cleaning", "level": "street", "district": "Dawa District"},
}


def reason(language="zh", **facts):
    names = NAMES[language]
    stated = {
        "standing": "void",
        "sliver": "",
        "matter": names["matter"],
        "level": "",
        "bodies": (),
        "neighbours": (("A", 320.0), ("B", 110.0)),
        "districts": (names["district"],),
        "lapsed_on": "",
        "width_m": 20.0,
        "threshold_m": 1.4,
        "area_m2": 1234.0,
        "position": "enclosed",
        **facts,
    }
    return finding_reason(language=language, **stated)


def test_a_void_says_where_how_large_which_matter_and_who_is_next_to_it():
    assert reason("zh") == (
        "大洼区境内一处 1,234 平方米的地块没有任何单位负责“保洁”，"
        "四周为A（共界 320 米）、B（共界 110 米）。"
    )
    assert reason("en") == (
        "A plot of 1,234 m² in Dawa District has no responsible body for “cleaning”; "
        "it is enclosed by A (320 m of shared border) and B (110 m)."
    )


def test_a_project_without_matters_and_levels_is_not_asked_about_an_empty_name():
    for language in LANGUAGES:
        sentence = reason(language, matter="", level="")
        assert "“" not in sentence
        assert "  " not in sentence
    assert reason("zh", matter="").startswith("大洼区境内一处 1,234 平方米的地块没有任何单位负责，")


def test_a_lapsed_lead_is_named_with_the_day_it_ended():
    facts = {"standing": "lapsed", "bodies": ("A",), "lapsed_on": "2026-06-30"}
    assert "由A主责的期限已满，自2026年6月30日起无人接续" in reason("zh", **facts)
    assert "since 30 June 2026, when the responsibility of A ended" in reason("en", **facts)


def test_a_duty_not_passed_down_names_the_level_that_lacks_it():
    facts = {"standing": "not_passed_down", "bodies": ("A",), "position": ""}
    assert "未下沉到街道层面" in reason("zh", level="街道", **facts)
    assert "passed down to street level" in reason("en", level="street", **facts)
    assert "未下沉到下一级" in reason("zh", **facts)


def test_a_sliver_compares_its_width_with_the_accuracy_and_blames_the_drawing():
    gap = reason("en", sliver="gap", width_m=0.3, threshold_m=1.414)
    assert "measures 0.3 m at its widest, less than the 1.4 m" in gap
    assert "gap left in drawing the borders of A and B" in gap
    overlap = reason("en", standing="contested", sliver="overlap", bodies=("C", "D"))
    assert "overlap made in drawing the borders of C and D" in overlap
    assert "属数据问题而非责任问题" in reason("zh", sliver="gap", neighbours=())


@pytest.mark.parametrize(
    ("position", "zh", "en"),
    [
        ("hole", "四周均为A（共界 320 米）的责任范围", "a hole inside the area of A"),
        ("between_parts", "分散的责任地块之间", "between separate parts of the area of A"),
        ("inlet", "敞向辖区边界", "open to the limit of the jurisdiction and borders on A"),
        ("detached", "都不相接", "touches nobody’s area"),
    ],
)
def test_each_position_of_a_gap_is_told_in_its_own_words(position, zh, en):
    neighbours = () if position == "detached" else (("A", 320.0),)
    assert zh in reason("zh", position=position, neighbours=neighbours)
    assert en in reason("en", position=position, neighbours=neighbours)


def test_a_gap_between_parts_of_one_body_does_not_give_the_parts_to_another():
    assert "夹在A（共界 320 米）分散的责任地块之间，并与B（共界 110 米）相邻。" in reason(
        "zh", position="between_parts"
    )
    assert reason("en", position="between_parts").endswith(
        "parts of the area of A (320 m of shared border) and borders on B (110 m)."
    )


def test_the_limit_of_the_jurisdiction_is_no_neighbour():
    sentence = reason("en", position="inlet", neighbours=(("", 500.0), ("A", 20.0)))
    assert "borders on A (20 m of shared border)." in sentence
    assert "500" not in sentence
    assert reason("en", position="inlet", neighbours=(("", 5.0),)).endswith("jurisdiction.")


def test_the_rest_of_many_names_is_counted_in_the_singular_and_the_plural():
    facts = {"standing": "contested", "position": ""}
    four = {**facts, "bodies": tuple("ABCD")}
    five = {**facts, "bodies": tuple("ABCDE")}
    assert "by A, B, C and 1 other at once" in reason("en", **four)
    assert "by A, B, C and 2 others at once" in reason("en", **five)
    assert "由A、B、C等 5 家单位同时主责" in reason("zh", **five)


@BOTH
@pytest.mark.parametrize("standing", [c for c in FindingClass if c != "sliver"])
@pytest.mark.parametrize("bodies", [(), ("A",), ("A", "B")])
def test_every_class_has_one_finished_sentence(language, standing, bodies):
    sentence = reason(
        language, standing=standing, bodies=bodies, lapsed_on="2026-06-30", position=""
    )
    assert sentence.endswith("。" if language == "zh" else ".")
    assert sentence.count("。") == (language == "zh")
    assert "{" not in sentence


@BOTH
@pytest.mark.parametrize("position", ["", *Position])
@pytest.mark.parametrize("neighbours", [(), (("A", 3.0),), (("", 2.0),)])
def test_every_position_has_a_sentence_whoever_is_next_to_it(language, position, neighbours):
    assert "{" not in reason(language, position=position, neighbours=neighbours)


def test_a_name_that_looks_like_a_template_is_left_as_it_is():
    assert "{place}{{7*191}}" in reason("en", matter="{place}{{7*191}}")


def test_a_lane_on_a_border_names_both_sides():
    facts = {
        "lane_class": "lane_border",
        "level": "",
        "left": ("A",),
        "right": ("B",),
        "from_m": 120.0,
        "to_m": 310.2,
    }
    zh = lane_reason(lane="向阳巷", matter="保洁", language="zh", **facts)
    assert zh == (
        "“向阳巷” 120 米至 310 米路段（长 190 米）恰好压在“保洁”责任分界线上，"
        "左侧为A，右侧为B，路面归谁负责需要明确。"
    )
    en = lane_reason(lane="", matter="cleaning", language="en", **facts)
    assert en.startswith("A lane without a name from 120 m to 310 m (190 m) runs along a border")
    assert "with A on the left and B on the right" in en


@BOTH
def test_a_lane_that_nobody_owns_needs_no_sides(language):
    sentence = lane_reason(
        lane_class="lane_unowned",
        lane="L",
        matter="",
        level="",
        left=(),
        right=(),
        from_m=0.0,
        to_m=42.0,
        language=language,
    )
    assert sentence in (
        "“L” 0 米至 42 米路段（长 42 米）没有单位负责。",
        "“L” from 0 m to 42 m (42 m) has no responsible body.",
    )


@pytest.mark.parametrize(
    ("area_m2", "zh", "en"),
    [
        (0.0, "0 平方米", "0 m²"),
        (0.001, "不足 0.01 平方米", "less than 0.01 m²"),
        (0.5, "0.5 平方米", "0.5 m²"),
        (12.34, "12.3 平方米", "12.3 m²"),
        (1234.4, "1,234 平方米", "1,234 m²"),
        (9999.7, "1 公顷", "1 ha"),
        (25_000, "2.5 公顷", "2.5 ha"),
        (999_999, "1 平方公里", "1 km²"),
        (1_234_567, "1.2 平方公里", "1.2 km²"),
        (4.1e9, "4,100 平方公里", "4,100 km²"),
    ],
)
def test_an_area_takes_the_unit_that_suits_it(area_m2, zh, en):
    assert area_text(area_m2, "zh") == zh
    assert area_text(area_m2, "en") == en


def test_lengths_and_dates_read_as_the_language_writes_them():
    assert length_text(0.3, "zh") == "0.3 米"
    assert length_text(0.001, "en") == "less than 0.01 m"
    assert length_text(12_500, "en") == "12.5 km"
    assert date_text("2026-06-30", "zh") == "2026年6月30日"
    assert date_text("2026-06-30T00:00:00", "en") == "30 June 2026"
    assert date_text("", "en") == ""
