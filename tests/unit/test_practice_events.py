"""Bounces, loops, hours and rework of single cases, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from gis.practice.events import case_measures

UNTIL = np.datetime64("2026-08-11T00:00:00")


@pytest.fixture
def measure():
    """Measure one case reported on 1 August at eight, from lines "day hour kind [to]"."""

    def one(*steps, limit=np.nan):
        told = [[*step.split(), ""] for step in steps]
        events = pd.DataFrame(
            {
                "case_id": "k",
                "seq": np.arange(len(told), dtype=float),
                "at": [np.datetime64(f"2026-08-{day}T{hour}:00:00", "s") for day, hour, *_ in told],
                "kind": [kind for _, _, kind, *_ in told],
                "to_body": [rest[0] for _, _, _, *rest in told],
            }
        )
        cases = pd.DataFrame(
            {"case_id": ["k"], "reported_at": [np.datetime64("2026-08-01T08:00:00", "s")]}
        )
        shuffled = events.iloc[::-1]
        return case_measures(cases, shuffled, np.array([limit]), UNTIL).iloc[0]

    return one


def test_a_return_and_a_dispatch_to_another_body_right_upon_one_are_bounces(measure):
    told = measure("01 09 dispatch A", "01 10 return", "01 11 dispatch B", "01 12 dispatch C")
    assert (told["bounces"], told["bounced"]) == (2, 1)


def test_a_dispatch_repeated_to_the_same_body_is_no_bounce(measure):
    told = measure("01 09 dispatch A", "01 10 dispatch A", "01 12 handle", "02 10 dispatch B")
    assert (told["bounces"], told["bounced"]) == (0, 0)


def test_a_case_never_dispatched_says_nothing_about_bounces(measure):
    assert np.isnan(measure("01 09 file")["bounced"])


def test_a_case_sent_to_a_then_b_then_a_is_one_loop_and_on_to_b_a_second(measure):
    sent = ["01 09 dispatch A", "01 10 return", "01 11 dispatch B", "01 12 return"]
    assert measure(*sent)["loops"] == 0
    assert measure(*sent, "01 13 dispatch A")["loops"] == 1
    assert measure(*sent, "01 13 dispatch A", "01 14 dispatch B")["loops"] == 2


def test_a_case_returned_and_sent_to_the_same_body_again_is_no_loop(measure):
    assert measure("01 09 dispatch A", "01 10 return", "01 11 dispatch A")["loops"] == 0


def test_who_handled_a_case_may_be_sent_it_again_without_a_loop(measure):
    told = measure("01 09 dispatch A", "01 10 handle", "01 11 dispatch B", "01 12 dispatch A")
    assert told["loops"] == 0


def test_the_first_answer_counts_from_filing_or_else_from_the_report(measure):
    assert measure("01 12 file", "02 12 handle", "03 12 handle")["answer_hours"] == 24
    assert measure("02 12 handle")["answer_hours"] == 28
    assert np.isnan(measure("01 12 file")["answer_hours"])


def test_a_case_is_overdue_that_closed_later_than_its_limit_and_not_at_it(measure):
    assert measure("01 12 file", "02 12 close", limit=24)["overdue"] == 0
    assert measure("01 12 file", "02 13 close", limit=24)["overdue"] == 1


def test_an_open_case_is_overdue_after_its_limit_and_tells_nothing_before(measure):
    assert measure("01 12 file", limit=24)["overdue"] == 1
    assert np.isnan(measure("10 12 file", limit=24)["overdue"])


def test_a_case_without_a_limit_or_a_step_tells_nothing_about_being_overdue(measure):
    assert np.isnan(measure("01 12 file", "09 12 close")["overdue"])
    assert np.isnan(measure(limit=1)["overdue"])


def test_a_case_reopened_is_rework_and_one_never_closed_tells_nothing(measure):
    assert measure("01 12 close", "02 12 reopen")["reworked"] == 1
    assert measure("01 12 close")["reworked"] == 0
    assert np.isnan(measure("01 12 file")["reworked"])


def test_what_happens_after_the_day_asked_about_has_not_happened(measure):
    told = measure("01 09 dispatch A", "11 00 return", "12 09 dispatch B", limit=1000)
    assert (told["bounces"], told["bounced"]) == (0, 0)


def test_a_case_was_last_seen_when_it_was_handled_or_verified(measure):
    assert measure("01 09 handle", "03 09 verify", "04 09 close")["last_seen"] == pd.Timestamp(
        "2026-08-03 09:00"
    )
    assert pd.isna(measure("01 09 dispatch A")["last_seen"])
