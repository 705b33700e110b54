"""Whom a rule names: a small closed language, read once and then looked up, never executed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.model.law import BodyChoice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.law.superiors import Superiors
    from gis.model.law import Law, Rule

#: Words that stand alone.
PLAIN_WORDS = (
    "neighbour_with_longest_border",
    "lowest_common_superior",
    "first_receiver",
    "only_claimant",
    "lapsed_body",
    "district_government",
    "nobody",
)
#: Words that take a name in quotation marks, and one that takes another choice.
NAMING_WORDS = ("body", "answer_of")
SUPERIOR_OF = "superior_of"
WORDS = (*PLAIN_WORDS, *NAMING_WORDS, SUPERIOR_OF)

#: A superior of a superior … of a body: there are seven levels.
_MOST_NESTED = 8

_CALL = re.compile(r"\s*([^\s(\"']+)\s*(?:\((.*)\))?\s*", re.DOTALL)
_QUOTED = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)')\s*""")


class UnknownWordError(ValueError):
    """A choice uses a word that is not among :data:`WORDS`."""


class MalformedChoiceError(ValueError):
    """A choice is not written as the language wants it."""


def parsed_choice(text: str, depth: int = _MOST_NESTED) -> BodyChoice:
    """Return what a text says.

    >>> parsed_choice('superior_of(body("PJ"))').inner
    BodyChoice(word='body', name='PJ', inner=None)

    Raises
    ------
    UnknownWordError, MalformedChoiceError
        If it is no sentence of the language.
    """
    call = _CALL.fullmatch(text)
    if call is None or depth == 0:
        raise MalformedChoiceError(text)
    word, argument = call[1], call[2]
    if word not in WORDS:
        raise UnknownWordError(word)
    if (argument is None) != (word in PLAIN_WORDS):
        raise MalformedChoiceError(text)
    if argument is None:
        return BodyChoice(word)
    if word == SUPERIOR_OF:
        return BodyChoice(word, inner=parsed_choice(argument, depth - 1))
    name = _QUOTED.fullmatch(argument)
    if name is None:
        raise MalformedChoiceError(text)
    return BodyChoice(word, name[1] or name[2])


@dataclass(frozen=True, slots=True)
class Case:
    """What a choice may ask about a finding.

    Parameters
    ----------
    standing
        How the place stands, a sliver's as if it were none.
    bodies
        Who claims it, assists, stands in, or led it until its claim lapsed.
    neighbours
        Bodies that lead beside it, by falling shared border.
    districts
        Districts that it lies in.
    first_receiver
        Whom an agreement or claim names, or ``""``.
    """

    standing: str
    bodies: tuple[str, ...]
    neighbours: tuple[str, ...]
    districts: tuple[str, ...]
    first_receiver: str

    @property
    def parties(self) -> tuple[str, ...]:
        """Return between whom the place is to be settled: who claims it, else who is next to it."""
        claimed = self.standing in {"contested", "joint"}
        return self.bodies if claimed else self.neighbours


def chosen_body(
    choices: Sequence[BodyChoice], case: Case, law: Law, superiors: Superiors
) -> tuple[str, str]:
    """Return the body that a rule names, or ``""`` and why there is none.

    Parameters
    ----------
    choices
        Tried in turn; of several that fail, the first tells why.
    case
        What is asked about.
    law
        The chain, and who governs which district.
    superiors
        The tree of bodies.

    Returns
    -------
    body, unresolved
        One of them is ``""``; the other is a ``body_id``, or a key ``unresolved.*`` of the
        catalogues.
    """
    rules = {rule.rule_id: rule for rule in law.rules}
    return _first(choices, case, law.governments, rules, superiors)


def _first(
    choices: Sequence[BodyChoice],
    case: Case,
    governments: Mapping[str, str],
    rules: Mapping[str, Rule],
    superiors: Superiors,
) -> tuple[str, str]:
    why = ""
    for choice in choices:
        body, reason = _one(choice, case, governments, rules, superiors)
        if body:
            return body, ""
        why = why or reason
    return "", why


def _one(
    choice: BodyChoice,
    case: Case,
    governments: Mapping[str, str],
    rules: Mapping[str, Rule],
    superiors: Superiors,
) -> tuple[str, str]:
    if choice.word == "body":
        return choice.name, ""
    if choice.word == "answer_of":
        return _first(rules[choice.name].then_body, case, governments, rules, superiors)
    if choice.inner is None:
        return _plain(choice.word, case, governments, superiors)
    body, why = _one(choice.inner, case, governments, rules, superiors)
    return ("", why) if why else _told(superiors.superior.get(body, ""), "no_superior")


def _plain(
    word: str, case: Case, governments: Mapping[str, str], superiors: Superiors
) -> tuple[str, str]:
    lapsed = case.standing == "lapsed"
    match word:
        case "neighbour_with_longest_border":
            found = _told(next(iter(case.neighbours), ""), "no_neighbour")
        case "lowest_common_superior":
            common = superiors.lowest_common(case.parties)
            found = _told(common, "no_common_superior" if case.parties else "no_neighbour")
        case "first_receiver":
            found = _told(case.first_receiver, "no_first_receiver")
        case "lapsed_body":
            found = _only(case.bodies if lapsed else (), "lapsed_body")
        case "only_claimant":
            found = _only(() if lapsed else case.bodies, "claimant")
        case "nobody":
            found = "", "nobody_meant"
        case _:
            district, why = _only(case.districts, "district")
            found = _told(governments.get(district, ""), why or "no_government")
    return found


def _told(body: str, otherwise: str) -> tuple[str, str]:
    return (body, "") if body else ("", otherwise)


def _only(found: tuple[str, ...], what: str) -> tuple[str, str]:
    """Return the one that there is, or that there is none or more than one."""
    if len(found) == 1:
        return found[0], ""
    return "", f"several_{what}" if found else f"no_{what}"
