"""Rates drawn toward the city's, tails and false discoveries, against sums in exact fractions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.practice.beta import beta_cdf, beta_quantile
from gis.practice.discovery import q_values
from gis.practice.rates import Spread, chance_of_as_many, fit_spread, judged, pooled
from gis.practice.silence import silence


def exact_tail(n, x, a, b):
    """P(X >= x) of the beta-binomial with whole parameters, by rising factorials."""

    def rising(start, steps):
        value = Fraction(1)
        for step in range(steps):
            value *= start + step
        return value

    return sum(
        comb(n, k) * rising(a, k) * rising(b, n - k) / rising(a + b, n) for k in range(x, n + 1)
    )


@given(st.integers(1, 30), st.integers(0, 30), st.integers(1, 9), st.integers(1, 60))
def test_the_chance_of_as_many_is_the_sum_of_exact_fractions(n, x, a, b):
    x = min(x, n)
    spread = Spread(rate=a / (a + b), strength=float(a + b))
    (p,) = chance_of_as_many(np.array([n]), np.array([x]), spread)
    assert p == pytest.approx(float(exact_tail(n, x, a, b)), rel=1e-9)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 999))
def test_the_incomplete_beta_is_a_sum_of_binomial_terms(a, b, thousandths):
    share, n = Fraction(thousandths, 1000), a + b - 1
    exact = sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(a, n + 1))
    (found,) = beta_cdf(np.array([float(share)]), np.array([float(a)]), np.array([float(b)]))
    assert found == pytest.approx(float(exact), rel=1e-9, abs=1e-13)


def test_the_incomplete_beta_is_none_at_the_start_and_all_at_the_end():
    ends = beta_cdf(np.array([0.0, 1.0]), np.array([2.0, 2.0]), np.array([3.0, 3.0]))
    assert ends.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("a", "b"), [(0.4, 9.0), (12.0, 3.0), (2000.0, 8000.0)])
def test_the_quantile_is_where_the_distribution_reaches_the_share(a, b):
    at = beta_quantile(0.025, np.array([a]), np.array([b]))
    assert beta_cdf(at, np.array([a]), np.array([b]))[0] == pytest.approx(0.025, abs=1e-8)


def test_benjamini_and_hochbergs_own_fifteen_tests_give_four_discoveries():
    p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
         .6528, .7590, 1.0]  # fmt: skip
    q = q_values(np.array(p)[::-1])[::-1]
    assert (q <= 0.05).sum() == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4)


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0.01, 0.5))
def test_discoveries_are_those_of_the_step_up_rule(p, rate):
    ordered = sorted(p)
    k = max((i for i, v in enumerate(ordered, 1) if v * len(p) / i <= rate), default=0)
    assert (q_values(np.array(p)) <= rate).sum() == sum(v <= ordered[k - 1] for v in p if k)


def test_no_test_is_no_discovery():
    assert len(q_values(np.array([]))) == 0


def test_a_rate_is_drawn_toward_the_citys_the_more_the_fewer_its_cases():
    cases = np.array([4, 400, *[50] * 20])
    troubled = np.array([2, 200, *[2, 8] * 10])
    drawn = pooled(cases, troubled, np.zeros(22, dtype=np.int64))
    spread = fit_spread(cases, troubled)
    assert drawn.city_rate[0] == pytest.approx(302 / 1404)
    assert drawn.rate == pytest.approx(
        (spread.alpha + troubled) / (spread.strength + cases), rel=1e-12
    )
    assert 302 / 1404 < drawn.rate[0] < drawn.rate[1] < 0.5
    assert (drawn.low < drawn.rate).all()
    assert (drawn.rate < drawn.high).all()
    assert drawn.high[1] - drawn.low[1] < drawn.high[0] - drawn.low[0]


def test_a_place_that_stands_out_is_not_drawn_as_if_it_were_ordinary():
    cases, troubled = np.full(30, 40), np.full(30, 4)
    troubled[7] = 36
    drawn = pooled(cases, troubled, np.zeros(30, dtype=np.int64))
    assert drawn.low[7] > 0.5


def test_places_that_differ_no_more_than_by_chance_weigh_as_nothing_beside_their_city():
    alike = fit_spread(np.full(40, 50), np.full(40, 10))
    assert alike.rate == 0.2
    assert alike.strength == 1e4


def test_places_that_differ_more_than_by_chance_are_drawn_less():
    apart = fit_spread(np.full(40, 50), np.tile([2, 18], 20))
    assert apart.strength < 50


def test_one_place_bad_beyond_doubt_is_found_and_does_not_hide_another():
    cases, troubled = np.full(30, 40), np.tile([3, 4, 5], 10)
    troubled[[7, 20]] = 30, 25
    judgement = judged(cases, troubled, np.zeros(30, dtype=np.int64), q=0.1)
    assert np.flatnonzero(judgement.found).tolist() == [7, 20]
    assert judgement.ordinary_rate[0] == pytest.approx(0.1, abs=0.005)


def test_a_matter_is_compared_with_itself_only():
    cases, troubled = np.full(60, 40), np.tile([3, 4, 5], 20)
    troubled[30:] += 20
    judgement = judged(cases, troubled, np.repeat([0, 1], 30), q=0.1)
    assert not judgement.found.any()


def test_a_place_is_silent_that_has_somebody_and_was_not_heard_of_for_so_many_days():
    day = np.datetime64("2026-08-15", "D")
    told = silence(
        np.array([10.0, 10.0, 10.0, 0.0, np.nan]),
        np.array(["2026-05-17", "2026-05-18", "NaT", "NaT", "NaT"], dtype="datetime64[D]"),
        np.datetime64("2026-01-01", "D"),
        day,
        most_days=90,
    )
    assert told.days.tolist() == [90, 89, 226, 226, 226]
    assert told.silent.tolist() == [True, False, True, False, False]
