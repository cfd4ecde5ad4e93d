"""Delta Sharing on the wire: listings, pages, versions, queries, links, refusals. Its own client is in tests/story."""

import io
import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyarrow.parquet as pq
import pytest
from tests.api import shop

WAY = "/delta-sharing/shares"
TABLE = f"{WAY}/aurora/schemas/decisions/tables/train"
FILES = {
    "train/part-0.parquet": shop.parquet(0, 3),
    "train/part-1.parquet": shop.parquet(3, 2),
    "test.parquet": shop.parquet(9, 1),
    "notes.txt": b"not a table\n",
}


@pytest.fixture
def contract(owner: Any, reader: Any) -> str:
    shop.publish(owner, "decisions", FILES)
    return shop.agree(owner, reader, "aurora/decisions", purpose="training")


def items(member: Any, path: str) -> list[str]:
    answer = member.get(path)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


def query(member: Any, body: Any = None, table: str = TABLE, **headers: str) -> Any:
    return member.call("POST", f"{table}/query", body if body is not None else {}, **headers)


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/x-ndjson; charset=utf-8"
    return [json.loads(line) for line in answer.text.splitlines()]


def links(answer: Any) -> list[str]:
    return [urlsplit(line["file"]["url"]) for line in lines(answer) if "file" in line]


def followed(client: Any, link: Any, method: str = "GET", **headers: str) -> Any:
    """By somebody without a token."""
    return client.request(method, f"{link.path}?{link.query}", headers=headers)


def said(answer: Any) -> tuple[int, str]:
    document = answer.json()
    assert document["message"]
    return answer.status_code, document["errorCode"]


def test_who_has_a_contract_finds_the_owner_the_dataset_and_its_tables(
    reader: Any, contract: str, parties: Any
) -> None:
    assert items(reader, WAY) == ["aurora"]
    assert reader.get(f"{WAY}/aurora").json()["share"]["name"] == "aurora"
    assert items(reader, f"{WAY}/aurora/schemas") == ["decisions"]
    assert items(reader, f"{WAY}/aurora/schemas/decisions/tables") == ["test", "train"]
    [first, _] = reader.get(f"{WAY}/aurora/all-tables").json()["items"]
    assert (first["share"], first["schema"], first["name"]) == ("aurora", "decisions", "test")
    assert items(parties["aurora"]["member"], WAY) == ["aurora"]  # his own needs no contract


def test_a_query_gives_the_columns_and_whole_links_that_anybody_can_follow(
    reader: Any, contract: str, client: Any
) -> None:
    answer = query(reader)
    protocol, meta, *files = lines(answer)
    assert answer.headers["Delta-Table-Version"] == "1"
    assert protocol == {"protocol": {"minReaderVersion": 1}}
    assert meta["metaData"]["format"] == {"provider": "parquet"}
    columns = json.loads(meta["metaData"]["schemaString"])["fields"]
    assert [(column["name"], column["type"]) for column in columns] == [("id", "long"), ("text", "string")]
    assert [json.loads(line["file"]["stats"]) for line in files] == [{"numRecords": 3}, {"numRecords": 2}]
    assert all(line["file"]["expirationTimestamp"] > time.time() * 1000 for line in files)
    first, second = links(answer)
    assert f"{first.scheme}://{first.netloc}" == f"http://127.0.0.1:{client.port}"
    assert followed(client, first).content == FILES["train/part-0.parquet"]
    assert followed(client, second).content == FILES["train/part-1.parquet"]
    metadata = lines(reader.get(f"{TABLE}/metadata"))
    assert metadata == [protocol, meta]
    forwarded = query(reader, **{"X-Forwarded-Proto": "https", "Host": "data.example"})
    assert {f"{link.scheme}://{link.netloc}" for link in links(forwarded)} == {"https://data.example"}


def test_links_answer_heads_and_ranges_from_the_front_and_from_the_end(reader: Any, contract: str, client: Any) -> None:
    whole = FILES["train/part-0.parquet"]
    link = links(query(reader))[0]
    head = followed(client, link, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["Content-Length"], head.headers["Accept-Ranges"]) == (str(len(whole)), "bytes")
    for asked, given in (("0-3", whole[:4]), ("4-", whole[4:]), ("-8", whole[-8:]), (f"-{10**9}", whole)):
        answer = followed(client, link, Range=f"bytes={asked}")
        assert (answer.status_code, answer.content) == (206, given), asked
    start = answer.headers["Content-Range"]
    assert start == f"bytes 0-{len(whole) - 1}/{len(whole)}"
    beyond = followed(client, link, Range=f"bytes={len(whole)}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")


