"""The map of before and after in a real browser: the line, the list, the matters."""

import pytest
import shapely

from gis.diff import diff_of_runs
from gis.pipeline import analyse
from tests.builders import COUNTY, claim, project_of, square
from webmap.maps import write_changes_map

GAP, HOLE = square(100, 100, 300, 200), square(600, 600, 640, 700)


@pytest.fixture
def page(open_page, tmp_path):
    def run_of(*holes):
        claims = (
            claim("A", COUNTY - shapely.union_all(holes), name) for name in ("order", "light")
        )
        return analyse(project_of(*claims))

    path = tmp_path / "changes.html"
    write_changes_map(diff_of_runs(run_of(GAP, HOLE), run_of(GAP)), path, language="en")
    watched = open_page(path.as_uri(), ready="#map")
    yield watched.page
    assert watched.problems == []


def at(page, side):
    """Return what is seen in the middle of the closed gap: the class of the topmost shape."""
    return page.evaluate(
        """side => {
          const box = document.querySelector(`#${side} .closed`).getBoundingClientRect();
          const seen = document.elementFromPoint(
            box.left + box.width / 2, box.top + box.height / 2);
          return seen.getAttribute("class");
        }""",
        side,
    )


def test_the_line_uncovers_what_was_there_before(page):
    page.locator("#swipe").fill("1000")
    assert at(page, "before") == "place closed"
    page.locator("#swipe").fill("0")
    assert at(page, "before") == "limit"


def test_a_change_in_the_list_is_brought_near(page):
    before = page.locator("#before .closed").first.bounding_box()["width"]
    page.locator("[data-box]").first.click()
    assert page.locator("#before .closed").first.bounding_box()["width"] > 3 * before
    page.locator("#whole").click()
    assert page.locator("#before .closed").first.bounding_box()["width"] == pytest.approx(before)


def test_one_matter_is_shown_alone(page):
    assert page.locator("tbody tr:visible").count() == 2
    page.locator("#matter").select_option("=order")
    assert page.locator("tbody tr:visible").count() == 1
    assert page.locator("#before .place:visible").count() == 2
