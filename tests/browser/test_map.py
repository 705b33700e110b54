"""The map of a run in a real browser without any network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.map_sample import FINDINGS, OWN_KIND, map_run
from webmap.maps.page import write_map

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAYLOADS = (
    "{{7*191}}",
    "{% raw %}",
    "{#",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "${alert(3)}",
    "\"'><svg onload=alert(4)>",
    "javascript:alert(5)",
    "line\u2028separator\u2029",
    "\u202eright to left",
    "constructor",
    "__proto__",
)
HOSTILE = " ".join(PAYLOADS)


def hostile(text: str) -> str:
    """Return the text with every payload behind it."""
    return f"{text} {HOSTILE}"


@pytest.fixture(scope="session")
def map_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "map.html"
    write_map(map_run(), path, language="zh")
    return path


@pytest.fixture(scope="session")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "map.html"
    write_map(map_run(hostile), path, language="en")
    return path


def choose(page: Page, identity: str) -> str:
    """Choose a finding in the list; return what its card says."""
    page.evaluate(
        """(id) => [...document.querySelectorAll("#mq-list button")]
          .find((button) => button.dataset.finding === id).click()""",
        identity,
    )
    card = page.locator(".leaflet-popup .mq-card")
    assert card.get_attribute("data-finding") == identity
    return card.inner_text()


def test_the_map_asks_for_nothing_and_lists_the_gravest_first(open_page, map_file):
    watched = open_page(map_file.as_uri())
    listed = watched.page.locator("#mq-list .mq-line b").all_inner_texts()
    assert listed == [
        "职责真空",
        "到期失效",
        "有协无主",
        "无主街巷",
        "仅兜底",
        "职责交叉",
        "压界街巷",
        "未下沉",
        "共管",
    ]
    assert watched.page.title() == "辽河口示例县 · 一张图"
    assert watched.page.locator("html").get_attribute("lang") == "zh-CN"
    assert "合成示例" in watched.page.locator("#mq-notice").inner_text()
    watched.picture("map-desk-zh")


def test_a_finding_chosen_in_the_list_opens_its_card_with_reason_neighbours_and_law(
    open_page, map_file
):
    watched = open_page(map_file.as_uri())
    said = choose(watched.page, "F-void")
    for part in (
        "职责真空",
        "保洁",
        "1.6 平方公里",
        "400 米",
        "夹在兴隆街道办事处与振兴街道办事处之间",
        "共界 4,000 米",
        "共界 3,980 米",
        "临管辖边界",
        "被多个单位围合",
        "街道（乡镇）级",
        "背街小巷",
        "河西区",
        "街道办事处或者乡镇人民政府负责",
        "2026年8月15日",
        "F-void",
    ):
        assert part in said
    assert watched.page.evaluate("location.hash") == "#finding=F-void"
    chosen = watched.page.locator("#mq-list button[aria-current]")
    assert chosen.get_attribute("data-finding") == "F-void"
    watched.picture("map-card-zh")


def test_choosing_a_finding_brings_the_whole_of_it_into_view(open_page, map_file):
    page = open_page(map_file.as_uri()).page
    choose(page, "F-not_passed_down")
    seen = page.evaluate(
        """() => {
          const { layers } = Mangqu;
          const bounds = layers.byId.get("F-not_passed_down").drawn.getBounds();
          const size = bounds.getSouthWest().distanceTo(bounds.getNorthEast());
          const view = layers.map.getBounds();
          const whole = view.getSouthWest().distanceTo(view.getNorthEast());
          return [view.contains(bounds), size / whole];
        }"""
    )
    assert seen[0]
    assert seen[1] > 0.1


@pytest.mark.parametrize("name", [*FINDINGS])
def test_a_click_on_a_polygon_opens_the_card_of_its_class(open_page, map_file, name):
    page = open_page(map_file.as_uri()).page
    # a point beside the lane that crosses the void
    at = page.evaluate(
        """(id) => {
          const { layers } = Mangqu, { finding } = layers.byId.get(id);
          const [x, y] = finding.shape[0][0][2], [longitude, latitude] = finding.at;
          const place = [(latitude * 2 + y) / 3, (longitude * 2 + x) / 3];
          const point = layers.map.latLngToContainerPoint(place);
          const box = layers.map.getContainer().getBoundingClientRect();
          return [box.left + point.x, box.top + point.y];
        }""",
        f"F-{name}",
    )
    page.mouse.click(*at)
    card = page.locator(".leaflet-popup .mq-card")
    assert card.get_attribute("data-finding") == f"F-{name}"


def test_a_click_beside_findings_says_who_answers_for_each_matter(open_page, map_file):
    page = open_page(map_file.as_uri()).page
    box = page.locator(".leaflet-container").bounding_box()
    x, y = page.evaluate(
        """() => {
        const [[ring]] = Mangqu.data.zones[2].shape, [a, , c] = ring;
        const place = [(a[1] + c[1]) / 2, (a[0] + c[0]) / 2];
        const point = Mangqu.layers.map.latLngToContainerPoint(place);
        return [point.x, point.y]; }"""
    )
    page.mouse.click(box["x"] + x, box["y"] + y)
    said = page.locator(".leaflet-popup .mq-card").inner_text()
    cleaning, order = said.split("占道经营")
    assert "兴隆街道办事处 主责" in cleaning
    assert "县综合行政执法局 协同" in cleaning
    assert "无主责单位" not in cleaning
    # the enforcement bureau's lead ended on 30 June; its assistance is inherited from the parent
    assert "无主责单位" in order
    assert "县综合行政执法局 协同" in order
    assert "驻区单位周边" in order


def test_the_language_switch_changes_every_word_and_keeps_the_card_open(open_page, map_file):
    watched = open_page(map_file.as_uri())
    page = watched.page
    choose(page, "F-contested")
    page.locator("#mq-language").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == "Liaohe Mouth sample county · map"
    said = page.locator(".leaflet-popup .mq-card").inner_text()
    assert "Contested" in said
    assert "common superior" in said
    assert "Oil Production Plant No. 3" in said
    left = page.locator("body").inner_text().replace("中文", "")
    assert [mark for mark in left if "\u4e00" <= mark <= "\u9fff"] == []
    watched.picture("map-desk-en")


def test_hostile_names_are_shown_as_they_are_and_nothing_runs(open_page, hostile_file):
    watched = open_page(hostile_file.as_uri())
    page = watched.page
    assert "1337" not in page.content()
    # innerText turns the two Unicode separators into spaces of its own kind: compare without
    plain = [payload for payload in PAYLOADS if not payload.startswith(("line", "\u202e"))]
    for place in ("#mq-title", "#mq-notice", "#mq-legend", "#mq-figures", "#mq-list", "#mq-source"):
        shown = page.locator(place).text_content()
        for payload in plain:
            assert payload in shown, (place, payload)
    for name in ("F-void", "F-joint", "F-lapsed", "L-lane_unowned"):
        said = choose(page, hostile(name))
        for payload in plain:
            assert payload in said, (name, payload)
        for summary in page.locator(".leaflet-popup .mq-card summary").all():
            summary.click()
    page.mouse.move(700, 400)
    page.mouse.move(760, 420)
    page.locator("#mq-language").click()
    page.locator("#mq-filter-matter").select_option(index=1)
    page.locator("#mq-search").fill("{{7*191}}")
    assert page.locator("#mq-list li").count() > 0
    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed').length") == 0
    assert page.evaluate("document.querySelectorAll('bdi img, bdi svg, bdi script').length") == 0
    watched.picture("map-hostile")


def test_an_address_with_a_finding_opens_that_finding(open_page, map_file):
    page = open_page(f"{map_file.as_uri()}#finding=L-lane_unowned").page
    said = page.locator(".leaflet-popup .mq-card").inner_text()
    assert "石油胡同" in said
    assert "120 米 至" in said
    assert "无人负责" in said


def test_filters_narrow_the_list_and_the_map_alike(open_page, map_file):
    page = open_page(map_file.as_uri()).page
    page.locator("#mq-filter-class").select_option(label="职责交叉")
    assert page.locator("#mq-list li").count() == 1
    assert "1 处问题（共 6 处问题、1 处共管、2 段街巷）" in page.locator("#mq-count").inner_text()
    drawn = page.evaluate(
        "[...Mangqu.layers.groups].filter(([, g]) => g.getLayers().length).map(([n]) => n)"
    )
    assert drawn == ["contested"]
    page.locator(".mq-plain").click()
    expect(page.locator("#mq-list li")).to_have_count(9)
    page.locator("#mq-filter-zone").select_option(label=OWN_KIND)
    assert page.locator("#mq-list .mq-line b").all_inner_texts() == [
        "职责真空",
        "到期失效",
        "有协无主",
    ]
    page.locator("#mq-filter-zone").select_option(index=0)
    page.locator("#mq-filter-district").select_option(label="河东区")
    page.locator("#mq-search").fill("振兴")
    assert page.locator("#mq-list .mq-line b").all_inner_texts() == [
        "到期失效",
        "职责交叉",
        "未下沉",
    ]


def test_every_class_and_zone_kind_can_be_switched_off(open_page, map_file):
    page = open_page(map_file.as_uri()).page
    names = page.locator("#mq-legend .mq-layer-name").all_inner_texts()
    assert names == [
        "职责真空", "到期失效", "有协无主", "仅兜底", "职责交叉", "未下沉", "共管", "碎缝",
        "无主街巷", "压界街巷",
        "油地交叉区域", "城乡接合部", "驻区单位周边", "背街小巷", OWN_KIND,
        "保洁", "市容环境", "辖区界线",
    ]  # fmt: skip
    paths = page.locator(".leaflet-findings-pane path")
    before = paths.count()
    page.get_by_role("checkbox", name="职责真空").uncheck()
    assert paths.count() == before - 1
    page.locator(".mq-layer", has_text="保洁").locator("input").check()
    assert page.locator(".leaflet-claims-pane path").count() == 3


def test_slivers_wait_until_they_are_asked_for(open_page, map_file):
    page = open_page(map_file.as_uri()).page
    drawn = "Mangqu.layers.groups.get('sliver').getLayers().length"
    assert page.evaluate(drawn) == 0
    page.locator("#mq-slivers").check()
    assert page.locator("#mq-list li").count() == 12
    # each as a polygon and, being tiny from afar, as a mark
    assert page.evaluate(drawn) == 6
    said = choose(page, "F-sliver-1")
    assert "碎缝 · 缝隙" in said
    assert "0.3 米" in said


def test_keyboard_alone_leads_through_the_findings(open_page, map_file):
    page = open_page(map_file.as_uri()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "mq-skip"
    page.keyboard.press("Enter")
    page.locator("#mq-list button").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "到期失效" in page.locator(".leaflet-popup .mq-card").inner_text()
    page.locator("#mq-next").focus()
    page.keyboard.press("Enter")
    assert "有协无主" in page.locator(".leaflet-popup .mq-card").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector(".leaflet-popup", state="detached")
    page.wait_for_url(lambda url: "#" not in url)


def test_every_control_has_a_name_for_those_who_cannot_see_it(open_page, map_file):
    page = open_page(map_file.as_uri()).page
    choose(page, "F-void")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, a[href]")]
          .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim()
            || node.labels?.[0]?.textContent.trim()))
          .map((node) => node.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("file", ["map_file", "hostile_file"])
def test_a_page_as_wide_as_a_phone_never_scrolls_sideways(open_page, file, request):
    path = request.getfixturevalue(file)
    watched = open_page(path.as_uri(), width=390, height=844, has_touch=True, is_mobile=True)
    page = watched.page
    page.locator("#mq-list button").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".leaflet-popup .mq-card").is_visible()
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            "button, select, label.mq-layer, .leaflet-bar a, .leaflet-popup-close-button")]
          .filter((node) => node.offsetParent)
          .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect().height])
          .filter(([, height]) => height < 44)"""
    )
    assert small == []
    watched.picture(f"map-phone-{file}", full_page=True)


