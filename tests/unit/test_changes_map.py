"""The map of before and after: one file, both runs, no word of a user as markup."""

import html
import re
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from gis.catalogue import LANGUAGES
from gis.cli import run_arguments
from gis.diff import diff_of_runs
from gis.model.project import Name
from gis.pipeline import analyse
from tests.builders import COUNTY, claim, project_of, square
from webmap.assets import InlineAssets
from webmap.maps.changes import Drawing, render_changes_page

GAP, HOLE = square(100, 100, 300, 200), square(600, 600, 640, 700)


def run_of(*holes):
    return analyse(project_of(claim("A", COUNTY - shapely.union_all([*holes]))))


def page_of(before, after, language="en"):
    return render_changes_page(
        diff_of_runs(before, after), language=language, assets=InlineAssets()
    )


def side(page, name):
    """Return the relation and path of every place on one side."""
    (group,) = re.findall(rf'<g id="{name}".*?</g>', page, flags=re.DOTALL)
    return re.findall(r'class="place (\w*)".*? d="([^"]*)"', group)


@pytest.fixture(scope="module")
def runs():
    return run_of(GAP, HOLE), run_of(GAP)


def test_each_side_shows_the_findings_of_its_run_and_what_became_of_them(runs):
    page = page_of(*runs)
    assert sorted(relation for relation, _ in side(page, "before")) == ["closed", "same"]
    assert [relation for relation, _ in side(page, "after")] == ["same"]


def test_a_place_is_drawn_where_it_lies(runs):
    ((_, path),) = side(page_of(*runs), "after")
    points = [tuple(map(float, pair.split())) for pair in re.split("[MLZ]", path) if pair]
    # the county of 1000 m is 1000 units wide, north up
    assert set(points) == {(100, 900), (300, 900), (300, 800), (100, 800)}


def test_degrees_are_drawn_as_wide_as_they_are_on_the_ground():
    ground = gpd.GeoDataFrame(geometry=[shapely.box(120, 59, 122, 61)], crs="EPSG:4326")
    # at 60° north a degree of longitude is half as long as one of latitude
    assert Drawing.of(ground).height == pytest.approx(2000)


def test_the_changed_findings_are_listed_with_their_hectares(runs):
    page = page_of(*runs)
    (row,) = re.findall(r"<tr data-matter.*?</tr>", page)
    assert "closed" in row
    assert "0.4000" in row


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_nothing_of_any_network(runs, language):
    page = page_of(*runs, language)
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"""(src|href)=["'](?!data:,)""", page)
    assert not re.search(r"<[a-z][^>]*\s(on[a-z]+|style)=", page)
    assert "{" not in re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)


def test_words_of_users_are_no_markup(runs):
    before, after = runs
    evil = "</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
    settings = replace(after.settings, name=Name(evil, evil), notice=Name(evil, evil))
    page = page_of(before, replace(after, settings=settings))
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page


def test_the_verb_writes_the_map_of_two_runs(toy_run_folder, tmp_path, capsys):
    path = tmp_path / "changes.html"
    arguments = ["map", toy_run_folder, "--before", toy_run_folder, "-o", path]
    assert run_arguments([str(each) for each in arguments]) == 0
    assert str(path) in capsys.readouterr().out
    assert path.read_text("utf-8").count('class="place same"') == 14