def test_reading_is_logged_counted_and_paid_once_within_the_life_of_the_links(
    admin: Any, owner: Any, reader: Any
) -> None:
    admin.post("/v1/ledger/topups", {"organisation": "bison", "amount": "10"})
    paid = shop.CARD + '[price]\nkind = "record"\namount = "0.50"\n'
    shop.publish(owner, "decisions", FILES, paid)
    key = shop.agree(owner, reader, "aurora/decisions")
    few = lines(query(reader, {"limitHint": 2, "predicateHints": ["id >"], "jsonPredicateHints": "{", "new": {}}))
    assert len(few) == 3  # enough for two rows
    for _ in range(2):
        assert len(lines(query(reader))) == 4
    [delivery] = reader.get(f"/v1/deliveries?contract={key}").json()["items"]
    assert (delivery["channel"], delivery["records"], delivery["charge"]) == ("sharing", 5, "2.50")
    assert reader.get(f"/v1/contracts/{key}").json()["deliveries"] == 1
    poor = shop.CARD + '[price]\nkind = "access"\namount = "100"\n'
    shop.publish(owner, "dear", FILES, poor)
    shop.agree(owner, reader, "aurora/dear")
    refused = query(reader, table=TABLE.replace("decisions", "dear"))
    assert said(refused) == (402, "DATA_UNPAID")


def test_versions_are_pinned_by_number_and_by_time(owner: Any, reader: Any, contract: str) -> None:
    more = {**FILES, "train/part-2.parquet": shop.parquet(5, 1)}
    before, after = "2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    shop.publish(owner, "decisions", more)
    assert reader.get(f"{TABLE}/version").headers["Delta-Table-Version"] == "2"
    assert reader.get(f"{TABLE}/version?startingTimestamp={before}").headers["Delta-Table-Version"] == "1"
    assert said(reader.get(f"{TABLE}/version?startingTimestamp={after}")) == (400, "INVALID_PARAMETER_VALUE")
    assert [len(links(query(reader, body))) for body in ({}, {"version": 1}, {"timestamp": after})] == [3, 2, 3]
    assert query(reader, {"version": 1}).headers["Delta-Table-Version"] == "1"
    assert said(query(reader, {"timestamp": before})) == (400, "INVALID_PARAMETER_VALUE")
    for version in (0, 3, 2**31 - 1):
        assert said(query(reader, {"version": version})) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_questions_that_mean_nothing_are_refused_in_the_form_of_the_protocol(reader: Any, contract: str) -> None:
    both = {"version": 1, "timestamp": "2999-01-01T00:00:00Z"}
    for body in ({"version": -1}, {"version": 2**63}, {"version": "x"}, {"limitHint": -1}, {"timestamp": "yesterday"},
                 both, {"startingVersion": 1}, []):  # fmt: skip
        assert said(query(reader, body)) == (400, "INVALID_PARAMETER_VALUE"), body


def test_a_client_that_asks_for_delta_alone_gets_actions_of_its_log_and_any_other_parquet(
    reader: Any, contract: str
) -> None:
    def asked(form: str) -> Any:
        return query(reader, **{"delta-sharing-capabilities": f"responseformat={form};readerfeatures=columnmapping"})

    assert asked("delta,parquet").headers["Delta-Sharing-Capabilities"] == "responseformat=parquet"
    answer = asked("Delta")
    assert answer.headers["Delta-Sharing-Capabilities"] == "responseformat=delta"
    protocol, meta, *files = lines(answer)
    assert protocol == {"protocol": {"deltaProtocol": {"minReaderVersion": 1, "minWriterVersion": 2}}}
    plain = lines(query(reader))
    assert meta["metaData"]["deltaMetadata"]["schemaString"] == plain[1]["metaData"]["schemaString"]
    assert (meta["metaData"]["numFiles"], meta["metaData"]["version"]) == (2, 1)
    for line, other in zip(files, plain[2:], strict=True):
        action = line["file"]["deltaSingleAction"]["add"]
        assert action["path"] == other["file"]["url"] + "&X-Amz-Signature="
        assert all(action[name] == other["file"][name] for name in ("size", "stats", "partitionValues"))
        assert line["file"]["expirationTimestamp"] == other["file"]["expirationTimestamp"]
    head = {"delta-sharing-capabilities": "responseformat=delta"}
    assert lines(reader.call("GET", f"{TABLE}/metadata", **head)) == [protocol, meta]
    assert said(asked("iceberg")) == (400, "INVALID_PARAMETER_VALUE")


