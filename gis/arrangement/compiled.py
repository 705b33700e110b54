"""Compile loops over arrays to machine code, kept on disk between runs where that is possible."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

#: Lists no longer than this are sorted by inserting one by one, which beats a call to a library.
FEW = 32

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled on its first call, without Python's lock while it runs.

    The machine code is kept beside the module or in the user's cache folder; where neither can be
    written it is made anew by each process.
    """
    try:
        made: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # Numba found no place for its cache
        made = numba.njit(nogil=True)(function)
    return made


def is_kept(function: Callable[..., Any]) -> bool:
    """Tell whether a compiled function's machine code is in memory, or on disk from an earlier run.

    Only whether a person should be told to wait hangs on the answer: code on disk that turns out to
    be of another version is made anew.
    """
    made: Any = function
    if made.signatures:
        return True
    folder = made.stats.cache_path
    # Numba names the files after module and function
    found = Path(folder).glob(f"*.{function.__name__}-*.nbi") if folder else ()
    return any(found)
