"""What a sync of an agent costs and tells, by calls of an agent to a real server."""

from typing import Any

import pytest

from gridtie.flow.exchange import Exchange
from gridtie.flow.sync_agent import Held, IdleSites, Orders
from gridtie.values.ids import RunId, SiteId

SITE = SiteId("site_" + "0" * 26)


def test_what_an_idle_site_was_told_is_not_read_again_before_something_is_written(
    admin: Any, make_site: Any, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    if exchange.database.version is None:
        pytest.skip("others write to this database, too: it is read each time")
    agent = make_site(admin, "cedar")
    looked: list[int | None] = []
    stands = IdleSites.stands

    def looking(self: IdleSites, site: SiteId, held: Any, version: int | None) -> bool:
        if not (known := stands(self, site, held, version)):
            looked.append(version)
        return known

    monkeypatch.setattr(IdleSites, "stands", looking)
    for _ in range(6):
        assert agent.call("POST", "/agent/v1/sync", {"held": [], "hold": False}).status_code == 200
    assert len(looked) == len(set(looked)), "one look for each version of the store"
    before = len(looked)
    admin.post("/v1/organisations", {"name": "birch"})
    assert agent.call("POST", "/agent/v1/sync", {"held": [], "hold": False}).status_code == 200
    assert len(looked) == before + 1


def test_a_site_is_idle_only_in_the_version_that_was_read_and_while_it_holds_nothing() -> None:
    idle, held = IdleSites(), [Held(RunId("run_1"), 1, "running")]
    idle.seen(SITE, [], 7, Orders())
    assert idle.stands(SITE, [], 7)
    assert not idle.stands(SITE, [], 8)
    assert not idle.stands(SITE, held, 7)
    assert not idle.stands(SiteId("site_" + "1" * 26), [], 7)


@pytest.mark.parametrize(("held", "version", "orders"), [
    ([Held(RunId("run_1"), 1, "running")], 7, Orders()),
    ([], 7, Orders(receipts=[{}])),
    ([], None, Orders()),
])  # fmt: skip
def test_nothing_is_remembered_of_a_site_with_work_or_of_a_store_that_others_write_to(
    held: list[Held], version: int | None, orders: Orders
) -> None:
    idle = IdleSites()
    idle.seen(SITE, held, version, orders)
    assert not idle.stands(SITE, [], version)


def test_a_site_that_had_nothing_to_do_hears_of_its_first_run(admin: Any, make_site: Any, certify: Any) -> None:
    agent = make_site(admin, "cedar")
    for _ in range(3):
        assert agent.call("POST", "/agent/v1/sync", {"held": [], "hold": False}).json()["assignments"] == []
    [resource] = admin.get("/v1/resources").json()["items"]
    certify(agent, resource["id"])
    assert admin.post("/v1/offers", {"resource": resource["id"], "price": "0.30"}).status_code == 201
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "10"})
    assert admin.post("/v1/jobs", {"text": "run: true\nresources: {cpus: 1}\n"}).status_code == 201
    told: list[Any] = []
    for _ in range(100):
        told = agent.call("POST", "/agent/v1/sync", {"held": []}).json()["assignments"]
        if told:
            break
    assert len(told) == 1
