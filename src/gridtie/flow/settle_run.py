"""A run has ended: its receipt is made and signed, money moves once, and the site is asked to sign too."""

from datetime import timedelta

from gridtie.dispatch.record import Job, Run
from gridtie.errors import InvalidSignature, NotFound
from gridtie.flow.exchange import Exchange
from gridtie.flow.lend_hours import repay_hours
from gridtie.identity.signing import PUBLIC_KEY_BYTES, Envelope, decode
from gridtie.ledger.account import BANK, asset_of
from gridtie.ledger.settlement import settle
from gridtie.metering.receipt import KIND, Receipt, check_receipt, payload
from gridtie.metering.usage import RunFacts, billable, reported_us
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.canonical import canonical
from gridtie.values.ids import OrganisationId, ReceiptId, SiteId
from gridtie.values.money import Micros, format_money


def settle_run(unit: Unit, exchange: Exchange, job: Job, run: Run) -> None:
    """Once per run. Nothing to pay and nothing lost: the holds return and there is no receipt."""
    holds, settings = unit.ledger.pending_holds(job.id, run.id), exchange.settings
    usage = billable(_facts(unit, job, run, obeyed_within=timedelta(seconds=settings.lease_stop_s)))
    sold = unit.resources.get(run.resource)
    seller, currency = OrganisationId(sold.organisation), settings.currency
    if job.spec.budget.by_bank:  # the chip that the hours were held of, whatever the site declares by now
        currency = BANK + (asset_of(holds[0].debit) if holds else sold.chip)
    receipt = Receipt(
        limit=Micros(sum(hold.amount for hold in holds)),
        id=ReceiptId(unit.new_id("rcpt")),
        run=run.id,
        job=job.id,
        epoch=run.epoch,
        organisation=job.organisation,
        seller=seller,
        site=run.site,
        site_name=sold.site_name,
        state=run.state,
        unit=run.unit,
        price=run.price,
        currency=currency,
        usage=usage,
    )
    for transfer in settle(receipt, holds, seller=seller, fee_ppm=settings.fee_ppm, at=unit.at):
        unit.ledger.post(transfer)
    if job.spec.budget.by_bank:
        repay_hours(unit, receipt)
    unit.jobs.set(job.id, hold_total=0)
    if usage.billed or usage.waived:
        _issue(unit, exchange, receipt, by_site=run.started_at is not None)


def _facts(unit: Unit, job: Job, run: Run, *, obeyed_within: timedelta) -> RunFacts:
    """What billing goes by. A site has `obeyed_within` that time when it has to stop a run."""
    assert run.ended_at is not None
    limit = job.spec.time_limit
    return RunFacts(
        state=run.state,
        units=run.units,
        started_at=run.started_at,
        finished_at=run.finished_at,
        ended_at=run.ended_at,
        checkpoint_at=run.checkpoint_at,
        limit_until=run.started_at + limit + obeyed_within if run.started_at and limit else None,
        stop_until=run.cancel_at + obeyed_within if run.cancel_at else None,
        reported_us=reported_us(unit.runs.reports(run.id)),
        stale=job.epoch != run.epoch,
        displaced=run.displaced is not None,
        owed=None if run.booking is None or run.cancel_at is None else run.booking.owed(run.cancel_at),
    )


def _issue(unit: Unit, exchange: Exchange, receipt: Receipt, *, by_site: bool) -> None:
    envelope = Envelope(KIND, payload(receipt)).sign("exchange", exchange.signer)
    unit.receipts.add(
        receipt.id,
        run=receipt.run,
        job=receipt.job,
        organisation=receipt.organisation,
        site=receipt.site,
        amount=receipt.amount,
        envelope=envelope.to_json(),
        by_site=by_site,
    )
    unit.note("receipt.issued", receipt.id, organisation=receipt.organisation, job=receipt.job, run=receipt.run,
              site=receipt.site, amount=format_money(receipt.amount))  # fmt: skip


def countersign_receipt(unit: Unit, exchange: Exchange, *, site: SiteId, key: ReceiptId, data: object) -> bool:
    """The site's signature arrives; signing the same receipt again changes nothing. Raises InvalidSignature."""
    row = unit.receipts.row(key)
    if row.site != site:
        raise NotFound(noun="receipt", key=key)
    if row.state == "signed":
        return False
    signed = Envelope.from_json(data, kind=KIND)
    if canonical(signed.payload) != canonical(load(row.envelope)["payload"]):
        raise InvalidSignature(subject="receipt", reason="its content was changed")
    public = decode(unit.sites.get(site).public_key, length=PUBLIC_KEY_BYTES, subject="site key")
    check_receipt(signed, {"exchange": exchange.signer.public_key, "site": public}, exchange.verify)
    unit.receipts.sign(key, signed.to_json())
    unit.note("receipt.signed", key, organisation=row.organisation, job=row.job, site=site)
    return True
