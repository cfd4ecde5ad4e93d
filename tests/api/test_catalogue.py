"""The catalogue in the formats of others, over HTTP: what each reader gets, and what programs of others make of it."""

import copy
import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.validators import ask, needed

from gridtie.cleaning.page import FORM
from gridtie.cli.main import main
from gridtie.client.exchange import ExchangeClient

TEXTS = b"".join(b'{"text": "%s", "year": %d, "tags": ["a"]}\n' % (word, year) for word, year in
                 ((b"one", 2024), (b"two", 2025)))  # fmt: skip
TABLE = pa.table({"text": ["一", "二"], "length": [1.5, 2], "raw": [b"1", b"2"], "words": [["a", "b"], ["c"]]})
CARD = """
title = "Court decisions"
description = "Decisions of courts, cleaned."
licence = "CC-BY-4.0"
languages = ["zh", "en"]
keywords = ["law", "court"]
grade = 3
contact = "data@aurora.example"
personal = "Names of judges are left in."
uses = ["training of language models"]
limits = ["not for judging people"]

[[source]]
name = "court register"
kind = "public register"
licence = "open"
record = "2024-17"

[terms]
purposes = ["training", "research"]
places = ["CN", "DE"]
count = 5
redistribute = false
delete_after_days = 30

[price]
kind = "access"
amount = "2.50"
"""
RAW = """
title = "Raw decisions"
description = "As they came.\\ngrade:4"
licence = "words of our own"
languages = ["zh"]
[terms]
delivery = "compute"
"""


