"""Simulated cities with bad places that are known: how many found are false, how many are found."""

import numpy as np
import pytest

from gis.practice.rates import judged

CITIES, MATTERS, PLACES, Q = 200, 4, 60, 0.1


def city(seed, *, bad_share, strength):
    """Return cases, troubled, matter and which places are bad, at four times the city's rate.

    Ordinary places differ too: a rate of 15 % has a standard deviation of 5.6 % at strength 40.
    """
    rng = np.random.default_rng(seed)
    matter = np.repeat(np.arange(MATTERS), PLACES)
    base = np.repeat(rng.uniform(0.05, 0.2, MATTERS), PLACES)
    cases = 1 + rng.poisson(rng.gamma(2, 15, len(matter)))
    ordinary = rng.beta(base * strength, (1 - base) * strength)
    bad = rng.random(len(matter)) < bad_share
    troubled = rng.binomial(cases, np.where(bad, 4 * base, ordinary))
    return cases, troubled, matter, bad


def share_false_and_power(*, bad_share, strength=40):
    """Return the mean false share over the cities, its standard error, and the mean power."""
    false, power = [], []
    for seed in range(CITIES):
        cases, troubled, matter, bad = city(seed, bad_share=bad_share, strength=strength)
        found = judged(cases, troubled, matter, q=Q).found
        false.append((found & ~bad).sum() / max(found.sum(), 1))
        power.append((found & bad).sum() / max(bad.sum(), 1))
    return np.mean(false), np.std(false) / CITIES**0.5, np.mean(power)


@pytest.mark.parametrize(("bad_share", "least_power"), [(0.03, 0.33), (0.1, 0.23)])
def test_of_the_places_found_no_more_than_asked_for_are_false(
    bad_share, least_power, record_property
):
    false, error, power = share_false_and_power(bad_share=bad_share)
    record_property("false discovery rate", float(false))
    record_property("power", float(power))
    assert false <= Q + 2 * error
    assert power >= least_power


def test_in_a_city_without_bad_places_hardly_ever_is_one_found():
    false, error, _ = share_false_and_power(bad_share=0)
    assert false <= Q + 2 * error
