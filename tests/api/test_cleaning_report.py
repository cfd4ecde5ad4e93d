"""The report that comes with a dataset, as JSON and as a page: what its owner wrote, which may be anything."""

import json
from hashlib import sha256
from typing import Any

from tests.api import shop
from tests.cleaning.made import report

TEXTS = b'{"text": "one"}\n{"text": "two"}\n'
EVIL = "<script>alert(1)</script>"


def published(owner: Any, name: str, said: dict[str, Any]) -> Any:
    part = {"path": "texts.jsonl", **shop.send(owner, TEXTS)}
    audit = shop.send(owner, json.dumps(said).encode())["sha256"]
    return owner.post("/v1/datasets", {"name": name, "card": shop.CARD, "parts": [part], "report": audit})


def test_a_report_is_read_as_a_page_in_both_languages(parties: Any) -> None:
    owner, reader = parties["aurora"]["owner"], parties["bison"]["viewer"]
    said = report({"texts.jsonl": sha256(TEXTS).hexdigest()})
    said["policy"]["name"] = said["sources"][0]["name"] = EVIL
    assert published(owner, "texts", said).status_code == 201
    answer = reader.get("/v1/datasets/aurora/texts/report.html?version=v1&lang=zh")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    rules = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'", "sandbox"} <= set(rules)
    assert not any("unsafe" in rule or "script" in rule for rule in rules)
    assert "<script" not in answer.text
    assert answer.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert 'id="zh" checked' in answer.text
    assert 'id="en" checked' in reader.get("/v1/datasets/aurora/texts/report.html").text
    assert reader.get("/v1/datasets/aurora/texts/report").json() == said


def test_a_report_that_says_too_little_has_no_page(parties: Any) -> None:
    owner = parties["aurora"]["owner"]
    said = report({"texts.jsonl": sha256(TEXTS).hexdigest()})
    del said["hand_sample"]
    assert published(owner, "texts", said).status_code == 201
    answer = owner.get("/v1/datasets/aurora/texts/report.html")
    assert (answer.status_code, answer.json()["fix"].split("`")[1]) == (404, "gridtie dataset report OWNER/NAME")
    assert owner.get("/v1/datasets/aurora/texts/report").status_code == 200


def test_a_report_of_very_many_bytes_is_refused_before_it_is_read(parties: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("gridtie.api.datasets.REPORT_BYTES_MAX", 10_000)
    owner = parties["aurora"]["owner"]
    said = report({"texts.jsonl": sha256(TEXTS).hexdigest()}) | {"more": "x" * 10_000}
    answer = published(owner, "texts", said)
    assert (answer.status_code, answer.json()["code"]) == (413, "input-too-large")
