"""Run another program and tell how long it took and how much memory it held at most.

As a program, it runs a command and writes both as JSON to the file named first. It imports next to
nothing: what ``ru_maxrss`` says of a process is never less than its starter's memory.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Ran(NamedTuple):
    """What running a program took."""

    seconds: float
    peak_mb: float


def run(command: list[str], folder: Path) -> Ran:
    """Run a command in a folder; what it prints goes to standard error.

    Raises
    ------
    subprocess.CalledProcessError
        If it fails.
    """
    note = folder / "ran.json"
    watched = [sys.executable, "-S", __file__, str(note), *command]
    subprocess.run(watched, cwd=folder, check=True, stdin=subprocess.DEVNULL)
    return Ran(**json.loads(note.read_text("utf-8")))


def main() -> None:
    """Run the command of this program's arguments."""
    note, *command = sys.argv[1:]
    begun = time.perf_counter()
    done = subprocess.run(command, check=False)
    seconds = time.perf_counter() - begun
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    Path(note).write_text(json.dumps({"seconds": seconds, "peak_mb": peak_mb}), "utf-8")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
