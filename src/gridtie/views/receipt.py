"""Receipts, statements and vouchers as the faces show them."""

from typing import Any

from gridtie.errors import InvalidSignature
from gridtie.flow.exchange import Exchange
from gridtie.identity.signing import Envelope, Verify
from gridtie.ledger.account import balance_of, earnings_of, owner_of, voucher_account
from gridtie.ledger.balance import Balance, verify
from gridtie.ledger.invoice import Statement, statement, to_csv, to_json
from gridtie.ledger.transfer import from_content
from gridtie.ledger.voucher import Voucher, book_of
from gridtie.metering.receipt import KIND, Receipt, check_receipt, from_payload, lines, settled_twice
from gridtie.store.journal import broken_link, last_seq, load
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId, VoucherId
from gridtie.values.money import format_money
from gridtie.values.period import Period, from_us, to_text

_SIGNED = {
    "signed": "signed by exchange and site",
    "awaiting-site": "signed by the exchange, the site's is awaited",
    "exchange-alone": "signed by the exchange alone: its site never saw it run",
}


def receipt_view(row: Any) -> dict[str, Any]:
    envelope = load(row.envelope)
    signed = _SIGNED[row.state]
    return {
        "id": row.id,
        "run": row.run,
        "job": row.job,
        "state": row.state,
        "amount": format_money(row.amount),
        "created_at": to_text(from_us(row.created_us)),
        "signed_at": None if row.signed_us is None else to_text(from_us(row.signed_us)),
        "lines": [*lines(envelope["payload"]), f"  {signed}"],
        "envelope": envelope,
    }


def _receipt(row: Any) -> Receipt:
    return from_payload(load(row.envelope)["payload"])


def _checked(row: Any, public_key: bytes, verified: Verify) -> Receipt:
    """As the exchange signed it, and filed under what it says. Raises InvalidSignature."""
    try:
        envelope = Envelope.from_json(load(row.envelope), kind=KIND)
    except ValueError:
        raise InvalidSignature(subject="receipt", reason="it is not JSON") from None
    found = check_receipt(envelope, {"exchange": public_key}, verified)
    filed = (row.id, row.run, row.job, row.organisation, row.site, row.amount)
    if filed != (found.id, found.run, found.job, found.organisation, found.site, found.amount):
        raise InvalidSignature(subject="receipt", reason="its row says something else than what was signed")
    return found


def accounts_view(unit: Unit, own: OrganisationId | None) -> list[dict[str, Any]]:
    """Of this organisation, None: of all. People know each other by their names, not by ids."""
    codes = None if own is None else [*account_codes(unit, own), *hour_codes(unit, own)]
    names = unit.parties.names(None if own is None else [own])
    holders = {voucher.id: voucher.holder for voucher in unit.vouchers.page(holder=own, before=None, limit=None)}
    found = []
    for code, balance in unit.ledger.balances(codes).items():
        owner = owner_of(code)
        found.append(_balance_view(names.get(holders.get(VoucherId(owner), owner)) if owner else None, code, balance))
    return found


def _balance_view(owner: str | None, code: str, balance: Balance) -> dict[str, Any]:
    return {
        "organisation": owner,
        "account": code,
        "posted": format_money(balance.posted),
        "held": format_money(balance.held),
        "available": format_money(balance.available),
    }


def transfer_view(row: Any) -> dict[str, Any]:
    document = load(row.document)
    return {**document, "seq": row.seq, "amount": format_money(int(document["amount"])), "hash": row.hash}


def account_codes(unit: Unit, organisation: OrganisationId) -> list[str]:
    """Balance, earnings, and the vouchers it holds."""
    vouchers = unit.vouchers.page(holder=organisation, before=None, limit=1000)
    return [balance_of(organisation), earnings_of(organisation), *(voucher_account(v.id) for v in vouchers)]


def hour_codes(unit: Unit, organisation: OrganisationId) -> list[str]:
    """Its accounts with the compute bank."""
    return list(unit.ledger.balances([f"org:{organisation}:bank:", f"org:{organisation}:lent:"]))