def test_thousands_of_slivers_do_not_hold_up_the_page(open_page, tmp_path):
    path = tmp_path / "many.html"
    write_map(map_run(slivers=3000), path, language="zh")
    page = open_page(path.as_uri()).page
    assert page.evaluate("performance.now()") < 8000
    page.locator("#mq-slivers").check()
    assert page.locator("#mq-list li").count() <= 400
    assert page.locator("#mq-count").inner_text().endswith("、2 段街巷、3,000 处碎缝")
    choose_last = "Mangqu.data.findings.at(-1).id"
    page.evaluate(f"location.hash = 'finding=' + {choose_last}")
    page.wait_for_selector(".leaflet-popup .mq-card[data-finding^='F-sliver']")


def test_a_map_without_findings_says_so(open_page, tmp_path):
    run = map_run(slivers=0)
    empty = type(run)(
        **{
            name: getattr(run, name)
            for name in run.__slots__
            if name not in ("findings", "finding_neighbours", "lane_findings", "zones", "claims")
        },
        **{
            name: getattr(run, name).iloc[:0]
            for name in ("findings", "finding_neighbours", "lane_findings", "zones", "claims")
        },
    )
    path = tmp_path / "empty.html"
    write_map(empty, path, language="zh")
    page = open_page(path.as_uri()).page
    assert "没有发现问题" in page.locator("#mq-count").inner_text()


