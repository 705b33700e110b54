"""Agreements in numbers, and the overlaps that they settle."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.duty.names import name_codes
from gis.duty.validity import days
from gis.model.packed import Packed

if TYPE_CHECKING:
    from datetime import date

    from gis.arrangement.partition import Partition
    from gis.duty.body_sets import BodySets, Positions
    from gis.duty.validity import DayArray
    from gis.model.arrangement import IntArray
    from gis.model.project import Project


@dataclass(frozen=True, slots=True)
class Agreements:
    """The agreements of a project; of one matter, the special stand before the general.

    Parameters
    ----------
    matter
        Code of the matter of each, shape (a,).
    begins, ends
        Day of signing, and the day from which it no longer holds, or NaT; shape (a,).
    parties
        Bodies of each, by code.
    first_receiver
        Body that takes the first call, or -1; shape (a,).
    faces
        Faces over which each is drawn, ascending; None where it is bound to no place.
    """

    matter: IntArray
    begins: DayArray
    ends: DayArray
    parties: Packed
    first_receiver: IntArray
    faces: tuple[IntArray | None, ...]

    @classmethod
    def of(
        cls,
        partition: Partition,
        project: Project,
        *,
        matters: dict[str, int],
        bodies: tuple[str, ...],
    ) -> Agreements:
        """Put the agreements of a project into numbers.

        Parameters
        ----------
        partition, project
            What they are laid over, and where they stand.
        matters, bodies
            Code by matter, and the names of all bodies.
        """
        table = project.agreements
        drawn = table.geometry.notna().to_numpy()
        # a drawn place comes before everywhere, a later signing before an earlier one
        order = (
            pd.DataFrame(
                {
                    "everywhere": ~drawn,
                    "signed_on": table["signed_on"].to_numpy(),
                    "agreement_id": table["agreement_id"].to_numpy(),
                }
            )
            .sort_values(["everywhere", "signed_on", "agreement_id"], ascending=[True, False, True])
            .index.to_numpy()
        )
        table = table.iloc[order]
        face, row = partition.rows_on_faces("agreements")
        by_row = np.argsort(row, kind="stable")
        drawn_over = Packed.of_pairs(row[by_row], face[by_row], len(table))
        parties = table["parties"].tolist()
        return cls(
            matter=table["matter"].map(matters).to_numpy(dtype=np.int64),
            begins=days(table["signed_on"]),
            ends=days(table["valid_to"]),
            parties=Packed(
                np.cumsum([0, *(len(names) for names in parties)]),
                name_codes(chain.from_iterable(parties), bodies),
            ),
            first_receiver=name_codes(table["first_receiver"], bodies),
            faces=tuple(drawn_over.list_of(number) if drawn[number] else None for number in order),
        )

    def in_force(self, steps: IntArray, as_of: date) -> IntArray:
        """Return the agreements that hold on a day, those on the nearest matter first.

        Parameters
        ----------
        steps
            Distance of every matter, by code, from the one asked; -1 where it is no ancestor.
        as_of
            The day.
        """
        day = np.datetime64(as_of)
        distance = steps[self.matter]
        # every comparison with NaT is false
        holds = ~(self.begins > day) & ~(self.ends <= day) & (distance >= 0)
        chosen = np.flatnonzero(holds)
        return chosen[np.argsort(distance[chosen], kind="stable")]

    def settled(
        self, chosen: IntArray, sets: BodySets, set_of: Positions, contested: IntArray
    ) -> IntArray:
        """Tell which agreement, if any, settles each of some contested faces.

        Parameters
        ----------
        chosen
            Agreements in force; of several that name all who lead, the first counts.
        sets, set_of
            Sets of leading bodies, and that of each face.
        contested
            Faces led by two or more.

        Returns
        -------
        agreement
            By face, shape of ``set_of``; -1 where none does.
        """
        result = np.full(len(set_of), -1, dtype=np.int64)
        if len(contested) == 0:
            return result
        open_sets, which = np.unique(set_of[contested], return_inverse=True)
        # of every face, the position of its set among those asked about, or -1
        asked = np.full(len(set_of), -1, dtype=np.int64)
        asked[contested] = which
        for number in chosen.tolist():
            named = sets.within(self.parties.list_of(number), open_sets)
            place = self.faces[number]
            if place is None:
                held = contested[named[which]]
            else:
                place = place[asked[place] >= 0]
                held = place[named[asked[place]]]
            result[held[result[held] < 0]] = number
        return result
