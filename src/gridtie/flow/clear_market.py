"""One round of the market: load the book, let the rule decide, check its laws, and place what was traded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from gridtie.dispatch.placement import plan_run, units_of
from gridtie.dispatch.record import Job, Run, lease_length
from gridtie.dispatch.site import SiteCapacity
from gridtie.errors import DataDenied, InsufficientFunds, InternalFault
from gridtie.flow.bring_data import check_data, data_files
from gridtie.flow.displace_run import accepts, bidding, displace_run, held_by
from gridtie.flow.exchange import Exchange
from gridtie.flow.keep_bookings import booked_words, booking_of, ending
from gridtie.flow.market_terms import (
    POSTED_RULE,
    keep_full_prices,
    may_displace,
    moving_terms,
    parameters_of,
    posted,
    prices_to_keep,
    requests_of,
    rule_of,
    sought_by,
)
from gridtie.flow.pay_run import book_holds, holds_for_run
from gridtie.flow.tell_nowhere import stacked
from gridtie.ledger.account import balance_of
from gridtie.ledger.transfer import Transfer
from gridtie.market.bank import withdrawable
from gridtie.market.book import book_to_json, clearing_to_json, trade_to_json
from gridtie.market.bookings import Calendar, gone_by, time_of
from gridtie.market.clearing import Book, Clearing, ProductPrice, Refusal, Running, Trade
from gridtie.market.laws import broken_laws
from gridtie.market.nowhere import nowhere
from gridtie.market.offer import Capacity, Offer, limited
from gridtie.market.request import Request
from gridtie.market.rules import RULES
from gridtie.market.scoring import sold_us, tariff_of, turn
from gridtie.market.start_window import Window, pick_start, window_words
from gridtie.market.tranches import now_on_sale
from gridtie.store.unit import Unit
from gridtie.values.canonical import canonical
from gridtie.values.ids import OfferId, OrganisationId, RequestId, ResourceId, RunId, TradeId
from gridtie.values.money import ZERO
from gridtie.values.period import EPOCH, Period, from_us, to_text, to_us
from gridtie.values.rule_names import BEST_WELFARE

PASSES_MAX = 8


def load_book(
    unit: Unit, exchange: Exchange, requests: tuple[Request, ...], *, pinned: bool = False, listed: bool = False,
    rule: str = POSTED_RULE, withdrawer: OrganisationId | None = None, during: Period | None = None,
    window: Window | None = None, calendar: Calendar | None = None,
) -> Book:  # fmt: skip
    """What is open now, for `rule`, or will be `during` a time to come, which may have been picked in a `window`: then
    the book is that of its start, by the `calendar` where it was read already. A certification (`pinned`) sees every
    connected resource at price 0, tested or not.

    `listed` adds the price lists of clouds: a quote compares them, a round cannot trade them. For a `withdrawer` the
    offers are what others deposited in the compute bank, at its rates.
    """
    if during is not None:
        calendar = calendar or calendar_of(unit, exchange)
        capacities = calendar.during(during)
        offers = calendar.on_sale(during, capacities)
        parameters = parameters_of(unit, exchange, rule, requests, during, window)
        return Book(round=str(unit.market.next_number()), at=during.start, offers=offers, capacities=capacities,
                    requests=requests, parameters=parameters)  # fmt: skip
    ours = unit.market.capacities(lambda site: exchange.presence.connected(site, unit.at))
    capacities = _as_sold(exchange, ours)
    if pinned:
        capacities = {key: _admitted(capacity) for key, capacity in capacities.items()}
        offers = tuple(_test_offer(capacity, unit) for capacity in capacities.values())
    elif withdrawer is not None:
        deposits = unit.bank.deposits()
        found = {chip: unit.bank.reference(chip) for chip in {deposit.chip for deposit in deposits}}
        scores = {chip: reference.score for chip, reference in found.items() if reference is not None}
        offers = withdrawable(deposits, capacities, scores, buyer=withdrawer)
    else:
        offers = now_on_sale(unit.market.offers() if listed else unit.market.on_sale(), ours)
        if rule == POSTED_RULE:
            offers = posted(unit, exchange, offers)
    return Book(
        round=str(unit.market.next_number()),
        at=unit.at,
        offers=offers,
        capacities=capacities,
        requests=requests,
        parameters=parameters_of(unit, exchange, rule, requests),
        running=_running(unit, exchange, offers) if may_displace(exchange.settings, rule) else (),
    )


def calendar_of(unit: Unit, exchange: Exchange) -> Calendar:
    """What is offered here and promised, now and later: the books of all times to come."""
    found = unit.market.calendar(lambda site: exchange.presence.connected(site, unit.at))
    return replace(found, capacities=_as_sold(exchange, found.capacities), offers=tuple(unit.market.on_sale()))


def _as_sold(exchange: Exchange, ours: Mapping[ResourceId, Capacity]) -> dict[ResourceId, Capacity]:
    return {
        capacity.resource: _shared(capacity, exchange.presence.lends(capacity.site))
        for capacity in stacked(exchange, ours.values())
    }


def _running(unit: Unit, exchange: Exchange, offers: Sequence[Offer]) -> tuple[Running, ...]:
    restart_us = exchange.settings.auction_restart_s * 1_000_000
    return bidding(unit, {offer.id for offer in offers if offer.window.contains(unit.at)}, restart_us=restart_us)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`still`: nothing but the book decided, and everybody knew why he waits; the same book would say so again."""

    placed: int = 0
    still: bool = True

    def __add__(self, more: "Outcome") -> "Outcome":
        return Outcome(self.placed + more.placed, self.still and more.still)


