"""The page as text: one file, both languages, no data that could be read as markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from gis.errors import OutputError
from gis.model.project import MapSettings
from tests.map_sample import map_run
from webmap.assets import InlineAssets, LinkedAssets
from webmap.maps.page import render_map_page, write_map

PAYLOAD = "{{7*191}}{% raw %}</script><script>alert(1)</script>\u2028\u2029<!--&\"'"


class Elements(HTMLParser):
    """Collects the elements of a page as a browser's parser meets them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Keep an element."""
        self.found.append((tag, dict(attrs)))


def _block(page: str, name: str):
    return json.loads(re.search(rf'id="{name}">(.*?)</script>', page, re.DOTALL)[1])


def test_hostile_texts_stay_inside_their_json_block():
    page = render_map_page(
        map_run(lambda text: text + PAYLOAD), language="zh", assets=InlineAssets(), nonce=None
    )
    plain = render_map_page(map_run(), language="zh", assets=InlineAssets(), nonce=None)
    tags = [tag for tag, _ in Elements(page).found]
    assert tags == [tag for tag, _ in Elements(plain).found]
    assert "1337" not in page
    assert _block(page, "mq-data")["name"]["zh"].endswith(PAYLOAD)
    assert "\u2028" not in page.split('id="mq-data">')[1].split("</script>")[0]


def test_a_file_allows_only_its_own_scripts_and_no_address():
    page = render_map_page(map_run(), language="zh", assets=InlineAssets(), nonce=None)
    elements = Elements(page).found
    [policy] = [a["content"] for tag, a in elements if tag == "meta" and a.get("http-equiv")]
    nonce = re.search(r"script-src 'nonce-([0-9a-f]{32})';", policy)[1]
    assert "default-src 'none'" in policy
    run_by_browser = [a for tag, a in elements if tag == "script" and "type" not in a]
    assert run_by_browser
    assert all(attributes["nonce"] == nonce for attributes in run_by_browser)
    assert not [a for _, a in elements if "src" in a]
    assert [a["href"] for tag, a in elements if tag == "link"] == ["data:,"]


def test_a_service_page_links_its_scripts_and_carries_the_nonce():
    page = render_map_page(
        map_run(),
        language="en",
        assets=LinkedAssets(lambda name: f"/static/{name}"),
        nonce="abc",
        navigation=(("/findings", "Findings <all>"),),
    )
    elements = Elements(page).found
    sources = [a["src"] for tag, a in elements if tag == "script" and "src" in a]
    assert sources[0] == "/static/vendor/leaflet/leaflet.js"
    assert sources[-1] == "/static/map-start.js"
    assert all(
        a["nonce"] == "abc" for tag, a in elements if tag == "script" and a.get("type") is None
    )
    assert "Content-Security-Policy" not in page
    assert '<a href="/findings">Findings &lt;all&gt;</a>' in page


def test_a_basemap_opens_the_policy_for_its_own_host_only():
    run = map_run(basemap=MapSettings("osm"))
    page = render_map_page(run, language="zh", assets=InlineAssets(), nonce=None)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "img-src data: https://tile.openstreetmap.org;" in policy


def test_both_languages_travel_in_one_file():
    page = render_map_page(map_run(), language="en", assets=InlineAssets(), nonce=None)
    texts = _block(page, "mq-texts")
    assert texts["zh"].keys() == texts["en"].keys()
    assert texts["zh"]["class.void"] == "职责真空"
    assert texts["en"]["class.void"] == "Void"


def test_equal_runs_make_equal_files():
    pages = {
        render_map_page(map_run(), language="zh", assets=InlineAssets(), nonce=None)
        for _ in range(2)
    }
    assert len(pages) == 1


def test_a_map_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "map.html"
    write_map(map_run(), path, language="zh")
    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert [entry.name for entry in tmp_path.iterdir()] == ["map.html"]


def test_a_folder_that_is_not_there_is_made(tmp_path):
    path = tmp_path / "new" / "map.html"
    write_map(map_run(), path, language="zh")
    assert path.is_file()


def test_a_place_that_cannot_be_a_folder_is_named(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(OutputError, match="taken"):
        write_map(map_run(), tmp_path / "taken" / "map.html", language="zh")


def test_a_place_where_a_folder_lies_keeps_no_half_written_file(tmp_path):
    (tmp_path / "map.html").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_map(map_run(), tmp_path / "map.html", language="zh")
    assert [entry.name for entry in tmp_path.iterdir()] == ["map.html"]
