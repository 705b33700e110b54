"""``mangqu export`` and ``gaps -o``: layers in every format, and what is told about them."""

import json
import zipfile

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from pyproj import CRS

from gis.cli import run_arguments
from gis.run_folder import RUN_TABLES, read_run
from gis.writers import ENDINGS
from gis.writers.formats import known_ending
from tests.builders import EAST_HALF, PLANE, WEST_HALF, placed, square
from tests.written_files import by_csv, by_gdal, by_json


@pytest.fixture
def say(capsys):
    """Run the command and return exit status, standard output and standard error."""

    def say(*arguments):
        status = run_arguments([str(argument) for argument in arguments])
        spoken = capsys.readouterr()
        assert "Traceback" not in spoken.out + spoken.err
        return status, spoken.out, spoken.err

    return say


@pytest.fixture
def halves(tmp_path):
    gap = square(490, 100, 510, 900)
    path = tmp_path / "claims.gpkg"
    shapes = [placed(WEST_HALF - gap), placed(EAST_HALF - gap)]
    gpd.GeoDataFrame({"body": ["甲街道办", "乙街道办"]}, geometry=shapes, crs=PLANE).to_file(path)
    return path


def test_every_table_of_a_run_is_exported_with_its_rows_lists_and_days(
    say, full_run_folder, tmp_path
):
    out = tmp_path / "out.gpkg"
    status, told, _ = say("export", full_run_folder, "-o", out, "--json")
    assert status == 0
    run = read_run(full_run_folder)
    rows = {name: len(getattr(run, name)) for name in RUN_TABLES}
    assert all(rows.values())
    assert json.loads(told) == {"file": str(out), "layers": rows, "notes": []}
    assert {name: pyogrio.read_info(out, layer=name)["features"] for name in rows} == rows
    findings, shapes = by_gdal(out, "findings")
    assert findings["finding_id"] == run.findings["finding_id"].tolist()
    assert [tuple(json.loads(text)) for text in findings["neighbours"]] == list(
        run.findings["neighbours"]
    )
    assert set(findings["as_of"]) == {run.settings.as_of}
    assert all(one.equals(other) for one, other in zip(shapes, run.findings.geometry, strict=True))
    claims, _ = by_gdal(out, "claims")
    assert [pd.Timestamp(day) for day in claims["valid_to"] if day] == [
        day for day in run.claims["valid_to"] if day is not pd.NaT
    ]
    assert CRS(pyogrio.read_info(out, layer="findings")["crs"]) == run.findings.crs


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_findings_are_exported_in_every_format(say, full_run_folder, tmp_path, ending, language):
    out = tmp_path / f"盲区{ending}"
    status, told, err = say(
        "export", full_run_folder, "-o", out, "--layer", "findings", "--lang", language
    )
    assert status == 0
    assert str(out) in told
    count = len(read_run(full_run_folder).findings)
    assert f"findings {count} 行" in told or f"findings ({count})" in told
    assert out.stat().st_size
    assert ("WGS 84" in err) == (ending in {".geojson", ".json", ".kml", ".kmz", ".csv", ".xlsx"})
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_whole_run_goes_into_a_file_of_several_layers_and_no_other(
    say, full_run_folder, tmp_path, ending
):
    out = tmp_path / f"out{ending}"
    status, _, err = say("export", full_run_folder, "-o", out, "--lang", "en")
    if known_ending(out).one_layer:
        assert (status, out.exists()) == (1, False)
        assert "--layer" in err
    else:
        assert (status, out.is_file()) == (0, True)


def test_a_run_as_shapefiles_has_one_for_each_layer(say, full_run_folder, tmp_path):
    out = tmp_path / "out.zip"
    say("export", full_run_folder, "-o", out)
    with zipfile.ZipFile(out) as archive:
        held = {name for name in archive.namelist() if name.endswith(".dbf")}
    assert held == {f"{name}.dbf" for name in RUN_TABLES}


def test_what_has_no_shapes_is_left_out_of_kml_and_not_counted(say, full_run_folder, tmp_path):
    out = tmp_path / "out.kml"
    layers = ("--layer", "findings", "--layer", "bodies")
    _, told, _ = say("export", full_run_folder, "-o", out, *layers, "--json")
    answer = json.loads(told)
    assert list(answer["layers"]) == ["findings"]
    assert ("table_left_out", "bodies") in [(n["problem"], n["layer"]) for n in answer["notes"]]


def test_an_export_refuses_what_it_cannot_do(say, full_run_folder, tmp_path):
    taken = tmp_path / "taken.gpkg"
    gpd.GeoDataFrame({"n": [1]}, geometry=[square(0, 0, 1, 1)], crs=PLANE).to_file(taken)
    before = taken.read_bytes()
    inside = full_run_folder / "out.csv"
    for arguments, told in (
        ([full_run_folder, "-o", tmp_path / "o.gpkg", "--layer", "findngs"], "findings"),
        ([full_run_folder, "-o", tmp_path / "o.docx"], ".gpkg"),
        ([full_run_folder, "-o", full_run_folder / "run.gpkg"], "inside the run"),
        ([full_run_folder, "-o", inside, "--layer", "findings"], "inside the run"),
        ([full_run_folder, "-o", taken], "already"),
        ([tmp_path, "-o", tmp_path / "o.gpkg"], "run"),
    ):
        status, out, err = say("export", *arguments, "--lang", "en")
        assert (status, out) == (1, ""), arguments
        assert told in err
    assert list(tmp_path.iterdir()) == [taken]
    assert taken.read_bytes() == before
    assert not inside.exists()


def test_an_export_without_an_output_is_wrong_usage(say, full_run_folder):
    assert say("export", full_run_folder)[0] == 2


@pytest.mark.parametrize("ending", ENDINGS)
def test_gaps_are_written_in_every_format_and_replaced(say, halves, tmp_path, ending):
    out = tmp_path / f"found{ending}"
    for _ in range(2):
        status, told, _ = say("gaps", halves, "-o", out, "--lang", "zh")
        assert status == 0
        assert str(out) in told
    assert sorted(tmp_path.iterdir()) == sorted([halves, out])


def test_a_file_of_one_layer_holds_the_findings(say, halves, tmp_path):
    say("gaps", halves, "-o", tmp_path / "found.geojson")
    columns, (shape,) = by_json(tmp_path / "found.geojson")
    assert columns["class"] == ["void"]
    ((one, other),) = columns["neighbours"]
    assert {one, other} == {"甲街道办", "乙街道办"}
    assert shape.exterior.is_ccw
    say("gaps", halves, "-o", tmp_path / "found.csv")
    assert by_csv(tmp_path / "found.csv")[0]["neighbours"] == [f"{one}、{other}"]


def test_a_wrong_ending_is_refused_before_anything_is_read(say, tmp_path):
    status, out, err = say("gaps", tmp_path / "none.gpkg", "-o", tmp_path / "o.docx")
    assert (status, out) == (1, "")
    assert ".gpkg" in err
    assert "none.gpkg" not in err
