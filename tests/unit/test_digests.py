"""A digest changes with every value, and with nothing else."""

import pandas as pd
import pytest

from gis.digests import digest


def table(*moments, unit="s"):
    """Return a table of one column of moments."""
    return pd.DataFrame(
        {"at": pd.to_datetime(list(moments), format="ISO8601").astype(f"datetime64[{unit}]")}
    )


@pytest.mark.parametrize(
    "other",
    [("2026-08-15 08:30",), ("2026-08-15 08:30:01",), ("2026-08-16",), (None,), ()],
)
def test_a_moment_changes_the_digest_by_its_time_of_day(other):
    assert digest("log", table("2026-08-15")) != digest("log", table(*other))
    assert digest("log", table("2026-08-15 08:31")) != digest("log", table(*other))


def test_a_moment_has_one_digest_in_whichever_unit_it_is_kept():
    moments = ("2026-08-15 08:30:01", "2026-08-16", None)
    kept = {digest("log", table(*moments, unit=unit))["sha256"] for unit in ("s", "ms", "us", "ns")}
    assert len(kept) == 1
