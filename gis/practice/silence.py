"""Places where there is somebody or something to look after, and nobody reports or patrols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gis.duty.validity import DayArray
    from gis.model.arrangement import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Silence:
    """How long each place has been silent.

    Parameters
    ----------
    days
        Days since it was last heard of, or since the records begin.
    silent
        Whether that is too long.
    """

    days: IntArray
    silent: BoolArray


def silence(
    exposed: FloatArray,
    last_heard: DayArray,
    begun: np.datetime64,
    as_of: np.datetime64,
    *,
    most_days: int,
) -> Silence:
    """Tell which places have been silent for too long.

    Parameters
    ----------
    exposed
        People or assets at each place; NaN for unknown. Where there are none, silence is no news.
    last_heard
        Day of the last report or patrol, NaT for none; shape (n,).
    begun
        First day of the records: before it, nobody can tell.
    as_of
        The day asked about.
    most_days
        Silent for at least so many days is too long.
    """
    since = np.where(np.isnat(last_heard), begun, last_heard).astype("datetime64[D]")
    days = (as_of.astype("datetime64[D]") - since).astype(np.int64)
    return Silence(days, (exposed > 0) & (days >= most_days))
