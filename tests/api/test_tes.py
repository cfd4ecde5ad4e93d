"""GA4GH TES over HTTP: routes, views, filters, pages, both ways to sign in, errors. The stories run tasks."""

import base64
import json
from typing import Any

import pytest

NEW, OLD = "/ga4gh/tes/v1", "/v1"
TASK = {
    "name": "align-1",
    "inputs": [{"path": "/data/in.txt", "content": "hello"}],
    "executors": [{"image": "alpine", "command": ["wc", "/data/in.txt"]}],
    "tags": {"WORKFLOW_ID": "w1"},
}


def create(member: Any, way: str = NEW, **more: Any) -> str:
    answer = member.call("POST", f"{way}/tasks", {**TASK, **more})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def member(admin: Any, parties: Any) -> Any:
    admin.post("/v1/ledger/topups", {"organisation": "aurora", "amount": "1000"})
    return parties["aurora"]["member"]


def test_the_service_says_what_it_is_on_every_way(admin: Any, client: Any) -> None:
    for way in (NEW, OLD):
        info = client.get(f"{way}/service-info").json()
        assert info["type"] == {"group": "org.ga4gh", "artifact": "tes", "version": "1.1.0"}
        assert "gridtie://" in info["storage"]
        assert "accelerators" in info["tesResources_backend_parameters"]
    assert set(client.get("/v1/tasks/service-info").json()) == {"name", "doc", "storage"}


@pytest.mark.parametrize("way", [NEW, OLD])
def test_a_task_is_a_job_with_three_views(way: str, member: Any) -> None:
    key = create(member, way)
    assert member.get(f"/v1/jobs/{key}").json()["name"] == "align-1"
    assert member.get(f"{way}/tasks/{key}").json() == {"id": key, "state": "QUEUED"}
    basic = member.get(f"{way}/tasks/{key}?view=BASIC").json()
    assert basic["inputs"] == [{"path": "/data/in.txt", "type": "FILE"}]
    assert basic["logs"] == []
    full = member.get(f"{way}/tasks/{key}?view=FULL").json()
    assert full["inputs"][0]["content"] == "hello"
    assert full["tags"] == {"WORKFLOW_ID": "w1"}
    assert full["resources"] == {"cpu_cores": 1}


def test_cancelling_is_seen_and_may_be_repeated(member: Any) -> None:
    key = create(member)
    for _ in range(2):
        answer = member.call("POST", f"{NEW}/tasks/{key}:cancel")
        assert (answer.status_code, answer.json()) == (200, {})
    assert member.get(f"{NEW}/tasks/{key}").json()["state"] == "CANCELED"


def test_lists_are_filtered_by_name_state_and_tags_and_turn_their_pages(member: Any) -> None:
    keys = [create(member, name=f"part-{n}", tags={"n": str(n % 2), "w": "x"}) for n in range(5)]
    other = create(member, name="other%")
    member.call("POST", f"{NEW}/tasks/{keys[0]}:cancel")

    def listed(query: str) -> list[str]:
        return [task["id"] for task in member.get(f"{NEW}/tasks?{query}").json()["tasks"]]

    newest = [other, *reversed(keys)]
    assert listed("") == newest
    assert listed("name_prefix=part") == newest[1:]
    assert listed("name_prefix=other%25") == [other]
    assert listed("state=CANCELED") == [keys[0]]
    assert listed("state=QUEUED&name_prefix=part-") == newest[1:5]
    assert listed("state=PAUSED") == []
    assert listed("tag_key=n&tag_value=1") == [keys[3], keys[1]]
    assert listed("tag_key=w&tag_key=n&tag_value=x&tag_value=0") == [keys[4], keys[2], keys[0]]
    assert listed("tag_key=n") == newest[1:]
    seen, token = [], ""
    while True:
        page = member.get(f"{NEW}/tasks?page_size=4&page_token={token}").json()
        seen += [task["id"] for task in page["tasks"]]
        token = page.get("next_page_token", "")
        if not token:
            break
    assert seen == newest


