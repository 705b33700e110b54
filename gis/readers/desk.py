"""Where a reader works: a private folder, and somebody to tell how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


#: Folders of one reading: where the reader works, and where it leaves the layer.
DESK, RESULT = "desk", "result"
#: What is to be read, for which a message may be too short.
REQUEST = "request.json"


def untold(done: int, total: int) -> None:
    """Take how far a reader is, and tell nobody."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a reader works.

    Parameters
    ----------
    folder
        Folder of its own, for links and unpacked files.
    progress
        Told the number of rows read and of all rows, or 0 where that is not known.
    """

    folder: Path
    progress: Callable[[int, int], None] = untold
