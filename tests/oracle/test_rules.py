"""Every face asked by a plain program that follows the written rules, one claim after the other."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest

from gis.arrangement.partition import make_partition
from gis.duty import Question, Register, ask
from gis.measure import EllipsoidMeasure
from gis.model.vocabulary import Level
from tests.builders import COUNTY, agreement, claim, project_of, square

TREE = {"city": "", "sweeping": "city", "lanes": "sweeping", "order": ""}
LEVELS = ("county", "street", "grid")
BODIES = ("甲", "乙", "丙", "丁", "戊")
DAYS = ("2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01")
ASKED = (date(2025, 12, 31), date(2026, 4, 1), date(2026, 6, 30), date(2026, 12, 31))


def drawn(random):
    """Return a rectangle on a coarse lattice, so that many claims share their borders."""
    west, south = random.integers(0, 6, 2)
    width, height = random.integers(2, 7, 2)
    return square(125 * west, 125 * south, 125 * (west + width), 125 * (south + height))


def pick(random, values, weights=None):
    return values[random.choice(len(values), p=weights)]


def random_project(seed):
    """Return a project in which every rule has something to decide."""
    random = np.random.default_rng(seed)
    claims = [
        claim(
            pick(random, BODIES),
            drawn(random),
            pick(random, ("", "city", "sweeping", "lanes", "order")),
            role=pick(
                random,
                ("lead", "assist", "fallback", "first_receiver", "fund"),
                (0.64, 0.1, 0.1, 0.1, 0.06),
            ),
            level=pick(random, ("", *LEVELS)),
            status=pick(
                random, ("claimed", "confirmed", "disclaimed", "expired"), (0.6, 0.3, 0.05, 0.05)
            ),
            stated_by=pick(random, ("", "", *BODIES)),
            valid_from=pick(random, (None, None, None, *DAYS)),
            valid_to=pick(random, (None, None, None, *DAYS)),
        )
        for _ in range(90)
    ]
    agreements = [
        agreement(
            *random.choice(BODIES, random.integers(2, 6), replace=False),
            first=pick(random, BODIES),
            place=drawn(random) if random.uniform() < 0.6 else None,
            matter=pick(random, ("", "city", "sweeping", "lanes")),
            signed_on=pick(random, (None, *DAYS)),
            valid_to=pick(random, (None, None, None, *DAYS)),
        )
        for _ in range(8)
    ]
    lives = [
        {
            "body_id": body,
            "valid_from": pick(random, (None, None, None, *DAYS[:1])),
            "valid_to": pick(random, (None, None, None, *DAYS[3:])),
        }
        for body in BODIES
    ]
    return project_of(
        *claims, agreements=agreements, bodies=lives, tree=TREE, within=COUNTY, matters=("lanes",)
    )


def come(day, other):
    """Tell whether a day is stated and not after another."""
    return not pd.isna(day) and day.date() <= other


def heard(claims, lives, question):
    """Return the claims that hold, and those that have ended."""
    held, ended = [], []
    for row in claims:
        life = lives[row["body"]]
        stated_by = row["stated_by"] or row["body"]
        if question.perspective not in {"", stated_by} or row["matter"] not in lineage(question):
            continue
        if any(
            not pd.isna(day) and day.date() > question.as_of
            for day in (row["valid_from"], life["valid_from"])
        ):
            continue
        over = come(row["valid_to"], question.as_of) or come(life["valid_to"], question.as_of)
        if row["status"] == "expired" or (over and row["status"] != "disclaimed"):
            ended.append(row)
        elif row["status"] != "disclaimed":
            held.append(row)
    return held, ended


def lineage(question):
    """Return the matter asked, its ancestors from the nearest on, and every matter."""
    every = ("lanes", "sweeping", "city", "")
    return every[every.index(question.matter) :]


def nearest(rows, question):
    """Return the bodies of the claims on the nearest ancestor."""
    steps = [lineage(question).index(row["matter"]) for row in rows]
    return tuple(
        sorted({row["body"] for row, step in zip(rows, steps, strict=True) if step == min(steps)})
    )


def settling(agreements, bodies, question):
    """Return the special one of the agreements in force that name all of some bodies, or None."""
    joint = [
        row
        for row in agreements
        if row["matter"] in lineage(question)
        and (pd.isna(row["signed_on"]) or come(row["signed_on"], question.as_of))
        and not come(row["valid_to"], question.as_of)
        and set(bodies) <= set(row["parties"])
    ]

    def general(row):
        # one that states no day of signing comes last
        signed = 0 if pd.isna(row["signed_on"]) else -row["signed_on"].toordinal()
        steps = lineage(question).index(row["matter"])
        return steps, row["geometry"] is None, signed, row["agreement_id"]

    return min(joint, key=general, default=None)


def led(held, agreements, question):
    """Return standing, leads and who an agreement names; None where nobody leads."""
    leads = [row for row in held if row["role"] == "lead"]
    here = nearest([row for row in leads if row["level"] in {"", question.level}], question)
    if len(here) > 1:
        agreed = settling(agreements, here, question)
        return ("contested", here, None) if agreed is None else ("joint", here, agreed)
    if here:
        return "sole", here, None
    ranks = [level.value for level in Level]
    at = ranks.index(question.level) if question.level else -1
    coarser, finer = ranks[: max(at, 0)][::-1], ranks[at + 1 :]
    for standing, levels in (("not_passed_down", coarser), ("elsewhere", finer)):
        for level in levels:
            there = nearest([row for row in leads if row["level"] == level], question)
            if there:
                return standing, there, None
    return None


def plain_answer(claims, agreements, lives, question):
    """Return standing, leads, others, first receiver and last end of one face.

    ``claims`` and ``agreements`` are the rows that cover it, ``lives`` the first and last days of
    bodies.
    """
    held, ended = heard(claims, lives, question)

    def of(role):
        return [row for row in held if row["role"] == role]

    ended = [row for row in ended if row["role"] == "lead"]
    days = [row["valid_to"] for row in ended if come(row["valid_to"], question.as_of)]
    lapsed_on = max(days).date().isoformat() if days else ""
    receiver = (nearest(of("first_receiver"), question) or ("",))[0]
    answer = led(held, agreements, question)
    if answer is not None:
        standing, leads, agreed = answer
        return standing, leads, (), agreed["first_receiver"] if agreed else receiver, lapsed_on
    for standing, rows in (
        ("leaderless", of("assist")),
        ("fallback_only", of("fallback")),
        ("lapsed", ended),
    ):
        if rows:
            return standing, (), nearest(rows, question), receiver, lapsed_on
    return "void", (), (), receiver, lapsed_on


@pytest.mark.parametrize("seed", range(3))
def test_every_answer_is_that_of_a_plain_program(seed):
    project = random_project(seed)
    measure = EllipsoidMeasure.around(project.jurisdiction.geometry.to_numpy(), project.crs)
    spoken = np.flatnonzero(project.claims["matter"] != "order")
    partition = make_partition(project, ("lanes",), spoken, number=0, measure=measure)
    register = Register.of(partition, project)
    claims, agreements = (
        getattr(project, name).to_dict("records") for name in ("claims", "agreements")
    )
    everywhere = [row for row, place in enumerate(project.agreements.geometry) if place is None]
    on_face, agreed = {}, {}
    for name, table in (("claims", on_face), ("agreements", agreed)):
        for face, row in zip(
            *(each.tolist() for each in partition.rows_on_faces(name)), strict=True
        ):
            table.setdefault(face, []).append(row)
    lives = project.bodies.set_index("body_id").to_dict("index")
    seen = set()
    for matter, level, day, perspective in product(
        ("lanes", "sweeping", "city"), ("", *LEVELS), ASKED, ("", "甲", "nobody")
    ):
        question = Question(matter, level, day, perspective)
        answer = ask(register, question).frame
        for face, got in enumerate(answer.itertuples(index=False, name=None)):
            expected = plain_answer(
                [claims[row] for row in on_face.get(face, ())],
                [agreements[row] for row in [*agreed.get(face, ()), *everywhere]],
                lives,
                question,
            )
            assert got == expected
            seen.add(expected[0])
    assert len(seen) == 9