@pytest.mark.parametrize(
    "query",
    ["view=ALL", "page_size=2048", "page_size=-1", "page_size=x", "page_token=../x", "state=DONE", "tag_value=1"],
)
def test_wrong_questions_are_refused_in_the_way_that_tes_clients_read(query: str, member: Any) -> None:
    answer = member.get(f"{NEW}/tasks?{query}")
    assert answer.status_code == 400
    document = answer.json()
    assert document["status_code"] == 400
    assert query.partition("=")[0] in document["msg"]


def test_a_wrong_task_is_refused_with_every_place_and_nothing_is_made(member: Any) -> None:
    answer = member.call("POST", f"{NEW}/tasks", {"executors": [{"image": "x"}], "inputs": [{"path": "rel"}]})
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid-task"
    assert "executors[0].command" in answer.json()["msg"]
    assert "inputs[0].path" in answer.json()["msg"]
    signed = {"Authorization": f"Bearer {member.token}"}
    raw = member.client.request("POST", f"{NEW}/tasks", content=b"{", headers=signed)
    assert (raw.status_code, raw.json()["code"]) == (400, "invalid-task")
    strange = {"path": "/d/x", "url": f"/v1/blobs/{'0' * 64}"}
    unknown = member.call("POST", f"{NEW}/tasks", {**TASK, "inputs": [strange]})
    assert unknown.status_code == 400
    assert "you have no file" in unknown.json()["msg"]
    assert member.get(f"{NEW}/tasks").json()["tasks"] == []


def test_who_cannot_pay_is_told_so(parties: Any) -> None:
    answer = parties["bison"]["member"].call("POST", f"{NEW}/tasks", TASK)
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient-funds")


def test_a_token_may_come_as_a_basic_password_on_the_ways_of_tes_only(member: Any, client: Any) -> None:
    key = create(member)

    def asked(path: str, user: str, password: str) -> Any:
        word = base64.b64encode(f"{user}:{password}".encode()).decode()
        return client.get(path, headers={"Authorization": f"Basic {word}"})

    assert asked(f"{NEW}/tasks/{key}", "me", member.token).json()["state"] == "QUEUED"
    assert asked(f"{OLD}/tasks/{key}", member.token, "").status_code == 200
    assert asked(f"{NEW}/service-info", "None", "None").status_code == 200  # what old clients send for nobody
    for user, password in (("None", "None"), ("me", "wrong")):
        refused = asked(f"{NEW}/tasks/{key}", user, password)
        assert refused.status_code == 401
        assert "Basic" in refused.headers["WWW-Authenticate"]
    assert asked("/v1/jobs", "me", member.token).status_code == 401


def test_a_job_that_is_no_task_is_not_found_there(member: Any) -> None:
    [job] = member.post("/v1/jobs", {"text": "run: 'true'"}).json()["jobs"]
    assert member.get(f"{NEW}/tasks/{job['id']}").status_code == 404
    key = create(member)
    assert member.get(f"{NEW}/tasks/{key[:-1]}").status_code == 404  # short forms are for people
    assert [task["id"] for task in member.get(f"{NEW}/tasks").json()["tasks"]] == [key]


def test_a_key_makes_creation_repeatable(member: Any) -> None:
    first = member.call("POST", f"{NEW}/tasks", TASK, key="one").json()
    assert member.call("POST", f"{NEW}/tasks", TASK, key="one").json() == first
    assert len(member.get(f"{NEW}/tasks").json()["tasks"]) == 1


def test_content_of_megabytes_is_taken_and_more_is_refused_by_name(member: Any) -> None:
    large = {**TASK, "inputs": [{"path": "/data/x", "content": "x" * (4 << 20)}]}
    assert member.call("POST", f"{NEW}/tasks", large).status_code == 200
    larger = json.loads(json.dumps(large))
    larger["inputs"][0]["content"] *= 3
    refused = member.call("POST", f"{NEW}/tasks", larger)
    assert refused.status_code == 400
    assert "inputs[0].content" in refused.json()["msg"]
