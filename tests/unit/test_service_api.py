"""The JSON interface: what programs read, and how they are refused."""

from __future__ import annotations

import itertools
import json

import pytest

from gis.layers.datum import wgs84_to_gcj02
from tests.service_sample import (
    BUREAU,
    CONTESTED,
    INLET,
    LAPSED,
    SLIVER,
    STREET_A,
    STREET_B,
    VOID,
    lon_lat,
    sample_run,
)
from webmap.service.application import create_application


@pytest.fixture(scope="module")
def client():
    return create_application(sample_run()).test_client()


def ids(answer):
    return [feature["id"] for feature in answer.get_json(force=True)["features"]]


def test_findings_are_a_feature_collection_that_says_how_many_matched(client):
    answer = client.get("/api/v1/findings?limit=2&offset=1")
    content = answer.get_json(force=True)
    assert answer.content_type == "application/geo+json; charset=utf-8"
    assert content["type"] == "FeatureCollection"
    assert (content["numberMatched"], content["numberReturned"]) == (5, 2)
    assert ids(answer) == [CONTESTED, LAPSED]
    links = {link["rel"]: link["href"] for link in content["links"]}
    assert links["next"] == "/api/v1/findings?limit=2&offset=3"
    assert links["prev"] == "/api/v1/findings?limit=2&offset=0"
    assert ids(client.get(links["next"])) == [SLIVER, INLET]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("class=void", [VOID, INLET]),
        ("class=void&class=sliver", [VOID, SLIVER, INLET]),
        ("matter=order", [LAPSED, INLET]),
        ("zone=oil_local", [VOID, LAPSED]),
        ("district=west", [VOID, SLIVER, INLET]),
        (f"body={STREET_B}", [VOID, CONTESTED]),
        (f"body={BUREAU}", [VOID]),
        ("min_area=250000", [VOID, CONTESTED, LAPSED, INLET]),
        # no question of this run is about a level
        ("level=street", []),
        ("q=碎缝", [SLIVER]),
        ("q=SLIVER", [SLIVER]),
        ("q=乙街道 油地", [VOID]),
        ("q=street+b+cleaning", [VOID, CONTESTED]),
        ("q=%25", []),
        ("offset=99", []),
    ],
)
def test_a_filter_leaves_exactly_what_it_names(client, query, expected):
    assert ids(client.get(f"/api/v1/findings?{query}")) == expected


def test_a_bounding_box_leaves_what_it_meets_even_over_the_antimeridian(client):
    west, south = lon_lat(2600, 2600)
    east, north = lon_lat(2700, 2700)
    box = f"{west},{south},{east},{north}"
    assert ids(client.get(f"/api/v1/findings?bbox={box}")) == [CONTESTED, LAPSED]
    # the whole globe but for a strip to the west of the county: everything
    assert len(ids(client.get(f"/api/v1/findings?bbox={west},-90,{west - 90},90"))) == 2
    assert ids(client.get("/api/v1/findings?bbox=170,-90,-170,90")) == []


def test_shapes_are_on_wgs84_with_their_outer_rings_anticlockwise(client):
    feature = client.get(f"/api/v1/findings/{CONTESTED}").get_json(force=True)
    ring = feature["geometry"]["coordinates"][0]
    doubled_area = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in itertools.pairwise(ring))
    assert doubled_area < 0
    lons, lats = {point[0] for point in ring}, {point[1] for point in ring}
    corner = lon_lat(2500, 2500)
    assert min(lons) == pytest.approx(corner[0], abs=2e-4)
    assert min(lats) == pytest.approx(corner[1], abs=2e-4)


def test_one_finding_comes_with_the_metres_that_it_shares_with_each_neighbour(client):
    properties = client.get(f"/api/v1/findings/{VOID}").get_json(force=True)["properties"]
    assert properties["area_m2"] == 400_000
    assert properties["neighbours"] == [STREET_A, STREET_B]
    assert properties["neighbour_lengths"] == [
        {"body": STREET_A, "shared_m": 4000.0},
        {"body": STREET_B, "shared_m": 4000.0},
        {"body": "", "shared_m": 200.0},
    ]


