"""Executed trades, as the price index reads them: what receipts billed in money, less what was given back since."""

from bisect import bisect_right
from typing import Any

from sqlalchemy import ColumnElement, select

from gridtie.ledger.account import ROUNDING
from gridtie.ledger.transfer import REFUND, from_content
from gridtie.market.index import Sale
from gridtie.metering.receipt import Receipt, from_payload
from gridtie.store.dialect import json_count, json_whole
from gridtie.store.journal import load
from gridtie.store.schema import certificate, job, receipt, resource, run, site, transfer
from gridtie.store.session import Session
from gridtie.values.period import Period, from_us, to_us

Within = tuple[ColumnElement[bool], ...]
_SCORE = json_whole(certificate.c.envelope, "payload", "score")
_SCORES = (
    select(certificate.c.resource, certificate.c.valid_from_us, _SCORE.label("score"))
    .where(json_count(certificate.c.envelope, "signatures") == 2, _SCORE > 0)
    .order_by(certificate.c.valid_from_us, certificate.c.id)
)
_EXECUTED = (
    select(receipt.c.id, receipt.c.envelope, receipt.c.created_us, run.c.assigned_us, run.c.resource, resource.c.chip,
           site.c.hub)
    .join(run, run.c.id == receipt.c.run)
    .join(job, job.c.id == run.c.job)
    .join(resource, resource.c.id == run.c.resource)
    .join(site, site.c.id == resource.c.site)
    .where(job.c.purpose == "user")
)  # fmt: skip


class SaleRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def executed(self, window: Period, *, currency: str) -> list[Sale]:
        """Settled within the window in `currency`: what the compute bank paid in hours is no sale. Tests are none."""
        within = receipt.c.created_us >= to_us(window.start), receipt.c.created_us < to_us(window.end)
        rows = self._session.execute(_EXECUTED.where(*within)).all()
        scores, refunds = self._scores(within), self._refunds(within)
        found = []
        for row in rows:
            made = from_payload(load(row.envelope)["payload"])
            if made.currency == currency:
                found.append(_sale(row, made, _at(scores.get(row.resource), row.assigned_us), refunds.get(row.id, 0)))
        return found

    def _scores(self, within: Within) -> dict[str, list[tuple[int, int]]]:
        """By resource: from when on which certified score, of certificates that both sides signed."""
        sold = select(run.c.resource).join(receipt, receipt.c.run == run.c.id).where(*within)
        found: dict[str, list[tuple[int, int]]] = {}
        for row in self._session.execute(_SCORES.where(certificate.c.resource.in_(sold))):
            found.setdefault(row.resource, []).append((row.valid_from_us, int(row.score)))
        return found

    def _refunds(self, within: Within) -> dict[str, int]:
        """What each receipt gave back to its payers."""
        jobs = select(receipt.c.job).where(*within)
        statement = select(transfer.c.document).where(transfer.c.job.in_(jobs), transfer.c.kind == REFUND)
        found: dict[str, int] = {}
        for row in self._session.execute(statement):
            back = from_content(load(row.document))
            if back.receipt and back.debit.endswith(":earnings") and back.credit != ROUNDING:
                found[back.receipt] = found.get(back.receipt, 0) + back.amount
        return found


def _sale(row: Any, made: Receipt, score: int | None, refunded: int) -> Sale:
    paid = int(made.amount)
    unit_us = sum(line.units * line.period.duration_us for line in made.lines)
    if paid:
        unit_us = unit_us * (paid - refunded) // paid
    return Sale(
        at=from_us(row.created_us),
        chip=row.chip,
        hub=row.hub,
        buyer=made.organisation,
        seller=made.seller,
        unit_us=unit_us,
        amount=paid - refunded,
        score=score,
    )


def _at(scores: list[tuple[int, int]] | None, at_us: int) -> int | None:
    """The score that was certified then; None: none was."""
    number = bisect_right(scores or [], (at_us, 1 << 62))
    return scores[number - 1][1] if scores and number else None
