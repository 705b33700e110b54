"""Which claims are in force on a day, and which have ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.model.vocabulary import ClaimStatus

if TYPE_CHECKING:
    from datetime import date

    from gis.model.arrangement import BoolArray

DayArray = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Spans:
    """From when until when each claim may hold, together with its body.

    Parameters
    ----------
    begins
        The later first day of claim and body, NaT where neither states one; shape (n,).
    ends
        The earlier day on which claim or body is no longer there, or NaT; shape (n,).
    acknowledged
        Whether the claim is claimed or confirmed; shape (n,).
    expired
        Whether its status says that it has ended; shape (n,).
    """

    begins: DayArray
    ends: DayArray
    acknowledged: BoolArray
    expired: BoolArray

    @classmethod
    def of(cls, claims: pd.DataFrame, bodies: pd.DataFrame) -> Spans:
        """Return the spans of a table of claims by bodies that may be founded and dissolved."""
        bodies = bodies.drop_duplicates("body_id")
        row = pd.Index(bodies["body_id"]).get_indexer(pd.Index(claims["body"]))
        status = claims["status"]
        return cls(
            begins=np.fmax(days(claims["valid_from"]), _by_row(days(bodies["valid_from"]), row)),
            ends=np.fmin(days(claims["valid_to"]), _by_row(days(bodies["valid_to"]), row)),
            acknowledged=status.isin([ClaimStatus.CLAIMED, ClaimStatus.CONFIRMED]).to_numpy(),
            expired=(status == ClaimStatus.EXPIRED).to_numpy(),
        )

    def in_force(self, as_of: date) -> BoolArray:
        """Tell which claims hold: claimed or confirmed, begun, not over, and by a body that exists.

        A claim or body is there from ``valid_from`` up to but not including ``valid_to``; no date,
        no bound.
        """
        return self.acknowledged & self._begun(as_of) & ~self._over(as_of)

    def ended(self, as_of: date) -> BoolArray:
        """Tell which claims once held and no longer do: by date, by status or with their body."""
        over = (self.acknowledged & self._over(as_of)) | self.expired
        return over & self._begun(as_of)

    # every comparison with NaT is false

    def _begun(self, as_of: date) -> BoolArray:
        return ~(self.begins > np.datetime64(as_of))

    def _over(self, as_of: date) -> BoolArray:
        return np.asarray(self.ends <= np.datetime64(as_of))


def in_force(claims: pd.DataFrame, bodies: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    """Tell which claims of a table hold on a day."""
    return pd.Series(Spans.of(claims, bodies).in_force(as_of), index=claims.index)


def days(dates: pd.Series[pd.Timestamp]) -> DayArray:
    """Return a column of dates as days; a missing one is NaT."""
    return dates.to_numpy().astype("datetime64[D]")


def _by_row(values: DayArray, row: npt.NDArray[np.intp]) -> DayArray:
    """Return the values of rows; NaT for row -1."""
    return np.append(values, np.datetime64("NaT", "D"))[row]
