"""What has to hold of what happened to a case: known, each step once, in the order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.layers.crosschecks import unknown_names
from gis.model.vocabulary import EventKind

if TYPE_CHECKING:
    import pandas as pd

    from gis.errors import InputError
    from gis.layers.crosschecks import Table


def history_errors(events: Table, cases: Table) -> list[InputError]:
    """Return an error for each event that cannot have happened as it is stated.

    Parameters
    ----------
    events
        Rows of ``case_events``.
    cases
        Rows of ``cases``. Where part of them could not be read, no case is known to be missing.

    Returns
    -------
    errors
        Events of a case that is not listed (``case_not_listed``), steps that a case has twice
        (``event_repeated``), that are earlier than the step before (``event_out_of_order``), and
        closings before a case was reported or filed (``case_closed_before_filed``).
    """
    errors = unknown_names(events, "case_id", cases, "case_id", "case_not_listed")
    # a blank seq or moment is refused already
    known = events.frame.dropna(subset=["seq", "at"])
    known = known.sort_values(["case_id", "seq"], kind="stable")
    before = known.shift()
    same = known["case_id"] == before["case_id"]
    repeated = same & (known["seq"] == before["seq"])
    early = same & ~repeated & (known["at"] < before["at"])
    rows = known.index.to_numpy()
    errors += [
        events.origin.error(int(rows[at]), "event_repeated", column="seq", value=f"{seq:g}")
        for at, seq in zip(np.flatnonzero(repeated), known["seq"][repeated], strict=True)
    ]
    errors += [
        events.origin.error(
            int(rows[at]), "event_out_of_order", column="at", value=str(own), before=str(last)
        )
        for at, own, last in zip(
            np.flatnonzero(early), known["at"][early], before["at"][early], strict=True
        )
    ]
    return errors + _closed_too_early(events, known, cases.frame)


def _closed_too_early(events: Table, known: pd.DataFrame, cases: pd.DataFrame) -> list[InputError]:
    """Return an error for each closing before its case was reported or, by the steps, filed."""
    reported = cases.drop_duplicates("case_id").set_index("case_id")["reported_at"]
    filed = known[known["kind"] == EventKind.FILE].groupby("case_id")["seq"].min()
    closed = known[known["kind"] == EventKind.CLOSE]
    # a comparison with a missing value is false: a case without a step "file" was filed as reported
    of_case = closed["case_id"]
    wrong = (closed["at"].to_numpy() < reported.reindex(of_case).to_numpy()) | (
        closed["seq"].to_numpy() < filed.reindex(of_case).to_numpy()
    )
    rows = closed.index.to_numpy()
    return [
        events.origin.error(
            int(rows[at]), "case_closed_before_filed", column="at", value=str(closed["at"].iloc[at])
        )
        for at in np.flatnonzero(wrong)
    ]
