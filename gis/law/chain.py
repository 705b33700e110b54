"""The ordered chain: the first rule whose conditions hold decides; one that never can is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gis.law.conditions import holds, possible_cases, single_values
from gis.law.regions import Possibilities, TooEntangledError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.law.conditions import Facts
    from gis.model.law import Rule


class Fault(NamedTuple):
    """A rule that can never decide.

    Parameters
    ----------
    problem
        ``rule_never_holds``, ``rule_unreachable`` or ``rule_too_entangled``.
    rule
        The rule.
    earlier
        Last of the earlier rules that leave it nothing, else None.
    """

    problem: str
    rule: Rule
    earlier: Rule | None = None


def deciding_rule(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """Return the first rule whose conditions hold of a place."""
    return next((rule for rule in rules if holds(rule.when, facts)), None)


def faults(rules: Sequence[Rule], matters: frozenset[str]) -> Iterator[Fault]:
    """Yield the rules that no place can ever come to.

    Decided exactly over all combinations of values that the closed vocabulary allows: a rule is
    unreachable if the earlier ones, alone or together, hold wherever it does.

    Parameters
    ----------
    rules
        The chain.
    matters
        Matters that the project knows.
    """
    places = Possibilities(single_values(matters), possible_cases())
    for number, rule in enumerate(rules):
        before = [earlier.when for earlier in rules[:number]]
        try:
            if not places.some(rule.when):
                yield Fault("rule_never_holds", rule)
            elif not places.some(rule.when, before):
                enough = next(
                    count
                    for count in range(1, number + 1)
                    if not places.some(rule.when, before[:count])
                )
                yield Fault("rule_unreachable", rule, rules[enough - 1])
        except TooEntangledError:
            yield Fault("rule_too_entangled", rule)


def circles(rules: Sequence[Rule]) -> list[tuple[Rule, ...]]:
    """Return the rules whose answers rest on each other in a circle, once for each circle."""
    by_id = {rule.rule_id: rule for rule in rules}
    found: list[tuple[Rule, ...]] = []
    done: set[str] = set()

    def follow(rule: Rule, path: tuple[Rule, ...]) -> None:
        if rule in path:
            found.append(path[path.index(rule) :])
            return
        if rule.rule_id in done:
            return
        for choice in rule.then_body:
            for name in choice.rules_named():
                if name in by_id:
                    follow(by_id[name], (*path, rule))
        done.add(rule.rule_id)

    for rule in rules:
        follow(rule, ())
    return found
