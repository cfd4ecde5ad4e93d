"""What a job file would cost and where: the market's own rules on the book as it stands, nothing written."""

from typing import Any

from gridtie.dispatch.job import JobDocument
from gridtie.dispatch.placement import request_of
from gridtie.dispatch.record import Job
from gridtie.errors import GridtieError
from gridtie.flow.clear_market import load_book
from gridtie.flow.exchange import Exchange
from gridtie.flow.pay_run import price_cap
from gridtie.market.quote import quote, to_json
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, MemberId, OrganisationId, RequestId


def quote_jobs(
    unit: Unit, exchange: Exchange, document: JobDocument, organisation: OrganisationId
) -> list[dict[str, Any]]:
    """One quote per job of the file. Listed prices of clouds are compared too."""
    book = load_book(unit, exchange, (), listed=True)
    quotes = []
    for spec in document.jobs:
        job = Job(
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
        payer_problem = ""
        try:
            cap = price_cap(unit, job)
        except GridtieError as refused:
            cap, payer_problem = None, refused.message
        request = request_of(job, RequestId("req_quote"), unit_price_cap=cap, bytes_in=0)
        by_bank = spec.budget.by_bank
        made = to_json(quote(request, load_book(unit, exchange, (), withdrawer=organisation) if by_bank else book))
        if by_bank and not payer_problem:
            made["lines"].append("  paid by the compute bank: prices and totals are reference hours of the chip")
        if payer_problem:
            made["lines"].append(f"  payer: {payer_problem}")
        quotes.append({"job": spec.name or "job", **made})
    return quotes
