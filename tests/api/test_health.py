"""What watches the exchange, and what a person sees who opens its address: figures that parse, a page that is safe."""

import shutil
from html.parser import HTMLParser
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gridtie.lifecycle import JOB, SITE

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>&{{7*7}}'--"


class Page(HTMLParser):
    """Every tag with its attributes, and whether tags close what they opened."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_prometheus_reads_every_line_and_finds_what_an_operator_watches(admin: Any, make_site: Any) -> None:
    make_site(admin, "north")
    admin.get("/v1/organisations/demo")
    answer = admin.client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert len(families) == answer.text.count("# TYPE")
    assert all(family.documentation and family.type != "unknown" for family in families.values())
    jobs = {sample.labels["state"]: sample.value for sample in families["gridtie_jobs"].samples}
    sites = {sample.labels["state"]: sample.value for sample in families["gridtie_sites"].samples}
    assert set(jobs) == set(JOB.states)
    assert set(sites) == set(SITE.states)
    assert sites["active"] == 1
    single = {name: family.samples[0].value for name, family in families.items() if len(family.samples) == 1}
    assert single["gridtie_agents_connected"] == 1
    assert single["gridtie_books_balanced"] == 1
    assert single["gridtie_writer_queue"] >= 0
    assert single["gridtie_waiters"] >= 0
    assert single["gridtie_market_round"] >= 0
    assert single["gridtie_disk_free_bytes"] > 1 << 20
    assert 1e7 < single["gridtie_resident_bytes"] < 1e9
    seconds = families["gridtie_http_seconds"]
    assert seconds.type == "histogram"
    routes = {sample.labels["route"] for sample in families["gridtie_http_requests"].samples}
    assert "/v1/organisations/{organisation}" in routes
    assert not any("demo" in route for route in routes)


def test_addresses_that_do_not_exist_make_no_new_series(client: Any) -> None:
    """Or a stranger could fill our memory and the watcher's."""
    for number in range(50):
        assert client.get(f"/v1/guess-{number}").status_code == 404
    for number in range(3):
        assert client.request(f"VERB{number}", "/healthz").status_code == 400
    samples = [s for f in text_string_to_metric_families(client.get("/metrics").text) for s in f.samples]
    assert {s.labels["route"] for s in samples if s.labels.get("route", "").startswith("/v1/guess")} == set()
    assert {s.labels["method"] for s in samples if "method" in s.labels} <= {"GET", "POST"}


def test_health_says_ok_and_which_exchange_without_a_token(client: Any, exchange: Any) -> None:
    health = client.get("/healthz").json()
    assert (health["status"], health["exchange"]) == ("ok", exchange.id)


def test_health_complains_of_a_full_disk_and_fails_when_the_timetable_stands_still(
    client: Any, exchange: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = shutil.disk_usage(exchange.settings.home).free
    object.__setattr__(exchange.settings, "disk_reserve_bytes", room * 2)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert "disk" in answer.json()["complaints"][0]
    monkeypatch.setattr("gridtie.api.health.LATE_S", -1000.0)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["code"]) == (503, "stalled")
    assert "clear posted prices" in answer.json()["title"]


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing(client: Any) -> None:
    for language in ("en", "zh"):
        answer = client.get(f"/?lang={language}")
        page = Page(answer.text)
        assert page.open == []
        assert {tag for tag, _ in page.tags}.isdisjoint({"script", "iframe", "object", "img", "form", "style", "base"})
        for tag, attributes in page.tags:
            assert not any(name.startswith("on") or name == "style" for name in attributes), tag
            for name in ("href", "src", "action"):
                target = attributes.get(name) or "/"
                assert target.startswith("/"), f"{tag} {name}={target}"
                assert not target.startswith("//"), f"{tag} {name}={target}"
        [sheet] = [attributes["href"] for tag, attributes in page.tags if tag == "link"]
        style = client.get(str(sheet))
        assert style.headers["Content-Type"].startswith("text/css")
        assert "url(" not in style.text
        assert "@import" not in style.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")


def test_hostile_names_do_not_reach_the_page_or_the_figures(admin: Any) -> None:
    text = f"name: {HOSTILE!r}\nrun: echo hi\n"
    answer = admin.post("/v1/jobs", {"text": text, "name": HOSTILE})
    assert answer.status_code in (201, 402, 409, 422), answer.text
    assert answer.headers["Content-Type"] in ("application/json", "application/problem+json")
    admin.post("/v1/organisations", {"name": HOSTILE})
    admin.client.get(f"/v1/{HOSTILE.replace(' ', '%20')}")
    for path in ("/", "/?lang=zh", "/metrics"):
        shown = admin.client.get(path).text
        assert "<script" not in shown
        assert "alert(1)" not in shown
    odd = admin.client.get("/?lang=%22%3E%3Cscript%3E")
    assert odd.status_code == 422
    assert odd.headers["X-Content-Type-Options"] == "nosniff"
