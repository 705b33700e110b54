"""Machine code on disk is of the sources at hand, and is done without where none can be kept."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gis

CALLER = """
from gis.arrangement.compiled import compiled, is_kept
from gis.arrangement.callee import tenfold
from gis.arrangement.constant import MORE


@compiled
def asked(value: int) -> int:
    return tenfold(value) + MORE

"""

CALLEE = """
from gis.arrangement.compiled import compiled


@compiled
def tenfold(value: int) -> int:
    return 10 * value
"""

ASK = """
from gis.arrangement.caller import asked, is_kept

kept = is_kept(asked)
print(asked(4), kept, sum(asked.stats.cache_hits.values()))
"""


@pytest.fixture
def package(tmp_path):
    """Return a package of two compiled functions, one of which calls the other."""
    folder = tmp_path / "gis" / "arrangement"
    folder.mkdir(parents=True)
    (tmp_path / "gis" / "__init__.py").touch()
    (folder / "__init__.py").touch()
    shutil.copy(Path(gis.__file__).parent / "arrangement" / "compiled.py", folder / "compiled.py")
    (folder / "caller.py").write_text(CALLER)
    (folder / "callee.py").write_text(CALLEE)
    (folder / "constant.py").write_text("MORE = 1\n")
    return folder


def answer(package):
    """Ask in a process of its own; return the answer, whether code was kept, and uses of it."""
    root = package.parents[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "HOME": str(root / "home"),
        "XDG_CACHE_HOME": str(root / "home"),
    }
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    value, kept, hits = run.stdout.split()
    return int(value), kept == "True", int(hits)


def test_machine_code_is_used_again_until_a_function_it_calls_changes(package):
    assert answer(package) == (41, False, 0)
    assert answer(package) == (41, True, 1)
    callee = package / "callee.py"
    callee.write_text(CALLEE.replace("10 * value", "100 * value"))
    assert answer(package) == (401, False, 0)
    assert answer(package) == (401, True, 1)


def test_machine_code_is_made_anew_when_a_constant_of_another_file_changes(package):
    assert answer(package)[0] == 41
    (package / "constant.py").write_text("MORE = 2\n")
    assert answer(package) == (42, False, 0)


def test_code_of_former_sources_does_not_pile_up(package):
    answer(package)
    before = sorted(path.suffix for path in (package / "__pycache__").glob("*.nb?"))
    (package / "constant.py").write_text("MORE = 2\n")
    answer(package)
    assert sorted(path.suffix for path in (package / "__pycache__").glob("*.nb?")) == before


def test_where_nothing_can_be_kept_code_is_made_by_each_process(package):
    (package / "__pycache__").touch()  # a file where the folder would be
    (package.parents[1] / "home").touch()
    assert answer(package) == (41, False, 0)
    assert answer(package) == (41, False, 0)
