"""The service as people meet it: a real server, a real browser, no network beyond loopback."""

from __future__ import annotations

import re

import pytest

from tests.service_sample import CONTESTED, VOID, lon_lat, sample_run
from tests.service_server import running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAYLOAD = (
    "{{7*191}}</script><script>window.hit=1</script>\"'><img src=x onerror=window.hit=1>\u2028"
)
PAGES = {
    "overview": "/",
    "findings": "/findings",
    "finding": f"/findings/{VOID}",
    "lanes": "/lanes",
    "bodies": "/bodies",
    "body": "/body?id=streetA",
    "whois": "/whois?lon={}&lat={}".format(*lon_lat(1920, 2000)),
    "certificate": "/certificate",
    "downloads": "/downloads",
    "map": "/map",
}
READY = "main"


def hostile(text):
    return f"{text}{PAYLOAD}"


@pytest.fixture(scope="module")
def service():
    with running(sample_run()) as address:
        yield address


@pytest.fixture(scope="module")
def hostile_service():
    with running(sample_run(hostile)) as address:
        yield address


@pytest.fixture
def visit(open_page):
    """Open a page of a service; any request that leaves it, and any error, fails the test."""

    def visit(service, address, *, ready=READY, **options):
        return open_page(
            service + address,
            allowed=f"{service}/",
            ready=ready,
            **{"locale": "zh-CN", **options},
        )

    return visit


def click_at(page, place):
    """Click on the small map where a place, in degrees, is drawn."""
    box = page.locator("#whois-map").bounding_box()
    west, south, east, north = (
        float(edge) for edge in page.get_attribute("#whois-map", "data-bounds").split(",")
    )
    # the whole jurisdiction is in view and centred; Mercator is straight enough over 4 km
    drawn = page.locator("#whois-map path").evaluate_all(
        "paths => paths.map(path => path.getBoundingClientRect())"
        ".map(box => [box.left, box.top, box.right, box.bottom])"
    )
    left, top = min(shape[0] for shape in drawn), min(shape[1] for shape in drawn)
    right, bottom = max(shape[2] for shape in drawn), max(shape[3] for shape in drawn)
    assert box["x"] <= left < right <= box["x"] + box["width"]
    x = left + (place[0] - west) / (east - west) * (right - left)
    y = bottom - (place[1] - south) / (north - south) * (bottom - top)
    page.mouse.click(x, y)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_loads_clean_and_fits_the_screen(visit, service, name, width):
    watched = visit(service, PAGES[name], width=width, height=844)
    if "data-map" in watched.page.content():
        watched.page.wait_for_selector("[data-map][data-ready]")
    overflow = watched.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    watched.picture(f"service-{name}-{width}", full_page=True)
    assert overflow <= 0


def test_every_page_is_whole_in_english_too(visit, service):
    for name in ("overview", "findings", "whois"):
        watched = visit(service, PAGES[name], locale="en-GB")
        assert watched.page.get_attribute("html", "lang") == "en"
        watched.picture(f"service-{name}-en", full_page=True)


def test_a_click_on_the_large_map_opens_a_card(visit, service):
    watched = visit(service, f"/map#finding={CONTESTED}", ready="html[data-ready]")
    watched.page.wait_for_selector(".mq-card")
    assert "职责交叉" in watched.page.inner_text(".mq-card")
    assert watched.page.get_attribute(".mq-nav a >> nth=1", "href") == "/findings"


def test_a_lane_in_the_table_leads_to_its_place_on_the_map(visit, service):
    page = visit(service, "/lanes").page
    page.click("text=L-border")
    page.wait_for_selector(".mq-card")
    assert "柳树巷" in page.inner_text(".mq-card")


def test_filters_narrow_the_table_and_stay_in_the_address(visit, service):
    page = visit(service, "/findings").page
    page.select_option("select[name=class]", "void")
    page.fill("input[name=q]", "乙街道")
    page.click("form.filters button[type=submit]")
    page.wait_for_url("**/findings?*class=void*")
    assert page.locator("tbody tr").count() == 1
    assert VOID in page.inner_text("tbody")
    assert page.input_value("select[name=class]") == "void"
    page.click(".button.plain")
    page.wait_for_url("**/findings")
    assert page.locator("tbody tr").count() == 5
    page.click("thead a >> text=面积")
    page.wait_for_url("**/findings?sort=-size")
    assert page.get_attribute("th:has-text('面积')", "aria-sort") == "descending"