def test_who_asks_for_changes_is_told_that_there_are_none_and_a_stranger_that_he_may_not(
    reader: Any, contract: str, owner: Any
) -> None:
    answer = reader.get(f"{TABLE}/changes?startingVersion=1")
    assert said(answer) == (400, "INVALID_PARAMETER_VALUE")
    assert "cdf is not enabled on this table" in answer.json()["message"]
    shop.publish(owner, "second", FILES)
    assert said(reader.get(f"{TABLE.replace('decisions', 'second')}/changes")) == (403, "PERMISSION_DENIED")


def test_pages_turn_by_their_tokens_and_a_huge_page_is_cut(owner: Any, reader: Any, contract: str) -> None:
    for name in ("a.b", "a-b", "zoo"):
        shop.publish(owner, name, {"x.parquet": shop.parquet(0, 1)}, shop.CARD + "open = true\n")
    assert items(reader, f"{WAY}/aurora/schemas?maxResults={2**31 - 1}") == ["a-b", "a~b", "decisions", "zoo"]
    seen: list[str] = []
    token = ""
    while True:
        page = reader.get(f"{WAY}/aurora/all-tables?maxResults=2&pageToken={quote(token)}").json()
        assert len(page["items"]) <= 2
        seen += [f"{item['schema']}.{item['name']}" for item in page["items"]]
        if not (token := page.get("nextPageToken", "")):
            break
    assert seen == ["a-b.x", "a~b.x", "decisions.test", "decisions.train", "zoo.x"]
    assert len(lines(query(reader, table=f"{WAY}/aurora/schemas/a~b/tables/X"))) == 3  # no matter how large its letters
    for wrong in ("maxResults=-1", "maxResults=x", f"maxResults={2**70}"):
        assert said(reader.get(f"{WAY}?{wrong}")) == (400, "INVALID_PARAMETER_VALUE")


def test_without_a_contract_nothing_is_listed_or_given_and_the_way_to_one_is_told(
    owner: Any, parties: Any, contract: str
) -> None:
    stranger = parties["bison"]["member"]
    shop.publish(owner, "second", FILES)
    table = TABLE.replace("decisions", "second")
    assert items(stranger, f"{WAY}/aurora/schemas") == ["decisions"]
    for answer in (query(stranger, table=table), stranger.get(f"{table}/metadata"), stranger.get(f"{table}/version")):
        assert said(answer) == (403, "PERMISSION_DENIED")
        assert "gridtie contract propose aurora/second" in answer.json()["message"]
    assert said(parties["bison"]["viewer"].get(WAY)) == (403, "PERMISSION_DENIED")
    for header in ({}, {"Authorization": "Bearer nonsense"}):
        answer = stranger.client.get(WAY, headers=header)
        assert said(answer) == (401, "UNAUTHENTICATED")


def test_a_suspended_contract_stops_links_and_queries_within_the_same_second(
    owner: Any, reader: Any, contract: str, client: Any
) -> None:
    link = links(query(reader))[0]
    assert (
        owner.post(f"/v1/contracts/{contract}/suspend", {"reason": "审计\r\nX-Evil: 1"}).json()["state"] == "suspended"
    )
    begun = time.monotonic()
    assert followed(client, link).status_code >= 400
    answer = query(reader)
    assert time.monotonic() - begun < 1
    assert said(answer) == (403, "PERMISSION_DENIED")
    assert "suspended" in answer.json()["message"]
    assert items(reader, WAY) == []
    assert owner.post(f"/v1/contracts/{contract}/resume").json()["state"] == "active"
    assert followed(client, link).status_code == 200
    assert reader.post(f"/v1/contracts/{contract}/end").json()["state"] == "ended"
    assert followed(client, link).status_code >= 400
    assert said(query(reader)) == (403, "PERMISSION_DENIED")


def test_a_link_gives_its_own_file_of_its_own_delivery_and_no_other(
    owner: Any, reader: Any, parties: Any, contract: str, client: Any
) -> None:
    secret = shop.publish(owner, "secret", {"s.parquet": shop.parquet(50, 1)})["version"]["parts"][0]["sha256"]
    mine = links(query(reader))[0]
    theirs = links(query(parties["aurora"]["owner"]))[0]
    test = links(query(reader, table=TABLE.replace("train", "test")))[0]
    digest = mine.path.rpartition("/")[2]
    assert mine.query != theirs.query
    for path, key in (
        *((mine.path, key) for key in (theirs.query, test.query, mine.query[:-1], "", "key=", "key=%C3%BC")),
        *((mine.path.replace("dlv_", front), mine.query) for front in ("ctr_", "%00", "..%2fdlv_")),
        *((mine.path.replace(digest, end), mine.query) for end in (secret, "..%2f" + digest, digest + "%00")),
        (mine.path, mine.query[:-1] + ("0" if mine.query[-1] != "0" else "1")), (theirs.path, mine.query),
    ):  # fmt: skip
        answer = client.get(f"{path}?{key}")
        assert 400 <= answer.status_code < 500, (path, key)
        assert b"PAR1" not in answer.content


