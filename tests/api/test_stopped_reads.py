"""What stops a reader: a contract that is over in the middle of a file, others' contracts, names that lead away."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.api import shop
from tests.api.conftest import organisation

SECRET = b"only for who has a contract"
FILES = {"a.parquet": shop.parquet(0, 3), "top.txt": SECRET}
HUB = "/datasets/aurora/decisions/resolve/main"
TABLE = "/delta-sharing/shares/aurora/schemas/decisions/tables/a"
AWAY = (
    "..", ".", "%2e%2e", "..%2f..%2fhome", "%252e%252e%252ftop.txt", "%25252e%25252e", "..%5c..%5ctop.txt",
    "%5c%5chost%5cshare", "a%00", "%2500", "top.txt%00.parquet", "%2fetc%2fpasswd", "%c0%ae%c0%ae%2f", "%ff", "'--",
    "x" * 3000, "%E6%96%87", "a%0d%0aX-Evil:%201", "*", "%25", "~", "CON", "a;b", "a?b=..%2f", "top.txt/",
    "top.txt%2f..",
)  # fmt: skip


@pytest.fixture
def contract(owner: Any, reader: Any) -> str:
    shop.publish(owner, "decisions", FILES)
    return shop.agree(owner, reader, "aurora/decisions", purpose="training")


@pytest.mark.parametrize("event", ["suspend", "end"])
def test_the_next_piece_of_a_file_is_refused_once_the_contract_stops_by_whatever_way_it_is_read(
    owner: Any, reader: Any, contract: str, client: Any, event: str
) -> None:
    query = reader.post(f"{TABLE}/query", {}).text.splitlines()
    shared = urlsplit(query[2].partition('"url":"')[2].partition('"')[0])
    files = reader.post("/v1/datasets/aurora/decisions/fetch").json()["files"]
    (signed,) = [urlsplit(one["url"]) for one in files if one["path"] == "top.txt"]

    def pieces(first: int) -> list[Any]:
        wanted = {"Range": f"bytes={first}-"}
        return [
            reader.call("GET", f"{HUB}/top.txt", **wanted),
            *(client.get(f"{link.path}?{link.query}", headers=wanted) for link in (shared, signed)),
        ]

    assert [answer.status_code for answer in pieces(0)] == [206, 206, 206]
    assert owner.post(f"/v1/contracts/{contract}/{event}").status_code == 200
    for answer in pieces(6):
        assert answer.status_code in (403, 404, 409)
        assert SECRET[6:] not in answer.content
    assert reader.call("HEAD", f"{HUB}/top.txt").status_code == 403
    link = client.request("HEAD", f"{signed.path}?{signed.query}")
    assert link.status_code >= 400


def test_somebody_elses_contract_is_as_unknown_as_one_that_never_was(owner: Any, admin: Any, contract: str) -> None:
    stranger = organisation(admin, "cedar", ("owner",))["owner"]
    nothing = contract[:-1] + ("0" if contract[-1] != "0" else "1")
    for method, ending, body in (
        ("GET", "", None), ("POST", "/sign", {}), ("POST", "/end", {}), ("POST", "/suspend", {}),
        ("POST", "/decline", {}),
    ):  # fmt: skip
        theirs, none = (stranger.call(method, f"/v1/contracts/{key}{ending}", body) for key in (contract, nothing))
        assert theirs.status_code == none.status_code == 404
        said, heard = (
            {name: value for name, value in answer.json().items() if name not in ("request", "instance")}
            for answer in (theirs, none)
        )
        assert json.dumps(said).replace(contract, "") == json.dumps(heard).replace(nothing, "")
    assert stranger.get(f"/v1/deliveries?contract={contract}").status_code == 404
    assert stranger.get("/v1/contracts").json()["items"] == []
    assert owner.get(f"/v1/contracts/{contract}").json()["state"] == "active"


def test_names_that_lead_away_lead_nowhere_however_often_they_are_written_over(reader: Any, contract: str) -> None:
    there = {
        "share": "/delta-sharing/shares/{}/schemas", "schema": "/delta-sharing/shares/aurora/schemas/{}/tables",
        "table": "/delta-sharing/shares/aurora/schemas/decisions/tables/{}/metadata",
        "owner": "/api/datasets/{}/decisions", "repository": "/api/datasets/aurora/{}",
        "revision": "/api/datasets/aurora/decisions/revision/{}",
        "folder": "/api/datasets/aurora/decisions/tree/main/{}",
        "file": HUB + "/{}", "dataset": "/v1/datasets/aurora/{}", "contract": "/v1/contracts/{}",
        "delivery": "/v1/deliveries/{}/parts/" + "0" * 64, "part": "/v1/deliveries/dlv_0/parts/{}",
        "lineage": "/v1/datasets/aurora/{}/lineage", "report": "/v1/datasets/aurora/{}/report",
    }  # fmt: skip
    for noun, path in there.items():
        for name in AWAY:
            answer = reader.get(path.format(name))
            assert answer.status_code < 500, (noun, name)
            assert SECRET not in answer.content, (noun, name)
            assert b"root:" not in answer.content, (noun, name)
            assert "X-Evil" not in answer.headers
            if noun in ("table", "file", "delivery", "part") and name not in (".", "%2e"):
                assert answer.status_code >= 400, (noun, name)
    assert reader.get(f"{HUB}/top.txt").content == SECRET
