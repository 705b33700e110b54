"""Small arrangements whose every face, or every bent border, is worked out by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from gis.arrangement import arrange
from tests.oracle.reading import as_exact, chains
from tests.oracle.shapes import as_array
from tests.oracle.snap_rounding import ExactArrangement, Face, exact_arrangement

NOBODY: frozenset[int] = frozenset()
box = shapely.box


def polygon(*points, holes=()) -> shapely.Polygon:
    return shapely.Polygon(points, holes)


def both(*shapes, grid_size=1.0) -> ExactArrangement:
    """Return what the product finds, after checking that the exact way finds the same."""
    found = as_exact(arrange(as_array(shapes), grid_size=grid_size))
    exact = exact_arrangement(shapes, grid_size)
    assert found.sides == exact.sides
    assert Counter(found.faces) == Counter(exact.faces)
    return found


def faces(*rows) -> Counter[Face]:
    """Return faces told as (owners, doubled area, holes)."""
    return Counter(Face(frozenset(owners), area, holes) for owners, area, holes in rows)


def test_two_squares_that_overlap_make_three_faces():
    found = both(box(0, 0, 2, 2), box(1, 1, 3, 3))
    assert Counter(found.faces) == faces(({0}, 6, 0), ({0, 1}, 2, 0), ({1}, 6, 0))


def test_borders_that_overlap_in_part_are_cut_where_the_other_begins_and_ends():
    found = both(box(0, 0, 4, 2), box(2, 2, 6, 4))
    assert found.sides[(0, 2), (2, 2)] == (NOBODY, {0})
    assert found.sides[(2, 2), (4, 2)] == ({1}, {0})
    assert found.sides[(4, 2), (6, 2)] == ({1}, NOBODY)
    # two boxes of four sides, each with one side cut in two, and one piece in common
    assert len(found.sides) == 5 + 5 - 1
    assert Counter(found.faces) == faces(({0}, 16, 0), ({1}, 16, 0))


def test_a_border_that_ends_on_another_cuts_it_in_two():
    found = both(box(0, 0, 4, 4), box(4, 1, 6, 3))
    assert found.sides[(4, 0), (4, 1)] == ({0}, NOBODY)
    assert found.sides[(4, 1), (4, 3)] == ({0}, {1})
    assert found.sides[(4, 3), (4, 4)] == ({0}, NOBODY)
    assert Counter(found.faces) == faces(({0}, 32, 0), ({1}, 8, 0))


def test_a_corner_on_a_slanted_border_cuts_it_in_two():
    found = both(polygon((0, 0), (6, 0), (0, 3)), polygon((2, 2), (5, 5), (1, 5)))
    assert found.sides[(0, 3), (2, 2)] == (NOBODY, {0})
    assert found.sides[(2, 2), (6, 0)] == (NOBODY, {0})
    assert Counter(found.faces) == faces(({0}, 18, 0), ({1}, 12, 0))


def test_a_polygon_told_three_times_is_one_face_with_three_owners():
    square = box(0, 0, 3, 3)
    turned = polygon((3, 3), (3, 0), (0, 0), (0, 3))
    found = both(square, turned, shapely.MultiPolygon([square]))
    assert Counter(found.faces) == faces(({0, 1, 2}, 18, 0))


def test_a_hole_that_touches_its_shell_in_a_point_is_a_face_of_nobody_and_a_hole():
    found = both(polygon((0, 0), (8, 0), (8, 8), (0, 8), holes=[[(4, 0), (6, 3), (2, 3)]]))
    # the hole: base 4, height 3
    assert Counter(found.faces) == faces(({0}, 128 - 12, 1), (NOBODY, 12, 0))


def test_two_holes_that_touch_in_a_point_are_two_holes():
    holes = [[(1, 1), (3, 3), (1, 5)], [(3, 3), (5, 1), (5, 5)]]
    found = both(polygon((0, 0), (6, 0), (6, 6), (0, 6), holes=holes))
    assert Counter(found.faces) == faces(({0}, 72 - 16, 2), (NOBODY, 8, 0), (NOBODY, 8, 0))


def test_islands_in_holes_belong_to_the_hole_that_holds_them():
    ring = polygon((0, 0), (10, 0), (10, 10), (0, 10), holes=[[(2, 2), (8, 2), (8, 8), (2, 8)]])
    found = both(shapely.MultiPolygon([ring, box(4, 4, 6, 6)]))
    assert Counter(found.faces) == faces(({0}, 128, 1), (NOBODY, 64, 1), ({0}, 8, 0))


def test_islands_that_touch_make_one_hole_each_and_islands_that_share_a_border_one_together():
    around = box(0, 0, 9, 9)
    touching = both(around, box(1, 1, 3, 3), box(3, 3, 5, 5))
    assert Counter(touching.faces) == faces(
        ({0}, 162 - 16, 2), ({0, 1}, 8, 0), ({0, 2}, 8, 0)
    )  # fmt: skip
    sharing = both(around, box(1, 1, 3, 3), box(3, 1, 5, 3))
    assert Counter(sharing.faces) == faces(
        ({0}, 162 - 16, 1), ({0, 1}, 8, 0), ({0, 2}, 8, 0)
    )  # fmt: skip


def test_a_place_that_others_close_off_is_a_face_of_nobody():
    found = both(box(2, 0, 4, 2), box(0, 2, 2, 4), box(4, 2, 6, 4), box(2, 4, 4, 6))
    assert Counter(found.faces) == faces((NOBODY, 8, 0), *(({cover}, 8, 0) for cover in range(4)))


def test_squares_that_touch_in_a_corner_have_a_closed_border_each_that_begins_there():
    arrangement = arrange(as_array([box(0, 0, 2, 2), box(2, 2, 4, 4)]), grid_size=1.0)
    first, second = chains(arrangement)
    assert first[0] == first[-1] == second[0] == second[-1] == (2, 2)
    assert len(first) == len(second) == 5


def test_a_square_alone_has_one_border_that_begins_in_its_lower_left_corner():
    arrangement = arrange(as_array([box(5, 7, 8, 9)]), grid_size=1.0)
    (border,) = chains(arrangement)
    assert border == [(5, 7), (5, 9), (8, 9), (8, 7), (5, 7)]
    assert (arrangement.left.tolist(), arrangement.right.tolist()) == ([-1], [0])


def test_a_spike_without_width_on_the_grid_leaves_no_border_but_bends_those_it_touches():
    spiked = polygon((0, 0), (4, 0), (4, 4), (2.2, 4), (2, 9), (1.8, 4), (0, 4))
    assert spiked.is_valid
    alone = both(spiked)
    assert Counter(alone.faces) == faces(({0}, 32, 0))
    assert {(0, 4), (2, 4), (4, 4)} <= {point for pair in alone.sides for point in pair}
    # (0, 9) -> (10, 10) is at 9.2 over the tip (2, 9)
    bent = both(spiked, polygon((0, 9), (10, 10), (0, 20)))
    assert bent.sides[(0, 9), (2, 9)] == ({1}, NOBODY)
    assert bent.sides[(2, 9), (10, 10)] == ({1}, NOBODY)
    # 110 without the bend, and the triangle (0, 9) (2, 9) (10, 10) has a doubled area of 2
    assert Counter(bent.faces) == faces(({0}, 32, 0), ({1}, 110 + 2, 0))


def test_borders_that_hardly_differ_in_slope_cross_in_the_pixel_that_holds_the_crossing():
    # 4 x / 11 = 1 + x / 11 at x = 11 / 3 = 3.67, y = 4 / 3 = 1.33: pixel (4, 1)
    found = both(polygon((0, 0), (11, 4), (0, 30)), polygon((0, 1), (0, -30), (11, 2)))
    assert {((0, 0), (4, 1)), ((4, 1), (11, 4)), ((0, 1), (4, 1)), ((4, 1), (11, 2))} <= set(
        found.sides
    )
    assert found.sides[(0, 1), (4, 1)] == ({0}, {0, 1})
    assert found.sides[(0, 0), (4, 1)] == ({0, 1}, {1})


@pytest.mark.parametrize(
    ("corner", "crossing"), [(0, (3, 3)), (-2, (1, 1)), (-3, (0, 0)), (-9, (-6, -6))]
)
def test_a_crossing_midway_between_points_of_the_grid_goes_up_and_east(corner, crossing):
    low, high = corner, corner + 5
    found = both(
        polygon((low, low), (high, high), (low - 9, high + 20)),
        polygon((low, high), (high, low), (high + 20, high + 20)),
    )
    # the diagonals of a square of side 5 cross 2.5 steps from its corner
    assert {((low, low), crossing), (crossing, (high, high))} <= set(found.sides)
    assert {((low, high), crossing), (crossing, (high, low))} <= set(found.sides)


def test_a_border_through_the_lower_left_corner_of_a_pixel_goes_through_its_middle():
    # x + y = 3 touches the pixel of (2, 2) in (1.5, 1.5), which it holds
    found = both(polygon((2, 2), (9, 9), (2, 9)), polygon((0, 3), (0, 0), (3, 0)))
    assert {((0, 3), (2, 2)), ((2, 2), (3, 0))} <= set(found.sides)
    assert Counter(found.faces) == faces(({0}, 49, 0), ({1}, 12, 0))


@pytest.mark.parametrize(
    ("start", "end", "beyond", "corner"),
    [
        # x + y = 5 touches the pixel of (2, 2) in (2.5, 2.5)
        ((1, 4), (4, 1), (9, 6), [(2, 2), (2, 0), (1, 0)]),
        # x - y = 1 in (2.5, 1.5)
        ((0, -1), (5, 4), (9, -9), [(2, 2), (0, 4), (0, 2)]),
        # x - y = -1 in (1.5, 2.5)
        ((0, 1), (5, 6), (-9, 9), [(2, 2), (4, 0), (4, 2)]),
    ],
)
def test_a_border_through_any_other_corner_of_a_pixel_passes_it(start, end, beyond, corner):
    found = both(polygon(*corner), polygon(start, end, beyond))
    assert (start, end) in found.sides
    assert len(found.faces) == 2


def test_polygons_thinner_than_the_grid_are_lost_and_leave_no_face():
    shapes = as_array([box(0, 0, 10, 0.3), box(20, 0, 20.2, 0.2), box(0, 5, 2, 7)])
    arrangement = arrange(shapes, grid_size=1.0)
    assert arrangement.lost.tolist() == [0, 1]
    assert Counter(both(*shapes).faces) == faces(({2}, 8, 0))


def test_parts_that_meet_on_the_grid_are_one_face():
    parts = shapely.MultiPolygon([box(0, 0, 2.4, 2), box(2.45, 0, 4, 2)])
    assert parts.is_valid
    assert Counter(both(parts).faces) == faces(({0}, 16, 0))


def test_where_rounding_turns_a_ring_inside_out_nobody_owns_the_loop():
    # on the grid (5, 5) lies below the edge (0, 1) -> (10, 11), above which it was drawn
    shape = polygon((0.49, 0.5), (10.49, 10.5), (9, 20), (5.45, 5.48), (-5, 5))
    assert shape.is_valid
    # the edges through (5, 5) cross the long one in (4, 5) and in (5.36, 6.36)
    assert Counter(both(shape).faces) == faces(({0}, 36, 0), ({0}, 50, 0), (NOBODY, 1, 0))


def test_faces_of_the_same_owner_are_parted_where_it_lies_over_itself():
    parts = shapely.MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)])
    assert Counter(both(parts).faces) == faces(({0}, 6, 0), ({0}, 2, 0), ({0}, 6, 0))


def test_borders_of_half_a_million_million_steps_bend_by_one():
    size = 2**39
    above = polygon((0, 0), (size, 1), (size, size), (0, size))
    # x / size = 1 - x / size: they cross in (size / 2, 1 / 2), a tie
    tied = both(above, polygon((0, 1), (0, -size), (size, -size), (size, 0)))
    assert ((0, 0), (size // 2, 1)) in tied.sides
    assert Counter(tied.faces) == faces(
        ({0}, 2 * size * (size - 1), 0),
        ({0, 1}, size // 2, 0),
        ({1}, 2 * size * size + size, 0),
    )
    # one step shorter they cross in y = (size - 1) / (2 size - 1), short of 1 / 2 by 2^-41
    below = polygon((0, 1), (0, -size), (size - 1, -size), (size - 1, 0))
    under = both(above, below)
    assert ((0, 0), (size // 2, 0)) in under.sides
    assert Counter(under.faces) == faces(
        ({0}, 2 * size * size - size, 0),
        ({0, 1}, size // 2, 0),
        ({1}, 2 * size * (size - 1), 0),
    )


SCENE = [
    polygon((0, 0), (11, 4), (0, 30)),
    polygon((0, 1), (0, -30), (11, 2)),
    polygon((2, 2), (20, 20), (2, 20), holes=[[(4, 6), (6, 12), (4, 12)]]),
]


@pytest.mark.parametrize("grid_size", [1e-3, 0.01, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("corner", [(0, 0), (500_000_000, 4_500_000_000), (-123_456, 9)])
def test_neither_the_place_nor_the_scale_of_a_layout_changes_a_bit_of_it(grid_size, corner):
    here = arrange(as_array(SCENE), grid_size=1.0)
    shapes = shapely.transform(as_array(SCENE), lambda points: (points + corner) * grid_size)
    there = arrange(shapes, grid_size=grid_size)
    assert (there.border_points - corner).tolist() == here.border_points.tolist()
    for name in ("border_offsets", "left", "right", "owner_offsets", "owners",
                 "ring_offsets", "ring_borders", "face_rings"):  # fmt: skip
        assert getattr(there, name).tolist() == getattr(here, name).tolist()
    assert np.allclose(there.coordinates(there.border_points), there.border_points * grid_size)


@pytest.mark.parametrize("shapes", [[], [shapely.Polygon()], [shapely.MultiPolygon()] * 2])
def test_without_any_polygon_there_is_no_face_and_whoever_is_empty_is_lost(shapes):
    arrangement = arrange(as_array(shapes), grid_size=0.001)
    assert len(arrangement.faces) == len(arrangement.left) == len(arrangement.owners) == 0
    assert arrangement.border_points.shape == (0, 2)
    assert arrangement.lost.tolist() == list(range(len(shapes)))
    assert arrangement.largest_move == 0.0


def test_a_bundle_of_long_hairlines_takes_work_in_proportion_to_its_borders():
    # parted the long way, every part would hold the whole bundle again
    boxes = as_array([box(0, 4 * i, 10**8, 4 * i + 2) for i in range(3000)])
    assert len(arrange(boxes, grid_size=1.0)) == 3000
    upright = as_array([box(4 * i, 0, 4 * i + 2, 10**8) for i in range(3000)])
    assert len(arrange(upright, grid_size=1.0)) == 3000


def test_one_border_drawn_many_times_over_is_cut_where_the_drawings_cross():
    # n squares, each a little to the north-east of the one before: every two cross in two points,
    # and each crossing makes a face more
    n, side = 25, 2 * 10**7
    squares = as_array([box(3 * i, 3 * i, side + 3 * i, side + 3 * i) for i in range(n)])
    found = arrange(squares, grid_size=1.0)
    assert len(found) == 1 + n * (n - 1)
    assert (found.multiplicity == n).sum() == 1
