"""Executable law: which rule of an ordinance speaks about a finding, and whom it names."""

from gis.law.answers import ANSWER_COLUMNS, answers, with_answers

__all__ = ["ANSWER_COLUMNS", "answers", "with_answers"]
