"""Lines laid over faces, held against shapely: it cuts every straight by every face anew."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely

from gis.arrangement import arrange
from gis.arrangement.lines import faces_at, lay_over, lines_on_grid
from gis.model.arrangement import OUTSIDE
from tests.oracle.shapes import as_array, star, triangles

#: Sides of the field, in steps, on which corners fall on whole points: the small ones make lines go
#: through vertices and along borders all the time.
SIDES = (3, 5, 9, 40, 10**6)


def triangles_on(random, side):
    return as_array(triangles(random, int(random.integers(1, 9)), side))


def clustered(random, side):
    """Return triangles, and many more in a corner of the field that is a hundredth as wide."""
    wide = triangles_on(random, side * 100)
    return np.concatenate([wide, as_array(triangles(random, 60, side))])


def ringed(random, side):
    """Return a square with a square hole in it, and something in the hole."""
    outer = shapely.box(0, 0, 4 * side, 4 * side)
    hole = shapely.box(side, side, 3 * side, 3 * side)
    return np.concatenate([[outer - hole], triangles_on(random, side) if side > 3 else []])


def lines_in(random, side, count):
    """Return points of lines with 1 to 6 points each, some of them outside, and their offsets."""
    lengths = random.integers(1, 7, count)
    points = random.integers(-2, side + 3, (lengths.sum(), 2)).astype(float)
    return points, np.append(0, np.cumsum(lengths))


def pieces_of(laid, points, offsets, line):
    """Return the pieces of a line: face, and points along it from start to end."""
    place = [(int(s), float(t)) for s, t in zip(laid.straight, laid.share, strict=True)]
    first, end = laid.offsets[line], laid.offsets[line + 1]
    stops = [*place[first:end], (int(offsets[line + 1]) - 1, 0.0)]
    return [
        (int(laid.face[first + number]), between(points, start, stop))
        for number, (start, stop) in enumerate(pairwise(stops))
    ]


def between(points, start, stop):
    """Return the straights, cut at both ends, from one place on a line to another."""
    found = []
    for straight in range(start[0], stop[0] + 1):
        low = start[1] if straight == start[0] else 0.0
        high = stop[1] if straight == stop[0] else 1.0
        if low < high:
            a, b = points[straight], points[straight + 1]
            found.append(np.array([a + low * (b - a), a + high * (b - a)]))
    return found


def layouts():
    for seed in range(60):
        random = np.random.default_rng([seed, 20260815])
        side = SIDES[seed % len(SIDES)]
        kind = (triangles_on, clustered, ringed)[seed % 3]
        polygons = kind(random, side)
        yield polygons, *lines_in(random, side * (100 if kind is clustered else 1), 12)


@pytest.fixture(scope="module")
def laid_out():
    """Return arrangements with lines over them."""
    found = []
    for polygons, points, offsets in layouts():
        arrangement = arrange(polygons, grid_size=1.0)
        lines = lines_on_grid(points, offsets, arrangement.steps_per_unit)
        found.append((arrangement, points, offsets, lay_over(arrangement, lines)))
    return found


def test_the_pieces_of_a_line_follow_each_other_and_make_up_the_whole(laid_out):
    for _, points, offsets, laid in laid_out:
        for line in range(len(offsets) - 1):
            own = points[offsets[line] : offsets[line + 1]]
            pieces = pieces_of(laid, points, offsets, line)
            total = sum(np.hypot(*(b - a)) for _, parts in pieces for a, b in parts)
            assert total == pytest.approx(np.hypot(*np.diff(own, axis=0).T).sum())
            assert all(parts for _, parts in pieces) or len(pieces) == 1
            assert all(one[0] != other[0] for one, other in pairwise(pieces))


def test_every_piece_lies_in_its_face(laid_out):
    pieces = 0
    for arrangement, points, offsets, laid in laid_out:
        whole = shapely.union_all(arrangement.faces)
        rim = shapely.union_all(shapely.boundary(arrangement.faces))
        fuzz = 1e-9 * (1 + np.abs(points).max())
        for line in range(len(offsets) - 1):
            for face, parts in pieces_of(laid, points, offsets, line):
                for part in parts:
                    middle = shapely.Point(part.mean(axis=0))
                    pieces += 1
                    if face == OUTSIDE:
                        assert not whole.contains(middle) or rim.distance(middle) < fuzz
                    else:
                        assert arrangement.faces[face].distance(middle) < fuzz
    assert pieces > 2000


def test_lengths_by_face_are_those_of_intersections(laid_out):
    for arrangement, points, offsets, laid in laid_out:
        faces = arrangement.faces
        for line in range(len(offsets) - 1):
            length = np.zeros(len(faces) + 1)
            for face, parts in pieces_of(laid, points, offsets, line):
                length[face] += sum(np.hypot(*(b - a)) for a, b in parts)
            straights = shapely.linestrings(
                np.stack([points[offsets[line] : -1], points[offsets[line] + 1 :]], axis=1)
            )[: offsets[line + 1] - offsets[line] - 1, None]
            within = shapely.length(shapely.intersection(straights, faces)).sum(axis=0)
            along = shapely.intersection(straights, shapely.boundary(faces))
            # a stretch along a border counts for one of its two sides
            fuzz = 1e-9 * (1 + np.abs(points).max())
            assert (length[:-1] <= within + fuzz).all()
            assert (length[:-1] >= within - shapely.length(along).sum(axis=0) - fuzz).all()


def test_a_point_lies_in_the_face_of_a_point_just_east_and_slightly_north(laid_out):
    for arrangement, points, _, _ in laid_out[:45]:
        if len(arrangement) == 0 or np.abs(points).max() > 10**4:
            continue  # the larger the field, the nearer a border may be that the point is not on
        moved = shapely.points(points + np.array([1e-4, 1e-9]))
        inside = shapely.contains(arrangement.faces[:, None], moved[None])
        expected = np.where(inside.any(axis=0), inside.argmax(axis=0), OUTSIDE)
        assert faces_at(arrangement, points).tolist() == expected.tolist()


def test_neither_the_order_of_lines_nor_that_of_polygons_changes_a_piece():
    for polygons, points, offsets in list(layouts())[:15]:
        arrangement = arrange(polygons, grid_size=1.0)
        laid = lay_over(arrangement, lines_on_grid(points, offsets, 1.0))
        random = np.random.default_rng(1)
        order = random.permutation(len(offsets) - 1)
        shuffled = np.concatenate([points[offsets[k] : offsets[k + 1]] for k in order])
        starts = np.append(0, np.cumsum(np.diff(offsets)[order]))
        again = lay_over(
            arrange(random.permutation(polygons), grid_size=1.0),
            lines_on_grid(shuffled, starts, 1.0),
        )
        for place, line in enumerate(order):
            first = pieces_of(laid, points, offsets, line)
            second = pieces_of(again, shuffled, starts, place)
            assert [face for face, _ in first] == [face for face, _ in second]
            assert np.array_equal(
                np.concatenate([[*parts] for _, parts in first if parts] or [[]]),
                np.concatenate([[*parts] for _, parts in second if parts] or [[]]),
            )


@pytest.mark.parametrize("corners", [5, 40, 400])
def test_a_line_through_a_point_where_many_borders_meet_goes_on_in_the_right_face(corners):
    angle = 2 * np.pi * np.arange(corners) / corners
    rim = np.round(1000 * np.column_stack([np.cos(angle), np.sin(angle)]))
    wedges = [shapely.Polygon([(0, 0), *pair]) for pair in pairwise([*rim, rim[0]])]
    arrangement = arrange(as_array(wedges), grid_size=1.0)
    for way in ([1, 0], [3, 7], [-5, 2], [0, -1], [-7, -7]):
        points = np.array([way, [-way[0], -way[1]]]) * 60.0
        laid = lay_over(arrangement, lines_on_grid(points, np.array([0, 2]), 1.0))
        for face, parts in pieces_of(laid, points, np.array([0, 2]), 0):
            for part in parts:
                middle = shapely.Point(part.mean(axis=0))
                assert arrangement.faces[face].distance(middle) < 1e-9


@pytest.mark.parametrize("stretch", [2**20, 2**31, 2**36])
def test_faces_are_exact_where_products_are_longer_than_a_word(stretch):
    random = np.random.default_rng(3)
    for _ in range(10):
        polygons = shapely.transform(triangles_on(random, 7), lambda points: points * stretch)
        points, offsets = lines_in(random, 7, 12)
        points *= stretch
        arrangement = arrange(polygons, grid_size=1.0)
        laid = lay_over(arrangement, lines_on_grid(points, offsets, 1.0))
        for line in range(len(offsets) - 1):
            for face, parts in pieces_of(laid, points, offsets, line):
                for part in parts if face != OUTSIDE else ():
                    middle = shapely.Point(part.mean(axis=0))
                    assert arrangement.faces[face].distance(middle) < 1e-6 * stretch


@pytest.mark.parametrize("reach", [0, 3, 50])
def test_no_border_within_reach_is_missed(reach):
    for seed in range(8):
        random = np.random.default_rng([seed, reach])
        polygons = clustered(random, 30)
        stars = [star(random, (float(x), float(y)), (5, 60), 40) for x, y in np.eye(2) * 200]
        polygons = np.concatenate([polygons, as_array([each for each in stars if each])])
        points, offsets = lines_in(random, 300, 40)
        arrangement = arrange(polygons, grid_size=1.0)
        further = random.integers(0, 2 * reach + 1, len(arrangement.border_points))
        laid = lay_over(
            arrangement,
            lines_on_grid(points, offsets, 1.0),
            reach=np.full(len(points), reach),
            border_reach=further,
        )
        near = set(zip(laid.near_straight.tolist(), laid.near_segment.tolist(), strict=True))
        assert len(near) == len(laid.near_straight)
        segment = np.setdiff1d(
            np.arange(len(arrangement.border_points)), arrangement.border_offsets[1:] - 1
        )
        straight = np.setdiff1d(np.arange(len(points)), offsets[1:] - 1)
        straight = straight[(points[straight] != points[straight + 1]).any(axis=1)]
        borders = arrangement.border_points.astype(float)
        distance = shapely.distance(
            shapely.linestrings(np.stack([points[straight], points[straight + 1]], axis=1))[
                :, None
            ],
            shapely.linestrings(np.stack([borders[segment], borders[segment + 1]], axis=1)),
        )
        one, other = np.nonzero(distance <= reach + further[segment])
        assert near >= set(zip(straight[one].tolist(), segment[other].tolist(), strict=True))