def clear_market(unit: Unit, exchange: Exchange, mode: str, *, pinned: bool = False) -> Outcome:
    """How many requests were placed. Nothing is written when nothing changed."""
    requests = requests_of(unit, exchange.settings, mode, pinned=pinned)
    if mode != "bank":
        ahead = [request for request in requests if _ahead(request, unit.at)]
        now = tuple(request for request in requests if not _ahead(request, unit.at) and not _unbooked(request))
        outcome = _book(unit, exchange, mode, [request for request in ahead if request.mode == mode])
        return outcome + _clear(unit, exchange, mode, now, pinned=pinned)
    # Nobody withdraws from himself: each organisation meets a book without its own deposits, who came first goes first.
    outcome = Outcome()
    for organisation in dict.fromkeys(request.organisation for request in sorted(requests, key=turn)):
        own = tuple(request for request in requests if request.organisation == organisation)
        outcome += _clear(unit, exchange, mode, own, withdrawer=organisation)
    return outcome


def _ahead(request: Request, at: datetime) -> bool:
    return request.latest is not None and request.latest > at


def _unbooked(request: Request) -> bool:
    """Its time has come and it has no booking: it ends (`expire_requests`). Who lost one goes on as soon as he can."""
    return request.start_at is not None and request.run_before is None


def _book(unit: Unit, exchange: Exchange, mode: str, requests: Sequence[Request]) -> Outcome:
    """Those that ask for the same time are cleared at once, as if it were that time; who asked first comes first. Then
    come those that leave their start open: they can go where the others are not."""
    times: dict[Period, list[Request]] = {}
    alike: dict[object, list[Request]] = {}
    for request in sorted(requests, key=turn):
        if request.start_by is not None:
            kind = (request.start_at, request.start_by, request.expected_us, request.limit_us, request.needs)
            alike.setdefault(kind, []).append(request)
        elif (time := time_of(request)) is not None:
            times.setdefault(time, []).append(request)
    outcome, calendar = Outcome(), calendar_of(unit, exchange) if requests else None
    for time, some in times.items():
        more = _clear(unit, exchange, mode, tuple(some), during=time, calendar=calendar)
        outcome += more
        calendar = calendar_of(unit, exchange) if more.placed else calendar
    for some in alike.values():
        assert calendar is not None
        more = _book_within(unit, exchange, mode, some, calendar)
        outcome += more
        calendar = calendar_of(unit, exchange) if more.placed else calendar
    return outcome


