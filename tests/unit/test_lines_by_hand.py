"""Lines over faces, worked out by hand: a square of four fields around the origin."""

import numpy as np
import pytest
import shapely

from gis.arrangement import arrange
from gis.arrangement.lines import faces_at, lay_over, lines_on_grid
from gis.model.arrangement import OUTSIDE
from tests.oracle.shapes import as_array

#: South-west, south-east, north-west and north-east, each ten steps wide.
FIELDS = as_array([shapely.box(x, y, x + 10, y + 10) for y in (-10, 0) for x in (-10, 0)])
FOUR = arrange(FIELDS, grid_size=1.0)
NAMES = {
    OUTSIDE: "out",
    **{
        int(face): name
        for face, name in zip(FOUR.owners.argsort(), ("sw", "se", "nw", "ne"), strict=True)
    },
}


def laid(*lines, arrangement=FOUR):
    points = np.concatenate([np.array(line, dtype=float) for line in lines])
    offsets = np.append(0, np.cumsum([len(line) for line in lines]))
    return lay_over(arrangement, lines_on_grid(points, offsets, arrangement.steps_per_unit))


def faces(*points):
    """Return the faces along a line with the place at which each piece begins."""
    found = laid(points)
    return [
        (NAMES[face], straight + share)
        for face, straight, share in zip(
            found.face.tolist(), found.straight.tolist(), found.share.tolist(), strict=True
        )
    ]


def test_a_line_within_one_face_is_one_piece():
    assert faces((2, 2), (8, 3), (4, 7)) == [("ne", 0)]


def test_a_line_outside_is_one_piece_outside():
    assert faces((20, 20), (30, -5)) == [("out", 0)]
    assert faces((-30, 20), (30, 20)) == [("out", 0)]


def test_a_line_is_cut_where_it_crosses_borders():
    assert faces((-20, 5), (20, 5)) == [
        ("out", 0),
        ("nw", 0.25),
        ("ne", 0.5),
        ("out", 0.75),
    ]


def test_a_line_around_a_corner_keeps_its_face():
    assert faces((-5, 5), (-5, 8), (5, 8), (5, 5)) == [("nw", 0), ("ne", 1.5)]


def test_a_line_through_a_node_touches_no_other_face_on_its_way():
    assert faces((-5, -5), (5, 5)) == [("sw", 0), ("ne", 0.5)]
    assert faces((-5, 5), (5, -5)) == [("nw", 0), ("se", 0.5)]


def test_a_line_with_a_vertex_on_a_border_crosses_it_there():
    assert faces((-5, 5), (0, 5), (5, 6)) == [("nw", 0), ("ne", 1)]


def test_a_line_that_touches_a_border_from_the_east_stays_and_from_the_west_looks_in():
    assert faces((5, 5), (0, 6), (5, 7)) == [("ne", 0)]
    # on the border it counts as just east of it, for no length at all
    assert faces((-5, 5), (0, 6), (-5, 7)) == [("nw", 0)]


def test_a_line_along_a_border_lies_on_its_east_or_north():
    assert faces((0, -8), (0, -2)) == [("se", 0)]
    assert faces((0, -2), (0, -8)) == [("se", 0)]
    assert faces((2, 0), (8, 0)) == [("ne", 0)]
    assert faces((8, 0), (2, 0)) == [("ne", 0)]
    assert faces((10, 2), (10, 8)) == [("out", 0)]


def test_a_line_along_two_borders_changes_its_face_at_the_node():
    assert faces((0, -8), (0, 8)) == [("se", 0), ("ne", 0.5)]
    assert faces((-8, 0), (8, 0)) == [("nw", 0), ("ne", 0.5)]


def test_a_closed_line_begins_and_ends_in_one_face():
    ring = [(-5, -5), (5, -5), (5, 5), (-5, 5), (-5, -5)]
    assert faces(*ring) == [("sw", 0), ("se", 0.5), ("ne", 1.5), ("nw", 2.5), ("sw", 3.5)]


def test_a_line_that_crosses_itself_is_cut_pass_by_pass():
    assert faces((-5, 5), (5, 5), (5, 8), (-4, -1)) == [
        ("nw", 0),
        ("ne", 0.5),
        ("nw", 2 + 5 / 9),
        ("sw", 2 + 8 / 9),
    ]


def test_points_that_follow_each_other_on_one_spot_change_nothing():
    assert faces((-5, 5), (-5, 5), (5, 5), (5, 5)) == [("nw", 0), ("ne", 1.5)]


@pytest.mark.parametrize("points", [[(5, 5)], [(5, 5), (5, 5)], [(5.1, 5), (4.9, 5)]])
def test_a_line_that_is_a_point_lies_in_one_face(points):
    assert faces(*points) == [("ne", 0)]


def test_a_line_meets_the_hole_of_a_face_and_what_is_in_it():
    lake = shapely.box(-6, -6, 6, 6)
    island = shapely.box(-2, -2, 2, 2)
    arrangement = arrange(as_array([shapely.box(-10, -10, 10, 10) - lake, island]), grid_size=1.0)
    found = laid([(-20, 0), (20, 0)], arrangement=arrangement)
    owned = np.split(arrangement.owners, arrangement.owner_offsets[1:-1])
    owners = ["out" if face == OUTSIDE else owned[face].tolist() for face in found.face.tolist()]
    assert owners == ["out", [0], [], [1], [], [0], "out"]
    assert (found.share * 40 - 20).tolist() == pytest.approx([-20, -10, -6, -2, 2, 6, 10])


def test_lines_add_no_vertex_and_need_no_borders():
    before = FOUR.border_points.copy()
    laid([(-20, 3), (20, 7)])
    assert np.array_equal(FOUR.border_points, before)
    empty = arrange(np.array([], dtype=object), grid_size=1.0)
    found = laid([(0, 0), (1, 1)], [(2, 2)], arrangement=empty)
    assert found.face.tolist() == [OUTSIDE, OUTSIDE]
    none = lay_over(FOUR, lines_on_grid(np.zeros((0, 2)), np.zeros(1, dtype=np.int64), 1.0))
    assert none.offsets.tolist() == [0]


def test_a_line_along_a_border_is_near_it_and_has_a_face_on_either_side():
    found = laid([(0, 2), (0, 8)])
    border = np.searchsorted(FOUR.border_offsets, found.near_segment, side="right") - 1
    sides = {NAMES[face] for face in (*FOUR.left[border].tolist(), *FOUR.right[border].tolist())}
    assert sides == {"nw", "ne"}


def test_faces_are_found_at_points_on_this_side_of_borders_and_on_them():
    points = np.array([(-5, -5), (5, -5), (0, 5), (0, 0), (-5, 0), (10, 5), (5, 10), (-10, -10)])
    assert [NAMES[face] for face in faces_at(FOUR, points).tolist()] == [
        "sw", "se", "ne", "ne", "nw", "out", "out", "sw",
    ]  # fmt: skip
    assert faces_at(FOUR, np.zeros((0, 2))).tolist() == []


def test_points_are_rounded_to_the_grid_as_polygons_are():
    assert [NAMES[face] for face in faces_at(FOUR, np.array([(-0.6, 5), (-0.5, 5)])).tolist()] == [
        "nw",
        "ne",
    ]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2.0**41])
def test_what_is_no_number_or_too_far_out_is_refused(value):
    with pytest.raises(ValueError, match="reach of the grid"):
        faces_at(FOUR, np.array([(0.0, 0.0), (value, 0.0)]))
