"""What a job file would cost and where: the market's own rules on the book as it stands, nothing written."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gridtie.data.limits import Brought, in_words
from gridtie.dispatch.job import JobDocument, JobSpec
from gridtie.dispatch.placement import request_of
from gridtie.dispatch.record import Job
from gridtie.errors import GridtieError
from gridtie.flow.bring_data import bring_data, travelling
from gridtie.flow.clear_market import calendar_of, load_book
from gridtie.flow.exchange import Exchange
from gridtie.flow.market_terms import busy_until, moving_terms, requests_of, sought_by
from gridtie.flow.pay_run import check_payers, holds_for_run, price_cap
from gridtie.flow.submit_job import at_its_place, check_spec
from gridtie.flow.tell_nowhere import tell_nowhere
from gridtie.market.bookings import time_of
from gridtie.market.quote import Quote, indicative, quote, to_json
from gridtie.market.request import Request
from gridtie.market.rules import RULES
from gridtie.market.start_window import pick_start
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, MemberId, OrganisationId, RequestId, RunId
from gridtie.values.rule_names import BEST_WELFARE


def quote_jobs(
    unit: Unit, exchange: Exchange, document: JobDocument, organisation: OrganisationId
) -> list[dict[str, Any]]:
    """One quote per job of the file, within the terms of its data. Listed prices of clouds are compared too.

    Where the large engine clears the ticks, those that wait for one are cleared together with all that waits, as if
    they had been submitted: that gives the price that they would pay now. Raises InvalidJobFile for a time that could
    not be booked, and for limits that exclude each other.
    """
    whole = []
    for number, spec in enumerate(document.jobs):
        with at_its_place(document, number):
            check_spec(exchange, spec, unit.at)
            whole.append(bring_data(unit, spec, organisation) if spec.data else (spec, []))
    wanted = [_wanted(unit, _job(unit, spec, organisation), at, brought) for at, (spec, brought) in enumerate(whole)]
    book = load_book(unit, exchange, (), listed=True)
    moving = moving_terms(exchange, [request for request, _ in wanted])
    running = {"busy_until": busy_until(unit)}  # so that it says when a busy place is expected to be free
    book = replace(book, parameters={**book.parameters, **moving, **running})
    bids = [request for request, _ in wanted if request.mode == "auction" and request.start_at is None]
    engine = exchange.settings.auction_rule == BEST_WELFARE and exchange.engine.ready
    told = _at_the_tick(unit, exchange, bids) if bids and engine else {}
    quotes = []
    for (spec, brought), (request, payer_problem) in zip(whole, wanted, strict=True):
        by_bank, time = spec.budget.by_bank, time_of(request)
        if by_bank:
            deposits = load_book(unit, exchange, (), withdrawer=organisation)
            book_of_it = replace(deposits, parameters={**deposits.parameters, **running})
        elif time is not None and request.latest is not None and request.latest > unit.at:
            window = None
            if request.start_by is not None:
                sought = sought_by(exchange.settings, request)
                request, time, window = pick_start(request, calendar_of(unit, exchange), moving, unit.at, sought)
            then = load_book(unit, exchange, (), during=time, window=window)
            book_of_it = replace(then, parameters={**then.parameters, **moving})
        else:
            book_of_it = book
        found = quote(request, book_of_it)
        wall = None if found.choices else tell_nowhere(unit, exchange, request)
        made = to_json(found, wall)
        if by_bank and not payer_problem:
            made["lines"].append("  paid by the compute bank: prices and totals are reference hours of the chip")
        if request.id in told:
            made["indicative"] = told[request.id]
            made["lines"] += [f"  {told[request.id]['text']}"] if wall is None else []
        if brought:
            made["lines"] += in_words(brought)
        if by_bank and not book_of_it.offers:
            made["lines"].append("  nobody else has deposited anything that is open now: gridtie bank deposits")
        if payer_problem := payer_problem or _unpaid(unit, _job(unit, spec, organisation), found):
            made["lines"].append(f"  payer: {payer_problem}")
        quotes.append({"job": spec.name or "job", **made})
    return quotes


def _wanted(unit: Unit, job: Job, at: int, brought: Sequence[Brought]) -> tuple[Request, str]:
    """(what it would ask for, why nobody can pay for it)."""
    payer_problem = ""
    try:
        cap = price_cap(unit, job)
    except GridtieError as refused:
        cap, payer_problem = None, refused.message
    request = request_of(job, RequestId(f"req_quote{at}"), unit_price_cap=cap, bytes_in=travelling(brought))
    return request, payer_problem


def _unpaid(unit: Unit, job: Job, found: Quote) -> str:
    """Why its submit would be refused, or no hold be had for its best place."""
    request = found.request
    try:
        check_payers(unit, job)
        for best in found.choices[:1]:
            spans = (best.run_us, request.limit_us, None if request.start_at is None else request.expected_us)
            holds_for_run(
                unit, job, RunId("run_quote"), price=best.offer.price, units=best.units,
                run_us=min(span for span in spans if span is not None), resource=best.capacity.resource, spoken_for={},
            )  # fmt: skip
    except GridtieError as refused:
        return ": ".join(filter(None, (refused.message, refused.reason)))
    return ""


def _at_the_tick(unit: Unit, exchange: Exchange, bids: Sequence[Request]) -> dict[RequestId, dict[str, Any]]:
    waiting = requests_of(unit, exchange.settings, "auction", pinned=False)
    book = load_book(unit, exchange, (*waiting, *bids), rule=BEST_WELFARE)
    clearing = RULES[BEST_WELFARE](book)
    return {request.id: indicative(request, book, clearing) for request in bids}


def _job(unit: Unit, spec: JobSpec, organisation: OrganisationId) -> Job:
    return Job(
        id=JobId("job_quote"),
        organisation=organisation,
        member=MemberId(""),
        name=spec.name or "job",
        purpose="user",
        state="queued",
        epoch=0,
        run=None,
        spec=spec,
        files=(),
        checkpoint=(),
        after=None,
        retries=0,
        created_at=unit.at,
    )
