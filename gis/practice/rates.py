"""Rates of small places, drawn toward their city's, and how far each stands out from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis.practice.beta import beta_quantile
from gis.practice.discovery import q_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.model.arrangement import BoolArray, FloatArray, IntArray

#: No city is so uniform that the rates of its places differ by less than about half a per cent.
_MOST_STRENGTH = 1e4
#: Below, the rates of places are all but yes or no.
_LEAST_STRENGTH = 0.5
_LEAST_CITY_RATE = 1e-9
#: Standard errors by which ordinary places are taken to differ more than they seem to.
_CAUTION = 1.0
_MOST_ROUNDS = 5

#: Fewer places do not tell how ordinary places are spread.
FEWEST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Spread:
    """How the rates of a city's ordinary places are spread: a beta distribution.

    Parameters
    ----------
    rate
        Its mean, the city's rate.
    strength
        So many cases of its own weigh as much as the city does (α + β).
    """

    rate: float
    strength: float

    @property
    def alpha(self) -> float:
        """First parameter."""
        return self.rate * self.strength

    @property
    def beta(self) -> float:
        """Second parameter."""
        return (1 - self.rate) * self.strength


def fit_spread(cases: IntArray, troubled: IntArray) -> Spread:
    """Estimate how ordinary places are spread, from the places themselves (empirical Bayes).

    Parameters
    ----------
    cases, troubled
        Cases of each place, at least 1, and how many of them were in trouble; shape (n,).

    Returns
    -------
    spread
        Mean: all troubled over all cases. Strength: from how much more the rates differ than
        chance makes them, by the moments of the beta-binomial (Kleinman 1973, weights n_i); what
        they differ by is taken one standard error larger than it is, since few places tell it
        roughly.

    Notes
    -----
    Robbins (1956), *An empirical Bayes approach to statistics*; Clayton & Kaldor (1987),
    *Empirical Bayes estimates of age-standardized relative risks*, Biometrics 43; Kleinman (1973),
    *Proportions with extraneous variance*, J. Am. Statist. Assoc. 68.
    """
    total = int(cases.sum())
    rate = float(troubled.sum()) / total if total else 0.0
    rate = min(max(rate, _LEAST_CITY_RATE), 1 - _LEAST_CITY_RATE)
    chance = rate * (1 - rate)
    differing = float((cases * (troubled / cases - rate) ** 2).sum())
    free = len(cases) - 1
    room = total - float((cases.astype(float) ** 2).sum()) / max(total, 1) - free
    if room <= 0 or free < 1:
        return Spread(rate, _MOST_STRENGTH)
    differing *= 1 + _CAUTION * math.sqrt(2 / free)
    alike = (differing - chance * free) / (chance * room)
    return Spread(rate, _bounded(1 / alike - 1 if alike > 0 else _MOST_STRENGTH))


def _bounded(strength: float) -> float:
    return min(max(strength, _LEAST_STRENGTH), _MOST_STRENGTH)


def chance_of_as_many(cases: IntArray, troubled: IntArray, spread: Spread) -> FloatArray:
    """Return how likely an ordinary place has at least as many cases in trouble.

    Parameters
    ----------
    cases, troubled
        Cases of each place, and how many of them were in trouble; shape (n,).
    spread
        How ordinary places are spread.

    Returns
    -------
    p
        P(X ≥ troubled) of the beta-binomial distribution, its terms added up one by one.
    """
    a, b = spread.alpha, spread.beta
    longest = int(cases.max(initial=0))
    steps = np.arange(longest)
    none = np.concatenate([[0.0], np.cumsum(np.log(b + steps) - np.log(a + b + steps))])
    log_term = none[cases]
    p = np.where(troubled <= 0, np.exp(log_term), 0.0)
    for k in range(longest):
        left = cases - k
        with np.errstate(divide="ignore"):
            log_term = log_term + np.where(
                left > 0,
                np.log(np.maximum(left, 0)) + np.log(a + k)
                - np.log(k + 1) - np.log(np.maximum(b + left - 1, b)),
                -np.inf,
            )  # fmt: skip
        p += np.where(k + 1 >= troubled, np.exp(log_term), 0.0)
    return np.minimum(p, 1.0)


def robust_spread(cases: IntArray, troubled: IntArray) -> Spread:
    """Estimate how ordinary places are spread although some bad ones are among them.

    Only the lower half is looked at, where bad places are not: the middle of the rates and how far
    those below lie from it, taken one standard error larger.

    Parameters
    ----------
    cases, troubled
        As for :func:`fit_spread`.

    Notes
    -----
    On the scale arcsin √rate, chance alone gives the variance 1 / (4n + 2) and a beta of strength M
    adds 1 / (4 (M + 1)) (Anscombe 1948, *The transformation of Poisson, binomial and
    negative-binomial data*, Biometrika 35). The idea of taking the null from the middle of what is
    observed is that of Efron (2004), *Large-scale simultaneous hypothesis testing*, J. Am. Statist.
    Assoc. 99.
    """
    scaled = np.arcsin(np.sqrt((troubled + 0.375) / (cases + 0.75)))
    weight = cases / cases.sum()
    order = np.argsort(scaled, kind="stable")
    middle = float(scaled[order][np.searchsorted(np.cumsum(weight[order]), 0.5)])
    lower = scaled <= middle
    chance = float(np.average(1 / (4 * cases[lower] + 2), weights=cases[lower]))
    differing = float(np.average((scaled[lower] - middle) ** 2, weights=cases[lower]))
    differing *= 1 + _CAUTION * math.sqrt(2 / int(lower.sum()))
    excess = differing - chance
    rate = min(max(float(np.sin(middle)) ** 2, _LEAST_CITY_RATE), 1 - _LEAST_CITY_RATE)
    return Spread(rate, _bounded(1 / (4 * excess) - 1 if excess > 0 else _MOST_STRENGTH))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is made of each place.

    Parameters
    ----------
    ordinary_rate
        Of the ordinary places that it is compared with.
    p, q
        How likely an ordinary place looks as bad or worse, and the false discovery rate at which
        it is found.
    found
        Whether it is, at the rate asked for.
    """

    ordinary_rate: FloatArray
    p: FloatArray
    q: FloatArray
    found: BoolArray


