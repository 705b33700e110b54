"""Compile loops over arrays to machine code, kept on disk between runs where that is possible."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile

if TYPE_CHECKING:
    from collections.abc import Callable

#: Lists no longer than this are sorted by inserting one by one, which beats a call to a library.
FEW = 32

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled on its first call, without Python's lock while it runs.

    The machine code is kept beside the module or in the user's cache folder, for the sources it was
    made of; where neither can be written it is made anew by each process.
    """
    made: Any = numba.njit(nogil=True)(function)
    with contextlib.suppress(RuntimeError):  # Numba found no place for its cache
        made._cache = _CodeOnDisk(function)  # noqa: SLF001 - Numba offers no other place
    callable_: Callable[P, R] = made
    return callable_


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
    found = Path(folder).glob(f"*.{function.__name__}-*.{_sources()}.nbi") if folder else ()
    return any(found)


class _CodeOnDisk(FunctionCache):
    """Machine code of a function, kept for the sources that it and what it calls were made of.

    Numba watches the function's own file alone, while machine code holds the functions that it
    calls and the constants that they name, whichever file these come from.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._cache_file = IndexDataCacheFile(  # type: ignore[no-untyped-call]
            cache_path=self._cache_path,
            filename_base=f"{self._impl.filename_base}.{_sources()}",
            source_stamp=self._impl.locator.get_source_stamp(),
        )

    def _save_overload(self, signature: Any, code: Any) -> None:  # noqa: ANN401
        super()._save_overload(signature, code)  # type: ignore[no-untyped-call]
        name = self._impl.filename_base
        for kept in Path(self._cache_path).glob(f"{name}.*.nb[ic]"):
            if not kept.name.startswith(f"{name}.{_sources()}."):
                kept.unlink(missing_ok=True)  # of other sources, or another process was faster


@functools.cache
def _sources() -> str:
    """Return what stands for the files that machine code is made of."""
    package = Path(__file__).resolve().parents[1]
    texts = {path: path.read_bytes() for path in package.rglob("*.py")}
    loops = {path for path, text in texts.items() if b"\n@compiled\n" in text}
    named = {
        package.joinpath(*module.decode().split(".")).with_suffix(".py")
        for path in loops
        for module in re.findall(rb"^from gis\.([\w.]+) import", texts[path], re.MULTILINE)
    }
    hashed = hashlib.sha256()
    for path in sorted(loops | (named & texts.keys())):
        hashed.update(texts[path])
    return hashed.hexdigest()[:16]
