"""Which claims are in force on a day, and which have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis.model.vocabulary import ClaimStatus

if TYPE_CHECKING:
    from datetime import date


def in_force(claims: pd.DataFrame, bodies: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    """Tell which claims hold: claimed or confirmed, begun, not over, and by a body that exists.

    A claim or body is there from ``valid_from`` up to but not including ``valid_to``; no date, no
    bound.
    """
    return _acknowledged(claims) & _begun(claims, bodies, as_of) & ~_over(claims, bodies, as_of)


def ended(claims: pd.DataFrame, bodies: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    """Tell which claims once held and no longer do: by date, by status or with their body."""
    begun = _begun(claims, bodies, as_of)
    expired = (claims["status"] == ClaimStatus.EXPIRED) & begun
    return (_acknowledged(claims) & begun & _over(claims, bodies, as_of)) | expired


def _acknowledged(claims: pd.DataFrame) -> pd.Series[bool]:
    return claims["status"].isin([ClaimStatus.CLAIMED, ClaimStatus.CONFIRMED])


def _begun(claims: pd.DataFrame, bodies: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    day = pd.Timestamp(as_of)
    unborn = bodies.loc[bodies["valid_from"] > day, "body_id"]
    return ~(claims["valid_from"] > day) & ~claims["body"].isin(unborn)


def _over(claims: pd.DataFrame, bodies: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    day = pd.Timestamp(as_of)
    dissolved = bodies.loc[bodies["valid_to"] <= day, "body_id"]
    return (claims["valid_to"] <= day) | claims["body"].isin(dissolved)
