"""On which lines of ``rules.toml`` the parts of each rule stand; tomllib itself does not say."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*rules[ \t]*\]\]", re.MULTILINE)


class RuleLines:
    """Looks up lines in a text that has been parsed.

    Parameters
    ----------
    text
        The file.
    """

    def __init__(self, text: str) -> None:
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        # words in texts and comments are no keys; blanks in their stead keep all else in its place
        self._plain = _TOKEN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        self._quoted = [
            (match.start(), match[0][1:-1])
            for match in _TOKEN.finditer(text)
            if not match[0].startswith(("#", '"""', "'''"))
        ]
        starts = [match.start() for match in _HEADER.finditer(self._plain)]
        self._spans = list(pairwise([*starts, len(text)]))

    def __len__(self) -> int:
        """Return how many rules are listed, each under a header of its own."""
        return len(self._spans)

    def of_rule(self, rule: int) -> int:
        """Return the line of a rule's header; rules count from 0."""
        return self._line(self._spans[rule][0])

    def of_key(self, rule: int, key: str, nth: int = 0) -> int:
        """Return the line of a key of a rule the n-th time that it stands there, from 0."""
        return self._line(self._key(rule, key, nth))

    def of_word(self, rule: int, key: str, word: str, nth: int = 0) -> int:
        """Return the line of a text in quotation marks that belongs to a key."""
        start, (_, end) = self._key(rule, key, nth), self._spans[rule]
        at = (place for place, text in self._quoted if start <= place < end and text == word)
        return self._line(next(at, start))

    def of_part(self, rule: int, key: str, part: str) -> int:
        """Return the line of the first text of a key that has a part in quotation marks."""
        start, (_, end) = self._key(rule, key, 0), self._spans[rule]
        at = (place for place, text in self._quoted if start <= place < end and part in text)
        return self._line(next(at, start))

    def of_top(self, key: str) -> int | None:
        """Return the line of a key or table outside the rules."""
        pattern = rf"^[ \t]*(?:\[+[ \t]*)?{re.escape(key)}[ \t]*(?:=|\.|\])"
        match = re.search(pattern, self._plain, re.MULTILINE)
        if match is None:
            quoted = (place for place, text in self._quoted if text == key)
            place = next(quoted, None)
            return None if place is None else self._line(place)
        return self._line(match.start() + len(match[0]) - 1)

    def _key(self, rule: int, key: str, nth: int) -> int:
        start, end = self._spans[rule]
        pattern = rf"(?:^|[{{,.\[])[ \t]*({re.escape(key)})[ \t]*(?:=|\.|\])"
        found = re.finditer(pattern, self._plain[start:end], re.MULTILINE)
        places = [start + match.start(1) for match in found]
        return places[min(nth, len(places) - 1)] if places else start

    def _line(self, place: int) -> int:
        return bisect_right(self._breaks, place - 1) + 1