def judged(cases: IntArray, troubled: IntArray, city: IntArray, *, q: float) -> Judgement:
    """Compare each place with the other places of its city, and tell which stand out.

    Parameters
    ----------
    cases, troubled
        Cases of each place, at least 1, and how many were in trouble; shape (n,).
    city
        Number from 0 of the matter and measure; places with the same one are compared.
    q
        False discovery rate over all places, matters and measures together.

    Returns
    -------
    judgement
        Row by row.

    Notes
    -----
    Bad places would pass for ordinary variation if the spread were estimated with them among the
    others. So those that stand out beyond all doubt (p ≤ q / n), first by the spread of the lower
    half, then by that of the places left, are set aside, until nothing is added; then all are
    judged by the spread of the places left.
    """
    rows = _by_city(city)
    aside = np.zeros(len(cases), dtype=bool)
    judgement = _judged_by(robust_spread, cases, troubled, rows, aside, q)
    for _ in range(_MOST_ROUNDS):
        before = aside.copy()
        aside |= judgement.p <= q / max(len(cases), 1)
        judgement = _judged_by(fit_spread, cases, troubled, rows, aside, q)
        if (aside == before).all():
            break
    return judgement


def _judged_by(
    spread_of: Callable[[IntArray, IntArray], Spread],
    cases: IntArray,
    troubled: IntArray,
    rows: list[IntArray],
    aside: BoolArray,
    q: float,
) -> Judgement:
    rate, p = np.ones(len(cases)), np.ones(len(cases))
    for places in rows:
        ordinary = places[~aside[places]]
        # a matter that is bad everywhere has no ordinary places to be compared with
        compared = ordinary if len(ordinary) else places
        spread = spread_of(cases[compared], troubled[compared])
        rate[places] = spread.rate
        p[places] = chance_of_as_many(cases[places], troubled[places], spread)
    values = q_values(p)
    return Judgement(rate, p, values, values <= q)


def _by_city(city: IntArray) -> list[IntArray]:
    return [np.flatnonzero(city == number) for number in range(int(city.max(initial=-1)) + 1)]


@dataclass(frozen=True, slots=True)
class Pooled:
    """The rates of places drawn toward their city's.

    Parameters
    ----------
    city_rate
        All troubled over all cases of the matter and measure.
    rate, low, high
        Mean of the posterior Beta(α + x, β + n − x), and the interval that the rate is in with
        95 %, half of the rest on either side.
    """

    city_rate: FloatArray
    rate: FloatArray
    low: FloatArray
    high: FloatArray


def pooled(cases: IntArray, troubled: IntArray, city: IntArray) -> Pooled:
    """Draw the rates of places toward their city's, the more the fewer their cases.

    The spread is that of all places, bad ones included: a place that stands out is not drawn as
    if it were an ordinary one.

    Parameters
    ----------
    cases, troubled, city
        As for :func:`judged`.
    """
    rate, strength = np.ones(len(cases)), np.ones(len(cases))
    for places in _by_city(city):
        spread = fit_spread(cases[places], troubled[places])
        rate[places], strength[places] = spread.rate, spread.strength
    a = rate * strength + troubled
    b = (1 - rate) * strength + cases - troubled
    return Pooled(rate, a / (a + b), beta_quantile(_TAIL, a, b), beta_quantile(1 - _TAIL, a, b))


#: Each side of the interval of 95 %.
_TAIL = 0.025
