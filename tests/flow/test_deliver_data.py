"""Data changes hands: published, agreed on by both, delivered under its terms, paid, and stopped."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from gridtie.data.contract import CONSUMER, PROVIDER
from gridtie.data.dataset import ACCESS, FLAT, RECORD, Price
from gridtie.data.delivery import FILE, HUB
from gridtie.data.terms import COMPUTE
from gridtie.errors import DataDenied, ForbiddenMove, InsufficientFunds, InvalidInput, LinkInvalid, NotFound
from gridtie.flow import publish_dataset as publishing
from gridtie.flow.deliver_data import link_key
from gridtie.flow.make_contract import (
    envelope_of,
    keep_contracts,
)
from gridtie.flow.publish_dataset import examined, move_dataset
from gridtie.identity.signing import decode
from gridtie.store.schema import delivery
from gridtie.values.money import Micros

YUAN = 1_000_000
TEXTS = {"a.jsonl": '{"text": "one"}\n{"text": "two"}\n', "b.jsonl": '{"text": "three"}\n'}


def test_data_is_published_agreed_on_by_both_delivered_and_written_down(trade: Any) -> None:
    dataset = trade.publish()
    proposed = trade.propose(dataset)
    assert proposed.state == "offered"
    with pytest.raises(DataDenied, match="the contract is offered"):
        trade.deliver(dataset)
    active = trade.sign(proposed)
    assert active.state == "active"
    made = trade.deliver(dataset)
    assert (made.records, made.bytes, made.charge) == (3, sum(len(text) for text in TEXTS.values()), 0)
    assert {trade.follow(made, digest).path for digest in made.parts} == {"a.jsonl", "b.jsonl"}
    assert trade.world.kinds(active.id) == ["contract.offered"] * 2 + ["contract.agreed"] * 2 + ["contract.active"] * 2
    assert trade.world.kinds(made.id) == ["data.delivered"] * 2


def test_what_both_signed_can_be_checked_by_anybody(trade: Any) -> None:
    contract = trade.agreed(trade.publish(purposes=("training",)))
    envelope = trade.world.read(lambda unit: envelope_of(unit, contract))
    for role, party in ((PROVIDER, trade.aurora), (CONSUMER, trade.bison)):
        key = trade.world.exchange.owner_signer(party).public_key
        assert decode(envelope.signature_of(role).key, length=32, subject="contract") == key
        envelope.check(role, key, trade.world.exchange.verify)
    assert envelope.payload["terms"]["purposes"] == ["training"]


def test_publishing_again_makes_a_version_only_of_other_files(trade: Any) -> None:
    first = trade.publish()
    assert trade.publish().versions == 1
    assert trade.publish({**TEXTS, "c.jsonl": "{}\n"}).versions == 2
    assert trade.publish(purposes=("training",)).terms.purposes == ("training",)
    kinds = trade.world.kinds(first.id)
    assert kinds == ["dataset.published", "dataset.versioned", "dataset.versioned", "dataset.described"]


def test_a_name_is_not_both_a_file_and_a_folder_and_columns_do_not_fill_the_exchange(
    trade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput) as refused:
        trade.sent({"a/b": "1", "a/b/c": "2", "a/bc": "3"})
    assert [problem.message for problem in refused.value.problems] == ["a/b is a file and a folder of others"]
    monkeypatch.setattr(publishing, "COLUMNS_BYTES_MAX", 100)
    with pytest.raises(InvalidInput) as refused:
        trade.sent({"a.jsonl": '{"text": 1}', "b.jsonl": '{"text": 1}'})
    assert "the columns of its files take" in refused.value.problems[0].message


def test_terms_of_a_contract_stay_those_that_were_signed(trade: Any) -> None:
    contract = trade.agreed(trade.publish())
    dataset = trade.publish(purposes=("evaluation",))
    assert trade.deliver(dataset).contract == contract.id


def test_a_use_that_the_terms_never_allow_makes_no_contract(trade: Any) -> None:
    with pytest.raises(DataDenied, match="allow training, not marketing"):
        trade.propose(trade.publish(purposes=("training",)), purpose="marketing")
    with pytest.raises(DataDenied, match="keep it in CN-11"):
        trade.propose(trade.publish(places=("CN-11",)), place="gz")
    with pytest.raises(NotFound, match="nowhere"):
        trade.propose(trade.publish(), place="nowhere")
    with pytest.raises(InvalidInput, match="problem"):
        trade.propose(trade.publish(open=True))


def test_a_contract_that_begins_at_the_end_of_the_calendar_ends_there_and_a_purpose_is_one_line(trade: Any) -> None:
    dataset, last = trade.publish(), datetime(9999, 12, 31, tzinfo=UTC)
    assert last < trade.propose(dataset, start=last).end
    for purpose in ("\x1b[2J", "training\nof what", "\0"):
        with pytest.raises(InvalidInput) as refused:
            trade.propose(dataset, purpose)
        assert "a purpose is one line" in refused.value.problems[0].message


def test_data_that_stays_lets_nobody_fetch_it(trade: Any) -> None:
    dataset = trade.publish(delivery=COMPUTE)
    trade.agreed(dataset)
    with pytest.raises(DataDenied, match="no copy leave"):
        trade.deliver(dataset)


def test_without_a_contract_there_is_nothing_unless_it_is_open_or_ones_own(trade: Any) -> None:
    dataset = trade.publish()
    with pytest.raises(DataDenied, match="no contract"):
        trade.deliver(dataset)
    assert trade.deliver(dataset, actor=trade.provider).contract is None
    assert trade.deliver(trade.publish(open=True)).contract is None


def test_a_flat_price_is_paid_once_before_it_begins(trade: Any) -> None:
    dataset = trade.publish(price=Price(kind=FLAT, amount=Micros(150 * YUAN)))
    contract = trade.agreed(dataset)
    assert (contract.state, "not paid" in contract.reason) == ("agreed", True)
    trade.world.write(lambda unit: _top_up(unit, trade.bison, 60 * YUAN))
    assert trade.world.write(lambda unit: keep_contracts(unit, trade.world.exchange)) == 1
    assert trade.world.write(lambda unit: keep_contracts(unit, trade.world.exchange)) == 0
    trade.deliver(dataset)
    trade.deliver(dataset, channel=HUB)
    assert trade.world.balance(trade.bison).available == 10 * YUAN
    assert trade.world.earnings(trade.aurora).available == 150 * YUAN


@pytest.mark.parametrize("settings", [{"fee_ppm": 20_000}], ids=["fee"])
def test_a_delivery_is_paid_once_however_often_its_files_are_asked_for(trade: Any) -> None:
    dataset = trade.publish(price=Price(kind=ACCESS, amount=Micros(5 * YUAN)))
    contract = trade.agreed(dataset)
    first = trade.deliver(dataset, "a.jsonl")
    again, more = trade.deliver(dataset, "a.jsonl"), trade.deliver(dataset)
    assert first.id == again.id == more.id
    assert len(more.parts) == 2
    assert trade.world.balance(trade.bison).available == 95 * YUAN
    assert trade.world.earnings(trade.aurora).available == 4_900_000
    trade.world.later(hours=2)
    assert trade.deliver(dataset, "a.jsonl").id != first.id
    assert trade.world.balance(trade.bison).available == 90 * YUAN
    assert trade.world.read(lambda unit: unit.contracts.get(contract.id)).deliveries == 2


def test_a_price_by_record_counts_what_is_delivered_and_nothing_twice(trade: Any) -> None:
    dataset = trade.publish(price=Price(kind=RECORD, amount=Micros(YUAN)))
    trade.agreed(dataset)
    trade.deliver(dataset, "a.jsonl")
    assert trade.world.balance(trade.bison).available == 98 * YUAN
    assert trade.deliver(dataset).charge == 3 * YUAN
    assert trade.world.balance(trade.bison).available == 97 * YUAN


def test_what_cannot_be_counted_has_no_price_by_the_record(trade: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        trade.publish({"notes.txt": "some words"}, price=Price(kind=RECORD, amount=Micros(YUAN)))
    assert "notes.txt cannot be counted" in caught.value.problems[0].message


def test_who_cannot_pay_gets_nothing_and_nothing_is_written(trade: Any) -> None:
    dataset = trade.publish(price=Price(kind=ACCESS, amount=Micros(101 * YUAN)))
    trade.agreed(dataset)
    before = trade.world.rows()
    with pytest.raises(InsufficientFunds):
        trade.deliver(dataset)
    assert trade.world.rows() == before


def test_a_count_is_of_deliveries_and_not_of_files(trade: Any) -> None:
    dataset = trade.publish(count=1)
    trade.agreed(dataset)
    trade.deliver(dataset, "a.jsonl")
    trade.deliver(dataset)
    with pytest.raises(DataDenied, match="1 deliveries, and 1 were made"):
        trade.deliver(dataset, channel=HUB)
    trade.world.later(hours=2)
    with pytest.raises(DataDenied, match="1 deliveries"):
        trade.deliver(dataset)


def test_of_two_contracts_the_one_whose_delivery_goes_on_is_taken_and_then_one_that_is_not_used_up(trade: Any) -> None:
    dataset = trade.publish(count=1)
    older, newer = trade.agreed(dataset), trade.agreed(dataset)
    assert trade.deliver(dataset, "a.jsonl").contract == newer.id
    assert trade.deliver(dataset, channel=HUB).contract == older.id
    assert [trade.deliver(dataset, channel=way).contract for way in (FILE, HUB)] == [newer.id, older.id]
    trade.agreed(dataset)
    assert trade.deliver(dataset).contract == newer.id
    trade.world.later(hours=2)
    trade.deliver(dataset)
    with pytest.raises(DataDenied, match="1 deliveries, and 1 were made"):
        trade.deliver(dataset, channel=HUB)


@pytest.mark.parametrize(("event", "words"), [("suspend", "suspended: so"), ("end", "the contract is ended")])
def test_a_contract_that_stops_stops_links_already_given(trade: Any, event: str, words: str) -> None:
    dataset = trade.publish()
    contract = trade.agreed(dataset)
    made = trade.deliver(dataset)
    trade.move(contract, event)
    with pytest.raises(DataDenied, match=words):
        trade.follow(made, min(made.parts))
    with pytest.raises(DataDenied, match=words):
        trade.deliver(dataset)


def test_a_suspended_contract_goes_on_and_an_ended_one_does_not(trade: Any) -> None:
    dataset = trade.publish()
    contract = trade.move(trade.agreed(dataset), "suspend")
    assert trade.move(contract, "suspend") == contract
    resumed = trade.move(contract, "resume")
    assert trade.deliver(dataset).contract == resumed.id
    ended = trade.move(resumed, "end")
    with pytest.raises(ForbiddenMove):
        trade.move(ended, "resume")


def test_contracts_begin_and_end_by_themselves(trade: Any) -> None:
    dataset = trade.publish()
    start = trade.world.clock.now() + timedelta(days=1)
    contract = trade.agreed(dataset, start=start, end=start + timedelta(days=1))
    assert contract.state == "agreed"
    keep = trade.world
    trade.world.later(days=1, minutes=1)
    assert keep.write(lambda unit: keep_contracts(unit, keep.exchange)) == 1
    made = trade.deliver(dataset)
    trade.world.later(days=1)
    with pytest.raises((DataDenied, LinkInvalid)):
        trade.follow(made, min(made.parts))
    assert keep.write(lambda unit: keep_contracts(unit, keep.exchange)) == 1
    assert keep.read(lambda unit: unit.contracts.get(contract.id)).state == "ended"


def test_a_link_gives_its_own_part_for_its_own_time_to_who_was_given_it(trade: Any) -> None:
    dataset = trade.publish()
    trade.agreed(dataset)
    made = trade.deliver(dataset, "a.jsonl")
    [digest] = made.parts
    other = next(part.sha256 for part in trade.sent() if part.sha256 != digest)
    with pytest.raises(LinkInvalid, match="not one of ours"):
        trade.follow(made, digest, "0" * 64)
    with pytest.raises(LinkInvalid, match="not one of ours"):
        trade.follow(made, other, link_key(trade.world.exchange, made, digest))
    with pytest.raises(LinkInvalid, match="no part of the delivery"):
        trade.follow(made, other)
    with pytest.raises(LinkInvalid, match="not one of ours"):
        trade.follow(replace(made, id=type(made.id)("dlv_none")), digest)
    trade.world.later(hours=1)
    with pytest.raises(LinkInvalid, match="expired"):
        trade.follow(made, digest)


def test_what_was_withdrawn_is_not_offered_but_stays_granted(trade: Any) -> None:
    dataset = trade.publish()
    trade.agreed(dataset)
    gone = trade.world.write(lambda unit: move_dataset(unit, dataset, "withdraw"))
    assert gone.state == trade.world.write(lambda unit: move_dataset(unit, gone, "withdraw")).state == "withdrawn"
    trade.deliver(gone)
    with pytest.raises(InvalidInput, match="problem"):
        trade.propose(gone)
    assert trade.world.write(lambda unit: move_dataset(unit, gone, "list")).state == "listed"


def test_a_file_that_was_not_sent_or_is_not_what_it_says_is_refused(trade: Any) -> None:
    exchange = trade.world.exchange
    for owner, path in ((trade.bison, "a.jsonl"), (trade.aurora, "../a.jsonl"), (trade.aurora, "a.jsonl.gz")):
        [part, *_] = trade.sent()
        with pytest.raises(InvalidInput):
            examined(exchange, owner, [replace(part, path=path)])
    with pytest.raises(InvalidInput, match="problem"):
        examined(exchange, trade.aurora, [part, part])


def _top_up(unit: Any, organisation: Any, amount: int) -> Any:
    from gridtie.flow.fund_account import top_up

    return top_up(unit, organisation, amount, memo="paid in")


def test_file_by_file_a_delivery_of_many_stays_a_few_bytes_and_an_old_list_of_digests_is_read(trade: Any) -> None:
    dataset = trade.publish({f"{number}.txt": f"text {number}" for number in range(60)})
    trade.agreed(dataset)
    made = [trade.deliver(dataset, f"{number}.txt", channel=HUB) for number in range(60)][-1]
    assert trade.deliver(dataset, "7.txt", channel=HUB) == made
    [row] = trade.world.rows()["delivery"]
    assert len(row.parts) == 15
    digests = sorted(made.parts)
    assert len(digests) == 60
    old = update(delivery).values(parts=json.dumps(digests[:59]))
    trade.world.write(lambda unit: unit.execute(old))
    assert trade.follow(made, digests[0]).sha256 == digests[0]
    with pytest.raises(LinkInvalid, match="names no part"):
        trade.follow(made, digests[59])
    assert len(trade.deliver(dataset, channel=HUB).parts) == 60
