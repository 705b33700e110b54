"""Files to take away hold what the pages show, and do no harm where they are opened."""

from __future__ import annotations

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook

from tests.service_sample import INLET, VOID, sample_run
from webmap.service.application import create_application
from webmap.service.exports import harmless


@pytest.fixture(scope="module")
def client():
    return create_application(sample_run()).test_client()


def rows(answer):
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_csv_holds_the_rows_that_the_filters_leave_with_names_for_ids(client):
    head, *body = rows(client.get("/downloads/findings.csv?class=void&lang=zh"))
    assert head[:4] == ["编号", "问题类别", "事项", "层级"]
    assert [row[0] for row in body] == [VOID, INLET]
    first = dict(zip(head, body[0], strict=True))
    assert first["问题类别"] == "职责真空"
    assert first["相邻单位"] == "甲街道办事处、乙街道办事处"
    assert float(first["面积（平方米）"]) == 400_000
    assert first["首接单位"] == "城管局"


def test_the_csv_of_lanes_tells_both_sides(client):
    head, *body = rows(client.get("/downloads/lanes.csv?lang=en"))
    second = dict(zip(head, body[1], strict=True))
    assert second["Lane"] == "Willow Lane"
    assert (second["On the left"], second["On the right"]) == ("Street A", "Street B")


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
def test_no_text_can_become_a_formula(mark):
    run = sample_run(lambda text: f'{mark}cmd|"/c calc"!A1{text}')
    client = create_application(run).test_client()
    for path in ("findings.csv", "lanes.csv"):
        for row in rows(client.get(f"/downloads/{path}")):
            assert not any(cell.startswith(mark) for cell in row)


def test_a_negative_number_stays_a_number():
    assert harmless(-3.5) == -3.5
    assert harmless("-3.5") == "'-3.5"


def test_the_geojson_opens_as_one_collection(client):
    answer = client.get("/downloads/findings.geojson?district=west")
    content = json.loads(answer.data)
    assert [feature["id"] for feature in content["features"]] == [VOID, "F-sliver", INLET]
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["ledger.xlsx", "responsibility-lists.xlsx"])
def test_the_workbooks_open_and_are_made_once_a_language(client, name):
    chinese = client.get(f"/downloads/{name}?lang=zh").data
    english = client.get(f"/downloads/{name}?lang=en").data
    assert chinese != english
    assert client.get(f"/downloads/{name}?lang=zh").data == chinese
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(chinese)).sheet_names
    assert sheets


def test_the_single_file_map_asks_for_nothing(client):
    answer = client.get("/downloads/map.html")
    page = answer.get_data(as_text=True)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "/static/" not in page
    assert 'http-equiv="Content-Security-Policy"' in page


def test_a_misspelt_filter_does_not_give_everything(client):
    assert client.get("/downloads/findings.csv?clas=void").status_code == 400


def test_without_a_folder_there_is_no_geopackage(client):
    assert client.get("/downloads/run.gpkg").status_code == 404
    assert "run.gpkg" not in client.get("/downloads").get_data(as_text=True)
