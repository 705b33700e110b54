"""An ordinance as data: an ordered chain of rules, each with its conditions and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gis.model.project import Name

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Meets:
    """Holds where a place has any of some values of an attribute."""

    attribute: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds where all of its parts do; of no parts, everywhere."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where at least one of its parts does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not."""

    part: Condition


Condition = Meets | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class BodyChoice:
    """How a rule says whom it means.

    Parameters
    ----------
    word
        One of :data:`gis.law.choices.WORDS`.
    name
        Body or rule that the word speaks of, or ``""``.
    inner
        Choice whose superior is meant, or None.
    """

    word: str
    name: str = ""
    inner: BodyChoice | None = None

    def rules_named(self) -> tuple[str, ...]:
        """Return the rules whose answer this one rests on."""
        if self.inner is not None:
            return self.inner.rules_named()
        return (self.name,) if self.word == "answer_of" else ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One link of the chain.

    Parameters
    ----------
    rule_id, line
        Its name, and the line on which it begins.
    when
        Where it speaks.
    then_role
        Role of the body that it names.
    then_body
        Whom it names: the first choice that yields a body.
    article
        Article of the ordinance.
    text_zh, text_en
        What it says; either may be empty, not both.
    confidence
        How surely it applies where its conditions hold, from 0 to 1.
    """

    rule_id: str
    line: int
    when: Condition
    then_role: str
    then_body: tuple[BodyChoice, ...]
    article: str
    text_zh: str
    text_en: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Law:
    """An ordinance.

    Parameters
    ----------
    path
        File, relative to the project's folder.
    rules
        In the order in which they are asked.
    governments
        Body that governs, by ``district_id``.
    title, source
        Name of the ordinance, and where its text was found.
    """

    path: str
    rules: tuple[Rule, ...]
    governments: Mapping[str, str] = field(default_factory=dict)
    title: Name = field(default_factory=Name)
    source: Name = field(default_factory=Name)
