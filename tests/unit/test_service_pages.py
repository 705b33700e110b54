"""The pages that people read: figures, filters, languages and plain answers."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import webmap
from gis.labels import Labels
from gis.summary import tally
from tests.service_sample import CONTESTED, INLET, LAPSED, SLIVER, VOID, lon_lat, sample_run
from webmap.reports.ledger import Wording
from webmap.reports.responsibilities import duties_by_body
from webmap.service.application import create_application
from webmap.text import page_catalogue

PAGES = (
    "/",
    "/findings",
    f"/findings/{VOID}",
    "/lanes",
    "/bodies",
    "/body?id=streetA",
    "/whois",
    "/certificate",
    "/downloads",
    "/map",
)


@pytest.fixture(scope="module")
def client():
    return create_application(sample_run()).test_client()


def text(client, address, **options):
    answer = client.get(address, **options)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def listed(page):
    """Return the findings in a table, in its order."""
    return re.findall(r'rowheader"><a href="/findings/([^"?]+)', page)


class Outline(HTMLParser):
    """Collect the elements of a page."""

    def __init__(self):
        super().__init__()
        self.elements = []

    def handle_starttag(self, tag, attrs):
        """Take note of an element."""
        self.elements.append((tag, dict(attrs)))


def outline(page):
    parser = Outline()
    parser.feed(page)
    return parser.elements


def whois(client, east, north, language="zh"):
    lon, lat = lon_lat(east, north)
    return text(client, f"/whois?lon={lon}&lat={lat}&lang={language}")


def test_the_overview_shows_the_notice_and_the_figures_of_every_matter(client):
    page = text(client, "/?lang=zh")
    assert "合成示例，请勿引用" in page
    for part in ("保洁", "15.6 平方公里", "40 公顷", "25 公顷", "97.50%"):
        assert part in page


def test_a_share_is_called_all_or_nothing_only_where_it_is():
    run = sample_run()
    question = run.certificate["questions"][0]
    question |= {"covered_m2": 15_999_999.0, "gap_m2": 1.0}
    page = text(create_application(run).test_client(), "/?lang=en")
    assert "&gt; 99.99%" in page
    assert "&lt; 0.01%" in page


def test_the_gravest_and_largest_finding_stands_first(client):
    assert listed(text(client, "/findings")) == [INLET, VOID, LAPSED, CONTESTED, SLIVER]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sort=size", [SLIVER, CONTESTED, VOID, INLET, LAPSED]),
        ("sort=-size", [LAPSED, INLET, VOID, CONTESTED, SLIVER]),
        ("sort=id", [CONTESTED, INLET, LAPSED, SLIVER, VOID]),
        ("class=void&sort=size", [VOID, INLET]),
        ("q=真空", [INLET, VOID]),
        ("min_area=8000000", [LAPSED]),
        ("class=&matter=&q=&min_area=", [INLET, VOID, LAPSED, CONTESTED, SLIVER]),
    ],
)
def test_the_table_is_filtered_and_sorted_as_the_address_says(client, query, expected):
    assert listed(text(client, f"/findings?{query}")) == expected


def test_filters_stay_in_every_address_of_the_table(client):
    page = text(client, "/findings?district=west&lang=en")
    sorts = re.findall(r'aria-sort="\w+"><a href="([^"]+)', page)
    assert len(sorts) == 5
    assert all("district=west" in address and "lang=en" in address for address in sorts)
    assert "/downloads/findings.csv?district=west&amp;lang=en" in page


def test_pages_of_a_long_table_neither_overlap_nor_leave_anything_out():
    run = sample_run()
    frame = run.findings.loc[run.findings.index.repeat(12)].reset_index(drop=True)
    frame["finding_id"] = [f"N{number:03d}" for number in range(len(frame))]
    many = create_application(
        type(run)(**{**{name: getattr(run, name) for name in run.__slots__}, "findings": frame})
    ).test_client()
    pages = [listed(text(many, f"/findings?page={page}")) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len({name for page in pages for name in page}) == 60
    assert listed(text(many, "/findings?page=99")) == pages[2]


def test_a_finding_tells_all_its_facts_and_links_to_its_place_on_the_map(client):
    page = text(client, f"/findings/{VOID}?lang=zh")
    for part in (
        "职责真空",
        "没有任何主责或协同主张",
        "40 公顷",
        "100 米",
        "甲街道办事处",
        "4,000 米",
        "临管辖边界",
        "城管局",
        "共同的上一级",
        "油地交叉区域",
    ):
        assert part in page
    assert f'href="/map?lang=zh#finding={VOID}"' in page


def test_a_body_sees_what_it_leads_and_the_gaps_beside_it(client):
    page = text(client, "/body?id=streetA&lang=en")
    assert "Street A" in page
    assert "7.8 km²" in page
    assert "2026-06-30" in page
    assert set(listed(page)) == {VOID, CONTESTED, LAPSED, INLET}


def test_whois_tells_lead_and_assistant_with_their_basis(client):
    page = whois(client, 500, 2000)
    assert "由甲街道办事处主责。" in page
    assert "样政发〔2025〕1号" in page
    assert "2025-01-01起" in page
    assert "城管局" in page


def test_whois_in_a_gap_names_the_first_receiver_and_the_finding(client):
    page = whois(client, 1920, 2000)
    assert "目前没有任何单位负责。" in page
    assert "城管局" in page
    assert f"/findings/{VOID}" in page
    # where no agreement names a first receiver, the number of the finding stands in
    assert INLET in page
    assert "请报问题编号" in page


def test_whois_where_two_lead_names_both(client):
    page = whois(client, 2750, 2750, "en")
    assert "Street A, Street B all claim to lead" in page
    assert CONTESTED in page


def test_whois_outside_says_so_and_asks_nobody_to_move(client):
    page = text(client, "/whois?lon=100&lat=30&lang=zh")
    assert "此处不在本辖区内。" in page


def test_the_certificate_shows_sums_inputs_and_digests(client):
    page = text(client, "/certificate?lang=zh")
    for part in ("15,600,000.00 平方米", "400,000.00 平方米", "相符", "ab" * 32, "EPSG:4550"):
        assert part in page
    assert "不符" not in page


def test_a_sum_that_does_not_hold_is_not_called_right():
    run = sample_run()
    run.certificate["questions"][0]["residual_m2"] = 5.0
    page = text(create_application(run).test_client(), "/certificate?lang=zh")
    assert "不符" in page


def test_the_language_comes_from_the_address_then_the_choice_then_the_browser(client):
    english = {"headers": {"Accept-Language": "en-GB,en;q=0.9"}}
    assert 'lang="zh-CN"' in text(client, "/")[:120]
    assert 'lang="en"' in text(client, "/", **english)[:120]
    assert 'lang="zh-CN"' in text(client, "/?lang=zh", **english)[:120]
    assert 'lang="zh-CN"' in text(client, "/?lang=zz")[:120]


def test_the_switch_is_remembered_and_leads_back_to_the_same_rows():
    client = create_application(sample_run()).test_client()
    page = text(client, "/findings?class=void&lang=zh")
    [switch] = [a["href"] for tag, a in outline(page) if a.get("class") == "language"]
    answer = client.get(switch)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/findings?class=void"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert 'lang="en"' in text(client, "/findings?class=void")[:120]


def test_a_shared_store_keeps_languages_apart(client):
    assert {"Accept-Language", "Cookie"} <= set(client.get("/").headers["Vary"].split(", "))


def test_reading_pages_sets_no_cookie(client):
    for address in PAGES:
        assert (
            "Set-Cookie"
            not in client.get(f"{address}{'&' if '?' in address else '?'}lang=en").headers
        )


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_has_one_title_one_heading_and_named_tables(client, address, language):
    mark = "&" if "?" in address else "?"
    page = text(client, f"{address}{mark}lang={language}")
    elements = outline(page)
    tags = [tag for tag, _ in elements]
    assert tags.count("title") == 1
    assert tags.count("h1") == 1
    assert tags.count("main") == 1
    if address != "/map":
        assert tags.count("caption") == tags.count("table")
        headings = [attributes for tag, attributes in elements if tag == "th"]
        assert all(attributes.get("scope") in {"col", "row"} for attributes in headings)


@pytest.mark.parametrize("address", [page for page in PAGES if page != "/map"])
def test_no_chinese_word_is_left_on_an_english_page(client, address):
    mark = "&" if "?" in address else "?"
    page = (
        text(client, f"{address}{mark}lang=en").replace("中文", "").replace("样政发〔2025〕1号", "")
    )
    page = page.replace("条例第九条", "").replace("协议", "")
    assert re.findall(r"[\u4e00-\u9fff]+", page) == []


def test_every_link_of_every_page_leads_somewhere(client):
    seen = set()
    for address in PAGES:
        for tag, attributes in outline(text(client, address)):
            target = attributes.get("href") or attributes.get("src") or ""
            if tag in {"a", "link", "script"} and target.startswith("/"):
                seen.add(target.partition("#")[0])
    assert len(seen) > 40
    for target in sorted(seen):
        with client.get(target) as answer:
            assert answer.status_code in {200, 303}, target


def test_a_parameter_that_is_refused_is_told_on_a_page(client):
    answer = client.get("/findings?class=nothing&lang=zh")
    assert answer.status_code == 400
    assert "参数“class”没有“nothing”这一选项。" in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/nothing", "/findings/nothing", "/body?id=nobody", "/body"])
def test_what_is_not_there_is_told_on_a_page(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "<h1>" in answer.get_data(as_text=True)


def test_a_run_without_any_finding_is_shown_too():
    run = sample_run()
    empty = {
        name: getattr(run, name).iloc[:0]
        for name in ("findings", "lane_findings", "finding_neighbours", "zones")
    }
    whole = {name: getattr(run, name) for name in run.__slots__}
    client = create_application(type(run)(**{**whole, **empty})).test_client()
    for address in ("/", "/findings", "/lanes", "/bodies", "/downloads", "/api/v1/findings"):
        assert client.get(address).status_code == 200, address
    assert client.get("/downloads/findings.csv").status_code == 200


def test_overview_and_table_count_as_the_tally_does():
    run = sample_run()
    run.findings.loc[1, "class"] = "joint"
    total = tally(run)
    assert (total.places, total.joint, total.slivers) == (3, 1, 1)
    client = create_application(run).test_client()
    assert "共发现 3 处问题、2 段街巷问题；另有 1 处共管" in text(client, "/?lang=zh")
    assert "问题 3 处、共管 1 处（不列为问题）、碎缝 1 处" in text(client, "/findings?lang=zh")
    assert "问题 0 处、共管 0 处（不列为问题）、碎缝 1 处" in text(
        client, "/findings?lang=zh&class=sliver"
    )


def test_the_page_of_bodies_counts_as_the_workbook_does():
    run = sample_run()
    run.findings.loc[1, "class"] = "joint"
    page = text(create_application(run).test_client(), "/bodies?lang=en")
    counted = dict(re.findall(r'href="/body\?id=(\w+)[^"]*#named">(\d+)</a>', page))
    by_body = duties_by_body(run, Wording(Labels.of(run, "en"), page_catalogue("en")))
    listed_there = {
        body: str(duties.index_row()["touching_findings"])
        for body, duties in by_body.items()
        if duties.touching
    }
    # the gap and the lapsed place, the inlet, and the lane on its border
    assert counted["streetA"] == "4"
    assert counted == listed_there


def test_a_body_that_disclaimed_is_not_told_that_nothing_is_wanting():
    run = sample_run()
    run.claims.loc[:, "body"] = ["streetA", "streetB", "streetA", "oil"]
    run.claims.loc[3, "status"] = "disclaimed"
    page = text(create_application(run).test_client(), "/body?id=oil&lang=zh")
    assert "没有牵涉本单位的问题" not in page
    assert "1 项责任主张已否认、已到期或未生效" in page


def test_a_finding_without_a_law_has_no_empty_line_for_it():
    run = sample_run()
    run.findings["law"] = ["", "data", "unclear", "data", "unclear"]
    client = create_application(run).test_client()
    assert "处理依据" not in text(client, f"/findings/{VOID}?lang=zh")
    assert "属数据问题" in text(client, f"/findings/{CONTESTED}?lang=zh")


def test_the_number_of_a_finding_is_never_broken_in_a_table(client):
    assert f'class="id" role="rowheader"><a href="/findings/{VOID}' in text(client, "/findings")
    style = (Path(webmap.__file__).parent / "static" / "service.css").read_text("utf-8")
    assert ".id { white-space: nowrap; }" in style
