"""Which covers lie beside faces, and along how much of their border."""

import numpy as np
import pytest
import shapely

from gis.arrangement import arrange, neighbours
from gis.arrangement.neighbours import NOBODY

box = shapely.box


def told(arrangement, faces):
    """Return cover and length by position."""
    found = neighbours(arrangement, np.asarray(faces))
    rows = zip(found.position.tolist(), found.cover.tolist(), found.length.tolist(), strict=True)
    return {(position, cover): length for position, cover, length in rows}


def test_a_gap_shares_its_border_with_the_claims_around_it():
    ring = box(0, 0, 30, 30) - box(10, 10, 20, 25)
    west, east = shapely.intersection(ring, [box(0, 0, 15, 30), box(15, 0, 30, 30)])
    arrangement = arrange(np.array([west, east]), grid_size=0.001)
    (gap,) = np.flatnonzero(arrangement.multiplicity == 0)
    # the gap is 10 wide and 15 high, parted in the middle
    assert told(arrangement, [gap]) == {(0, 0): pytest.approx(25), (0, 1): pytest.approx(25)}


def test_border_with_ground_of_nobody_is_told_whether_enclosed_or_outside():
    ring = box(0, 0, 10, 10) - box(4, 4, 6, 6)
    arrangement = arrange(np.array([ring]), grid_size=0.001)
    (owned,) = np.flatnonzero(arrangement.multiplicity == 1)
    assert told(arrangement, [owned]) == {(0, NOBODY): pytest.approx(40 + 8)}


def test_where_several_claims_lie_across_a_border_it_counts_for_each():
    arrangement = arrange(
        np.array([box(0, 0, 10, 10), box(10, 0, 20, 10), box(10, 0, 20, 5)]), grid_size=0.001
    )
    west = int(np.flatnonzero(shapely.get_x(shapely.centroid(arrangement.faces)) < 10)[0])
    shared = told(arrangement, [west])
    assert shared[0, 1] == pytest.approx(10)
    assert shared[0, 2] == pytest.approx(5)


def test_every_border_between_two_faces_is_told_on_both_sides_alike():
    random = np.random.default_rng(2)
    corners = random.uniform(0, 100, (30, 2))
    shapes = np.array([box(x, y, x + 20, y + 25) for x, y in corners])
    arrangement = arrange(shapes, grid_size=0.001)
    found = neighbours(arrangement, np.arange(len(arrangement)))
    faces = arrangement.faces
    for position, cover, length in zip(
        found.position.tolist(), found.cover.tolist(), found.length.tolist(), strict=True
    ):
        across = np.ones(len(faces), dtype=bool)
        if cover == NOBODY:
            across = arrangement.multiplicity == 0
            others = shapely.union_all(
                [
                    shapely.union_all(shapes).envelope.buffer(1) - shapely.union_all(faces),
                    *faces[across],
                ]
            )
            measured = shapely.length(
                shapely.intersection(faces[position].boundary, others.boundary)
            )
        else:
            across = arrangement.covered_by([cover])
            across[position] = False
            lines = shapely.intersection(faces[position].boundary, shapely.boundary(faces[across]))
            measured = shapely.length(lines).sum()
        assert length == pytest.approx(measured, abs=1e-6)


def test_nothing_asked_is_nothing_found():
    arrangement = arrange(np.array([box(0, 0, 1, 1)]), grid_size=0.001)
    assert told(arrangement, np.zeros(0, dtype=np.int64)) == {}
