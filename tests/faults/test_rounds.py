"""Rounds of the market that are left out, because they would repeat the last one: held all the same, and compared."""

from dataclasses import replace

import pytest

from faults import machines
from faults.campaign import judged
from faults.inject import DENSE, a_case
from gridtie.flow.clear_market import Outcome, clear_market
from gridtie.flow.exchange import Exchange
from gridtie.flow.hold_round import may_decide
from gridtie.flow.unit import Unit


class Undone(Exception):
    """Rolls a round back that was only held to see what it would have done."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


@pytest.mark.parametrize("seed", [1, 4])
def test_no_round_that_is_left_out_would_have_placed_anybody_or_told_anybody_anything(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = dict.fromkeys((True, False), 0)
    outcomes: list[Outcome] = []  # judged at the end: what a duty of the server raises is logged, and it goes on

    def proven(unit: Unit, exchange: Exchange) -> bool:
        def hold(unit: Unit) -> None:
            raise Undone(clear_market(unit, exchange, "posted"))

        database = exchange.database
        assert isinstance(database, machines.LoopDatabase)
        asked[found := may_decide(unit, exchange)] += 1
        if not found:
            with pytest.raises(Undone) as undone:
                database.held_aside(hold)
            outcomes.append(undone.value.outcome)
        return found

    duties = [replace(d, look=proven) if d.look is may_decide else d for d in machines.DUTIES]
    monkeypatch.setattr(machines, "DUTIES", duties)
    assert judged(a_case(seed, profile=DENSE, hours=0.1)).findings == ()
    assert len(outcomes) == asked[False]
    assert [outcome for outcome in outcomes if outcome != Outcome()] == []
    assert asked[False] > 5, asked
