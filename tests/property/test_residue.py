"""Gaps and contested places without the rest are those of the whole arrangement."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely

from gis.arrangement import arrange, neighbours, residue
from tests.benchmarks.city import city
from tests.oracle.layouts import KINDS, layout


def told(arrangement, faces):
    """Return shape, owners and neighbours of faces, comparable between arrangements."""
    found = neighbours(arrangement, faces)
    beside = [set() for _ in faces]
    for at, cover, length in zip(
        found.position.tolist(), found.cover.tolist(), found.length.tolist(), strict=True
    ):
        beside[at].add((cover, round(length, 6)))
    shapes = shapely.to_wkb(shapely.normalize(arrangement.polygons(faces)))
    offsets, owners = arrangement.owner_offsets, arrangement.owners
    return Counter(
        (shape, tuple(owners[offsets[face] : offsets[face + 1]].tolist()), frozenset(around))
        for shape, face, around in zip(shapes, faces.tolist(), beside, strict=True)
    )


@pytest.mark.parametrize("count", [400, 5000])
def test_in_a_city_they_are_the_same_to_the_last_vertex_owner_and_neighbour(count):
    made = city(count)
    whole = arrange(made.polygons, grid_size=made.grid_size)
    part = residue(made.polygons, grid_size=made.grid_size)
    gaps = np.flatnonzero(whole.multiplicity == 0)
    contested = np.flatnonzero(whole.multiplicity > 1)
    assert len(gaps) > 10
    assert len(contested) > 10
    assert told(part.arrangement, part.gaps) == told(whole, gaps)
    first, second = told(part.arrangement, part.contested), told(whole, contested)
    # beside a contested place the rest may lie, which stands for whoever is settled
    assert Counter(key[:2] for key in first.elements()) == Counter(
        key[:2] for key in second.elements()
    )
    assert len(part.arrangement) < len(whole) * 0.6


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", KINDS)
def test_in_layouts_made_to_be_awkward_areas_by_owners_agree(kind, seed):
    drawn = layout(kind, seed)
    polygons = np.array(drawn.polygons, dtype=object)
    whole = arrange(polygons, grid_size=drawn.grid_size)
    part = residue(polygons, grid_size=drawn.grid_size)
    sums = []
    for arrangement, faces in (
        (whole, np.flatnonzero(whole.multiplicity != 1)),
        (part.arrangement, np.concatenate([part.gaps, part.contested])),
    ):
        areas = shapely.area(arrangement.polygons(faces))
        total = Counter()
        for face, area in zip(faces.tolist(), areas.tolist(), strict=True):
            first, last = arrangement.owner_offsets[face], arrangement.owner_offsets[face + 1]
            total[tuple(arrangement.owners[first:last].tolist())] += area
        sums.append(total)
    borders = shapely.length(polygons).sum()
    allowed = 2 * drawn.grid_size * borders + 10 * drawn.grid_size**2
    for owners in sums[0] | sums[1]:
        assert sums[0][owners] == pytest.approx(sums[1][owners], abs=allowed), owners


def test_a_large_claim_over_many_that_fit_together_is_contested_cell_by_cell():
    cells = np.array([shapely.box(x, y, x + 10, y + 10) for x in range(0, 300, 10)
                      for y in range(0, 300, 10)])  # fmt: skip
    above = shapely.box(35, 35, 265, 265)
    part = residue(np.append(cells, above), grid_size=0.001)
    areas = shapely.area(part.arrangement.polygons(part.contested))
    assert areas.sum() == pytest.approx(above.area)
    # 22 whole cells across, and a half one at either end
    assert len(part.contested) == 24 * 24
    owners = np.split(part.arrangement.owners, part.arrangement.owner_offsets[1:-1])
    assert all(len(owners[face]) == 2 and owners[face][1] == len(cells) for face in part.contested)


def test_two_layers_one_over_the_other_are_contested_throughout():
    first = np.array([shapely.box(x, 0, x + 7, 70) for x in range(0, 70, 7)])
    second = np.array([shapely.box(0, y, 70, y + 7) for y in range(0, 70, 7)])
    part = residue(np.concatenate([first, second]), grid_size=0.001)
    assert len(part.contested) == 100
    assert shapely.area(part.arrangement.polygons(part.contested)).sum() == pytest.approx(4900)


def test_what_fits_together_leaves_no_more_than_its_rim():
    cells = np.array([shapely.box(x, y, x + 10, y + 10) for x in range(0, 300, 10)
                      for y in range(0, 300, 10)])  # fmt: skip
    part = residue(cells, grid_size=0.001)
    assert len(part.gaps) == len(part.contested) == 0
    # the rim, and everything within it as one
    assert len(part.arrangement) < 4 * 30 + 4 * 28 + 10
