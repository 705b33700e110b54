"""A hostile name, parameter, header or method changes nothing and breaks nothing."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest

from tests.service_sample import VOID, lon_lat, sample_run
from webmap.service.application import create_application
from webmap.service.language import own_address
from webmap.service.security import TrustedHosts

#: Shown by a page, none of these may come out otherwise than as text.
TEMPLATE, SCRIPT, ATTRIBUTE, STATEMENT = (
    "{{7*191}}{%import os%}${7*191}",
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "'; DROP TABLE findings; --",
)
LINES = "a\r\nSet-Cookie: x=1\r\n\r\n<h1>"
PAYLOADS = (
    TEMPLATE,
    SCRIPT,
    ATTRIBUTE,
    STATEMENT,
    LINES,
    "\x00",
    "\u202e\ud7ff",
    "javascript:alert(1)",
    "../../etc/passwd",
    "9" * 400,
    "1e999",
    "-0",
    "[]",
)

WHERE = "lon={}&lat={}".format(*lon_lat(1920, 2000))
PAGES = (
    "/",
    "/map",
    "/findings",
    f"/findings/{VOID}",
    "/lanes",
    "/bodies",
    "/whois",
    f"/whois?{WHERE}",
    "/certificate",
    "/downloads",
)
ASKED = {
    "/findings": (
        *("class", "matter", "level", "zone", "district", "body", "q", "min_area", "bbox"),
        *("sort", "size", "page", "lang", "unknown"),
    ),
    "/lanes": ("class", "q", "min_length", "sort", "lang"),
    "/whois": ("lon", "lat", "datum", "lang"),
    "/body": ("id",),
    "/language/en": ("next",),
    "/downloads/findings.csv": ("q", "class", "unknown"),
    "/downloads/findings.geojson": ("bbox",),
    "/api/v1/findings": ("class", "body", "q", "bbox", "limit", "offset", "min_area", "lang"),
    "/api/v1/lanes": ("class", "min_length"),
    "/api/v1/whois": ("lon", "lat", "matter", "datum"),
}


def hostile(text):
    return f"{text}{TEMPLATE}{SCRIPT}{ATTRIBUTE}{STATEMENT}\u2028"


@pytest.fixture(scope="module")
def client():
    return create_application(sample_run()).test_client()


@pytest.fixture(scope="module")
def hostile_client():
    return create_application(sample_run(hostile)).test_client()


def harmless(page):
    without_data = re.sub(
        r'<script type="application/json"[^>]*>[^<]*</script>', "", page, flags=re.DOTALL
    )
    assert "1337" not in without_data
    assert "<img" not in page
    assert "<script>" not in page
    return True


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_names_are_shown_as_they_are(hostile_client, address, language):
    mark = "&" if "?" in address else "?"
    answer = hostile_client.get(f"{address}{mark}lang={language}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "7*191" in page
    assert harmless(page)


def test_every_link_to_a_hostile_name_still_leads_to_it(hostile_client):
    page = hostile_client.get("/bodies").get_data(as_text=True)
    links = set(re.findall(r'href="(/body\?id=[^"]+)">', page.replace("#named", "")))
    assert len(links) == 4
    for link in links:
        answer = hostile_client.get(html.unescape(link))
        assert answer.status_code == 200
        assert harmless(answer.get_data(as_text=True))
    filters = hostile_client.get("/findings", query_string={"body": hostile("streetA")})
    assert filters.status_code == 200
    assert filters.get_data(as_text=True).count("rowheader") > 1


@pytest.mark.parametrize("path", ["findings", "lanes", "summary", "certificate", "jurisdiction"])
def test_hostile_names_cannot_turn_json_into_a_page(hostile_client, path):
    answer = hostile_client.get(f"/api/v1/{path}")
    assert answer.status_code == 200
    assert "json" in answer.content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_json(force=True)


@pytest.mark.parametrize(("path", "name"), [(p, n) for p, names in ASKED.items() for n in names])
def test_no_parameter_breaks_a_page_or_comes_out_as_markup(client, path, name):
    for payload in PAYLOADS:
        answer = client.get(path, query_string={name: payload})
        assert answer.status_code in {200, 303, 400, 404}, payload
        assert "Set-Cookie: x" not in str(answer.headers)
        assert "\n" not in answer.headers.get("Location", "")
        if answer.mimetype == "text/html":
            assert harmless(answer.get_data(as_text=True))


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if "\x00" not in p])
def test_no_path_breaks_a_page(client, payload):
    for prefix in ("/", "/findings/", "/api/v1/findings/", "/static/", "/language/"):
        answer = client.get(prefix + quote(payload, safe=""))
        assert answer.status_code in {303, 308, 404}, payload
        assert answer.mimetype != "text/html" or harmless(answer.get_data(as_text=True))


@pytest.mark.parametrize("address", [*PAGES, "/nothing", "/api/v1/findings", "/static/service.css"])
def test_every_answer_states_what_a_page_may_do(client, address):
    with client.get(address) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert directives["default-src"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'self'"]
    assert directives["base-uri"] == ["'none'"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]


@pytest.mark.parametrize("address", PAGES)
def test_nothing_on_a_page_runs_without_this_answers_own_nonce(client, address):
    answers = [client.get(address) for _ in range(2)]
    nonces = [
        re.search(r"script-src 'self' 'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[
            1
        ]
        for answer in answers
    ]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        page = answer.get_data(as_text=True)
        for element in re.findall(r"<(?:script|style)\b[^>]*>", page):
            assert f'nonce="{nonce}"' in element or 'type="application/json"' in element
        assert not re.search(r"<[a-z][^>]*\s(on[a-z]+|style)=", page)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/findings", "/api/v1/findings", "/nothing", "/static/x"])
def test_the_service_can_only_be_read(client, method, path):
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "",
        "a b",
        "localhost:1:2",
        "<x>",
        "[::1",
        "127.0.0.1.x",
    ],
)
def test_a_page_elsewhere_cannot_call_the_service_by_another_name(client, host):
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert b"<" not in answer.data


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8000", "[::1]:80", "192.168.1.9", "LOCALHOST:5"]
)
def test_the_service_answers_to_its_own_names(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_further_names_are_trusted_only_when_told():
    hosts = TrustedHosts(lambda _environ, _start: [], ["map.example.cn", ".gov.example"])
    assert hosts.trusts("map.example.cn:443")
    assert hosts.trusts("a.b.gov.example")
    assert not hosts.trusts("gov.example.evil")
    assert not hosts.trusts("notgov.example")
    assert not hosts.trusts("x.map.example.cn")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/findings?class=void&lang=en", "/findings?class=void"),
        ("/whois?lon=1&lat=2", "/whois?lon=1&lat=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/%0d%0aSet-Cookie:x=1", "/%0d%0aSet-Cookie:x=1"),
        ("", "/"),
        ("findings", "/"),
    ],
)
def test_going_back_never_leaves_the_service(address, expected):
    assert own_address(address) == expected


def test_a_basemap_is_the_only_foreign_thing_a_page_may_load():
    run = sample_run()
    settings = run.settings
    mapped = type(settings)(
        **{
            **{name: getattr(settings, name) for name in settings.__slots__},
            "map": type(settings.map)(basemap="osm"),
        }
    )
    whole = {name: getattr(run, name) for name in run.__slots__}
    client = create_application(type(run)(**{**whole, "settings": mapped})).test_client()
    policy = client.get("/map").headers["Content-Security-Policy"]
    assert re.findall(r"https?://\S+", policy.replace(";", " ")) == [
        "https://tile.openstreetmap.org"
    ]


def test_a_failure_inside_tells_the_reader_nothing_of_the_inside():
    run = sample_run()
    del run.certificate["questions"]
    client = create_application(run).test_client()
    page = client.get("/")
    assert page.status_code == 500
    assert "Traceback" not in page.get_data(as_text=True)
    assert "questions" not in page.get_data(as_text=True)
    problem = client.get("/api/v1/summary")
    assert problem.status_code == 500
    assert problem.get_json(force=True)["type"] == "urn:mangqu:problem:service_fault"
