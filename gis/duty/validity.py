"""Which claims are in force on a day, and which have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis.model.vocabulary import ClaimStatus

if TYPE_CHECKING:
    from datetime import date


def in_force(claims: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    """Tell which claims hold: claimed or confirmed, begun, and not over.

    A claim holds from ``valid_from`` up to but not including ``valid_to``; no date, no bound.
    """
    return _acknowledged(claims) & _begun(claims, as_of) & ~_over(claims, as_of)


def ended(claims: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    """Tell which claims once held and no longer do, by their date or by their status."""
    expired = (claims["status"] == ClaimStatus.EXPIRED) & _begun(claims, as_of)
    return (_acknowledged(claims) & _over(claims, as_of)) | expired


def _acknowledged(claims: pd.DataFrame) -> pd.Series[bool]:
    return claims["status"].isin([ClaimStatus.CLAIMED, ClaimStatus.CONFIRMED])


def _begun(claims: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    return ~(claims["valid_from"] > pd.Timestamp(as_of))


def _over(claims: pd.DataFrame, as_of: date) -> pd.Series[bool]:
    return claims["valid_to"] <= pd.Timestamp(as_of)
