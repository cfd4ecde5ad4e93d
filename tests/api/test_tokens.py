"""Tokens: shown once, checked offline, revoked at once, never for more than one's own."""

import http.client
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from gridtie.access import Actor
from gridtie.api.deps import CACHE_MAX, TokenDoor
from gridtie.errors import NotSignedIn
from gridtie.registry.token import make_token, parse_token
from gridtie.store.schema import token


def test_the_administrators_token_speaks_for_the_first_organisation(admin: Any) -> None:
    who = admin.get("/v1/whoami").json()
    assert who["organisation"]["name"] == "demo"
    assert who["roles"] == ["owner", "exchange-admin"]


@pytest.mark.parametrize("broken", ["", "gridtie_user_x", "Bearer", "gridtie_user_00000000_" + "A" * 49])
def test_a_token_that_is_none_is_refused_without_a_hint(client: Any, admin: Any, broken: str) -> None:
    answer = client.get("/v1/whoami", headers={"Authorization": f"Bearer {broken}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_well_formed_token_of_nobody_is_refused(client: Any, admin: Any) -> None:
    stranger = make_token("user", bytes(range(40)))
    answer = client.get("/v1/whoami", headers={"Authorization": f"Bearer {stranger.text}"})
    assert answer.status_code == 401


def test_an_enrolment_token_opens_no_door_of_members(client: Any, admin: Any) -> None:
    admin.post("/v1/sites", {"name": "north", "hub": "gz"})
    text = admin.post("/v1/sites/north/enrolment").json()["token"].partition(".")[0]
    assert client.get("/v1/whoami", headers={"Authorization": f"Bearer {text}"}).status_code == 401


def test_a_revoked_token_is_refused_at_the_very_next_call(parties: Any) -> None:
    member = parties["aurora"]["member"]
    assert member.get("/v1/whoami").status_code == 200
    key = parse_token(member.token).id
    assert member.call("DELETE", f"/v1/tokens/{key}").status_code == 200
    assert member.get("/v1/whoami").status_code == 401


def test_a_token_that_is_revoked_while_it_is_looked_up_is_not_remembered(parties: Any, exchange: Any) -> None:
    member = parties["aurora"]["member"]

    class Raced:
        submit = exchange.database.submit

        def read(self, look: Any) -> Any:
            found = exchange.database.read(look)
            member.call("DELETE", f"/v1/tokens/{parse_token(member.token).id}")
            return found

    door = TokenDoor(replace(exchange, database=Raced()))
    exchange.database.on_commit(door.committed)
    assert door.actor(member.token).organisation  # it was not revoked yet when that began
    with pytest.raises(NotSignedIn):
        door.actor(member.token)


def test_what_is_kept_of_tokens_has_an_end_however_many_call(exchange: Any) -> None:
    door = TokenDoor(exchange)
    for number in range(CACHE_MAX + 10):
        door.throttle(Actor(name=f"member_{number}"))
    assert len(door._buckets) <= CACHE_MAX


def test_a_removed_member_loses_every_token(parties: Any) -> None:
    owner, member = parties["aurora"]["owner"], parties["aurora"]["member"]
    key = member.get("/v1/whoami").json()["member_id"]
    assert owner.call("DELETE", f"/v1/members/{key}").status_code == 200
    assert member.get("/v1/whoami").status_code == 401


def test_the_last_owner_stays(parties: Any) -> None:
    owner = parties["aurora"]["owner"]
    key = owner.get("/v1/whoami").json()["member_id"]
    assert owner.call("DELETE", f"/v1/members/{key}").status_code == 409


def test_revocation_ends_an_open_stream_within_five_seconds(parties: Any, port: int) -> None:
    member, owner = parties["aurora"]["member"], parties["aurora"]["owner"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/v1/events", headers={"Authorization": f"Bearer {member.token}"})
    stream = connection.getresponse()
    assert stream.readline() == b"retry: 1000\n"
    owner.call("DELETE", f"/v1/tokens/{parse_token(member.token).id}")
    started = time.monotonic()
    rest = stream.read()
    assert time.monotonic() - started < 5
    assert b"token.revoked" not in rest  # he is not told more after his token went
    connection.close()


def test_nobody_makes_a_token_that_can_more_than_himself(parties: Any, admin: Any) -> None:
    member = parties["aurora"]["member"]
    boss = parties["aurora"]["owner"].get("/v1/whoami").json()["member_id"]
    assert member.post("/v1/tokens", {"member": boss}).status_code == 403
    root = admin.get("/v1/whoami").json()["member_id"]
    assert parties["aurora"]["owner"].post("/v1/tokens", {"member": root}).status_code == 404
    assert member.post("/v1/tokens", {}).status_code == 201


def test_a_role_of_the_exchange_is_given_by_its_administrators_only(parties: Any, admin: Any) -> None:
    owner = parties["aurora"]["owner"]
    wanted = {"name": "eve", "role": "exchange-admin"}
    assert owner.post("/v1/organisations/aurora/members", wanted).status_code == 403
    assert admin.post("/v1/organisations/aurora/members", wanted).status_code == 201


def test_a_token_lives_as_long_as_it_was_made_for(parties: Any, exchange: Any) -> None:
    member = parties["aurora"]["member"]
    made = member.post("/v1/tokens", {"kind": "ci", "days": 1}).json()
    [row] = [row for row in member.get("/v1/tokens").json()["items"] if row["id"] == made["id"]]
    assert row["kind"] == "ci"

    def age(unit: Any) -> None:
        past = unit.at_us - timedelta(seconds=1) // timedelta(microseconds=1)
        unit.execute(update(token).where(token.c.id == made["id"]).values(expires_us=past))

    exchange.database.write(age, actor="test")
    expired = member.client.get("/v1/whoami", headers={"Authorization": f"Bearer {made['token']}"})
    assert "expired" in expired.json()["title"]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_only_the_hash_of_a_secret_is_kept(admin: Any, exchange: Any) -> None:
    made = admin.post("/v1/tokens", {}, key="once").json()
    secret = parse_token(made["token"]).secret.encode()
    exchange.database.write(lambda unit: unit.connection.exec_driver_sql("SELECT 1"), actor="test")
    for path in exchange.settings.home.rglob("gridtie.db*"):
        assert secret not in path.read_bytes()


def test_a_repeated_issue_shows_the_same_token_again(admin: Any) -> None:
    first = admin.post("/v1/tokens", {}, key="once")
    again = admin.post("/v1/tokens", {}, key="once")
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert len(admin.get("/v1/tokens").json()["items"]) == 2


def test_the_same_key_for_another_request_is_refused(admin: Any) -> None:
    admin.post("/v1/organisations", {"name": "aurora"}, key="once")
    other = admin.post("/v1/organisations", {"name": "bison"}, key="once")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


def test_a_refused_request_may_use_its_key_again(admin: Any) -> None:
    assert admin.post("/v1/organisations", {"name": "No!"}, key="k").status_code == 422
    assert admin.post("/v1/organisations", {"name": "no"}, key="k").status_code == 201


def test_keys_of_two_members_do_not_meet(parties: Any) -> None:
    first = parties["aurora"]["owner"].post("/v1/tokens", {}, key="same")
    second = parties["aurora"]["member"].post("/v1/tokens", {}, key="same")
    assert first.json()["token"] != second.json()["token"]
    assert "Idempotent-Replay" not in second.headers
