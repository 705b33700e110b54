"""Who answers within a drawn shape: shares by hand, and shapes that are refused."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from gis.errors import InputError
from gis.labels import Labels
from gis.pipeline import analyse
from gis.whois_lines import share_line
from gis.whois_shape import drawn_shape, who_answers_within
from tests.builders import EAST_HALF, PLANE, WEST_HALF, claim, placed, project_of, square


@pytest.fixture(scope="module")
def run():
    """Analyse a west led by A, and an east led by B but for a gap and a strip that C claims too."""
    hole, strip = square(600, 0, 700, 1000), square(900, 0, 1000, 1000)
    return analyse(
        project_of(
            claim("A", WEST_HALF, "clean"),
            claim("B", EAST_HALF.difference(hole), "clean"),
            claim("C", strip, "clean"),
            claim("A", square(0, 0, 1000, 1000), "light"),
        )
    )


def shares(run, shape, **options):
    return [
        (share.matter, share.standing, share.leads, round(share.share, 6), len(share.finding_ids))
        for share in who_answers_within(run, placed(shape), **options)
    ]


def test_a_shape_is_shared_out_by_area_the_largest_first_with_the_numbers_of_findings(run):
    # from west to east 400 m of A, 100 of B, 100 of nobody, 200 of B, 80 contested
    found = shares(run, square(100, 400, 980, 600), matter="clean")
    assert found == [
        ("clean", "sole", ("A",), round(400 / 880, 6), 0),
        ("clean", "sole", ("B",), round(300 / 880, 6), 0),
        ("clean", "void", (), round(100 / 880, 6), 1),
        ("clean", "contested", ("B", "C"), round(80 / 880, 6), 1),
    ]
    whole = who_answers_within(run, placed(square(100, 400, 980, 600)), matter="clean")
    assert sum(share.area_m2 for share in whole) == pytest.approx(176_000, rel=1e-5)
    assert [share.first_receiver for share in whole] == ["A", "B", "", ""]


def test_ground_beyond_the_jurisdiction_is_told_and_all_matters_are_asked(run):
    found = shares(run, square(-100, 0, 300, 100))
    assert found == [
        ("clean", "sole", ("A",), 0.75, 0),
        ("clean", "outside", (), 0.25, 0),
        ("light", "sole", ("A",), 0.75, 0),
        ("light", "outside", (), 0.25, 0),
    ]


def test_a_matter_that_was_not_asked_about_is_refused(run):
    with pytest.raises(InputError) as caught:
        shares(run, WEST_HALF, matter="moonlight")
    assert caught.value.problem == "unknown_matter"


def test_a_shape_comes_from_text_in_degrees_or_from_a_file(tmp_path):
    shape = placed(square(200, 400, 1000, 600))
    layer = gpd.GeoDataFrame(geometry=[shape], crs=PLANE).to_crs(4326)
    layer.to_file(tmp_path / "shape.geojson")
    text = shapely.to_wkt(layer.geometry.iloc[0], rounding_precision=-1)
    for stated in (text, str(tmp_path / "shape.geojson")):
        drawn = drawn_shape(stated, PLANE)
        assert drawn.symmetric_difference(shape).area < 0.1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("POLYGON ((0 0, 1 1", "shape_not_drawn"),
        ("POLYGON ((122 41, 123 42, 123 41, 122 42, 122 41))", "shape_not_drawn"),
        ("POLYGON ((122 41, 123 42, 122 41))", "shape_not_drawn"),
        ("POLYGON EMPTY", "not_on_the_globe"),
        ("POLYGON ((500 41, 501 41, 501 42, 500 41))", "not_on_the_globe"),
    ],
)
def test_a_shape_that_is_none_is_refused(text, problem):
    with pytest.raises(InputError) as caught:
        drawn_shape(text, PLANE)
    assert caught.value.problem == problem
    assert caught.value.render("zh") != caught.value.render("en")


@pytest.mark.parametrize(("language", "word"), [("en", "outside the"), ("zh", "辖区以外")])
def test_shares_are_told_in_words(run, language, word):
    found = who_answers_within(run, placed(square(-100, 0, 300, 100)), matter="light")
    lines = [share_line(share, Labels.of(run, language)) for share in found]
    assert "75.0%" in lines[0]
    assert "A" in lines[0]
    assert "25.0%" in lines[1]
    assert word in lines[1]