@pytest.mark.parametrize(
    ("east", "north", "told"),
    [
        (1950, 1000, ["目前没有任何单位负责。", "城管局", VOID]),
        (2750, 2750, ["甲街道办事处、乙街道办事处同时主责", CONTESTED]),
        (700, 3000, ["由甲街道办事处主责。", "样政发〔2025〕1号"]),
    ],
)
def test_a_click_on_the_small_map_tells_who_answers_there(visit, service, east, north, told):
    watched = visit(service, "/whois", ready="[data-map][data-ready]")
    page = watched.page
    click_at(page, lon_lat(east, north))
    page.wait_for_selector("#answers .reply")
    answer = page.inner_text("#answers")
    for part in told:
        assert part in answer
    # the address can be passed on, and gives the same answer by itself
    assert re.search(r"/whois\?lon=122\.\d+&lat=41\.\d+", page.url)
    again = visit(service, page.url.removeprefix(service))
    assert again.page.inner_text("#answers") == answer


def test_a_click_outside_says_so(visit, service):
    page = visit(service, "/whois", ready="[data-map][data-ready]").page
    box = page.locator("#whois-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.wait_for_selector("#answers .outside")
    assert "此处不在本辖区内" in page.inner_text("#answers")


def test_a_phone_asks_with_its_own_position(visit, service):
    lon, lat = lon_lat(2750, 2750)
    page = visit(
        service,
        "/whois",
        ready="[data-map][data-ready]",
        width=390,
        height=844,
        geolocation={"longitude": lon, "latitude": lat},
        permissions=["geolocation"],
    ).page
    page.click("#whois-here")
    page.wait_for_selector("#answers .reply")
    assert CONTESTED in page.inner_text("#answers")
    assert page.evaluate("document.getElementById('answers').getBoundingClientRect().top") < 844


def test_the_form_works_without_any_script(visit, service):
    lon, lat = lon_lat(700, 3000)
    page = visit(service, "/whois", java_script_enabled=False).page
    page.fill("input[name=lon]", f"{lon:.6f}")
    page.fill("input[name=lat]", f"{lat:.6f}")
    page.click("#whois-form button[type=submit]")
    assert "由甲街道办事处主责。" in page.inner_text("#answers")


def test_the_language_switch_keeps_the_place_that_was_asked_about(visit, service):
    page = visit(service, "/whois", ready="[data-map][data-ready]").page
    click_at(page, lon_lat(700, 3000))
    page.wait_for_selector("#answers .reply")
    page.click("a.language")
    page.wait_for_selector("html[lang=en]")
    assert "Street A leads." in page.inner_text("#answers")
    page.wait_for_selector("[data-map][data-ready]")
    page.goto(f"{service}/")
    assert page.get_attribute("html", "lang") == "en"


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_are_text_on_every_page(visit, hostile_service, name):
    address = PAGES[name]
    if name == "body":
        page = visit(hostile_service, "/bodies").page
        page.click("tbody a >> nth=0")
        page.wait_for_selector('.trail a[href="/bodies"]', timeout=5_000)
    else:
        page = visit(hostile_service, address).page
    if "data-map" in page.content():
        page.wait_for_selector("[data-map][data-ready]")
    assert page.evaluate("window.hit") is None
    assert page.locator("img[src=x]").count() == 0
    assert "1337" not in page.inner_text("body")
    assert "{{7*191}}" in page.inner_text("body")


def test_a_hostile_search_is_text_in_the_box(visit, service):
    page = visit(service, "/findings").page
    page.fill("input[name=q]", PAYLOAD)
    page.click("form.filters button[type=submit]")
    page.wait_for_url("**/findings?*q=*")
    assert page.evaluate("window.hit") is None
    assert page.input_value("input[name=q]").startswith("{{7*191}}</script>")
