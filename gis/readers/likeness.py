"""Which known word was probably meant by one that nobody knows."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Most words that are listed when none is close, and when some are.
_MOST_WORDS, _MOST_CLOSE = 12, 3

#: Words less alike than this are not close: twice the letters in common over all letters.
_ALIKE = 0.6

#: In Chinese, where a word has two or three characters, so many of the shorter one's are enough.
_SHARED = 0.5

#: So many words are compared letter by letter, those with the most letters in common.
_COMPARED = 40


#: Of a longer text only the beginning is compared.
_LONGEST = 100


class Known:
    """Words that are known, to be asked often.

    Parameters
    ----------
    words
        In any order; blanks are no words.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if word})
        self._exact = frozenset(self._words)
        self._by_lower = {word.lower(): word for word in reversed(self._words)}
        self._letters = {lowered: Counter(lowered) for lowered in self._by_lower}
        self._holding: dict[str, list[str]] = {}
        for lowered in self._by_lower:
            for letter in set(lowered):
                self._holding.setdefault(letter, []).append(lowered)

    def __contains__(self, word: str) -> bool:
        """Tell whether a word is one of them, letter by letter."""
        return word in self._exact

    def closest(self, word: str) -> str:
        """Return the words closest to a mistyped one, or the first few where none is close.

        Examples
        --------
        >>> Known(["市容环卫中心", "公安局"]).closest("环卫局")
        '市容环卫中心'
        """
        lowered = word.lower()[:_LONGEST]
        likeness = {each: self._likeness(lowered, each) for each in self._sharing_most(lowered)}
        close = sorted(
            (each for each, alike in likeness.items() if alike > 0),
            key=lambda each: (-likeness[each], each),
        )
        if close:
            return " / ".join(self._by_lower[each] for each in close[:_MOST_CLOSE])
        few = " / ".join(self._words[:_MOST_WORDS])
        return f"{few} / …" if len(self._words) > _MOST_WORDS else few

    def _sharing_most(self, word: str) -> list[str]:
        """Return the words that have the most letters in common with one, for their length."""
        letters = Counter(word)
        shared: Counter[str] = Counter()
        for letter in letters:
            for each in self._holding.get(letter, ()):
                shared[each] += min(letters[letter], self._letters[each][letter])
        rank = {each: common / (len(word) + len(each)) for each, common in shared.items()}
        return sorted(rank, key=lambda each: (-rank[each], each))[:_COMPARED]

    def _likeness(self, word: str, other: str) -> float:
        """Return how alike two words are, 0 where they are not close."""
        alike = difflib.SequenceMatcher(None, word, other).ratio()
        if alike >= _ALIKE:
            return 1 + alike
        if word.isascii() or other.isascii():
            return 0.0
        common = (Counter(word) & self._letters[other]).total()
        share = common / min(len(word), len(other))
        return share * alike if share > _SHARED or (share == _SHARED and alike >= _SHARED) else 0.0
