"""One contestant in a process of its own: loads its input, runs when told, tells time and memory.

``python -m tests.benchmarks.contestant MODULE:TASK WARM_UP INPUT`` reads lines from standard input
and answers each with a line of JSON. The first answer says that it is ready, after one run on the
small input ``WARM_UP``, so that compiling and first imports count for nobody. A module may have a
function ``prepare`` that brings the input into the form it works on; that is not timed either.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.benchmarks.found import LeftOutError
from tests.benchmarks.inputs import load


def main() -> None:
    """Warm up, load, and run once for every line read."""
    target, warm_up, folder = sys.argv[1:]
    # what a contestant's library prints must not get between the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        name, task_name = target.split(":")
        module = importlib.import_module(f"tests.benchmarks.{name}")
        task = getattr(module, task_name)
        prepare = getattr(module, "prepare", _as_it_is)
        prepared = prepare(load(Path(warm_up)))
        _figures(task(prepared))
        city = load(Path(folder))
        count = len(city.polygons)
        prepared = prepare(city)
        del city
    except LeftOutError as reason:
        _answer(answers, {"left_out": str(reason)})
        return
    gc.collect()
    _forget_peak()
    _answer(answers, {"polygons": count, "loaded_mb": _memory_mb("VmRSS")})
    for _ in sys.stdin:
        begun = time.perf_counter()
        result = task(prepared)
        seconds = time.perf_counter() - begun
        # a contestant that is another program was timed, and its memory taken, by its starter
        said = {
            "seconds": getattr(result, "seconds", seconds),
            "peak_mb": getattr(result, "peak_mb", None) or _memory_mb("VmHWM"),
        }
        said["figures"] = _figures(result)
        del result
        gc.collect()
        _answer(answers, said)


def _as_it_is(city: Any) -> Any:
    return city


def _figures(result: Any) -> Any:
    if isinstance(result, list):
        return [each.figures() for each in result]
    return result.figures()


def _memory_mb(what: str) -> float:
    """Return this process's memory now (``VmRSS``) or at its highest so far (``VmHWM``).

    ``ru_maxrss`` would be the same, had it not inherited the highest of the process that started
    this one.
    """
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(what)


def _forget_peak() -> None:
    """Let the highest memory so far be that of now: what compiling took is no part of a run."""
    # a kernel that does not allow it leaves the peak too high, never too low
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "utf-8")


def _answer(stream: Any, said: dict[str, Any]) -> None:
    stream.write(json.dumps(said) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
