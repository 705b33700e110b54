"""What claims, zones and districts say of places: how exact their borders are, what they lie in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.model.packed import Packed, distinct_pairs, run_starts

if TYPE_CHECKING:
    from gis.arrangement.partition import Partition
    from gis.duty.duties import Duties
    from gis.findings.places import Places
    from gis.findings.surroundings import Surroundings
    from gis.model.arrangement import FloatArray, IntArray
    from gis.model.project import Project


@dataclass(frozen=True, slots=True)
class Evidence:
    """What covers the faces of a partition.

    Parameters
    ----------
    project, partition
        What was asked of.
    leading
        Lead claims in force on each face, rows of the project's claims.
    zones, districts
        Rows of the project's zones, and of its jurisdiction, on each face.
    claim_body, claim_accuracy_m
        Body, and accuracy of the border, of each claim.
    """

    project: Project
    partition: Partition
    leading: Packed
    zones: Packed
    districts: Packed
    claim_body: IntArray
    claim_accuracy_m: FloatArray

    @classmethod
    def of(cls, project: Project, partition: Partition, duties: Duties) -> Evidence:
        """Return what covers the faces as far as one matter and day are concerned."""
        n = len(partition.arrangement)
        return cls(
            project=project,
            partition=partition,
            leading=Packed.of_pairs(*duties.leading(), n),
            zones=Packed.of_pairs(*partition.rows_on_faces("zones"), n),
            districts=Packed.of_pairs(*partition.rows_on_faces("jurisdiction"), n),
            claim_body=duties.register.body,
            claim_accuracy_m=project.claims["accuracy_m"].to_numpy(dtype=np.float64),
        )

    def claims_around(self, around: Surroundings) -> tuple[IntArray, IntArray]:
        """Return every pair of a place and a claim that leads across its border."""
        position, claim = self.leading.listed(around.across_face)
        return distinct_pairs(around.across_place[position], claim, len(self.claim_accuracy_m))

    def sliver_thresholds(
        self, found: Places, claims_around: tuple[IntArray, IntArray]
    ) -> FloatArray:
        """Return k·√(σ₁²+σ₂²) of the two least accurate borders around or across each place."""
        settings = self.project.settings
        item, own = self.leading.listed(found.faces.items)
        place, claim = distinct_pairs(
            np.concatenate([claims_around[0], found.of_item[item]]),
            np.concatenate([claims_around[1], own]),
            len(self.claim_accuracy_m),
        )
        accuracy = self.claim_accuracy_m[claim]
        order = np.lexsort((-accuracy, place))
        place, accuracy = place[order], accuracy[order]
        two = np.full((2, len(found)), settings.accuracy_m)
        first = run_starts(place)
        two[0, place[first]] = accuracy[first]
        more = first[np.diff(np.append(first, len(place))) > 1]
        two[1, place[more]] = accuracy[more + 1]
        return np.asarray(settings.sliver_k * np.hypot(*two))

    def lying_in(self, table: Packed, found: Places, threshold_m: FloatArray) -> Packed:
        """Return the rows of a table that places lie in by more than a border's inaccuracy.

        What a place shares with a row counts if it is at least as wide, on average, as half a
        sliver's threshold, or as half the place itself where that is narrower still.

        Parameters
        ----------
        table
            Rows on each face.
        found
            The places.
        threshold_m
            Width below which each is a sliver.
        """
        item, row = table.listed(found.faces.items)
        place, face = found.of_item[item], found.faces.items[item]
        limit = int(row.max(initial=0)) + 1
        key, which = np.unique(place * limit + row, return_inverse=True)
        area_m2, perimeter_m = self.partition.area_m2, self.partition.perimeter_m
        # twice area over perimeter is, of a long strip, its width
        shared = 2 * np.bincount(which, area_m2[face]) / np.bincount(which, perimeter_m[face])
        whole = 2 * found.summed(area_m2) / found.summed(perimeter_m)
        least = np.minimum(threshold_m, whole) / 2
        place, row = key // limit, key % limit
        kept = shared >= least[place]
        return Packed.of_pairs(place[kept], row[kept], len(found))
