"""The order of integers, for compiled loops: one sort that all of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis.arrangement.compiled import compiled

if TYPE_CHECKING:
    from gis.model.arrangement import IntArray


@compiled
def ascending(keys: IntArray) -> IntArray:
    """Return the positions of integers from the smallest to the largest, equal ones in order."""
    count = len(keys)
    source = np.empty(count, dtype=np.int64)
    target = np.empty(count, dtype=np.int64)
    for at in range(count):
        source[at] = at
    length = 1
    while length < count:
        for begin in range(0, count, 2 * length):
            first, second = begin, min(begin + length, count)
            first_end, second_end = second, min(begin + 2 * length, count)
            for write in range(begin, second_end):
                if second >= second_end or (
                    first < first_end and keys[source[first]] <= keys[source[second]]
                ):
                    target[write] = source[first]
                    first += 1
                else:
                    target[write] = source[second]
                    second += 1
        source, target = target, source
        length *= 2
    return source
