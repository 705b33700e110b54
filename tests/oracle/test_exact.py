"""The arrangement against exact fractions: every side of every fragment and every face."""

from __future__ import annotations

import os
from collections import Counter
from fractions import Fraction
from itertools import count, pairwise

import numpy as np
import pytest
import shapely

from gis.arrangement import arrange
from tests.oracle.layouts import EXACT_FRAMES, KINDS, Layout, layout
from tests.oracle.reading import as_exact, chains, differences, rings_of_faces, rows
from tests.oracle.shapes import as_array, redrawn
from tests.oracle.snap_rounding import OUTSIDE, doubled_area_of, exact_arrangement, rounded

#: Faces compared of each kind in each round, and rounds: more of them by night.
FACES_EACH = 400
ROUNDS, PROMISED = (16, 100_000) if os.environ.get("MANGQU_NIGHTLY") else (1, 5_000)

#: Seeds of the layouts whose arrays are looked at more closely.
CLOSER = range(900_000, 900_006)

TOPOLOGY = (
    "border_offsets",
    "border_points",
    "left",
    "right",
    "ring_offsets",
    "ring_borders",
    "face_rings",
)
ARRAYS = (*TOPOLOGY, "owner_offsets", "owners", "lost")

every_kind = pytest.mark.parametrize("kind", KINDS)


def arranged(case: Layout):
    return arrange(case.array, grid_size=case.grid_size)


def told(case: Layout) -> str:
    """Return what one needs to see a layout again."""
    shapes = [shapely.to_wkt(shape, rounding_precision=-1) for shape in case.polygons]
    return "\n".join([f"{case.name}, grid {case.grid_size!r}", *shapes])


def as_bytes(arrangement, names=ARRAYS) -> dict[str, bytes]:
    return {name: getattr(arrangement, name).tobytes() for name in names}


def degrees(borders) -> Counter:
    """Return how many fragments meet in each point."""
    return Counter(point for chain in borders for pair in pairwise(chain) for point in pair)


def last_digit(shapes) -> float:
    """Return the spacing of floats where coordinates are largest."""
    return float(np.spacing(np.abs(shapely.get_coordinates(shapes)).max(initial=0.0)))


@pytest.mark.parametrize("turn", range(ROUNDS))
@every_kind
def test_every_side_of_every_fragment_and_every_face_is_the_exact_one(kind, turn):
    seen = 0
    for seed in count(100_000 * turn):
        case = layout(kind, seed)
        expected = exact_arrangement(case.polygons, case.grid_size)
        found = as_exact(arranged(case))
        wrong = differences(expected, found)
        assert wrong == [], "\n".join([told(case), *wrong])
        seen += len(found.faces)
        if seen >= FACES_EACH:
            break
    assert seen >= FACES_EACH


def test_the_layouts_hold_at_least_as_many_faces_as_promised():
    assert FACES_EACH * len(KINDS) * ROUNDS >= PROMISED


@every_kind
def test_shells_turn_left_and_holes_turn_right_and_no_ring_meets_itself(kind):
    for seed in CLOSER:
        for shell, *holes in rings_of_faces(arranged(layout(kind, seed))):
            assert doubled_area_of(shell) > 0
            assert all(doubled_area_of(hole) < 0 for hole in holes)
            for ring in (shell, *holes):
                assert len(set(ring)) == len(ring) - 1 >= 3


@every_kind
def test_every_border_stands_once_in_the_rings_of_the_face_on_either_side(kind):
    for seed in CLOSER:
        arrangement = arranged(layout(kind, seed))
        ring_borders = rows(arrangement.ring_offsets, arrangement.ring_borders)
        stands = []
        for face, (start, stop) in enumerate(pairwise(arrangement.face_rings.tolist())):
            stands += [(way, face) for ring in ring_borders[start:stop] for way in ring]
        beside = [*enumerate(arrangement.left.tolist())]
        beside += [(~k, face) for k, face in enumerate(arrangement.right.tolist())]
        assert sorted(stands) == sorted((way, face) for way, face in beside if face != OUTSIDE)
        assert (arrangement.left != arrangement.right).all()


@every_kind
def test_borders_run_from_node_to_node_and_pass_none(kind):
    for seed in CLOSER:
        borders = chains(arranged(layout(kind, seed)))
        degree = degrees(borders)
        for chain in borders:
            assert all(degree[point] == 2 for point in chain[1:-1])
            ends = [degree[chain[0]] != 2, degree[chain[-1]] != 2]
            assert all(ends) or (chain[0] == chain[-1] and not any(ends))


@every_kind
def test_borders_and_faces_stand_in_reading_order(kind):
    for seed in CLOSER:
        arrangement = arranged(layout(kind, seed))
        borders = chains(arrangement)
        assert [chain[:2] for chain in borders] == sorted(chain[:2] for chain in borders)
        # of the two ways along a border, the one that begins with the smaller two points
        assert all(chain[:2] <= chain[:-3:-1] for chain in borders)
        degree = degrees(borders)
        assert all(chain[0] == min(chain) for chain in borders if degree[chain[0]] == 2)
        corners = []
        for shell, *_ in rings_of_faces(arrangement):
            at = shell.index(min(shell))
            corners.append((shell[at], shell[at + 1]))
        assert corners == sorted(set(corners))