def test_a_link_ends(owner: Any, reader: Any, contract: str, client: Any, exchange: Any) -> None:
    object.__setattr__(exchange.settings, "data_link_s", 0)  # at once; the setting itself begins at five seconds
    link = links(query(reader))[0]
    answer = followed(client, link)
    assert answer.json()["code"] == "link-invalid"
    assert "expired" in answer.json()["title"]
    object.__setattr__(exchange.settings, "data_link_s", 3600)
    assert followed(client, links(query(reader))[0]).status_code == 200  # asking again brings fresh ones


def test_names_that_would_lead_elsewhere_lead_nowhere(reader: Any, contract: str) -> None:
    here = "aurora/schemas/decisions/tables"
    for way in ("..%2f..%2fetc", "%2e%2e", "a%00", "数据", "aurora/schemas/..%2fdecisions/tables",
                "aurora/schemas/%00/tables", "aurora/schemas/判决/tables", "aurora/schemas/decisions%27--/tables",
                f"{here}/..%2ftrain/metadata", f"{here}/%2Fetc%2Fpasswd/metadata",
                f"{here}/训练/metadata"):  # fmt: skip
        answer = reader.get(f"{WAY}/{shop.at(way).replace('%25', '%')}")
        assert said(answer) == (404, "RESOURCE_DOES_NOT_EXIST"), way


def test_what_is_withdrawn_stays_with_who_has_a_contract_and_open_data_goes(
    owner: Any, reader: Any, contract: str, client: Any
) -> None:
    shop.publish(owner, "open", FILES, shop.CARD + "open = true\n")
    free = TABLE.replace("decisions", "open")
    link = links(query(reader, table=free))[0]
    for name in ("open", "decisions"):
        assert owner.post(f"/v1/datasets/aurora/{name}/withdraw").json()["state"] == "withdrawn"
    assert items(reader, f"{WAY}/aurora/schemas") == ["decisions"]
    assert len(links(query(reader))) == 2
    assert said(query(reader, table=free)) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert followed(client, link).status_code >= 400
    assert items(owner, f"{WAY}/aurora/schemas") == ["decisions", "open"]


def test_data_that_may_not_be_copied_or_lies_at_a_site_is_in_no_table(
    owner: Any, reader: Any, make_site: Any, client: Any
) -> None:
    make_site(owner, "north")
    stays = shop.CARD + '[terms]\ndelivery = "compute"\n'
    held = {"path": "h.parquet", "sha256": "ab" * 32, "size": 9, "held_by": "north", "records": 1}
    body = {"name": "held", "card": stays, "parts": [held]}
    assert owner.post("/v1/datasets", body).status_code == 201
    shop.publish(owner, "stays", FILES, stays)
    for name in ("held", "stays"):
        shop.agree(owner, reader, f"aurora/{name}")
        answer = query(reader, table=TABLE.replace("decisions", name))
        assert said(answer) == (403, "PERMISSION_DENIED")
        assert "no copy leave" in answer.json()["message"]
    assert items(reader, WAY) == []
    assert items(owner, f"{WAY}/aurora/schemas/held/tables") == []


def test_the_profile_carries_the_callers_own_token(reader: Any, client: Any) -> None:
    profile = reader.get("/v1/delta-sharing/profile").json()
    assert profile["shareCredentialsVersion"] == 1
    assert profile["endpoint"] == f"http://127.0.0.1:{client.port}/delta-sharing"
    assert profile["bearerToken"] == reader.token
    assert profile["expirationTime"].endswith("Z")


def test_a_file_behind_a_link_is_the_parquet_that_was_published(reader: Any, contract: str, client: Any) -> None:
    link = links(query(reader))[0]
    assert pq.read_table(io.BytesIO(followed(client, link).content)).column("id").to_pylist() == [0, 1, 2]


def test_a_profile_for_delta_sharing_is_readable_by_its_owner_alone(reader: Any, port: int, tmp_path: Path) -> None:
    saved = tmp_path / "exchange.share"
    command = [sys.executable, "-m", "gridtie.cli.main", "dataset", "profile", "--save", str(saved)]
    env = {**os.environ, "GRIDTIE_EXCHANGE": f"http://127.0.0.1:{port}", "GRIDTIE_TOKEN": reader.token}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert json.loads(saved.read_text()) == reader.get("/v1/delta-sharing/profile").json()
    assert reader.token not in done.stdout + done.stderr
