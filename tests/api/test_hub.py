"""The Hub-shaped read API on the wire: information, trees, files, refusals. Its clients: test_data_clients.py."""

import time
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from tests.api import shop

FILES = {
    "data/train-00000-of-00002.jsonl": b'{"id": 0}\n{"id": 1}\n',
    "data/train-00001-of-00002.jsonl": b'{"id": 2}\n',
    "data/more/测试 1.jsonl": b'{"id": 3}\n',
    "top.txt": b"0123456789",
}
INFO, FILE = "/api/datasets/aurora/decisions", "/datasets/aurora/decisions/resolve"


@pytest.fixture
def dataset(owner: Any) -> Any:
    return shop.publish(owner, "decisions", FILES)


@pytest.fixture
def contract(dataset: Any, owner: Any, reader: Any) -> str:
    return shop.agree(owner, reader, "aurora/decisions", purpose="training")


def said(answer: Any) -> tuple[int, str | None]:
    assert answer.json()["error"]
    assert answer.headers["X-Error-Message"].isprintable()
    return answer.status_code, answer.headers["X-Error-Code"]


def file(member: Any, path: str, revision: str = "main", method: str = "GET", **headers: str) -> Any:
    return member.call(method, f"{FILE}/{revision}/{shop.at(path)}", **headers)


def paths(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["path"] for one in answer.json()]


def test_a_dataset_is_a_repository_whose_versions_are_commits(
    owner: Any, reader: Any, contract: str, dataset: Any
) -> None:
    commit = dataset["version"]["digest"][:40]
    info = reader.get(INFO).json()
    assert (info["id"], info["author"], info["sha"], info["gated"]) == ("aurora/decisions", "aurora", commit, "manual")
    assert info["cardData"] == {"pretty_name": "Court decisions", "license": "CC-BY-4.0", "language": ["zh", "en"]}
    assert {one["rfilename"] for one in info["siblings"]} == {"README.md", *FILES}
    assert owner.get(INFO).json()["gated"] is False
    second = shop.publish(owner, "decisions", {"top.txt": b"new"})["version"]["digest"][:40]
    for revision, sha in (("main", second), ("v2", second), ("v1", commit), (commit, commit)):
        assert reader.get(f"{INFO}/revision/{revision}").json()["sha"] == sha
    sized = reader.get(f"{INFO}/revision/main?blobs=true").json()["siblings"]
    assert {one["rfilename"]: one["lfs"]["size"] for one in sized}["top.txt"] == 3
    refs = reader.get(f"{INFO}/refs").json()
    assert [(one["name"], one["targetCommit"]) for one in refs["tags"]] == [("v2", second), ("v1", commit)]
    assert [one["targetCommit"] for one in refs["branches"]] == [second]
    assert file(reader, "top.txt", "v1").content == FILES["top.txt"]
    assert file(reader, "top.txt").content == b"new"


def test_a_tree_is_listed_folder_by_folder_or_whole_and_in_pages(reader: Any, dataset: Any, client: Any) -> None:
    assert paths(reader.get(f"{INFO}/tree/main")) == ["README.md", "data", "top.txt"]
    below = reader.get(f"{INFO}/tree/main/data?expand=true")
    assert paths(below) == ["data/more", *sorted(FILES)[1:3]]
    assert [one["type"] for one in below.json()] == ["directory", "file", "file"]
    assert below.json()[1]["lastCommit"]["title"] == "v1"
    whole = ["README.md", "data", "data/more", *sorted(FILES)[:3], "top.txt"]
    assert paths(reader.get(f"{INFO}/tree/main?recursive=true")) == whole
    seen: list[str] = []
    path = f"{INFO}/tree/main?recursive=true&limit=2"
    while path:
        page = reader.get(path)
        seen += paths(page)
        link = page.headers["Link"]
        assert len(page.json()) == 2 or link is None
        path = "{0.path}?{0.query}".format(urlsplit(link[1 : link.index(">")])) if link else ""
    assert seen == whole
    assert len(paths(reader.get(f"{INFO}/tree/main?recursive=true&limit={2**62}"))) == 7
    assert said(reader.get(f"{INFO}/tree/main/nowhere")) == (404, "EntryNotFound")


