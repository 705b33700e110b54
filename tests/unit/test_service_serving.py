"""Which run is served, where, and what is said when that is not possible."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from datetime import date

import pytest

from gis.errors import InputError, OutputError
from tests import toy_county
from tests.service_sample import sample_run
from tests.service_server import running
from webmap.service import serving
from webmap.service.application import create_application

TODAY = date(2026, 11, 23)

#: Every address of this machine; bound for a moment, on a port nobody knows.
EVERYWHERE = "0.0.0.0"  # noqa: S104


def fetch(address, *, body=None):
    """Return the status and the JSON, if any, that a loopback address answers with."""
    host, _, path = address.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("POST" if body else "GET", f"/{path}", body=body)
    with connection.getresponse() as answer:
        content = answer.read()
        kind = answer.headers.get("Content-Type", "")
    connection.close()
    return answer.status, json.loads(content) if "json" in kind else None


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return toy_county.write_project(tmp_path_factory.mktemp("serving") / "toy")


@pytest.fixture(scope="module")
def run(project):
    return serving.run_to_serve(project, today=TODAY)


def test_a_project_without_a_run_gets_one_and_keeps_it(project, run):
    assert run.parent == project / "runs"
    assert serving.run_to_serve(project, today=TODAY) == run
    assert serving.run_to_serve(project / "mangqu.toml", today=TODAY) == run


def test_a_run_is_served_as_it_is(run):
    assert serving.run_to_serve(run) == run


def test_a_changed_project_gets_a_new_run(tmp_path):
    folder = toy_county.write_project(tmp_path / "toy")
    first = serving.run_to_serve(folder, today=TODAY)
    toml = folder / "mangqu.toml"
    toml.write_text(toml.read_text().replace("2026-08-15", "2026-08-16"))
    second = serving.run_to_serve(folder, today=TODAY)
    assert second != first
    assert json.loads((second / "certificate.json").read_text())["as_of"] == "2026-08-16"
    assert serving.run_to_serve(folder, today=TODAY) == second


def test_a_damaged_run_is_passed_over(tmp_path):
    folder = toy_county.write_project(tmp_path / "toy")
    damaged = folder / "runs" / "damaged"
    damaged.mkdir(parents=True)
    (damaged / "certificate.json").write_text("{")
    assert serving.run_to_serve(folder, today=TODAY) != damaged


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_what_is_neither_project_nor_run_is_refused_in_one_line(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as refused:
        serving.run_to_serve(tmp_path / name)
    assert refused.value.problem == "nothing_to_serve"
    assert "\n" not in refused.value.render("zh")


def test_the_pages_of_a_real_run_and_its_geopackage_are_served(run):
    client = create_application(run).test_client()
    summary = client.get("/api/v1/summary").get_json()
    assert summary["places"] + summary["slivers"] == len(toy_county.PLANTED)
    for address in ("/", "/findings", "/bodies", "/certificate", "/map", "/downloads"):
        assert client.get(address).status_code == 200, address
    with client.get("/downloads/run.gpkg") as answer:
        assert answer.data == (run / "run.gpkg").read_bytes()
    with client.get("/downloads/certificate.json") as answer:
        assert answer.data == (run / "certificate.json").read_bytes()


def test_a_port_in_use_is_told_in_one_line_before_any_work(tmp_path):
    with serving.take_port("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputError) as refused:
            serving.serve(tmp_path / "not looked at", port=port)
    assert refused.value.problem == "port_taken"
    assert str(port) in refused.value.render("zh")
    assert str(port + 1) in refused.value.render("en")


@pytest.mark.parametrize("host", ["203.0.113.7", "no such name", "x" * 300])
def test_an_address_that_is_not_ours_is_told_in_one_line(tmp_path, host):
    with pytest.raises(OutputError) as refused:
        serving.serve(tmp_path, host=host, port=0)
    assert refused.value.problem == "address_refused"
    assert "\n" not in refused.value.render("en")


def test_only_this_machine_can_reach_the_service_unless_told_otherwise():
    with serving.take_port("127.0.0.1", 0) as taken:
        assert serving.is_loopback(taken)
    with serving.take_port(EVERYWHERE, 0) as taken:
        assert not serving.is_loopback(taken)
        assert serving.address_of(taken).startswith("http://127.0.0.1:")


def test_names_are_trusted_only_as_far_as_they_are_ours():
    assert serving.own_names("127.0.0.1") == ()
    assert serving.own_names("map.example.cn") == ("map.example.cn",)
    assert socket.gethostname().lower() in serving.own_names(EVERYWHERE)


def test_the_server_answers_over_the_wire_and_refuses_large_bodies():
    with running(sample_run()) as address:
        status, content = fetch(f"{address}/healthz")
        assert (status, content["status"]) == (200, "ok")
        assert fetch(address, body=b"x" * 100_000)[0] == 413
        assert fetch(address, body=b"x")[0] == 405


def test_the_service_prints_its_address_and_stops_quietly(run):
    program = (
        "import sys; from pathlib import Path; from webmap.service.serving import serve;"
        "serve(Path(sys.argv[1]), port=0, language='en')"
    )
    command = [sys.executable, "-c", program, str(run)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        process.stdout.readline()
        line = process.stdout.readline()
        address = line.split()[2]
        assert fetch(f"{address}api/v1/summary")[0] == 200
        process.send_signal(2)
        _, errors = process.communicate(timeout=20)
    assert address.startswith("http://127.0.0.1:")
    assert "Traceback" not in errors
