"""How much a file may ask of the machine before its reading stops."""

from __future__ import annotations

import os
from dataclasses import dataclass

MIB = 1024**2
GIB = 1024**3

#: Text and indexes are held in memory while they are read.
MOST_BYTES = 4 * GIB

#: No file of an archive may unpack to more than so many times its packed size; text packs ten to
#: twenty times, a bomb a thousand.
MOST_RATIO = 200
#: A ratio means nothing for a few bytes.
RATIO_COUNTS_FROM_BYTES = 10 * MIB
MOST_ENTRIES = 2_000

MOST_ROWS = 5_000_000
MOST_COLUMNS = 2_000
#: A county's border at 1:10 000 has some ten thousand; a star of a million takes half a minute to
#: be looked through.
MOST_VERTICES = 500_000

#: Files that a reader may hold open at once.
MOST_OPEN_FILES = 256

_MEMORY_BYTES = 1 * GIB
_MEMORY_PER_BYTE = 32
_PART_OF_MACHINE = 0.75
_SECONDS = 20.0
_SECONDS_PER_BYTE = 1.0 / MIB
_WAIT_PER_SECOND = 3.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one file may take.

    Parameters
    ----------
    memory_bytes
        Memory beyond what a reader has before it opens the file.
    seconds
        Processor time.
    wait_seconds
        Time on the clock, which passes also while a disk or another program is waited for.
    """

    memory_bytes: int
    seconds: float
    wait_seconds: float

    @classmethod
    def of(cls, size_bytes: int) -> Limits:
        """Return the limits for a file of a size: what an honest one of it needs several times."""
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory = min(_MEMORY_BYTES + _MEMORY_PER_BYTE * size_bytes, int(machine * _PART_OF_MACHINE))
        seconds = _SECONDS + _SECONDS_PER_BYTE * size_bytes
        return cls(memory, seconds, seconds * _WAIT_PER_SECOND)