def test_pages_of_any_size_turn_over_every_file_and_folder_once(owner: Any, reader: Any) -> None:
    """`a.x`, `a/` and `a0` stand in the order of characters, with the README that is made among them."""
    names = ["a.x", "a/b/c", "a/b0", "a/b/d/e", "a0", "A", "z/9", "README.mdx", "a/b.c", "测/试"]
    shop.publish(owner, "many", {name: name.encode() for name in names}, shop.CARD + "open = true\n")
    folders = {"a", "a/b", "a/b/d", "z", "测"}

    def turned(path: str, size: int) -> list[str]:
        found: list[str] = []
        while path:
            answer = reader.get(path)
            page = paths(answer)
            assert len(page) <= size
            found += page
            following = urlsplit((answer.headers["Link"] or "").partition("<")[2].partition(">")[0])
            path = f"{following.path}?{following.query}" if following.query else ""
        return found

    for size in (1, 2, 3, 7, 100):
        asked = f"/api/datasets/aurora/many/tree/main{{}}?limit={size}&recursive="
        assert turned(asked.format("") + "true", size) == sorted({*names, *folders, "README.md"})
        assert turned(asked.format("") + "false", size) == ["A", "README.md", "README.mdx", "a", "a.x", "a0", "z", "测"]
        assert turned(asked.format("/a") + "true", size) == ["a/b", "a/b.c", "a/b/c", "a/b/d", "a/b/d/e", "a/b0"]
        assert turned(asked.format("/a/b") + "false", size) == ["a/b/c", "a/b/d"]
    assert reader.get("/api/datasets/aurora/many/tree/main/a.x").status_code == 404


def test_what_is_known_of_some_paths_is_asked_by_form_or_by_json(reader: Any, dataset: Any) -> None:
    asked = ["top.txt", "data", "absent", "data/more/测试 1.jsonl", "../top.txt"]
    sent = {"Authorization": f"Bearer {reader.token}", "Content-Type": "application/x-www-form-urlencoded"}
    form = urlencode({"paths": asked, "expand": "False"}, doseq=True).encode()
    by_form = reader.client.request("POST", f"{INFO}/paths-info/main", content=form, headers=sent)
    by_json = reader.call("POST", f"{INFO}/paths-info/main", {"paths": asked, "expand": False})
    assert by_form.json() == by_json.json()
    assert [(one["path"], one["type"]) for one in by_form.json()] == [
        ("top.txt", "file"), ("data", "directory"), ("data/more/测试 1.jsonl", "file"),
    ]  # fmt: skip
    assert by_form.json()[0]["lfs"]["oid"] == sha256(FILES["top.txt"]).hexdigest()
    for wrong in ({"paths": [1]}, {"paths": None}, [], {}, "x", {"paths": ["x"] * 10_001}):
        assert said(reader.call("POST", f"{INFO}/paths-info/main", wrong)) == (400, None)


def test_a_file_comes_with_its_digest_commit_and_any_range_of_it(reader: Any, contract: str, dataset: Any) -> None:
    digest = f'"{sha256(FILES["top.txt"]).hexdigest()}"'
    head = file(reader, "top.txt", method="HEAD")
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", "10")
    assert reader.get("/v1/deliveries").json()["items"] == []  # a look is no delivery
    whole = file(reader, "top.txt")
    assert whole.content == FILES["top.txt"]
    for answer in (head, whole):
        assert answer.headers["ETag"] == answer.headers["X-Linked-Etag"] == digest
        assert answer.headers["X-Linked-Size"] == "10"
        assert answer.headers["X-Repo-Commit"] == dataset["version"]["digest"][:40]
    card = file(reader, "README.md")
    assert card.text.startswith('---\npretty_name: "Court decisions"\n')
    for path, text in (("top.txt", whole.content), ("README.md", card.content)):
        for asked, given in (("0-3", text[:4]), ("4-", text[4:]), ("-3", text[-3:]), (f"2-{10**9}", text[2:])):
            piece = file(reader, path, Range=f"bytes={asked}")
            assert (piece.status_code, piece.content) == (206, given), (path, asked)
        beyond = file(reader, path, Range=f"bytes={len(text)}-")
        assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(text)}")
    assert file(reader, "data/more/测试 1.jsonl").content == b'{"id": 3}\n'


def test_files_read_one_by_one_are_one_delivery(admin: Any, owner: Any, reader: Any) -> None:
    admin.post("/v1/ledger/topups", {"organisation": "bison", "amount": "10"})
    shop.publish(owner, "decisions", FILES, shop.CARD + '[terms]\ncount = 1\n[price]\nkind = "access"\namount = "2"\n')
    key = shop.agree(owner, reader, "aurora/decisions")
    for path in (*FILES, *FILES):
        assert file(reader, path).status_code == 200
    [delivery] = reader.get("/v1/deliveries").json()["items"]
    assert (delivery["channel"], delivery["parts"], delivery["charge"]) == ("hub", len(set(FILES.values())), "2.00")
    assert (delivery["records"], delivery["contract"]) == (None, key)  # a text file has no records
    shop.publish(owner, "decisions", {"other.txt": b"x"})  # of another version, and the contract allows one
    refused = file(reader, "other.txt")
    assert said(refused) == (403, "GatedRepo")
    assert "1 deliveries" in refused.headers["X-Error-Message"]


