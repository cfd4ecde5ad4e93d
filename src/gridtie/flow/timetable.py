"""Which verb runs when. Every one is safe to run at any time and any number of times."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gridtie.flow.answer_once import forget_answers
from gridtie.flow.clear_market import clear_market
from gridtie.flow.conclude_certification import judge_tests
from gridtie.flow.deposit_capacity import expire_deposits
from gridtie.flow.exchange import Exchange
from gridtie.flow.expire_leases import expire_leases, overdue
from gridtie.flow.expire_requests import expire_requests
from gridtie.flow.fund_account import expire_vouchers
from gridtie.flow.hand_data import keep_data
from gridtie.flow.hold_round import hold_round, may_decide
from gridtie.flow.keep_bookings import keep_bookings, moving
from gridtie.flow.make_contract import keep_contracts
from gridtie.flow.post_offer import expire_offers
from gridtie.flow.refresh_tokens import refresh_tokens
from gridtie.flow.watch_budgets import short_of_hold, watch_budgets
from gridtie.settings import Settings
from gridtie.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Duty:
    """`verb` runs on the writer every `every_s` seconds, and soon after a fact of one of the kinds `on`.

    `apart` runs beside the writer first, for what would hold it up, and hands on the verb that writes what it found.
    `due` is asked before either: whether the store holds anything this duty is about. It looks at nothing else, no
    clock above all, so while nothing is written it need not be asked twice, and an idle exchange does no work.
    `look` is asked at each turn, beside the writer: whether the verb would find anything to do at this time.
    `able` is asked before all of it, and every second until it is: a start is no reason to miss a turn of a day.
    """

    name: str
    every_s: Callable[[Settings], float]
    verb: Callable[[Unit, Exchange], Any]
    on: tuple[str, ...] = ()
    apart: Callable[[Exchange], Callable[[Unit, Exchange], Any]] | None = None
    due: Callable[[Unit, Exchange], bool] | None = None
    look: Callable[[Unit, Exchange], bool] | None = None
    able: Callable[[Exchange], bool] | None = None


def _nothing(_: Unit, __: Exchange) -> None:
    """Of a duty that works beside the writer alone."""


def _waits(*modes: str, pinned: bool) -> Callable[[Unit, Exchange], bool]:
    return lambda unit, _: any(unit.market.waits(mode, pinned=pinned) for mode in modes)


def _at_work(unit: Unit, _: Exchange) -> bool:
    return unit.runs.any_live()


def _any(found: Callable[[Unit, Exchange], Iterable[Any]]) -> Callable[[Unit, Exchange], bool]:
    return lambda unit, exchange: next(iter(found(unit, exchange)), None) is not None


def _tested(unit: Unit, _: Exchange) -> bool:
    return bool(unit.certificates.issued_challenges())


# What may let a waiting request run: it arrived, something was offered or admitted, or capacity became free.
_MARKET_MOVES = (
    "job.queued", "job.succeeded", "offer.posted", "certificate.valid", "site.connected", "site.approved",
    "run.succeeded", "run.failed", "run.cancelled", "run.rejected", "run.lost",
)  # fmt: skip

DUTIES: tuple[Duty, ...] = (
    Duty("place tests", lambda _: 2.0, lambda unit, exchange: clear_market(unit, exchange, "posted", pinned=True),
         on=("job.queued", "site.connected", "run.succeeded", "run.failed", "run.lost", "run.rejected"),
         due=_waits("posted", pinned=True)),
    Duty("judge tests", lambda _: 5.0, _nothing, apart=judge_tests,
         on=("job.succeeded", "job.failed", "job.cancelled"), due=_tested),
    Duty("clear posted prices", lambda _: 5.0, hold_round, on=_MARKET_MOVES, due=_waits("posted", pinned=False),
         look=may_decide),
    Duty("call auction", lambda settings: settings.tick_s,
         lambda unit, exchange: clear_market(unit, exchange, "auction"),
         due=_waits("auction", "posted", pinned=False), able=lambda exchange: exchange.engine.ready),
    Duty("place withdrawals", lambda _: 5.0, lambda unit, exchange: clear_market(unit, exchange, "bank"),
         on=(*_MARKET_MOVES, "bank.deposited", "bank.lent"), due=_waits("bank", pinned=False)),
    Duty("keep bookings", lambda _: 2.0, keep_bookings, on=("run.cancelling",),
         due=lambda unit, _: bool(unit.runs.ahead()), look=_any(moving)),
    Duty("expire leases", lambda settings: min(5.0, settings.lease_control_s / 3), expire_leases,
         due=_at_work, look=_any(overdue)),
    Duty("expire requests", lambda _: 15.0, _nothing, apart=expire_requests,
         due=_waits("posted", "auction", "bank", pinned=False)),
    Duty("watch budgets", lambda _: 5.0, watch_budgets, due=_at_work, look=_any(short_of_hold)),
    Duty("expire offers", lambda _: 60.0, lambda unit, _: expire_offers(unit)),
    Duty("expire deposits", lambda _: 60.0, lambda unit, _: expire_deposits(unit)),
    Duty("keep contracts", lambda _: 5.0, keep_contracts, on=("contract.agreed", "ledger.toppedup"),
         due=lambda unit, _: unit.contracts.any_live()),
    Duty("keep data", lambda _: 2.0, keep_data,
         on=("contract.suspended", "contract.ended", "data.delivered"),
         due=lambda unit, _: unit.contracts.any_use()),
    Duty("expire vouchers", lambda _: 60.0, lambda unit, _: expire_vouchers(unit)),
    Duty("refresh tokens", lambda _: 60.0, refresh_tokens, on=("organisation.added",)),
    Duty("forget old answers", lambda _: 3600.0, lambda unit, _: forget_answers(unit)),
)  # fmt: skip
