"""The process that reads: what it may not do, and what is told when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from gis.errors import InputError
from gis.readers.apart import read_apart
from gis.readers.limits import Limits
from gis.readers.raw import LayerFile
from tests.layer_files import EAST, WEST, write

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(memory_bytes=1 << 30, seconds=20, wait_seconds=60)

#: Shuts itself in, tries what a hostile file might have a library do, and tells how each ended.
PRISONER = """
import os, socket, subprocess, sys
from pathlib import Path
from gis.readers.confinement import confine
from gis.readers.limits import Limits

layer, secret, desk = map(Path, sys.argv[1:])
libraries = [Path(sys.prefix), Path(sys.base_prefix), Path("/usr/lib"), Path("/lib")]
missing = confine([layer, *libraries], desk, Limits(256 << 20, 20, 60))
print("missing", missing)
for name, attempt in {
    "layer": lambda: layer.read_bytes(),
    "desk": lambda: (desk / "a").write_text("a"),
    "secret": lambda: secret.read_bytes(),
    "folder": lambda: os.listdir(secret.parent),
    "link": lambda: ((desk / "b").symlink_to(secret), (desk / "b").read_bytes()),
    "beside": lambda: secret.with_name("new").write_text("a"),
    "change": lambda: layer.write_text("a"),
    "remove": lambda: secret.unlink(),
    "tcp": lambda: socket.socket(),
    "local": lambda: socket.socket(socket.AF_UNIX),
    "program": lambda: subprocess.run(["true"]),
    "memory": lambda: bytearray(512 << 20),
}.items():
    try:
        attempt()
        print(name, "done")
    except (OSError, MemoryError) as error:
        print(name, type(error).__name__)
"""


@pytest.fixture
def layer(tmp_path):
    return write(tmp_path / "claims.gpkg", [WEST, EAST], body=["甲", "乙"])


def read(path, limits=None, **stated):
    return read_apart(LayerFile(path, path.name, **stated), limits=limits)


def refusal(path, limits=None):
    with pytest.raises(InputError) as caught:
        read(path, limits)
    assert caught.value.render("zh") != caught.value.render("en")
    return caught.value


def test_a_reader_sees_one_layer_and_no_other_thing_of_the_machine(tmp_path):
    for name in ("layer", "secret", "desk"):
        (tmp_path / name).mkdir()
    layer, secret = tmp_path / "layer" / "a", tmp_path / "secret" / "b"
    layer.write_text("layer")
    secret.write_text("secret")
    done = subprocess.run(
        [sys.executable, "-c", PRISONER, layer, secret, tmp_path / "desk"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert told == {
        "missing": "[]",
        "layer": "done",
        "desk": "done",
        "secret": "PermissionError",
        "folder": "PermissionError",
        "link": "PermissionError",
        "beside": "PermissionError",
        "change": "PermissionError",
        "remove": "PermissionError",
        "tcp": "PermissionError",
        "local": "PermissionError",
        "program": "PermissionError",
        "memory": "MemoryError",
    }
    assert secret.read_text() == "secret"


def test_a_layer_comes_through_as_it_stands_in_its_file(layer):
    raw = read(layer)
    assert (raw.rows, raw.columns, raw.files) == (2, {"body": ["甲", "乙"]}, (layer,))
    assert [shape.equals(drawn) for shape, drawn in zip(raw.geometry, [WEST, EAST], strict=True)]


def test_a_reader_that_wants_too_much_memory_is_stopped_and_the_limit_told(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [' + "[0]," * 3_000_000 + "0]}")
    error = refusal(path, Limits(memory_bytes=64 << 20, seconds=20, wait_seconds=60))
    assert error.problem == "reader_memory"
    assert read(write(tmp_path / "b.geojson", [WEST])).rows == 1


def test_a_reader_that_computes_too_long_is_stopped_and_the_limit_told(tmp_path):
    path = tmp_path / "a.geojson"
    # the reader of JSON is at it for some seconds
    path.write_text('{"type": "FeatureCollection", "features": [' + "[[[0]]]," * 6_000_000 + "0]}")
    error = refusal(path, Limits(memory_bytes=8 << 30, seconds=1, wait_seconds=60))
    assert (error.problem, error.details) == ("reader_too_long", {"limit": 1})


def test_a_reader_that_waits_too_long_is_stopped(layer):
    error = refusal(layer, Limits(memory_bytes=1 << 30, seconds=20, wait_seconds=0))
    assert error.problem == "reader_too_long"


def test_no_trace_is_left_of_a_reading_done_or_refused(layer, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    read(layer)
    (tmp_path / "bad.geojson").write_text("{")
    refusal(tmp_path / "bad.geojson")
    refusal(layer, Limits(memory_bytes=1 << 30, seconds=20, wait_seconds=0))
    assert list((tmp_path / "temporary").iterdir()) == []


def test_when_the_server_is_killed_the_next_reading_starts_another(layer):
    read(layer)
    servers = children_named("gis.readers.server")
    assert servers
    for pid in servers:
        os.kill(pid, signal.SIGKILL)
    assert read(layer).rows == 2


def test_many_threads_read_at_once(layer):
    rows = []
    threads = [
        threading.Thread(target=lambda: rows.append(read(layer).rows), daemon=True)
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert rows == [2] * 12


def test_progress_counts_up_to_the_number_of_rows(tmp_path):
    path = write(tmp_path / "a.gpkg", [WEST] * 30_000, n=list(range(30_000)))
    told = []
    read_apart(LayerFile(path, path.name), lambda done, total: told.append((done, total)))
    assert told
    assert {total for _, total in told} == {30_000}
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def children_named(module):
    """Return the processes that this one has started and that run a module of ours."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode().split("\0")
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if module in command and parent == os.getpid():
            found.append(int(entry.name))
    return found


def test_a_command_that_is_told_to_end_leaves_no_trace(tmp_path):
    (tmp_path / "temporary").mkdir()
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [' + "[[[0]]]," * 9_000_000 + "0]}")
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    with subprocess.Popen(
        [sys.executable, "-m", "gis", "gaps", path], cwd=ROOT, env=environment, stderr=-1
    ) as process:
        while not list((tmp_path / "temporary").glob("mangqu-*/request.json")):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert list((tmp_path / "temporary").glob("mangqu-*")) == []