def test_who_may_not_is_told_how_he_might(owner: Any, reader: Any, dataset: Any, parties: Any) -> None:
    gated = file(reader, "top.txt")
    assert said(gated) == (403, "GatedRepo")
    assert "gridtie contract propose aurora/decisions" in gated.headers["X-Error-Message"]
    assert file(reader, "top.txt", method="HEAD").headers["X-Error-Code"] == "GatedRepo"
    assert said(file(reader, "README.md")) == (403, "GatedRepo")
    for path in (f"{FILE}/main/top.txt", INFO, f"{INFO}/tree/main"):
        assert said(reader.client.get(path))[0] == 401
    assert file(parties["aurora"]["member"], "top.txt").content == FILES["top.txt"]
    assert file(parties["bison"]["viewer"], "top.txt").status_code == 403


REFUSED = {
    "/api/datasets/aurora/absent": "RepoNotFound",
    "/api/datasets/decisions": "RepoNotFound",
    "/api/datasets/aur%00ora/x": "RepoNotFound",
    "/api/datasets/aurora/decisions/revision/v9": "RevisionNotFound",
    "/api/datasets/aurora/decisions/revision/refs%2Fconvert%2Fparquet": "RevisionNotFound",
    "/api/datasets/aurora/decisions/revision/" + "0" * 40: "RevisionNotFound",
    "/api/datasets/aurora/decisions/revision/%25": "RevisionNotFound",
    "/api/datasets/aurora/decisions/tree/v999999999": "RevisionNotFound",
    "/datasets/aurora/decisions/resolve/main/absent.txt": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main/data": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main/..%2ftop.txt": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main/../../../../v1/whoami": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main/%2e%2e/%2e%2e/gridtie.db": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main/%2Fetc%2Fpasswd": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main//etc/passwd": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main/top.txt%00": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main/ｔop.txt": "EntryNotFound",
    "/datasets/aurora/decisions/resolve/main/data/../top.txt": "EntryNotFound",
    "/datasets/aurora/..%2faurora/resolve/main/top.txt": "RepoNotFound",
}


def test_what_is_not_there_and_what_would_lead_elsewhere_is_named_and_nothing_else(reader: Any, contract: str) -> None:
    for path, code in REFUSED.items():
        answer = reader.get(shop.at(path).replace("%25", "%"))
        assert said(answer) == (404, code), path
        assert b"0123456789" not in answer.content


def test_a_contract_that_is_suspended_or_over_stops_files_within_the_same_second(
    owner: Any, reader: Any, contract: str
) -> None:
    assert file(reader, "top.txt").status_code == 200
    reason = "审计\r\nX-Evil: 1"
    assert owner.post(f"/v1/contracts/{contract}/suspend", {"reason": reason}).json()["state"] == "suspended"
    begun = time.monotonic()
    refused = file(reader, "top.txt")
    assert time.monotonic() - begun < 1
    assert said(refused) == (403, "GatedRepo")
    assert "suspended" in refused.headers["X-Error-Message"]
    assert refused.headers["X-Evil"] is None
    assert "审计" in refused.json()["error"]
    owner.post(f"/v1/contracts/{contract}/resume")
    assert file(reader, "top.txt").status_code == 200
    reader.post(f"/v1/contracts/{contract}/end")
    assert said(file(reader, "top.txt")) == (403, "GatedRepo")


def test_withdrawn_data_is_there_for_who_has_a_contract_and_for_nobody_else(
    owner: Any, reader: Any, contract: str
) -> None:
    shop.publish(owner, "open", FILES, shop.CARD + "open = true\n")
    assert reader.get(f"{FILE.replace('decisions', 'open')}/main/top.txt").status_code == 200
    for name in ("open", "decisions"):
        owner.post(f"/v1/datasets/aurora/{name}/withdraw")
    assert file(reader, "top.txt").status_code == 200
    assert said(reader.get(f"{FILE.replace('decisions', 'open')}/main/top.txt")) == (404, "RepoNotFound")


def test_a_part_that_a_site_holds_is_listed_and_never_served(owner: Any, reader: Any, make_site: Any) -> None:
    make_site(owner, "north")
    held = {"path": "h.jsonl", "sha256": "ab" * 32, "size": 9, "held_by": "north", "records": 1}
    stays = shop.CARD + '[terms]\ndelivery = "compute"\n'
    assert owner.post("/v1/datasets", {"name": "decisions", "card": stays, "parts": [held]}).status_code == 201
    shop.agree(owner, reader, "aurora/decisions")
    assert paths(reader.get(f"{INFO}/tree/main")) == ["README.md", "h.jsonl"]
    for member in (owner, reader):
        assert said(file(member, "h.jsonl")) == (403, "GatedRepo")


def test_an_owners_own_readme_is_served_as_it_is(owner: Any) -> None:
    shop.publish(owner, "decisions", {"README.md": b"# mine\n", "x.csv": b"a\n1\n"})
    assert file(owner, "README.md").content == b"# mine\n"
    assert paths(owner.get(f"{INFO}/tree/main")) == ["README.md", "x.csv"]