@every_kind
def test_owners_ascend_and_the_lost_are_those_that_own_nothing(kind):
    for seed in CLOSER:
        case = layout(kind, seed)
        arrangement = arranged(case)
        owners = rows(arrangement.owner_offsets, arrangement.owners)
        assert owners == [sorted(set(row)) for row in owners]
        owning = {cover for row in owners for cover in row}
        assert arrangement.lost.tolist() == sorted(set(range(len(case.polygons))) - owning)
        face, cover = arrangement.pairs()
        pairs = [(number, each) for number, row in enumerate(owners) for each in row]
        assert list(zip(face.tolist(), cover.tolist(), strict=True)) == pairs
        assert arrangement.multiplicity.tolist() == [len(row) for row in owners]
        assert arrangement.grid_size == case.grid_size


@every_kind
def test_the_order_of_rows_changes_nothing_but_the_numbers_of_the_covers(kind):
    for seed in CLOSER:
        case = layout(kind, seed)
        order = np.random.default_rng(seed).permutation(len(case.polygons))
        first = arranged(case)
        second = arrange(case.array[order], grid_size=case.grid_size)
        assert as_bytes(first, TOPOLOGY) == as_bytes(second, TOPOLOGY), told(case)
        renamed = [sorted(order[row].tolist()) for row in rows(second.owner_offsets, second.owners)]
        assert rows(first.owner_offsets, first.owners) == renamed
        assert first.lost.tolist() == sorted(order[second.lost].tolist())


# where rounding leaves a ring no area in all but turns it in loops, the way it was drawn decides
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"crumpled", "mixed"}])
def test_where_rings_begin_and_which_way_they_were_drawn_changes_nothing(kind):
    for seed in CLOSER:
        case = layout(kind, seed)
        random = np.random.default_rng(seed)
        again = as_array([redrawn(random, shape) for shape in case.polygons])
        assert as_bytes(arranged(case)) == as_bytes(arrange(again, grid_size=case.grid_size))


@every_kind
def test_two_workers_find_the_same_bytes_as_one(kind):
    for seed in CLOSER:
        case = layout(kind, seed)
        alone = arrange(case.array, grid_size=case.grid_size, workers=1)
        together = arrange(case.array, grid_size=case.grid_size, workers=2)
        assert as_bytes(alone) == as_bytes(together), told(case)


def test_two_workers_find_the_same_bytes_as_one_in_thousands_of_polygons():
    random = np.random.default_rng(20260816)
    corners = random.uniform(0, 2000, (3000, 1, 2)) + random.uniform(-40, 40, (3000, 3, 2))
    triangles = shapely.polygons(corners)
    alone = arrange(triangles, grid_size=0.001, workers=1)
    together = arrange(triangles, grid_size=0.001, workers=2)
    assert len(alone.left) > 10_000
    assert as_bytes(alone) == as_bytes(together)


@every_kind
def test_no_corner_moves_more_than_half_the_diagonal_of_the_grid(kind):
    for seed in CLOSER:
        case = layout(kind, seed)
        arrangement = arranged(case)
        step, half_diagonal = Fraction(case.grid_size), case.grid_size / 2**0.5
        corners = shapely.get_coordinates(case.array)
        snapped = [tuple(rounded(c, step) for c in corner) for corner in corners.tolist()]
        moves = corners - np.array(snapped, dtype=float) * case.grid_size
        digit = last_digit(case.array)
        furthest = float(np.hypot(*moves.T).max())
        assert arrangement.largest_move == pytest.approx(furthest, rel=1e-9, abs=4 * digit)
        assert arrangement.largest_move <= half_diagonal + 4 * digit
        # wherever a border still turns at a corner, it does so next to where it was drawn
        exact = exact_arrangement(case.polygons, case.grid_size)
        turns = {point for fragment in exact.sides for point in fragment}
        left = np.array([point in turns for point in snapped])
        placed = shapely.points(arrangement.coordinates(arrangement.border_points))
        _, away = shapely.STRtree(placed).query_nearest(
            shapely.points(corners[left]), return_distance=True, all_matches=False
        )
        assert len(away) == left.sum()
        assert away.max(initial=0.0) <= half_diagonal + 4 * digit


@every_kind
def test_no_border_lies_further_than_the_diagonal_of_the_grid_from_where_it_was_drawn(kind):
    for seed in CLOSER:
        case = layout(kind, seed)
        arrangement = arranged(case)
        drawn = shapely.union_all(shapely.boundary(case.array))
        points = arrangement.coordinates(arrangement.border_points)
        away = shapely.distance(shapely.points(points), drawn)
        digit = last_digit(case.array)
        assert away.max(initial=0.0) <= case.grid_size * 2**0.5 + 4 * digit


@every_kind
def test_coordinates_round_back_to_the_points_that_they_stand_for(kind):
    for seed in CLOSER:
        arrangement = arranged(layout(kind, seed))
        points = arrangement.border_points
        assert points.dtype == np.int64
        step = Fraction(arrangement.grid_size)
        placed = arrangement.coordinates(points).tolist()
        assert [[rounded(c, step) for c in point] for point in placed] == points.tolist()


@every_kind
def test_polygons_are_made_of_the_rings_and_valid(kind):
    exact = {grid_size for grid_size, _ in EXACT_FRAMES}
    for seed in CLOSER:
        case = layout(kind, seed)
        arrangement = arranged(case)
        expected = as_exact(arrangement).faces
        faces = arrangement.faces
        assert shapely.get_num_interior_rings(faces).tolist() == [face.holes for face in expected]
        if case.grid_size in exact:
            assert shapely.is_valid(faces).all(), told(case)
        areas = [face.doubled_area / 2 * case.grid_size**2 for face in expected]
        allowed = last_digit(faces) * shapely.length(faces) * shapely.get_num_coordinates(faces)
        assert (np.abs(shapely.area(faces) - areas) <= allowed).all()
        some = np.arange(len(faces))[::-2]
        assert shapely.equals_exact(arrangement.polygons(some), faces[some]).all()