def _book_within(
    unit: Unit, exchange: Exchange, mode: str, requests: list[Request], calendar: Calendar
) -> Outcome:  # fmt: skip
    """Those that leave the same starts open for the same are cleared at once, at the start that the first of them gets;
    who is left then, at the next one."""
    outcome = Outcome()
    while requests:
        moving = moving_terms(exchange, requests)
        for request in requests:
            sought = sought_by(exchange.settings, request)
            asked, time, window = pick_start(request, calendar, moving, unit.at, sought)
            if window.picked:
                break
        starting = tuple(replace(request, start_at=asked.start_at) for request in requests)
        more = _clear(unit, exchange, mode, starting, during=time, window=window, calendar=calendar)
        outcome += more
        if not more.placed:
            break
        calendar = calendar_of(unit, exchange)
        requests = [request for request in requests if unit.market.request_of(request.job).state == "open"]
    return outcome


def _clear(
    unit: Unit, exchange: Exchange, mode: str, requests: tuple[Request, ...], *, pinned: bool = False,
    withdrawer: OrganisationId | None = None, during: Period | None = None, window: Window | None = None,
    calendar: Calendar | None = None,
) -> Outcome:  # fmt: skip
    rule = rule_of(exchange.settings, mode, pinned=pinned)
    passes = 0
    while requests:
        book = load_book(unit, exchange, requests, pinned=pinned, rule=rule, withdrawer=withdrawer, during=during,
                         window=window, calendar=calendar)  # fmt: skip
        clearing = RULES[rule](book)
        if broken := broken_laws(book, clearing):
            raise InternalFault(request=f"round {book.round}: {'; '.join(broken)}")
        deals, short = _fund(unit, book, clearing, free_of_charge=pinned)
        _explain(unit, book, short, None)
        if not short:
            own = {request.id for request in requests if request.mode == mode}  # others hear it in rounds of their own
            changed = _explain(unit, book, [one for one in clearing.refusals if one.request in own], int(book.round))
            for deal in deals:
                _place(unit, exchange, book, deal, held_by(clearing.displaced, deal.request.id))
            for out in clearing.displaced:
                displace_run(unit, book, out)
            if deals or changed:
                _keep(unit, exchange, book, rule, clearing)
            elif rule == BEST_WELFARE:
                keep_full_prices(unit, exchange.settings, book)
            return Outcome(len(deals), still=not (deals or changed or passes))  # who was short waits for money or data
        passes += 1
        requests = _without(requests, {refusal.request for refusal in short}, whole_buyers=passes >= PASSES_MAX)
    return Outcome(still=not passes)


@dataclass(frozen=True, slots=True)
class Deal:
    """A trade whose buyer has the money for it."""

    job: Job
    run: RunId
    request: Request
    trade: Trade
    holds: tuple[Transfer, ...]


def _fund(unit: Unit, book: Book, clearing: Clearing, *, free_of_charge: bool) -> tuple[list[Deal], list[Refusal]]:
    """The trades that can be paid and whose data may come there, and why the others cannot. Writes nothing.

    Who cannot is taken out and the round is cleared again, so that he neither sets a price nor keeps a machine
    from the next in line.
    """
    by_request = {request.id: request for request in book.requests}
    deals: list[Deal] = []
    short: list[Refusal] = []
    spoken_for: dict[str, int] = {}
    tariff = tariff_of(book)
    for trade in clearing.trades:
        request, run = by_request[trade.request], RunId(unit.new_id("run"))
        job = unit.jobs.get(request.job)
        holds: list[Transfer] = []
        if not free_of_charge:
            try:
                holds = holds_for_run(
                    unit, job, run, price=trade.price, units=trade.units, resource=trade.resource,
                    run_us=sold_us(book, tariff, request, trade), spoken_for=spoken_for,
                )  # fmt: skip
                for_data = check_data(unit, job, book.capacities[trade.resource], holds=holds, spoken_for=spoken_for)
            except (InsufficientFunds, DataDenied) as refused:
                words = ": ".join(filter(None, (refused.message, refused.reason)))
                short.append(Refusal(request=request.id, code=refused.code, reason=words, counts={refused.code: 1},
                                     change=refused.remedy))  # fmt: skip
                continue
            payer = balance_of(job.organisation)
            spoken_for[payer] = spoken_for.get(payer, 0) + for_data
        for hold in holds:
            spoken_for[hold.debit] = spoken_for.get(hold.debit, 0) + hold.amount
        deals.append(Deal(job, run, request, trade, tuple(holds)))
    return deals, short