def test_the_summary_counts_the_classes_of_every_matter(client):
    questions = client.get("/api/v1/summary").get_json()["questions"]
    assert [question["counts"] for question in questions] == [
        {"void": 1, "contested": 1, "sliver": 1},
        {"void": 1, "lapsed": 1},
    ]
    assert questions[0]["gap_m2"] == 400_000


def test_lanes_can_be_filtered_by_class_and_length(client):
    assert ids(client.get("/api/v1/lanes?class=lane_border")) == ["L-border"]
    assert ids(client.get("/api/v1/lanes?min_length=600")) == ["L-unowned"]


def test_whois_names_the_lead_and_what_it_rests_on(client):
    lon, lat = lon_lat(500, 2000)
    content = client.get(f"/api/v1/whois?lon={lon}&lat={lat}&matter=clean").get_json()
    assert content["inside"] is True
    [answer] = content["answers"]
    assert (answer["standing"], answer["leads"]) == ("sole", [STREET_A])
    assert answer["assists"] == [BUREAU]
    assert {"law", "decision", ""} & {ground["basis"] for ground in answer["grounds"]}


def test_whois_in_a_gap_gives_the_finding_and_who_takes_the_call(client):
    lon, lat = lon_lat(1920, 2000)
    answers = client.get(f"/api/v1/whois?lon={lon}&lat={lat}").get_json()["answers"]
    cleaning = next(answer for answer in answers if answer["matter"] == "clean")
    assert cleaning["finding_ids"] == [VOID]
    assert cleaning["first_receiver"] == BUREAU


def test_whois_outside_says_so(client):
    content = client.get("/api/v1/whois?lon=0&lat=0").get_json()
    assert content["inside"] is False
    assert content["answers"] == []


def test_coordinates_out_of_a_chinese_map_are_shifted_back(client):
    lon, lat = lon_lat(2750, 2750)
    shifted_lon, shifted_lat = (float(value) for value in wgs84_to_gcj02(lon, lat))
    query = f"/api/v1/whois?lon={shifted_lon}&lat={shifted_lat}&matter=clean"
    corrected = client.get(f"{query}&datum=gcj02").get_json()
    assert corrected["answers"][0]["standing"] == "contested"
    assert corrected["lon"] == pytest.approx(lon, abs=1e-8)
    assert client.get(query).get_json()["answers"][0]["standing"] == "sole"


@pytest.mark.parametrize(
    ("path", "problem", "parameter"),
    [
        ("findings?limit=-1", "parameter_range", "limit"),
        ("findings?limit=0", "parameter_range", "limit"),
        ("findings?limit=100000", "parameter_range", "limit"),
        (f"findings?limit={'9' * 5000}", "parameter_not_whole", "limit"),
        ("findings?limit=1.5", "parameter_not_whole", "limit"),
        ("findings?limit=٣", "parameter_not_whole", "limit"),
        ("findings?limit=1&limit=2", "parameter_repeated", "limit"),
        ("findings?offset=-1", "parameter_range", "offset"),
        ("findings?class=voi", "parameter_choice", "class"),
        ("findings?clas=void", "parameter_unknown", "clas"),
        ("findings?matter=%27%20OR%201=1", "parameter_choice", "matter"),
        ("findings?min_area=nan", "parameter_not_a_number", "min_area"),
        ("findings?min_area=-1", "parameter_range", "min_area"),
        ("findings?bbox=1,2,3", "parameter_bbox", "bbox"),
        ("findings?bbox=1,2,3,inf", "parameter_not_a_number", "bbox"),
        ("findings?bbox=1,20,3,10", "parameter_bbox", "bbox"),
        ("findings?bbox=1,2,3,95", "parameter_range", "bbox"),
        (f"findings?q={'a' * 201}", "parameter_too_long", "q"),
        ("whois?lon=nan&lat=1", "parameter_not_a_number", "lon"),
        ("whois?lon=1&lat=-inf", "parameter_not_a_number", "lat"),
        ("whois?lon=181&lat=1", "parameter_range", "lon"),
        ("whois?lon=1", "parameter_missing", "lat"),
        ("whois?lon=1&lat=1&matter=x", "parameter_choice", "matter"),
        ("whois?lon=1&lat=1&datum=utm", "parameter_choice", "datum"),
        ("summary?x=1", "parameter_unknown", "x"),
    ],
)
def test_a_bad_parameter_is_refused_by_name_and_never_guessed(client, path, problem, parameter):
    answer = client.get(f"/api/v1/{path}")
    content = answer.get_json(force=True)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert content["type"] == f"urn:mangqu:problem:{problem}"
    assert content["parameter"] == parameter
    assert content["status"] == 400
    assert content["title"]
    assert content["detail"]
    assert len(answer.data) < 2000


