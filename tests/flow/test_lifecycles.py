"""Every state and every event of every table: what is allowed moves, what is not raises and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from gridtie.errors import ForbiddenMove, HoldEnded
from gridtie.ledger.account import balance_of, earnings_of
from gridtie.ledger.transfer import HOLD as HOLD_KIND
from gridtie.ledger.transfer import POST, VOID, Transfer
from gridtie.lifecycle import HOLD, LIFECYCLES, Lifecycle
from gridtie.store import schema
from gridtie.values.ids import TransferId, derived_id

YUAN = 1_000_000
# A request of a follower begins as waiting; everything else begins where its table says.
BEGINNINGS = {"request": ("open", "waiting")}


def put(table: Any, key: str, state: str) -> Callable[[Any], Any]:
    return lambda unit: unit.execute(update(table).where(table.c.id == key).values(state=state))


@pytest.fixture
def subjects(world: Any, trade: Any) -> dict[str, Any]:
    """One record of each kind, and how the store moves it."""
    north = world.site("north", world.organisation("seller"))
    offer, deposit = world.offer(north), world.deposit(north)
    job, run = world.placed(world.organisation("buyer", balance=10 * YUAN))
    request = world.read(lambda unit: unit.market.request_row(job).id)
    dataset = trade.publish()
    contract = trade.propose(dataset)
    return {
        "job": (schema.job, job, lambda unit, state, event: unit.jobs.move(job, state, event)),
        "run": (schema.run, run, lambda unit, _, event: unit.runs.move(unit.runs.get(run), event)),
        "offer": (schema.offer, offer.id, lambda unit, _, event: unit.market.move_offer(offer.id, event)),
        "deposit": (schema.bank_deposit, deposit.id, lambda unit, _, event: unit.bank.move(deposit.id, event)),
        "dataset": (schema.dataset, dataset.id, lambda unit, _, event: unit.datasets.move(dataset.id, event)),
        "contract": (schema.data_contract, contract.id, lambda unit, _, event: unit.contracts.move(contract.id, event)),
        "request": (schema.request, request, lambda unit, _, event: unit.market.move_request(request, event)),
        "site": (schema.site, north.id, lambda unit, state, event: unit.sites.move(north.id, state, event)),
    }


def state_of(world: Any, table: Any, key: str) -> str:
    return str(world.read(lambda unit: unit.execute(table.select().where(table.c.id == key)).one().state))


@pytest.mark.parametrize("noun", sorted({*LIFECYCLES} - {"hold"}))
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # every pair of state and event: one statement each
def test_each_allowed_move_arrives_and_each_other_one_raises_and_changes_nothing(
    world: Any, subjects: dict[str, Any], noun: str
) -> None:
    table, key, move = subjects[noun]
    rules = LIFECYCLES[noun]
    begin = state_of(world, table, key)
    for state in rules.states:
        for event in (*rules.events, "explode"):
            world.write(put(table, key, state))
            before = world.rows()
            if rules.allows(state, event):
                world.write(lambda unit, state=state, event=event: move(unit, state, event))
                assert state_of(world, table, key) == rules.moves[state, event]
            else:
                with pytest.raises(ForbiddenMove) as refused:
                    world.write(lambda unit, state=state, event=event: move(unit, state, event))
                assert state in refused.value.message
                assert world.rows() == before
    world.write(put(table, key, begin))


@pytest.mark.parametrize("noun", ["job", "site"])
def test_who_comes_too_late_learns_it_and_changes_nothing(world: Any, subjects: dict[str, Any], noun: str) -> None:
    table, key, move = subjects[noun]
    rules = LIFECYCLES[noun]
    for state, event in rules.moves:
        world.write(put(table, key, next(iter(rules.final))))
        before = world.rows()
        with pytest.raises(ForbiddenMove):  # it saw `state`, which is over
            world.write(lambda unit, state=state, event=event: move(unit, state, event))
        assert world.rows() == before
    world.write(put(table, key, "placed" if noun == "job" else "active"))


@pytest.mark.parametrize("rules", LIFECYCLES.values(), ids=LIFECYCLES)
def test_every_state_can_be_reached_and_left_for_a_final_one(rules: Lifecycle) -> None:
    reached = set(BEGINNINGS.get(rules.noun, (rules.initial,)))
    ending = set(rules.final) or {rules.initial}  # what has no end can be brought back
    for _ in rules.states:
        reached |= {target for (state, _), target in rules.moves.items() if state in reached}
        ending |= {state for (state, _), target in rules.moves.items() if target in ending}
    assert reached == set(rules.states)
    assert ending == set(rules.states)


@pytest.mark.parametrize("rules", LIFECYCLES.values(), ids=LIFECYCLES)
def test_a_final_state_absorbs(rules: Lifecycle) -> None:
    for state in rules.final:
        for event in rules.events:
            with pytest.raises(ForbiddenMove, match=f"that is {state} cannot {event}"):
                rules.move(state, event)


def test_a_table_that_leaves_a_final_state_or_names_an_unknown_one_cannot_be_made() -> None:
    states = {"on": "", "off": ""}
    for moves in ({("off", "start"): "on"}, {("on", "stop"): "gone"}):
        with pytest.raises(ValueError):
            Lifecycle(noun="lamp", initial="on", states=states, moves=moves, final=frozenset({"off"}))


@pytest.mark.parametrize("first", [POST, VOID])
@pytest.mark.parametrize("second", [POST, VOID])
def test_a_hold_ends_once(world: Any, first: str, second: str) -> None:
    assert HOLD.moves == {("pending", "post"): "posted", ("pending", "void"): "voided"}
    buyer, seller = world.organisation("buyer", balance=10 * YUAN), world.organisation("seller")
    accounts = {"debit": balance_of(buyer), "credit": earnings_of(seller), "at": world.clock.now()}

    def transfer(kind: str, number: int) -> Transfer:
        key = TransferId(derived_id("tx", number))
        pending = None if kind == HOLD_KIND else TransferId(derived_id("tx", 0))
        return Transfer(id=key, kind=kind, amount=YUAN, pending=pending, **accounts)

    for kind, number in ((HOLD_KIND, 0), (first, 1)):
        assert world.write(lambda unit, kind=kind, number=number: unit.ledger.post(transfer(kind, number)))
    assert world.balance(buyer).held == 0
    assert world.balance(buyer).posted == (9 if first == POST else 10) * YUAN
    before = world.rows()
    assert not world.write(lambda unit: unit.ledger.post(transfer(first, 1)))
    with pytest.raises(HoldEnded):
        world.write(lambda unit: unit.ledger.post(transfer(second, 2)))
    assert world.rows() == before
