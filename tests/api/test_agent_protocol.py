"""An agent of the version before ours is greeted as it always was; any other is refused by name."""

from typing import Any

import pytest

from gridtie.registry.site import PROTOCOL, PROTOCOL_BEFORE


@pytest.mark.parametrize("version", [PROTOCOL_BEFORE - 1, PROTOCOL_BEFORE, PROTOCOL, PROTOCOL + 1])
def test_ours_and_the_one_before_are_spoken_and_any_other_says_who_must_be_upgraded(
    admin: Any, make_site: Any, make_pool: Any, version: int
) -> None:
    agent = make_site(admin, "cedar")
    hello = {"boot": agent.boot, "version": "0.1.0", "protocol": version, "inventory_digest": "sha256:" + "00" * 32,
             "inventory": {"cpu": "test"}, "resources": [make_pool()], "held": []}  # fmt: skip
    answer = agent.call("POST", "/agent/v1/hello", hello)
    if PROTOCOL_BEFORE <= version <= PROTOCOL:
        assert answer.status_code == 200
        assert answer.json().get("protocol", PROTOCOL_BEFORE) == version
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "agent-protocol-unsupported")
        assert ("the agent" if version < PROTOCOL else "this exchange") in answer.json()["fix"]
