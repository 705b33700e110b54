"""Compare with other tools: every contestant in one run, on the same inputs, in turn.

``python -m tests.benchmarks [NAME …]`` prints, for each benchmark and size, the median, least and
most seconds of each contestant, how many times the first one's median that is, its peak memory and
its answer in numbers, and at the end whether what was asked for is reached.
"""

from __future__ import annotations

import argparse
import importlib
import json
import tempfile
from pathlib import Path

from tests.benchmarks.contest import Contest
from tests.benchmarks.machine import description

#: Modules beside this one; each has a function ``run`` that takes a contest.
NAMES = (
    "gaps",
    "partition",
    "scale",
    "matters",
    "nyc",
    "endtoend",
    "update",
    "questions",
    "lanes",
)


def main() -> None:
    """Run benchmarks by name."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        contest = Contest(
            folder=Path(folder),
            runs=options.runs,
            limit_s=options.limit,
            sizes=tuple(options.sizes or ()),
        )
        machine = description()
        contest.say(machine)
        contest.say(f"{contest.runs} runs of each, in turn, after one on a small input")
        for name in options.names or NAMES:
            importlib.import_module(f"tests.benchmarks.{name}").run(contest)
        if contest.thresholds:
            contest.say("\nwhat was asked for")
        for each in contest.thresholds:
            told = "-" if each["value"] is None else f"{each['value']:.3g}"
            contest.say(f"  {each['verdict']:<12} {each['asked']} {each['bound']}: {told}")
        if options.json:
            options.json.write_text(
                json.dumps(
                    {
                        "machine": machine,
                        "runs": contest.runs,
                        "races": {
                            race: [outcome.as_json() for outcome in outcomes]
                            for race, outcomes in contest.outcomes.items()
                        },
                        "thresholds": contest.thresholds,
                    },
                    indent=1,
                ),
                "utf-8",
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--sizes", nargs="+", type=int, help="numbers of polygons")
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each contestant")
    parser.add_argument("--limit", type=float, default=300, help="seconds a run may take")
    parser.add_argument("--json", type=Path, help="file for every figure")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    return options


if __name__ == "__main__":
    main()
