"""Contestants run in turn, each in a process of its own; times, memory and answers side by side."""

from __future__ import annotations

import json
import os
import selectors
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]

#: Polygons of the small input on which every contestant runs once before anything is timed.
WARM_UP = 400

#: Loading and preparing an input, fetching a program included, may take this much longer.
_PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who takes part.

    Parameters
    ----------
    name
        As printed.
    target
        Module under ``tests.benchmarks`` and function in it: ``module:task``.
    note
        What it does less, or otherwise, than the others.
    """

    name: str
    target: str
    note: str = ""


@dataclass(slots=True)
class Outcome:
    """What was seen of one contestant at one input.

    Parameters
    ----------
    contestant
        Who.
    polygons
        Polygons of the input.
    runs
        Seconds of each run.
    loaded_mb, peak_mb
        Memory of its process before the first run, input included, and at the highest.
    figures
        Its answer in numbers, of the last run.
    ended
        Why there are no runs, or no more; or ``""``.
    """

    contestant: Contestant
    polygons: int = 0
    runs: list[float] = field(default_factory=list)
    loaded_mb: float = 0.0
    peak_mb: float = 0.0
    figures: Any = None
    ended: str = ""

    @property
    def median(self) -> float | None:
        """Median seconds, or ``None`` without runs or after being stopped."""
        return statistics.median(self.runs) if self.runs and not self.ended else None

    def as_json(self) -> dict[str, Any]:
        """Return everything for a file."""
        return {
            "contestant": self.contestant.name,
            "target": self.contestant.target,
            "note": self.contestant.note,
            "polygons": self.polygons,
            "seconds": self.runs,
            "median_s": self.median,
            "loaded_mb": self.loaded_mb,
            "peak_mb": self.peak_mb,
            "figures": self.figures,
            "ended": self.ended,
        }


class Stopped(Exception):
    """A contestant took longer than allowed, or ended without an answer; the message says which."""


class Process:
    """A contestant's process and the conversation with it."""

    def __init__(self, target: str, warm_up: Path, folder: Path) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.contestant", target, warm_up, folder],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            start_new_session=True,  # so that it can be ended together with what it started
        )
        self._heard = b""

    def __enter__(self) -> Self:
        """Hand over the process."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.end()

    def end(self) -> None:
        """End the process and all that it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._complaints):
            if stream is not None:
                stream.close()

    def run(self, limit_s: float) -> dict[str, Any]:
        """Tell it to run once, and return its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"run\n")
        self._process.stdin.flush()
        return self.answer(limit_s)

    def answer(self, limit_s: float) -> dict[str, Any]:
        """Return the next answer.

        Raises
        ------
        Stopped
            If none comes in time, or the process ends.
        """
        assert self._process.stdout is not None
        end = time.monotonic() + limit_s
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._heard:
                if not waiting.select(max(0.0, end - time.monotonic())):
                    raise Stopped(f"stopped after {limit_s:.0f} s")
                more = os.read(self._process.stdout.fileno(), 65536)
                if not more:
                    raise Stopped(f"failed: {self._last_words()}")
                self._heard += more
        line, self._heard = self._heard.split(b"\n", 1)
        said: dict[str, Any] = json.loads(line)
        return said

    def _last_words(self) -> str:
        code = self._process.wait()
        self._complaints.seek(0)
        lines = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {code}"


@dataclass
class Contest:
    """Races of contestants, printed as they end and kept for a file.

    Parameters
    ----------
    folder
        Where inputs are kept while the contest lasts.
    runs
        Timed runs of each contestant.
    limit_s
        Seconds after which a run is stopped; the contestant is then left out of larger inputs too.
    sizes
        Numbers of polygons that replace those of each benchmark.
    """

    folder: Path
    runs: int = 3
    limit_s: float = 300.0
    sizes: tuple[int, ...] = ()
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    thresholds: list[dict[str, Any]] = field(default_factory=list)
    _given_up: dict[str, str] = field(default_factory=dict)

    def input(self, maker: str, count: int) -> Path:
        """Return the folder of an input, made by a process of its own when it is first asked for.

        This process stays small, so that it does not count in anybody's memory.
        """
        path = self.folder / f"{maker}-{count}"
        if not path.exists():
            self.say(f"making {maker} {count or ''}".rstrip())
            command = [sys.executable, "-m", "tests.benchmarks.inputs", maker, str(count), path]
            subprocess.run(command, cwd=ROOT, check=True)
        return path

    def race(
        self, title: str, maker: str, count: int, contestants: list[Contestant]
    ) -> dict[str, Outcome]:
        """Let contestants run in turn, round after round; return what was seen, by name."""
        folder, warm_up = self.input(maker, count), self.input("city", WARM_UP)
        outcomes = [Outcome(contestant) for contestant in contestants]
        with ExitStack() as stack:
            processes: list[Process | None] = [None] * len(contestants)
            for number, outcome in enumerate(outcomes):
                outcome.ended = self._given_up.get(outcome.contestant.target, "")
                if not outcome.ended:
                    target = outcome.contestant.target
                    processes[number] = stack.enter_context(Process(target, warm_up, folder))
                    self._load(outcome, processes[number])
            for _ in range(self.runs):
                for outcome, process in zip(outcomes, processes, strict=True):
                    if not outcome.ended and process is not None:
                        self._run(outcome, process)
        self.outcomes[f"{title}, {maker} {count}"] = outcomes
        self._print(title, outcomes)
        return {outcome.contestant.name: outcome for outcome in outcomes}

    def threshold(
        self, sentence: str, value: float | None, *, at_least: float = 0, at_most: float = 0
    ) -> None:
        """Tell whether a number asked for was reached; ``None`` if it could not be measured."""
        bound = f">= {at_least:g}" if at_least else f"<= {at_most:g}"
        if value is None:
            verdict, told = "not measured", "-"
        else:
            reached = value >= at_least if at_least else value <= at_most
            verdict, told = "reached" if reached else "NOT REACHED", f"{value:.3g}"
        self.thresholds.append(
            {"asked": sentence, "bound": bound, "value": value, "verdict": verdict}
        )
        self.say(f"  {verdict:<12} {sentence} {bound}: {told}")

    def say(self, line: str) -> None:
        """Print a line at once."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def _load(self, outcome: Outcome, process: Process | None) -> None:
        assert process is not None
        try:
            said = process.answer(_PATIENCE_S)
        except Stopped as reason:
            outcome.ended = f"while loading: {reason}"
            return
        if "left_out" in said:
            outcome.ended = f"left out: {said['left_out']}"
            self._given_up[outcome.contestant.target] = outcome.ended
            return
        outcome.polygons, outcome.loaded_mb = said["polygons"], said["loaded_mb"]

    def _run(self, outcome: Outcome, process: Process) -> None:
        try:
            said = process.run(self.limit_s)
        except Stopped as reason:
            # it would go on taking a core from the others
            process.end()
            outcome.ended = str(reason)
            if outcome.ended.startswith("stopped"):
                why = f"not tried: {reason} at {outcome.polygons} polygons"
                self._given_up[outcome.contestant.target] = why
            return
        outcome.runs.append(said["seconds"])
        outcome.peak_mb = max(outcome.peak_mb, said["peak_mb"])
        outcome.figures = said["figures"]

    def _print(self, title: str, outcomes: list[Outcome]) -> None:
        polygons = max(outcome.polygons for outcome in outcomes)
        self.say(f"\n{title}: {polygons} polygons")
        self.say(f"  {'':<36}{'median s':>9}{'min':>9}{'max':>9}{'times':>8}{'peak MB':>9}")
        first = outcomes[0].median
        for outcome in outcomes:
            name, median = outcome.contestant.name, outcome.median
            if median is None:
                self.say(f"  {name:<36}{outcome.ended}")
                continue
            times = f"{median / first:8.1f}" if first else " " * 8
            self.say(
                f"  {name:<36}{median:9.3f}{min(outcome.runs):9.3f}{max(outcome.runs):9.3f}"
                f"{times}{outcome.peak_mb:9.0f}  {answered(outcome.figures)}"
            )
        for outcome in outcomes:
            if outcome.contestant.note:
                self.say(f"    {outcome.contestant.name}: {outcome.contestant.note}")


def answered(figures: Any) -> str:
    """Return an answer's figures on one line; those of several matters are added up."""
    rows = figures if isinstance(figures, list) else [figures]
    total = {name: sum(row[name] for row in rows) for name in rows[0]}
    return "  ".join(f"{name} {value:.0f}" for name, value in total.items())


def times(slower: Outcome, faster: Outcome) -> float | None:
    """Return how many times longer one took, by medians."""
    if slower.median is None or faster.median is None:
        return None
    return slower.median / faster.median