def test_problems_joint_places_slivers_and_lanes_are_told_apart(open_page, map_file):
    page = open_page(map_file.as_uri()).page
    tiles = page.locator("#mq-figures .mq-headline > div").all_inner_texts()
    assert [tile.split() for tile in tiles[1:]] == [
        ["发现问题", "6"],
        ["共管", "1"],
        ["街巷", "2"],
        ["碎缝", "3"],
    ]
    assert page.locator("#mq-count").inner_text() == "6 处问题、1 处共管、2 段街巷"


def test_on_a_phone_the_list_follows_the_map_and_the_legend_comes_last(open_page, map_file):
    page = open_page(map_file.as_uri(), width=390, height=844, has_touch=True, is_mobile=True).page
    tops = [
        page.locator(place).bounding_box()["y"]
        for place in (".mq-map", "#mq-filters", "#mq-list", ".mq-figures", ".mq-legend")
    ]
    assert tops == sorted(tops)


def test_a_card_longer_than_the_page_is_scrolled_down_to_its_number(open_page, map_file):
    page = open_page(map_file.as_uri(), width=390, height=640, has_touch=True, is_mobile=True).page
    choose(page, "F-void")
    content = page.locator(".leaflet-popup-content.leaflet-popup-scrolled")
    height, inside, overflow, shadow = content.evaluate(
        """(node) => [node.offsetHeight, node.scrollHeight,
          getComputedStyle(node).overflowY, getComputedStyle(node).backgroundImage]"""
    )
    assert height <= 0.7 * 640
    assert inside > height
    assert overflow == "scroll"
    assert "linear-gradient" in shadow
    assert content.get_attribute("tabindex") == "0"
    number = page.locator(".leaflet-popup .mq-details code")
    number.scroll_into_view_if_needed()
    box, frame = number.bounding_box(), content.bounding_box()
    assert frame["y"] <= box["y"] <= frame["y"] + frame["height"]


def test_a_finding_without_a_law_shows_no_empty_line_of_law(open_page, tmp_path):
    run = map_run()
    run.findings["law"] = ["data" if name == "sliver" else "" for name in run.findings["class"]]
    path = tmp_path / "map.html"
    write_map(run, path, language="zh")
    page = open_page(path.as_uri()).page
    choose(page, "F-void")
    assert page.locator(".leaflet-popup blockquote").count() == 0
    page.locator("#mq-slivers").check()
    assert "属数据问题" in choose(page, "F-sliver-0")
