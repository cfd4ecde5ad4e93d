"""Two organisations on one exchange: every call that names something is tried by every role of the other one.

The matrix is generated from the routes, so a new route is in it on the day it is written: it must be listed below as
shared on purpose, or answer a stranger exactly as if the thing were not there.
"""

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute

from gridtie.access import ACTIONS, EXCHANGE_ROLES, ORGANISATION_ROLES, PUBLIC, SITE
from gridtie.api.deps import Allow, doors_of
from gridtie.api.routers import routes

# Meant to be seen by every member: what is for sale, the evidence for it, and what strangers check.
SHARED = {"resource.read", "certificate.read", "identifier.resolve", "offer.read", "market.read", "chip.read",
          "exchange.read", "whoami"}  # fmt: skip
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
NAMED = [
    route
    for route in routes()
    if _PARAMETER.search(route.path)
    and isinstance(doors_of(route)[0], Allow)
    and doors_of(route)[0].action not in SHARED
    and PUBLIC not in ACTIONS[doors_of(route)[0].action]
]


@pytest.fixture
def things(parties: Any, make_site: Any) -> dict[str, str]:
    """One of each noun that belongs to aurora, by the name of its path parameter."""
    owner = parties["aurora"]["owner"]
    make_site(owner, "north")
    return {
        "organisation": owner.get("/v1/whoami").json()["organisation"]["id"],
        "member": parties["aurora"]["viewer"].get("/v1/whoami").json()["member_id"],
        "token": parties["aurora"]["viewer"].get("/v1/whoami").json()["token"]["id"],
        "site": owner.get("/v1/sites/north").json()["id"],
        "resource": owner.get("/v1/resources").json()["items"][0]["id"],
    }


BODIES: dict[str, Any] = {
    "NewMember": {"name": "x", "role": "viewer"},
    "Fingerprint": {"fingerprint": "0000-0000-0000-0000"},
    "Reason": {"reason": "because"},
    "Policy": {"denied_purposes": ["mining"]},
}


def body_of(route: APIRoute) -> Any:
    field = route.body_field
    if field is None:
        return {}
    name = getattr(field.field_info.annotation, "__name__", "")
    return BODIES.get(name, {})


def filled(route: APIRoute, things: dict[str, str]) -> str | None:
    names = _PARAMETER.findall(route.path)
    if not set(names) <= set(things):
        return None
    return _PARAMETER.sub(lambda match: things[match[1]], route.path)


def test_somebody_elses_things_are_not_there_for_any_role(parties: Any, things: dict[str, str]) -> None:
    tried = 0
    for route in NAMED:
        path = filled(route, things)
        if path is None:
            continue
        for role in ORGANISATION_ROLES:
            stranger = parties["bison"][role]
            for method in sorted(route.methods - {"HEAD"}):
                answer = stranger.call(method, path, None if method in ("GET", "DELETE") else body_of(route))
                action = doors_of(route)[0].action
                expected = 404 if role in ACTIONS[action] else 403
                assert answer.status_code == expected, f"{role} of bison: {method} {path} → {answer.text}"
                leaked = set(things.values()) - set(path.split("/"))
                assert not any(key in answer.text for key in leaked), f"{method} {path} leaks"
                tried += 1
    assert tried >= 40
    assert parties["aurora"]["owner"].get("/v1/sites/north").json()["state"] == "active"  # nothing was done either


def test_a_strangers_answer_is_the_answer_of_nothing(parties: Any, things: dict[str, str]) -> None:
    """Not there and not yours must look the same, but for the key that was asked for."""
    stranger = parties["bison"]["owner"]
    for noun in ("site", "organisation"):
        mine = things[noun]
        prefix = mine.partition("_")[0]
        nothing = f"{prefix}_" + "0" * 26
        path = f"/v1/{noun}s/"
        real, fake = stranger.get(path + mine).json(), stranger.get(path + nothing).json()
        for document, key in ((real, mine), (fake, nothing)):
            document.pop("request")
            document["title"] = document["title"].replace(key, "KEY")
            document["params"]["key"] = document["params"]["key"].replace(key, "KEY")
        assert real == fake


def test_lists_show_ones_own_only(parties: Any, things: dict[str, str]) -> None:
    for route in routes():
        door = doors_of(route)[0]
        if _PARAMETER.search(route.path) or "GET" not in route.methods or door.action in SHARED:
            continue
        if PUBLIC in ACTIONS[door.action] or SITE in ACTIONS[door.action] or route.path == "/v1/events":
            continue
        for role in ORGANISATION_ROLES:
            answer = parties["bison"][role].get(route.path)
            if role not in ACTIONS[door.action]:
                assert answer.status_code == 403, route.path
                continue
            for noun, key in things.items():
                assert key not in answer.text, f"{role} of bison sees aurora's {noun} in {route.path}"


def test_without_a_token_only_the_public_is_open(client: Any, things: dict[str, str]) -> None:
    for route in routes():
        door = doors_of(route)[0]
        path = filled(route, things)
        if path is None or PUBLIC in ACTIONS[door.action]:
            continue
        for method in sorted(route.methods - {"HEAD"}):
            answer = client.request(method, path, json=None if method == "GET" else {})
            assert answer.status_code in (401, 422), f"{method} {path} → {answer.status_code}"
            assert answer.json()["code"] in ("not-signed-in", "invalid-input")


def test_a_small_role_is_told_which_one_it_needs(parties: Any, things: dict[str, str]) -> None:
    answer = parties["aurora"]["viewer"].post("/v1/sites/north/drain")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert "owner" in answer.json()["fix"]


def test_every_action_is_given_to_somebody_and_known_roles_only() -> None:
    known = {*ORGANISATION_ROLES, *EXCHANGE_ROLES, PUBLIC, SITE}
    for action, roles in ACTIONS.items():
        assert roles, action
        assert roles <= known, action
        assert not (PUBLIC in roles and len(roles) > 1), action