@pytest.mark.parametrize("path", ["findings/nothing", "nothing", "findings/a%2Fb"])
def test_what_is_not_there_is_a_problem_with_status_404(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_problems_are_told_in_the_language_asked_for(client):
    english = client.get("/api/v1/findings?limit=x&lang=en").get_json(force=True)
    chinese = client.get("/api/v1/findings?limit=x&lang=zh").get_json(force=True)
    assert english["title"] == "“x” is not a whole number for “limit”."
    assert chinese["title"] == "参数“limit”的值“x”不是整数。"


def test_an_answer_is_not_sent_twice_to_those_who_have_it(client):
    first = client.get("/api/v1/findings")
    again = client.get("/api/v1/findings", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_another_run_has_another_tag(client):
    changed = sample_run()
    changed.certificate["jurisdiction_m2"] += 1
    other = create_application(changed).test_client()
    path = "/api/v1/summary"
    assert other.get(path).headers["ETag"] != client.get(path).headers["ETag"]


def test_no_answer_holds_a_number_that_json_does_not_know():
    run = sample_run()
    run.findings.loc[0, "width_m"] = float("nan")
    client = create_application(run).test_client()

    def refuse(name):
        raise AssertionError(name)

    content = json.loads(client.get("/api/v1/findings").data, parse_constant=refuse)
    assert content["features"][0]["properties"]["width_m"] is None


def test_a_head_request_has_the_headers_and_no_body(client):
    answer = client.head("/api/v1/findings")
    assert answer.status_code == 200
    assert answer.data == b""


def test_the_certificate_is_given_as_it_stands(client):
    assert client.get("/api/v1/certificate").get_json() == json.loads(
        json.dumps(sample_run().certificate)
    )


def test_every_address_on_the_landing_page_answers(client):
    lon, lat = lon_lat(500, 500)
    for link in client.get("/api/v1/").get_json()["links"]:
        query = f"?lon={lon}&lat={lat}" if link["title"] == "whois" else ""
        assert client.get(link["href"] + query).status_code == 200


def test_a_finding_for_every_level_is_found_at_the_levels_that_its_matter_is_asked_at():
    run = sample_run()
    clean, order = run.certificate["questions"]
    run.certificate["questions"] = [{**clean, "level": "street"}, order]
    client = create_application(run).test_client()
    found = client.get("/api/v1/findings?level=street").get_json()["features"]
    matters = {feature["properties"]["matter"] for feature in found}
    assert matters == {"clean"}
    summary = client.get("/api/v1/summary").get_json()
    assert sum(summary["questions"][0]["counts"].values()) == len(found)


def test_the_summary_tells_places_joint_slivers_and_lanes_apart():
    run = sample_run()
    run.findings.loc[1, "class"] = "joint"
    summary = create_application(run).test_client().get("/api/v1/summary").get_json()
    kinds = ("places", "joint", "slivers", "lane_unowned", "lane_border")
    assert [summary[kind] for kind in kinds] == [3, 1, 1, 1, 1]
