"""Tables may use the words of the trade; what is none of them is refused with those there are."""

import pytest
import shapely

from gis.errors import InputErrors
from gis.layers.words import ZONE_KINDS, our_word
from gis.model.tables import TABLES
from gis.model.vocabulary import Basis, Level, Role
from tests.layer_files import EAST, WEST, problems, project, read, write, write_table

ZONES = '[layers.zones]\npath = "zones.geojson"\n'


@pytest.mark.parametrize(
    ("choices", "said", "meant"),
    [
        (Role, "牵头 牵头单位 主责", "lead"),
        (Role, "协助 协管 协办 配合 协同", "assist"),
        (Role, "监督 行业监管", "supervise"),
        (Role, "兜底", "fallback"),
        (Role, "首接 首问", "first_receiver"),
        (Role, "包保", "sponsor"),
        (Level, "县级 区县 县（区） 县(区) 区级 县区 县区级", "county"),
        (Level, "市级 市", "city"),
        (Level, "省级 省", "province"),
        (Level, "乡镇 镇 乡 街道办 街道 街道（乡镇）级", "street"),
        (Level, "村 社区 居委会", "community"),
        (Level, "网格", "grid"),
        (("component", "event"), "部件 component", "component"),
        (("component", "event"), "事件", "event"),
        (Basis, "法律 法规 法律法规", "law"),
        (Basis, "三定方案 文件 决定", "decision"),
        (Basis, "协议", "agreement"),
        (Basis, "合同", "contract"),
        (Basis, "惯例 习惯", "custom"),
        (ZONE_KINDS, "油地交叉 油地交叉区域", "oil_local"),
        (ZONE_KINDS, "城乡接合部 城乡结合部", "fringe"),
        (ZONE_KINDS, "驻县单位周边 驻区单位周边", "unit_surroundings"),
        (ZONE_KINDS, "背街小巷 ＢＡＣＫ＿ＬＡＮＥ", "back_lane"),
    ],
)
def test_words_of_the_trade_mean_ours(choices, said, meant):
    words = tuple(str(word) for word in choices)
    assert {our_word(word, words) for word in said.split()} == {meant}


def test_every_word_that_may_be_chosen_means_itself():
    for schema in TABLES.values():
        for column in schema.columns:
            assert [our_word(word, column.choices) for word in column.choices] == list(
                column.choices
            )


def test_a_word_that_may_mean_two_roles_is_refused_with_all_roles_in_one_language(tmp_path):
    write(tmp_path / "claims.geojson", [WEST, EAST], body=["甲", "乙"], role=["主管", "牵头"])
    folder = project(tmp_path)
    assert problems(lambda: read(folder)) == [("choice_wrong", 1, "role")]
    with pytest.raises(InputErrors) as caught:
        read(folder)
    assert "可填：主责、协同、行业监管、经费保障、首接、包保、兜底。" in caught.value.render("zh")
    assert "lead, assists, supervises, funds" in caught.value.render("en")
    assert "主责" not in caught.value.render("en")


def test_matters_are_components_or_events_in_chinese(tmp_path):
    write_table(tmp_path / "matters.csv", "matter_id,kind\na,部件\nb,事件\n")
    made = read(project(tmp_path, more='[layers.matters]\npath = "matters.csv"\n'))
    assert list(made.matters["kind"]) == ["component", "event"]


def test_a_kind_of_zone_of_ones_own_is_kept_and_told_once_a_word(tmp_path):
    kinds = ["油地交叉", "背街巷道", "fringe", "背街巷道"]
    write(tmp_path / "zones.geojson", [shapely.box(122, 41, 122.1, 41.1)] * 4, kind=kinds)
    made = read(project(tmp_path, more=ZONES))
    assert list(made.zones["kind"]) == ["oil_local", "背街巷道", "fringe", "背街巷道"]
    told = [each.details for each in made.remarks if each.problem == "zone_kind_own"]
    assert [(each["word"], each["rows"], each["closest"]) for each in told] == [
        ("背街巷道", 2, ("back_lane",))
    ]