def send(member: Any, name: str, card: str, files: dict[str, bytes], **more: Any) -> dict[str, Any]:
    parts = []
    for path, raw in files.items():
        digest = sha256(raw).hexdigest()
        headers = {"Authorization": f"Bearer {member.token}"}
        member.client.request("PUT", f"/v1/blobs/{digest}?size={len(raw)}", content=raw, headers=headers)
        parts.append({"path": path, "sha256": digest, "size": len(raw)})
    listed = [part for part in parts if part["path"] != "audit.json"]
    if len(listed) < len(parts):
        more["report"] = parts[-1]["sha256"]
    answer = member.post("/v1/datasets", {"name": name, "card": card, "parts": listed, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def table() -> bytes:
    sink = io.BytesIO()
    parquet.write_table(TABLE, sink)
    return sink.getvalue()


def report(*files: bytes) -> bytes:
    return json.dumps({
        "form": FORM, "pack": "TC260-003", "checks": [{"held": True}], "sources": [],
        "outputs": [{"sha256": sha256(raw).hexdigest()} for raw in files],
        "counts": {"kept": 2, "found": [["mobile", "mask", 3]], "dropped": {"too short": 1}},
    }).encode()  # fmt: skip


@pytest.fixture
def market(parties: Any, admin: Any) -> Any:
    """aurora's raw and cleaned decisions; bison has a contract on the cleaned ones and fetched them."""
    owner, buyer = parties["aurora"]["owner"], parties["bison"]["owner"]
    raw = send(owner, "raw", RAW, {"raw.jsonl": TEXTS})
    whole = table()
    made = send(
        owner, "court", CARD, {"data/a b.parquet": whole, "texts.jsonl": TEXTS, "audit.json": report(whole, TEXTS)},
        derived_from=[f"{raw['id']}@v1", "of old"],
    )  # fmt: skip
    admin.post("/v1/ledger/topups", {"organisation": "bison", "amount": "100"})
    contract = buyer.post("/v1/contracts", {"dataset": "aurora/court", "purpose": "training", "place": "CN-52"}).json()
    assert owner.post(f"/v1/contracts/{contract['id']}/sign").json()["state"] == "active"
    fetched = buyer.post("/v1/datasets/aurora/court/fetch", {})
    assert fetched.status_code == 200, fetched.text
    return {"raw": raw, "made": made, "contract": contract["id"], "fetched": fetched.json()}


def test_the_catalogue_is_found_by_what_a_card_says(market: Any, parties: Any) -> None:
    reader = parties["bison"]["viewer"]

    def found(query: str) -> list[str]:
        return [one["name"] for one in reader.get(f"/v1/datasets?{query}").json()["items"]]

    assert found("") == ["aurora/court", "aurora/raw"]
    assert found("language=EN") == ["aurora/court"]
    assert found("language=z") == []
    assert found("licence=words%20of%20our%20own") == ["aurora/raw"]
    assert found("licence=cc-by-4.0&grade=3&delivery=copy") == ["aurora/court"]
    assert found("delivery=compute") == ["aurora/raw"]
    assert found("grade=4") == [], "a description is no grade"
    assert found("q=court+CLEANED") == ["aurora/court"]
    assert found("q=decisions&language=zh") == ["aurora/court", "aurora/raw"]
    assert found("q=nothing") == []


def test_the_policy_of_a_dataset_reads_back_as_what_its_card_says(market: Any, parties: Any) -> None:
    reader = parties["bison"]["viewer"]
    policy = reader.get("/v1/datasets/aurora/court/policy").json()
    said = reader.get("/v1/datasets/aurora/court").json()
    checked = reader.post("/v1/policies/check", {"policy": policy}).json()
    assert (checked["terms"], checked["price"]) == (said["terms"], said["price"])
    assert 'purposes = ["training", "research"]' in checked["card"]
    agreed = parties["bison"]["owner"].get(f"/v1/contracts/{market['contract']}").json()["policy"]
    assert agreed["permission"][0]["assignee"].endswith(agreed_party(parties["bison"]["owner"]))
    assert {"leftOperand": "purpose", "operator": "isAnyOf", "rightOperand": ["training"]} in (
        agreed["permission"][0]["constraint"]
    )
    refused = reader.post("/v1/policies/check", {"policy": {**policy, "obligation": [{"action": "inform"}]}})
    assert refused.status_code == 422
    assert "obligation" in refused.json()["problems"][0]["message"]


def agreed_party(member: Any) -> str:
    return str(member.get("/v1/whoami").json()["organisation"]["id"])


def test_the_catalogue_comes_in_pages_that_name_the_next_one(market: Any, parties: Any) -> None:
    reader, seen, path = parties["bison"]["viewer"], [], "/v1/catalog?limit=1"
    for _ in range(2):
        page = reader.get(path).json()
        seen += [one["dct:title"] for one in page["dcat:dataset"]]
        following = page["hydra:view"].get("hydra:next", {"@id": ""})["@id"]
        path = "/v1/catalog" + following.partition("/v1/catalog")[2]
    assert seen == ["Court decisions", "Raw decisions"]
    assert following == ""
    assert parties["aurora"]["owner"].post("/v1/datasets/aurora/raw/withdraw").status_code == 200
    assert len(reader.get("/v1/catalog").json()["dcat:dataset"]) == 1


def test_an_owner_sees_every_use_and_others_only_their_own(market: Any, parties: Any, admin: Any) -> None:
    path = "/v1/datasets/aurora/court/lineage"

    def uses(member: Any) -> list[str]:
        return [node["label"] for node in member.get(path).json()["nodes"] if node["kind"] == "use"]

    admin.post("/v1/organisations", {"name": "cedar"})
    member = admin.post("/v1/organisations/cedar/members", {"name": "c", "role": "owner"}).json()["id"]
    token = admin.post("/v1/tokens", {"member": member}).json()["token"]
    stranger = type(admin)(admin.client, token)
    assert uses(parties["aurora"]["viewer"]) == uses(parties["bison"]["viewer"]) == uses(admin) == ["bison"]
    assert uses(stranger) == []
    for form in ("graph", "openlineage", "prov", "svg"):
        answer = stranger.get(f"{path}?form={form}")
        assert answer.status_code == 200, answer.text
        assert "bison" not in answer.text
        assert market["fetched"]["id"] not in answer.text


def test_a_lineage_tells_nothing_of_an_ancestor_that_its_reader_may_not_see(market: Any, parties: Any) -> None:
    owner, reader = parties["aurora"]["owner"], parties["bison"]["viewer"]
    path = "/v1/datasets/aurora/court/lineage"
    labels = [node["label"] for node in reader.get(path).json()["nodes"]]
    assert labels[:4] == ["aurora/court@v1", "TC260-003", "court register", "aurora/raw@v1"]
    assert labels[4:] == ["of old", "bison"]
    owner.post("/v1/datasets/aurora/raw/withdraw")
    for form in ("graph", "openlineage", "prov", "svg"):
        assert "aurora/raw" not in reader.get(f"{path}?form={form}").text
        assert "aurora/raw" in owner.get(f"{path}?form={form}").text


def test_what_was_made_from_a_version_is_told_from_its_side_too_as_far_as_its_reader_may_see_it(
    market: Any, parties: Any
) -> None:
    owner, reader = parties["aurora"]["owner"], parties["bison"]["owner"]
    path = "/v1/datasets/aurora/court/lineage"
    digest = sha256(TEXTS).hexdigest()
    part = {"path": "part.jsonl", "sha256": digest, "size": len(TEXTS)}
    for name, source in (("part", "aurora/court@v1"), ("part-of-part", "aurora/part@v1")):
        made = owner.post("/v1/datasets", {"name": name, "card": RAW, "parts": [part], "derived_from": [source]})
        assert made.status_code == 201, made.text

    def told(member: Any, form: str) -> str:
        return str(member.get(f"{path}?form={form}").text)

    found = reader.get(path).json()
    names = {node["id"]: node["label"] for node in found["nodes"]}
    assert [(names[edge["from"]], names[edge["to"]]) for edge in found["edges"] if "part" in names[edge["to"]]] == [
        ("aurora/court@v1", "aurora/part@v1"), ("aurora/part@v1", "aurora/part-of-part@v1"),
    ]  # fmt: skip
    owner.post("/v1/datasets/aurora/part/withdraw")
    for form in ("graph", "openlineage", "prov", "svg"):
        assert "aurora/part" in told(owner, form), form
        assert "aurora/part" not in told(reader, form), form


@needed
def test_programs_of_others_find_nothing_wrong_with_what_the_catalogue_says(
    market: Any, parties: Any, tmp_path: Path, port: int
) -> None:
    """mlcroissant loads the records of both files by links; every shape is shown to have teeth."""
    buyer = parties["bison"]["owner"]
    client = ExchangeClient(f"http://127.0.0.1:{port}", buyer.token)
    linked = client.croissant("aurora/court", links=True)
    plain = buyer.get("/v1/datasets/aurora/court/croissant").json()
    catalog, policy = buyer.get("/v1/catalog").json(), buyer.get("/v1/datasets/aurora/court/policy").json()
    agreed = buyer.get(f"/v1/contracts/{market['contract']}").json()["policy"]
    compute = buyer.get("/v1/datasets/aurora/raw/policy").json()
    events = buyer.get("/v1/datasets/aurora/court/lineage?form=openlineage").json()["events"]
    graph = buyer.get("/v1/datasets/aurora/court/lineage?form=prov").json()
    unsized, unheard = copy.deepcopy(catalog), copy.deepcopy(policy)
    del unsized["dcat:dataset"][0]["dcat:distribution"][0]["dcat:byteSize"]
    unheard["permission"][0]["constraint"][0]["leftOperand"] = "mood"
    answers = ask([
        {"kind": "croissant", "document": plain},
        {"kind": "croissant", "document": linked, "records": "records:data/a%20b.parquet"},
        {"kind": "croissant", "document": linked, "records": "records:texts.jsonl"},
        {"kind": "croissant", "document": {**plain, "distribution": plain["distribution"][1:]}},
        *({"kind": "shacl", "document": one, "shapes": "dcat.ttl"} for one in (catalog, unsized)),
        *({"kind": "shacl", "document": one, "shapes": "odrl.ttl"} for one in (policy, agreed, compute, unheard)),
        {"kind": "prov", "document": graph},
        {"kind": "openlineage", "events": events},
    ], tmp_path)  # fmt: skip
    checked, rows, lines, broken, feed, smaller, *policies, proven, written = answers
    assert checked == {"errors": [], "warnings": [], "records": []}
    assert rows["records"] == [{"text": "一", "length": 1.5, "words": ["a", "b"]},
                               {"text": "二", "length": 2.0, "words": ["c"]}]  # fmt: skip
    assert [row["year"] for row in lines["records"]] == [2024, 2025]
    assert lines["errors"] == lines["warnings"] == rows["errors"] == rows["warnings"] == []
    assert broken["errors"], "columns of a file that is not there"
    assert feed["keeps"], feed["text"]
    assert feed["statements"] > 80
    assert not smaller["keeps"]
    assert "byteSize" in smaller["text"]
    for one in policies[:3]:
        assert one["keeps"], one["text"]
    assert not policies[3]["keeps"]
    assert proven["same"]
    assert proven["records"] > 10
    assert "wasDerivedFrom" in proven["text"]
    assert [event["job"]["name"] for event in written] == [event["job"]["name"] for event in events]
    assert [event["job"]["name"] for event in events if event["eventType"] == "COMPLETE"] == [
        "publication/aurora/raw", "cleaning/aurora/court", "delivery/file/bison",
    ]  # fmt: skip


def test_the_command_line_writes_each_of_them(
    market: Any, parties: Any, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("GRIDTIE_EXCHANGE", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("GRIDTIE_TOKEN", parties["bison"]["owner"].token)

    def said(*words: str) -> str:
        assert main(["dataset", *words]) == 0, capsys.readouterr().err
        return str(capsys.readouterr().out)

    offer, drawn = tmp_path / "offer.json", tmp_path / "court.svg"
    lines = said("lineage", "aurora/court").splitlines()
    assert lines[0].startswith("aurora/court@v1: 4 records, ")
    assert lines[1] == "├─ cleaned by the rules of TC260-003: every check held; 2 kept, 1 dropped, 3 values treated"
    assert lines[-1].startswith("└─ used by bison: 1 delivery (file), for training, since ")
    said("lineage", "aurora/court", "--svg", str(drawn))
    assert drawn.read_text(encoding="utf-8").startswith("<svg ")
    assert json.loads(said("lineage", "aurora/court", "--form", "prov"))["entity"]
    assert json.loads(said("croissant", "aurora/court", "--links"))["distribution"][0]["contentUrl"].count("key=") == 1
    assert len(json.loads(said("dcat"))["dcat:dataset"]) == 2
    said("policy", "aurora/court", "--save", str(offer))
    assert "delete_after_days = 30\n" in said("terms", str(offer))
    offer.write_text(offer.read_text().replace('"count"', '"percentage"'))
    assert main(["dataset", "terms", str(offer)]) == 2
    assert "'percentage'" in capsys.readouterr().err
    offer.write_text("{\n  no json")
    assert main(["dataset", "terms", str(offer)]) == 2
    assert ":2:3: not JSON" in capsys.readouterr().err