def _without(requests: tuple[Request, ...], short: set[RequestId], *, whole_buyers: bool) -> tuple[Request, ...]:
    """`whole_buyers`: after some passes without anything more of who is short, so that nobody's debts cost a round."""
    buyers = {request.organisation for request in requests if whole_buyers and request.id in short}
    return tuple(one for one in requests if one.id not in short and one.organisation not in buyers)


def _explain(unit: Unit, book: Book, refusals: Sequence[Refusal], number: int | None) -> bool:
    """Tells jobs why they wait, and in which round that was decided, if it was in one; True when any of it is new."""
    by_request = {refusal.request: refusal for refusal in refusals}
    documents = {key: _reason(refusal) for key, refusal in by_request.items()}
    told = unit.market.refuse(documents, number) if documents else []
    requests = {request.id: request for request in book.requests}
    for key in told:
        refusal = nowhere(requests[key], book.capacities.values()) or by_request[key]
        reason = refusal.reason + _said_there(unit, requests[key], refusal.code)
        unit.jobs.explain(requests[key].job, code=refusal.code, reason=reason, change=refusal.change)
    return bool(told)


def _said_there(unit: Unit, request: Request, code: str) -> str:
    """In the words of the site that had it last, where that is why nobody has it now."""
    if request.run_before is None or code not in ("resting", "excluded"):
        return ""
    detail = next((run.detail for run in unit.runs.of_job(request.job) if run.id == request.run_before), "")
    return f"; it said: {detail}" if detail else ""


def _reason(refusal: Refusal) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "reason": refusal.reason,
        "counts": dict(refusal.counts),
        "change": refusal.change,
    }


def _place(unit: Unit, exchange: Exchange, book: Book, deal: Deal, waits_for: tuple[RunId, ...]) -> None:
    """A trade becomes a run: money held, job and request moved; the site hears of it once its machines are free."""
    job, request, trade = deal.job, deal.request, deal.trade
    if deal.holds:
        book_holds(unit, job, deal.holds)
    run = _run_of(unit, exchange, job, deal.run, request, trade, book.capacities[trade.resource])
    run = replace(run, preemptible=accepts(request, trade), waits_for=waits_for)
    reason, code = "its machines are being freed: a run there stops for its bid" if waits_for else "", "waits"
    if booked := booking_of(unit, exchange, request):
        run = replace(run, booking=booked, until=booked.ends_at, plan=ending(run.plan, request))
        why = window_words(book.parameters["booking"])
        code, reason = (
            "booked",
            booked_words(booked, book.capacities[trade.resource].site_name, trade.price, why, unit.at),
        )
    unit.market.move_request(request.id, "fill")
    unit.market.keep_trade(run.trade, number=int(book.round), job=job.id, document=trade_to_json(trade))
    unit.jobs.move(job.id, job.state, "place", reason=reason, reason_code=code if reason else "")
    unit.runs.add(run)
    unit.note(
        "run.booked" if booked else "run.assigned", run.id, organisation=job.organisation, job=job.id, site=run.site,
        resource=run.resource, epoch=run.epoch, price=run.price, units=run.units, round=int(book.round),
        **({"starts": to_text(booked.starts_at), "why": why} if booked else {}),
    )  # fmt: skip


