"""Read ``rules.toml``: the ordered chain of an ordinance, every word of it checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.errors import InputError, InputErrors
from gis.law.chain import circles, faults
from gis.law.choices import (
    NAMING_WORDS,
    WORDS,
    MalformedChoiceError,
    UnknownWordError,
    parsed_choice,
)
from gis.law.conditions import (
    CLAIMS,
    CONDITIONS,
    DISTRICTS,
    LEVELS,
    NEIGHBOURS,
    NO,
    WIDER_WORDS,
    YES,
    ZONE_KINDS,
)
from gis.layers.rule_lines import RuleLines
from gis.layers.toml_reader import TomlReader
from gis.layers.toml_text import toml_document
from gis.model.law import AllOf, AnyOf, Law, Meets, Not, Rule
from gis.model.vocabulary import FindingClass, Position, Role
from gis.readers.raw import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.model.law import BodyChoice, Condition

TOP_KEYS = ("title", "source", "governments", "rules")
RULE_KEYS = (
    "id",
    "when",
    "then_role",
    "then_body",
    "article",
    "text_zh",
    "text_en",
    "confidence",
)


@dataclass(frozen=True, slots=True)
class Known:
    """Names that the project's tables hold; None where a table could not be read in full.

    Parameters
    ----------
    bodies, zones, place_kinds, districts
        Names.
    matters
        Parent by matter.
    """

    bodies: frozenset[str] | None
    matters: Mapping[str, str] | None
    zones: frozenset[str] | None = frozenset()
    place_kinds: frozenset[str] | None = frozenset()
    districts: frozenset[str] | None = frozenset()


def law_stated(text: str, path: str, known: Known) -> Law:
    """Return the ordinance that a text states.

    Parameters
    ----------
    text
        Content of the file.
    path
        How messages call it.
    known
        What it may name.

    Raises
    ------
    InputError
        If it is no TOML.
    InputErrors
        All that is wrong with it, each with its line: unknown conditions and words, wrong types,
        names that nothing has, ids given twice, and, once every rule is understood, rules that
        cannot be reached and rules whose answers rest on each other in a circle.
    """
    document = toml_document(text, path)
    sheet = _Sheet(text, path, known)
    law = sheet.law(document)
    if not sheet.errors:
        sheet.find_faults(law)
    if sheet.errors:
        raise InputErrors(sheet.errors)
    return law


class _Sheet:
    """One file on its way to an ordinance, with what is wrong with it."""

    def __init__(self, text: str, path: str, known: Known) -> None:
        self.lines = RuleLines(text)
        self.path = path
        self.known = known
        self.head = TomlReader(text, path)
        self.errors: list[InputError] = []
        self._rule = 0
        self._seen: Counter[str] = Counter()

    def law(self, document: dict[str, Any]) -> Law:
        """Return what a document states."""
        for key in document:
            if key not in TOP_KEYS:
                line = self.lines.of_top(key)
                self._fault("unknown_key", line, key, suggestion=suggestion(key, TOP_KEYS))
        stated = document.get("rules", [])
        tables = isinstance(stated, list) and all(isinstance(each, dict) for each in stated)
        # rules in one inline array have no lines of their own to be told by
        if not stated or not tables or len(stated) != len(self.lines):
            self._fault("rules_not_listed", self.lines.of_top("rules"), "rules")
            stated = []
        rules = [self._stated(number, table) for number, table in enumerate(stated)]
        law = Law(
            path=self.path,
            rules=tuple(rules),
            governments=self._governments(self.head.table(document, "governments")),
            title=self.head.name(document, "title", ""),
            source=self.head.name(document, "source", ""),
        )
        self._check_references(law.rules)
        self.errors += self.head.errors
        return law

    def find_faults(self, law: Law) -> None:
        """Note the rules that can never decide, and those that wait for each other."""
        # where matters are missing, conditions upon them would seem never to hold
        whole = self.known.matters is not None
        for fault in faults(law.rules, frozenset(self.known.matters or ())) if whole else ():
            earlier = fault.earlier
            details = {} if earlier is None else {"by": earlier.rule_id, "by_line": earlier.line}
            self._fault(fault.problem, fault.rule.line, "when", value=fault.rule.rule_id, **details)
        for circle in circles(law.rules):
            number = law.rules.index(circle[0])
            path = " → ".join(rule.rule_id for rule in (*circle, circle[0]))
            self._fault("rule_circular", self.lines.of_key(number, "then_body"), "then_body",
                         value=circle[0].rule_id, path=path)  # fmt: skip

    def _fault(
        self,
        problem: str,
        line: int | None,
        column: str,
        *,
        value: object = None,
        **details: object,
    ) -> None:
        error = InputError(problem, file=self.path, row=line, column=column, value=value)
        error.details.update(details)
        self.errors.append(error)

    def _refuse_word(self, problem: str, key: str, word: str, words: tuple[str, ...]) -> None:
        nth = max(self._seen[key] - 1, 0)
        line = self.lines.of_word(self._rule, key, word, nth)
        self._fault(problem, line, key, value=word, suggestion=suggestion(word, words))

    def _refuse_type(self, key: str, expected: str) -> None:
        line = self.lines.of_key(self._rule, key, max(self._seen[key] - 1, 0))
        self._fault("rule_wrong_type", line, key, expected=expected)

    def _stated(self, number: int, table: dict[str, Any]) -> Rule:
        self._rule, self._seen = number, Counter()
        for key in table:
            if key not in RULE_KEYS:
                line = self.lines.of_key(number, key)
                self._fault("unknown_key", line, key, suggestion=suggestion(key, RULE_KEYS))
        texts = {key: self._text(table, key) for key in RULE_KEYS if key not in _NOT_TEXTS}
        for key in ("id", "article", "then_role", "then_body"):
            if not table.get(key):
                self._fault("rule_key_missing", self.lines.of_rule(number), key)
        if not texts["text_zh"] and not texts["text_en"]:
            self._fault("rule_key_missing", self.lines.of_rule(number), "text_zh")
        role = texts["then_role"]
        if role and role not in tuple(Role):
            self._refuse_word("toml_wrong_word", "then_role", role, tuple(Role))
        return Rule(
            rule_id=texts["id"],
            line=self.lines.of_rule(number),
            when=self._when(table.get("when", {}), "when"),
            then_role=role,
            then_body=self._choices(table.get("then_body", "")),
            article=texts["article"],
            text_zh=texts["text_zh"],
            text_en=texts["text_en"],
            confidence=self._confidence(table),
        )

    def _text(self, table: dict[str, Any], key: str) -> str:
        value = table.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self._refuse_type(key, "text")
        return ""

    def _confidence(self, table: dict[str, Any]) -> float:
        value = table.get("confidence")
        # true is a number to Python
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        line = self.lines.of_key(self._rule, "confidence")
        self._fault("rule_wrong_confidence", line, "confidence", value=value)
        return 0.0

    def _when(self, stated: object, key: str) -> Condition:
        """Return the condition that a table states: all of its entries have to hold."""
        if not isinstance(stated, dict):
            self._refuse_type(key, "{ … }")
            return AllOf()
        return AllOf(tuple(self._condition(name, value) for name, value in stated.items()))

    def _condition(self, name: str, value: object) -> Condition:
        self._seen[name] += 1
        if name not in CONDITIONS:
            line = self.lines.of_key(self._rule, name, self._seen[name] - 1)
            known = suggestion(name, CONDITIONS)
            self._fault("rule_unknown_condition", line, name, suggestion=known)
            return AllOf()
        match name:
            case "not":
                return Not(self._when(value, name))
            case "all" | "any":
                if not isinstance(value, list) or not value:
                    self._refuse_type(name, "[{ … }, { … }]")
                    return AllOf()
                parts = tuple(self._when(part, name) for part in value)
                return AllOf(parts) if name == "all" else AnyOf(parts)
            case "has_lane":
                if not isinstance(value, bool):
                    self._refuse_type(name, "true / false")
                return Meets(name, frozenset({YES if value is True else NO}))
        return self._words(name, value)

    def _words(self, name: str, value: object) -> Condition:
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
            self._refuse_type(name, '"…" / ["…", "…"]')
            return AllOf()
        known = self._known_words(name)
        for word in words:
            if known is not None and word not in known:
                self._refuse_word("toml_wrong_word", name, word, known)
        if name == "matter_under":
            return Meets("matter", self._matters_under(words))
        meant = [WIDER_WORDS.get((name, word), frozenset({word})) for word in words]
        return Meets(name, frozenset().union(*meant))

    def _known_words(self, name: str) -> tuple[str, ...] | None:
        """Return the words that a condition may use, or None where they could not be read."""
        fixed = _FIXED_WORDS.get(name)
        if fixed is not None:
            return fixed
        if name == "zone":
            zones = self.known.zones
            return None if zones is None else (*ZONE_KINDS, *sorted(zones - {*ZONE_KINDS}))
        if name == "place_kind":
            kinds = self.known.place_kinds
            return None if kinds is None else tuple(sorted(kinds))
        matters = self.known.matters
        none = ("",) if name == "matter" else ()
        return None if matters is None else (*matters, *none)

    def _matters_under(self, roots: list[str]) -> frozenset[str]:
        parents = self.known.matters or {}
        return frozenset(
            matter for matter in parents if not set(roots).isdisjoint(_lineage(matter, parents))
        )

    def _choices(self, stated: object) -> tuple[BodyChoice, ...]:
        texts = [stated] if isinstance(stated, str) else stated
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            self._refuse_type("then_body", '"…" / ["…", "…"]')
            return ()
        found = []
        for text in texts:
            try:
                found += [parsed_choice(text)] if text else []
            except UnknownWordError as error:
                line = self.lines.of_word(self._rule, "then_body", text)
                close = suggestion(str(error), WORDS)
                self._fault("toml_wrong_word", line, "then_body", value=text, suggestion=close)
            except MalformedChoiceError:
                line = self.lines.of_word(self._rule, "then_body", text)
                self._fault("rule_choice_malformed", line, "then_body", value=text)
        return tuple(found)

    def _governments(self, stated: dict[str, Any]) -> dict[str, str]:
        for district, body in stated.items():
            line = self.lines.of_top(district)
            if not isinstance(body, str):
                self._fault("rule_wrong_type", line, f"governments.{district}", expected="text")
                continue
            for word, names in ((district, self.known.districts), (body, self.known.bodies)):
                if names is not None and word not in names:
                    close = suggestion(word, sorted(names))
                    self._fault("toml_wrong_word", line, f"governments.{district}", value=word,
                                 suggestion=close)  # fmt: skip
        return {str(key): body for key, body in stated.items() if isinstance(body, str)}

    def _check_references(self, rules: tuple[Rule, ...]) -> None:
        first: dict[str, int] = {}
        for number, rule in enumerate(rules):
            if rule.rule_id and rule.rule_id in first:
                line = self.lines.of_key(number, "id")
                self._fault("rule_repeated", line, "id", value=rule.rule_id,
                             first_line=first[rule.rule_id])  # fmt: skip
            first.setdefault(rule.rule_id, rule.line)
        names = {"body": self.known.bodies, "answer_of": frozenset(first)}
        for number, rule in enumerate(rules):
            for choice in rule.then_body:
                inner = choice
                while inner.inner is not None:
                    inner = inner.inner
                listed = names.get(inner.word) if inner.word in NAMING_WORDS else None
                if listed is not None and inner.name not in listed:
                    line = self.lines.of_part(number, "then_body", inner.name)
                    close = suggestion(inner.name, sorted(listed))
                    self._fault("toml_wrong_word", line, "then_body", value=inner.name,
                                 suggestion=close)  # fmt: skip


_NOT_TEXTS = ("when", "then_body", "confidence")

_FIXED_WORDS: dict[str, tuple[str, ...]] = {
    "class": tuple(FindingClass),
    "claims": tuple(CLAIMS),
    "position": (*Position, ""),
    "neighbours": (*NEIGHBOURS, *(word for _, word in WIDER_WORDS)),
    "touches_levels": LEVELS,
    "districts": DISTRICTS,
    "level": (*LEVELS, ""),
}


def _lineage(matter: str, parents: Mapping[str, str]) -> list[str]:
    chain: list[str] = []
    while matter and matter not in chain:
        chain.append(matter)
        matter = parents.get(matter, "")
    return chain
