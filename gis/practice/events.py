"""What happened to each case, measured from its steps: bounces, loops, hours, rework."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.model.vocabulary import EventKind

if TYPE_CHECKING:
    from gis.model.arrangement import BoolArray, FloatArray, GeometryArray, IntArray

_HOUR = np.timedelta64(3600, "s")


def case_measures(
    cases: pd.DataFrame, events: pd.DataFrame, limit_hours: FloatArray, until: np.datetime64
) -> pd.DataFrame:
    """Measure each case by its steps before a moment.

    Parameters
    ----------
    cases
        Rows of ``cases``.
    events
        Rows of ``case_events``, in any order.
    limit_hours
        Hours in which each case has to be closed, NaN for no limit; shape (n,).
    until
        Steps at this moment or later are not looked at, as if they had not happened yet.

    Returns
    -------
    measures
        One row a case, in their order:

        ``bounces``
            Steps ``return``, and dispatches that follow right upon one to another body.
        ``loops``
            Dispatches to the body that had the case before the last one (A→B→A), with nobody
            having handled it in between.
        ``answer_hours``
            Hours from filing to the first ``handle``; NaN where there is none yet. A case without
            a step ``file`` counts from ``reported_at``.
        ``bounced``, ``overdue``, ``reworked``
            1 or 0, or NaN where the case cannot tell: it was never dispatched nor returned; it has
            no limit, no step, or still has time; it was never closed. Overdue is what was not
            closed within its limit, reworked what was reopened.
        ``last_seen``
            When somebody last handled or verified it on the spot; NaT for never.
    """
    n = len(cases)
    row, kind, at, to_body = _in_order(cases, events, until)

    def count(which: BoolArray) -> IntArray:
        return np.bincount(row[which], minlength=n)

    sent = kind == EventKind.DISPATCH
    named = to_body != ""
    redirected = np.zeros(len(row), dtype=bool)
    redirected[1:] = ((row[1:] == row[:-1]) & sent[1:] & sent[:-1] & named[1:] & named[:-1]) & (
        to_body[1:] != to_body[:-1]
    )
    moved = count(sent | (kind == EventKind.RETURN)) > 0
    bounces = count((kind == EventKind.RETURN) | redirected)
    handled = kind == EventKind.HANDLE
    reported = cases["reported_at"].to_numpy().astype("datetime64[s]")
    filed = _first(row, at, kind == EventKind.FILE, n)
    begun = np.where(np.isnat(filed), reported, filed)
    closed = _first(row, at, kind == EventKind.CLOSE, n)
    return pd.DataFrame(
        {
            "bounces": bounces,
            "loops": np.bincount(_loops(row, to_body, sent & named, handled), minlength=n),
            "answer_hours": (_first(row, at, handled, n) - begun) / _HOUR,
            "bounced": np.where(moved, bounces > 0, np.nan),
            "overdue": _overdue(
                begun, closed, limit_hours, until, told=np.bincount(row, minlength=n) > 0
            ),
            "reworked": np.where(np.isnat(closed), np.nan, count(kind == EventKind.REOPEN) > 0),
            "last_seen": _last(row, at, handled | (kind == EventKind.VERIFY), n),
        },
        index=cases.index,
    )


def _in_order(
    cases: pd.DataFrame, events: pd.DataFrame, until: np.datetime64
) -> tuple[IntArray, GeometryArray, GeometryArray, GeometryArray]:
    """Return case row, kind, moment and receiver of the steps, case by case in their order."""
    row = pd.Index(cases["case_id"]).get_indexer(pd.Index(events["case_id"])).astype(np.int64)
    at = events["at"].to_numpy().astype("datetime64[s]")
    order = np.lexsort((events["seq"].to_numpy(), row))
    order = order[(row[order] >= 0) & (at[order] < until)]
    kind = events["kind"].to_numpy(dtype=object)
    to_body = events["to_body"].to_numpy(dtype=object)
    return row[order], kind[order], at[order], to_body[order]


def _loops(row: IntArray, to_body: GeometryArray, sent: BoolArray, handled: BoolArray) -> IntArray:
    """Return the case of each dispatch that closes a loop A→B→A."""
    # who handles a case ends the chain: being sent it once more is then no passing around
    chain = np.cumsum(handled)[sent]
    row, holder = row[sent], to_body[sent]
    fresh = np.ones(len(row), dtype=bool)
    fresh[1:] = (row[1:] != row[:-1]) | (chain[1:] != chain[:-1]) | (holder[1:] != holder[:-1])
    row, chain, holder = row[fresh], chain[fresh], holder[fresh]
    back = (row[2:] == row[:-2]) & (chain[2:] == chain[:-2]) & (holder[2:] == holder[:-2])
    found: IntArray = row[2:][back]
    return found


def _first(row: IntArray, at: GeometryArray, which: BoolArray, n: int) -> GeometryArray:
    """Return the first moment of some steps by case; NaT for none."""
    first = np.full(n, np.datetime64("NaT", "s"))
    np.fmin.at(first, row[which], at[which])
    return first


def _last(row: IntArray, at: GeometryArray, which: BoolArray, n: int) -> GeometryArray:
    """Return the last moment of some steps by case; NaT for none."""
    last = np.full(n, np.datetime64("NaT", "s"))
    np.fmax.at(last, row[which], at[which])
    return last


def _overdue(
    begun: GeometryArray,
    closed: GeometryArray,
    limit_hours: FloatArray,
    until: np.datetime64,
    *,
    told: BoolArray,
) -> FloatArray:
    """Return 1 for cases that took or have taken longer than allowed; NaN where none can tell."""
    still_open = np.isnat(closed)
    hours = (np.where(still_open, until, closed) - begun) / _HOUR
    late = hours > limit_hours
    tells = told & ~np.isnan(limit_hours) & (late | ~still_open)
    return np.where(tells, late, np.nan)
