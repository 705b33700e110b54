"""The outline of claims, where slits of known width lead to known places."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely.affinity import translate

from gis.arrangement import arrange
from gis.arrangement.partition import grid_spacing
from gis.arrangement.slits import bridges
from gis.jurisdiction import outline_of_claims
from gis.measure import EllipsoidMeasure
from tests.builders import COUNTY, EAST, NORTH, PLANE, placed, square

CHAMBER = square(400, 400, 600, 600)
DEGREES = CRS.from_epsg(4490)


def outline(*shapes, width, crs=PLANE):
    """Return the outline of claims whose slits narrower than some metres are closed."""
    claims = np.array(shapes, dtype=object)
    return outline_of_claims(
        claims,
        EllipsoidMeasure.around(claims, crs),
        close_slits_m=width,
        grid_size=grid_spacing(crs, 0.001),
    )


def strip(points, width):
    """Return a band along points."""
    return shapely.LineString(points).buffer(width / 2, cap_style="square", join_style="mitre")


#: Slits a metre wide, and the places they lead to.
SLITS = {
    "straight": strip([(500, 600), (500, 1001)], 1.0),
    "slanting": strip([(500, 600), (730, 1001)], 1.0),
    "with bends": strip(
        [(500, 599), (500, 700), (700, 700), (700, 850), (400, 850), (400, 1001)], 1.0
    ),
    "with an acute bend": strip([(500, 599), (520, 900), (560, 700), (600, 1001)], 1.0),
    "forked": strip([(500, 599), (500, 800), (200, 1001)], 1.0)
    | strip([(500, 800), (900, 1001)], 1.0),
    "winding": strip(
        [(500, 599), *((500 + 30 * np.sin(y / 20), y) for y in range(610, 1001, 5)), (500, 1002)],
        1.0,
    ),
}


@pytest.mark.parametrize("slit", SLITS.values(), ids=SLITS)
def test_a_chamber_behind_a_slit_lies_within_the_outline(slit):
    claim = placed(COUNTY - CHAMBER - slit)
    # a border off the grid may move by half a step along its whole length
    allowed = 0.001 * claim.length
    assert outline(claim, width=0.9).area == pytest.approx(claim.area, abs=allowed)
    closed = outline(claim, width=1.2)
    assert closed.geom_type == "Polygon"
    assert len(closed.interiors) == 0
    # at a slanting mouth, a triangle no larger than the slit is wide may stay out or come in
    assert closed.area == pytest.approx(1e6, abs=3)
    # nowhere else beyond the ground that closing by growing and shrinking gives
    grown = claim.buffer(0.6, join_style="mitre").buffer(-0.6, join_style="mitre")
    rim = shapely.Polygon(grown.exterior).buffer(0.003)
    assert closed.difference(rim).area < 1


def test_a_slit_as_wide_as_the_limit_stays_open_and_one_a_centimetre_narrower_does_not():
    claim = placed(COUNTY - CHAMBER - SLITS["straight"])
    assert outline(claim, width=1.0).area == pytest.approx(claim.area, abs=1e-3)
    assert outline(claim, width=1.01).area == pytest.approx(1e6, abs=1e-3)


def test_a_wedge_is_closed_where_it_is_narrow():
    wedge = shapely.Polygon([(500, 500), (497, 1000), (503, 1000)])
    closed = outline(placed(COUNTY - wedge), width=3.0)
    # three metres wide half way up
    assert closed.area == pytest.approx(1e6 - wedge.area * (1 - 0.25), abs=0.5)


@pytest.mark.parametrize("lean", [-1, 0, 1])
@pytest.mark.parametrize("far_east", [0, 60_000])
def test_a_slit_as_wide_as_the_limit_stays_open_wherever_it_lies(far_east, lean):
    # sixty kilometres off the central meridian, a metre of the plane is 0.04 mm less on the ground
    across = float(np.hypot(1, lean))
    slit = shapely.Polygon(
        [
            (500, 600),
            (500 + across, 600),
            (500 + across + 401 * lean, 1001),
            (500 + 401 * lean, 1001),
        ]
    )
    claim = translate(placed(COUNTY - slit), far_east)
    allowed = 0.001 * claim.length
    assert outline(claim, width=1.0).area == pytest.approx(claim.area, abs=allowed)
    assert outline(claim, width=1.01).area == pytest.approx(1e6, abs=1.5)


@pytest.mark.parametrize(
    ("opening", "is_slit"), [(23, True), (24.5, True), (25.5, False), (28, False)]
)
def test_a_notch_that_opens_by_more_than_25_degrees_is_part_of_the_shape(opening, is_slit):
    flare = np.tan(np.radians(opening / 2))
    notch = shapely.Polygon([(500, 950), (500 - 51 * flare, 1001), (500 + 51 * flare, 1001)])
    claim = placed(COUNTY - notch)
    filled = outline(claim, width=3.0).area - claim.area
    # up to where it is three metres wide
    assert filled == pytest.approx(9 / (4 * flare) if is_slit else 0, abs=0.1)


def test_borders_face_those_next_to_them_and_not_what_lies_behind():
    # four borders, outside on the left of each: a shore, a wall's two faces, another shore
    start = np.array([(0.0, 100), (0.3, 0), (0.5, 100), (0.8, 0)])
    end = np.array([(0.0, 0), (0.3, 100), (0.5, 0), (0.8, 100)])
    pair, _ = bridges(start, end, 1.0)
    assert sorted(map(tuple, np.sort(pair, axis=1).tolist())) == [(0, 1), (2, 3)]
    # a wall half as long hides no more than its length
    end[1], start[2] = (0.3, 50), (0.5, 50)
    pair, _ = bridges(start, end, 1.0)
    assert sorted(map(tuple, np.sort(pair, axis=1).tolist())) == [(0, 1), (0, 3), (2, 3)]


def test_districts_drawn_apart_by_a_hair_have_one_outline():
    cells = [
        square(100 * x, 100 * y, 100 * x + 99.7, 100 * y + 99.7)
        for x in range(10)
        for y in range(10)
    ]
    closed = outline(*(placed(cell) for cell in cells), width=1.0)
    assert closed.geom_type == "Polygon"
    assert len(closed.interiors) == 0
    assert closed.area == pytest.approx(999.7**2, rel=1e-6)


def test_three_districts_that_almost_meet_in_a_corner_have_one_outline():
    corner = shapely.Point(500, 500)
    thirds = [
        shapely.Polygon([(500, 500), *far])
        for far in (
            [(0, 0), (1000, 0)], [(1000, 0), (1000, 1000), (500, 1000)],
            [(500, 1000), (0, 1000), (0, 0)],
        )
    ]  # fmt: skip
    apart = [placed(third.buffer(-0.2, join_style="mitre")) for third in thirds]
    closed = outline(*apart, width=1.0)
    assert closed.geom_type == "Polygon"
    assert len(closed.interiors) == 0
    assert closed.contains(placed(corner))


def test_an_island_off_the_shore_is_joined_only_within_the_width():
    county, island = placed(COUNTY), placed(square(1005, 0, 1100, 1000))
    assert outline(county, island, width=4.9).geom_type == "MultiPolygon"
    assert outline(county, island, width=5.1).geom_type == "Polygon"


def test_a_notch_with_square_corners_keeps_its_corners():
    claim = placed(COUNTY - square(300, 700, 700, 1000))
    assert outline(claim, width=50.0).symmetric_difference(claim).area < 1e-6


def test_in_degrees_a_slit_is_as_wide_as_in_metres():
    east, north = 1 / (111_320 * np.cos(np.radians(41.0))), 1 / 111_050

    def degrees(shape):
        return shapely.transform(shape, lambda xy: xy * (east, north) + (122.0, 41.0))

    claim = degrees(COUNTY - CHAMBER - SLITS["straight"])
    across = degrees(COUNTY - CHAMBER - strip([(600, 500), (1001, 500)], 1.0))
    for shape in (claim, across):
        assert outline(shape, width=0.95, crs=DEGREES).area == pytest.approx(shape.area, rel=1e-6)
        assert outline(shape, width=1.05, crs=DEGREES).area == pytest.approx(
            degrees(COUNTY).area, rel=1e-6
        )


def test_the_outline_moves_no_border_of_any_claim():
    claims = np.array([placed(COUNTY - CHAMBER - SLITS["winding"])], dtype=object)
    closed = outline(*claims, width=1.2)
    alone = arrange(claims, grid_size=0.001)
    together = arrange(np.append(claims, closed), grid_size=0.001)
    (owned,) = np.flatnonzero(alone.multiplicity == 1)
    still = together.covered_by([0])
    assert still.sum() == 1
    before = alone.faces[owned]
    after = together.faces[still][0]
    # more vertices where bridges end, none of them off the border by more than a step
    assert shapely.hausdorff_distance(before, after) <= 0.001
    assert after.area == pytest.approx(before.area, abs=0.001 * before.length)


def test_claims_that_vanish_on_the_grid_have_no_outline():
    speck = shapely.Point(EAST, NORTH).buffer(1e-5)
    assert outline(speck, width=1.0).is_empty
