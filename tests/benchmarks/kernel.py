"""Mangqu's own library as an analyst would call it: an arrangement, then array work on it."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.arrangement import arrange, residue
from gis.model.arrangement import OUTSIDE
from tests.benchmarks.found import BlindSpots, Neighbours, Parts, summed

if TYPE_CHECKING:
    from gis.arrangement import Arrangement
    from tests.benchmarks.city import City
    from tests.benchmarks.found import GeometryArray, IntArray

ALL_CORES = os.cpu_count() or 1


def gaps(city: City, *, workers: int = 1) -> BlindSpots:
    """Find gaps with their neighbours, and contested places with their owners."""
    found = residue(city.polygons, grid_size=city.grid_size, workers=workers)
    arrangement, unowned, contested = found.arrangement, found.gaps, found.contested
    place_of = np.full(len(arrangement), -1)
    place_of[unowned] = np.arange(len(unowned))
    offsets = arrangement.owner_offsets
    place, owner = _rows(offsets, contested)
    return BlindSpots(
        gaps=arrangement.polygons(unowned),
        contested=arrangement.polygons(contested),
        place=place,
        body=arrangement.owners[owner],
        neighbours=_neighbours(arrangement, place_of, offsets, arrangement.owners),
    )


def gaps_on_all_cores(city: City) -> BlindSpots:
    """Do the same with a thread for every core."""
    return gaps(city, workers=ALL_CORES)


def partition(city: City, *, workers: int = 1) -> Parts:
    """Cut cells and zones into parts, with their owners and which are next to each other."""
    covers = np.concatenate([city.polygons, city.zones])
    arrangement = arrange(covers, grid_size=city.grid_size, workers=workers)
    part, cover = arrangement.pairs()
    left, right = arrangement.left, arrangement.right
    inner = np.flatnonzero((left != OUTSIDE) & (right != OUTSIDE))
    left, right = left[inner], right[inner]
    return Parts(
        polygons=arrangement.faces,
        part=part,
        cover=cover,
        neighbours=summed(
            np.minimum(left, right), np.maximum(left, right), _lengths(arrangement, inner)
        ),
    )


def partition_on_all_cores(city: City) -> Parts:
    """Do the same with a thread for every core."""
    return partition(city, workers=ALL_CORES)


def gaps_by_matter(city: City) -> list[BlindSpots]:
    """Find the blind spots of every matter in an arrangement of its own."""
    found = []
    for matter in range(int(city.matter[-1]) + 1):
        chosen = city.polygons[city.matter == matter]
        one = replace(city, polygons=chosen, matter=np.zeros(len(chosen), dtype=np.int64))
        found += gaps_of_all_matters(one)
    return found


def gaps_of_all_matters(city: City) -> list[BlindSpots]:
    """Find the blind spots of all matters in one arrangement: overlay once, ask often.

    A place that other matters' borders run through is several faces; they are put together.
    """
    covers = np.concatenate([city.polygons, city.outline])
    arrangement = arrange(covers, grid_size=city.grid_size)
    face, cover = arrangement.pairs()
    claims = cover < len(city.polygons)
    inside = np.bincount(face[~claims], minlength=len(arrangement)) > 0
    face, cover = face[claims], cover[claims]
    starts = np.searchsorted(city.matter, np.arange(city.matter[-1] + 2))
    found = []
    for low, high in pairwise(starts):
        asked = (cover >= low) & (cover < high)
        owners = cover[asked] - low
        counts = np.bincount(face[asked], minlength=len(arrangement))
        offsets = np.concatenate([[0], np.cumsum(counts)])
        found.append(_blind_spots(arrangement, inside, offsets, owners))
    return found


def _blind_spots(
    arrangement: Arrangement, inside: np.ndarray, offsets: IntArray, owners: IntArray
) -> BlindSpots:
    """Put faces of the same owners together where they meet."""
    counts = np.diff(offsets)
    # owners of a face are told from those of another by a sum of random numbers
    salt = np.random.default_rng(0).integers(1, 2**62, int(owners.max(initial=0)) + 1)
    mixed = np.zeros(len(owners) + 1, dtype=np.int64)
    np.cumsum(salt[owners], out=mixed[1:])  # runs over, and the differences are right all the same
    key = mixed[offsets[1:]] - mixed[offsets[:-1]]
    wanted = (inside & (counts == 0)) | (counts >= 2)
    left, right = arrangement.left, arrangement.right
    joins = (left != OUTSIDE) & (right != OUTSIDE)
    joins &= wanted[left] & wanted[right] & (key[left] == key[right])
    label = _connected(len(arrangement), left[joins], right[joins])
    gap_faces = np.flatnonzero(wanted & (counts == 0))
    gaps, place_of_gap_face, _ = _dissolved(arrangement, gap_faces, label)
    contested_faces = np.flatnonzero(wanted & (counts > 0))
    contested, _, sample = _dissolved(arrangement, contested_faces, label)
    place_of = np.full(len(arrangement), -1)
    place_of[gap_faces] = place_of_gap_face
    place, owner = _rows(offsets, sample)
    return BlindSpots(
        gaps=gaps,
        contested=contested,
        place=place,
        body=owners[owner],
        neighbours=_neighbours(arrangement, place_of, offsets, owners),
    )


def _connected(count: int, one: IntArray, other: IntArray) -> IntArray:
    """Return the smallest number that can be reached from each."""
    label = np.arange(count)
    while True:
        smaller = np.minimum(label[one], label[other])
        before = label.copy()
        np.minimum.at(label, one, smaller)
        np.minimum.at(label, other, smaller)
        label = label[label]
        if np.array_equal(label, before):
            return label


def _dissolved(
    arrangement: Arrangement, faces: IntArray, label: IntArray
) -> tuple[GeometryArray, IntArray, IntArray]:
    """Return places made of faces with the same label, the place of each face, a face of each."""
    _, first, place, size = np.unique(
        label[faces], return_index=True, return_inverse=True, return_counts=True
    )
    shapes = arrangement.polygons(faces)
    places = shapes[first]
    order = np.argsort(place, kind="stable")
    starts = np.cumsum(size) - size
    for number in np.flatnonzero(size > 1):
        members = order[starts[number] : starts[number] + size[number]]
        places[number] = shapely.coverage_union_all(shapes[members])
    return places, place, faces[first]


def _neighbours(
    arrangement: Arrangement, place_of: IntArray, offsets: IntArray, owners: IntArray
) -> Neighbours:
    """Add up the borders of places by the owners of the faces across them."""
    # one more for the outside, which is face -1
    place_of = np.append(place_of, -1)
    left, right = arrangement.left, arrangement.right
    bordering = np.flatnonzero(place_of[left] != place_of[right])
    length = _lengths(arrangement, bordering)
    left, right = left[bordering], right[bordering]
    place = place_of[np.concatenate([left, right])]
    across = np.concatenate([right, left])
    length = np.tile(length, 2)
    kept = (place >= 0) & (across != OUTSIDE)
    place, across, length = place[kept], across[kept], length[kept]
    border, owner = _rows(offsets, across)
    return summed(place[border], owners[owner], length[border])


def _lengths(arrangement: Arrangement, borders: IntArray) -> np.ndarray:
    """Return the lengths of some borders, in CRS units."""
    points, offsets = arrangement.border_path(borders)
    steps = np.hypot(*np.diff(arrangement.coordinates(points), axis=0).T)
    # the step from one border's end to the next one's beginning is none
    steps[offsets[1:-1] - 1] = 0
    return np.add.reduceat(steps, offsets[:-1]) if len(borders) else np.zeros(0)


def _rows(offsets: IntArray, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the entries of some rows: the position of the row, and of the entry."""
    sizes = offsets[rows + 1] - offsets[rows]
    position = np.repeat(np.arange(len(rows)), sizes)
    begun = np.cumsum(sizes) - sizes
    return position, np.arange(len(position)) + np.repeat(offsets[rows] - begun, sizes)