def statement_view(unit: Unit, organisation: OrganisationId, period: Period, *, currency: str) -> dict[str, Any]:
    made = _statement(unit, organisation, period, currency)
    return {"organisation": unit.parties.organisation(organisation).name, **to_json(made)}


def statement_csv(unit: Unit, organisation: OrganisationId, period: Period, *, currency: str) -> str:
    return to_csv(_statement(unit, organisation, period, currency))


def _statement(unit: Unit, organisation: OrganisationId, period: Period, currency: str) -> Statement:
    codes = account_codes(unit, organisation)
    transfers = [from_content(load(row.document)) for row in unit.ledger.of_accounts(codes)]
    settled = {transfer.receipt for transfer in transfers if transfer.receipt and period.contains(transfer.at)}
    receipts = {key: _receipt(unit.receipts.row(key)) for key in sorted(settled)}
    return statement(transfers, tuple(codes), period, receipts=receipts, currency=currency)


def voucher_view(unit: Unit, voucher: Voucher) -> dict[str, Any]:
    rows = unit.ledger.of_accounts([voucher_account(voucher.id)])
    book = book_of(voucher, [from_content(load(row.document)) for row in rows])
    over = "revoked" if book.revoked else "expired" if unit.at >= voucher.window.end else ""
    return {
        "id": voucher.id,
        "name": voucher.name,
        "holder": voucher.holder,
        "amount": format_money(voucher.amount),
        "left": format_money(book.free),
        "held": format_money(book.held),
        "spent": format_money(book.spent),
        "expired": format_money(book.expired),
        "revoked": format_money(book.revoked),
        "max_unit_price": None if voucher.max_unit_price is None else format_money(voucher.max_unit_price),
        "chips": list(voucher.chips),
        "hubs": list(voucher.hubs),
        "from": to_text(voucher.window.start),
        "until": to_text(voucher.window.end),
        "state": over or ("valid" if book.free or book.held else "spent"),
    }


def verification(unit: Unit, exchange: Exchange) -> dict[str, Any]:
    return proof_of_books(unit, exchange.signer.public_key, exchange.verify)


def proof_of_books(unit: Unit, public_key: bytes, verified: Verify) -> dict[str, Any]:
    """Recomputes the books from their transfers alone and compares everything that is kept beside them."""
    result = verify(unit.ledger.chain())
    broken = list(result.broken)
    broken += [f"the columns of number {seq} differ from its sealed content" for seq in unit.ledger.unlike_content()]
    kept = unit.ledger.balances(None)
    for code in sorted(kept.keys() | result.balances.keys()):
        if result.balances.get(code, Balance()) != kept.get(code, Balance()):
            broken.append(f"the account row of {code} differs from its transfers")
    if (link := broken_link(unit.connection)) is not None:
        broken.append(f"the journal's chain breaks at number {link}")
    receipts = unit.receipts.all()
    for row in receipts:
        paid = result.paid.get(row.id, 0)
        if paid != row.amount:
            broken.append(f"{row.id} says {format_money(row.amount)}, the ledger {format_money(paid)}")
    issued = {row.id for row in receipts}
    broken += [f"{key} was paid but never issued" for key in result.paid if key not in issued]
    readable = []
    for row in receipts:
        try:
            readable.append(_checked(row, public_key, verified))
        except InvalidSignature as wrong:
            broken.append(f"{row.id}: {wrong.message}")
    broken += settled_twice(readable)
    signed = sum(row.state == "signed" for row in receipts)
    transfers, facts = f"{result.height} transfers", f"journal of {last_seq(unit.connection)} facts"
    lines_ = [
        f"books balance: {transfers}, debits = credits, {format_money(result.held)} held, chain {result.root[:12]}",
        f"{len(receipts)} receipts, each paid exactly once, {signed} signed by both sides; {facts} unbroken",
    ]
    if broken:  # which may be the books, and may be a signature or the journal alone
        lines_ = [f"DOES NOT HOLD, of {transfers}, {len(receipts)} receipts and a {facts}:", *broken]
    return {
        "ok": not broken,
        "height": result.height,
        "root": result.root,
        "broken": broken,
        "accounts": len(result.balances),
        "receipts_checked": len(receipts),
        "lines": lines_,
    }