def _run_of(
    unit: Unit, exchange: Exchange, job: Job, key: RunId, request: Request, trade: Trade, capacity: Capacity
) -> Run:
    settings = exchange.settings
    alternative = request.needs.alternatives[trade.alternative]
    stop, _ = lease_length(
        job.spec.on_disconnect,
        stop=timedelta(seconds=settings.lease_stop_s),
        replace=timedelta(seconds=settings.lease_replace_s),
        wait=timedelta(seconds=settings.lease_wait_s),
    )
    epoch = unit.jobs.next_epoch(job.id, key)
    plan = plan_run(
        job,
        alternative,
        trade,
        run=key,
        epoch=epoch,
        site=capacity.site,
        stack=capacity.stack,
        images=capacity.images,
        isolation=capacity.isolation,
        lease_stop_us=stop // timedelta(microseconds=1),
        checkpoint_sync_us=int(settings.checkpoint_sync_s * 1_000_000),
        log_limit_bytes=settings.log_limit_bytes,
    )
    plan = replace(plan, data=data_files(unit, job))
    kind, units = units_of(alternative, request.needs.machines)
    return Run(
        id=key,
        job=job.id,
        organisation=job.organisation,
        epoch=epoch,
        site=capacity.site,
        resource=trade.resource,
        trade=TradeId(unit.new_id("trade")),
        state="assigned",
        plan=plan,
        unit=kind,
        units=units,
        price=trade.price,
        next_seq=0,
        cancel_at=None,
        assigned_at=unit.at,
        until=gone_by(request, unit.at),
        started_at=None,
        finished_at=None,
        ended_at=None,
        checkpoint_at=None,
        exit_code=None,
        reason="",
    )


def _keep(unit: Unit, exchange: Exchange, book: Book, rule: str, clearing: Clearing) -> None:
    book_bytes, clearing_bytes = canonical(book_to_json(book)), canonical(clearing_to_json(clearing))
    number = int(book.round)
    unit.market.keep_round(
        number=number,
        rule=rule,
        book=book_bytes,
        clearing=clearing_bytes,
        book_digest="sha256:" + sha256(book_bytes).hexdigest(),
        digest="sha256:" + sha256(clearing_bytes).hexdigest(),
        trades=len(clearing.trades),
        refusals=len(clearing.refusals),
        prices=prices_to_keep(unit, exchange.settings, book, clearing),
    )
    prices = [_price(price) for price in clearing.prices]
    unit.note("market.cleared", f"round {number}", rule=rule, trades=len(clearing.trades),
              refusals=len(clearing.refusals), prices=prices)  # fmt: skip


def _price(price: ProductPrice) -> Mapping[str, Any]:
    return {"chip": price.chip, "hub": price.hub, "isolation": price.isolation, "price": price.price}


def _shared(capacity: Capacity, lends: SiteCapacity | None) -> Capacity:
    """What the site's own users leave of it; nobody knows what they will leave later."""
    if lends is None:
        return capacity
    rooms = lends.machines.items()
    capacity = replace(capacity, bookable=False, queue_wait_s=lends.queue_wait_s)
    return limited(capacity, {name: (room.cpus, room.memory_bytes, room.accelerators) for name, room in rooms})


def _admitted(capacity: Capacity) -> Capacity:
    """As certification sees it: the market gate opens by the very test that is being placed."""
    return replace(capacity, in_market=True, allowed_organisations=(), denied_purposes=(), reserved_percent=0,
                   work_classes=(), opening=None)  # fmt: skip


def _test_offer(capacity: Capacity, unit: Unit) -> Offer:
    """The owner lends his resource for its own test, at no price."""
    return Offer(
        id=OfferId(f"offer_test_{capacity.resource}"),
        resource=ResourceId(capacity.resource),
        owner=capacity.owner,
        chip=capacity.chip,
        hub=capacity.hub,
        price=ZERO,
        window=Period(EPOCH, from_us(to_us(unit.at) + 86_400_000_000)),
    )
