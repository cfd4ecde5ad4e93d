"""Laws of money and usage (L1–L7, U1–U3) under random schedules, repeats, reorderings and forgeries."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.dispatch.run import RunReport
from gridtie.errors import GridtieError, HoldEnded, InsufficientFunds, TransferConflict
from gridtie.ledger.account import CASH, ROUNDING, asset_of, balance_of, bank_of, earnings_of, voucher_account
from gridtie.ledger.balance import Balance, Fold, check_transfer, verify
from gridtie.ledger.invoice import statement
from gridtie.ledger.lending import lend
from gridtie.ledger.settlement import Payer, hold_for, refund, release, settle, whole_residue
from gridtie.ledger.transfer import DEPOSIT, GENESIS, POST, Transfer, chain_hash, content, link
from gridtie.ledger.voucher import Voucher, book_of, issue, take_back
from gridtie.metering.receipt import RESIDUE_PER_MICRO, Receipt, from_payload, payload, settled_twice, without
from gridtie.metering.usage import Billed, RunFacts, Usage, Waived, billable, reported_us, saved_at
from gridtie.values.ids import (
    JobId,
    OrganisationId,
    ReceiptId,
    RunId,
    SiteId,
    TransferId,
    VoucherId,
    derived_id,
)
from gridtie.values.money import Micros, price_for
from gridtie.values.period import Period

T0 = datetime(2026, 5, 1, tzinfo=UTC)
BUYER, SELLER = (OrganisationId(derived_id("org", name)) for name in ("buyer", "seller"))
BUYING, EARNING = balance_of(BUYER), earnings_of(SELLER)
FEE_PPM = 20_000


def after(us: int) -> datetime:
    return T0 + timedelta(microseconds=us)


def span(start: int, length: int) -> Period:
    return Period(after(start), after(start + length))


@dataclass
class Books:
    """A ledger in memory that books through the same checks as the store."""

    fold: Fold = field(default_factory=Fold)
    rows: list[tuple[Transfer, str, str]] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    holds: dict[str, list[Transfer]] = field(default_factory=dict)

    def book(self, *transfers: Transfer) -> int:
        """All of them or, when one is refused, none: as a transaction of the store."""
        height = len(self.rows)
        try:
            return sum(self._one(transfer) for transfer in transfers)
        except GridtieError:
            del self.rows[height:]
            self.fold = Fold()
            for row, _, _ in self.rows:
                self.fold.apply(row)
            raise

    def _one(self, transfer: Transfer) -> bool:
        by_id = {row.id: row for row, _, _ in self.rows}
        hold = by_id.get(transfer.pending) if transfer.pending else None
        ended = hold is not None and hold.id not in self.fold.holds
        known = by_id.get(transfer.id)
        if not check_transfer(transfer, self.fold.balances, existing=known, hold=hold, hold_ended=ended):
            return False
        before = self.rows[-1][2] if self.rows else GENESIS
        self.fold.apply(transfer)
        self.rows.append((transfer, before, chain_hash(before, transfer)))
        return True

    def of(self, code: str) -> Balance:
        return self.fold.balances.get(code, Balance())

    def settled(self, receipt: Receipt) -> list[Transfer]:
        return [row for row, _, _ in self.rows if row.receipt == receipt.id]


def a_receipt(number: int, price: int, pieces: list[tuple[int, int, int]], limit: int | None = None) -> Receipt:
    """`pieces`: (gap before, length, units), in microseconds."""
    at, billed, waived = number * 10**13, [], []
    for gap, length, units in pieces:
        if gap:
            waived.append(Waived(span(at, gap), "interrupted"))
        billed.append(Billed(span(at + gap, length), units))
        at += gap + length
    return Receipt(
        id=ReceiptId(derived_id("rcpt", number)),
        run=RunId(derived_id("run", number)),
        job=JobId(derived_id("job", 0)),
        epoch=number + 1,
        organisation=BUYER,
        seller=SELLER,
        site=SiteId(derived_id("site", 0)),
        site_name="aurora",
        state="succeeded",
        unit="accelerator-hour",
        price=Micros(price),
        currency="CNY",
        usage=Usage(tuple(billed), tuple(waived)),
        limit=None if limit is None else Micros(limit),
    )


def a_voucher(amount: int) -> Voucher:
    return Voucher(
        id=VoucherId(derived_id("voucher", amount)),
        name="AI",
        issuer=SELLER,
        holder=BUYER,
        amount=Micros(amount),
        max_unit_price=None,
        window=Period(T0, after(10**12)),
    )


pieces = st.lists(
    st.tuples(st.integers(0, 10**9), st.integers(1, 2 * 10**10), st.integers(1, 64)), min_size=1, max_size=6
)
prices = st.integers(0, 50_000_000)
operations = st.one_of(
    st.tuples(st.just("deposit"), st.integers(1, 10**9)),
    st.tuples(st.just("run"), prices, pieces, st.integers(0, 10**9)),
    st.tuples(st.just("hold"), st.integers(1, 10**9)),
    st.tuples(st.just("release"), st.integers(0, 50)),
    st.tuples(st.just("settle"), st.integers(0, 50), prices, pieces),
    st.tuples(st.just("refund"), st.integers(0, 50), st.integers(0, 2 * 10**10), st.integers(1, 2 * 10**10)),
    st.tuples(st.just("repeat"), st.integers(0, 200)),
    st.tuples(st.just("expire")),
)
schedules = st.lists(operations, min_size=1, max_size=14)


def play(schedule: list[tuple], voucher: Voucher) -> Books:  # type: ignore[type-arg]
    """Runs a schedule; what is refused is refused for want of money or because a hold ended, and changes nothing."""
    books = Books()
    books.book(issue(voucher, at=T0))
    for number, (what, *args) in enumerate(schedule):
        at = after(number)
        try:
            perform(books, voucher, number, what, args, at)
        except (InsufficientFunds, HoldEnded):
            pass
        except TransferConflict:
            assert what == "settle"  # a second receipt of the same id with other figures
    return books


def hold(books: Books, voucher: Voucher, number: int, needed: int, at: datetime) -> list[Transfer]:
    code = voucher_account(voucher.id)
    payers = [Payer(code, books.of(code).available, "voucher"), Payer(BUYING, books.of(BUYING).available, "balance")]
    run = derived_id("run", number)
    made = hold_for(needed, payers, seller=SELLER, job=derived_id("job", 0), run=run, at=at)
    books.book(*made)
    books.holds[run] = made
    return made


def perform(books: Books, voucher: Voucher, number: int, what: str, args: list, at: datetime) -> None:  # type: ignore[type-arg]
    if what == "deposit":
        key = TransferId(derived_id("tx", number))
        books.book(Transfer(id=key, debit=CASH, credit=BUYING, amount=args[0], kind=DEPOSIT, at=at))
    elif what == "hold":
        hold(books, voucher, number, args[0], at)
    elif what == "run":
        price, parts, limit = args
        cost = min(a_receipt(number, price, parts).subtotal, limit)
        made = hold(books, voucher, number, cost + 7, at)
        bill(books, a_receipt(number, price, parts, sum(h.amount for h in made)), made, at)
    elif what in ("release", "settle") and books.holds:
        run = list(books.holds)[args[0] % len(books.holds)]
        made = books.holds[run]
        if what == "release":
            books.book(*release(made, at=at))
            return
        number_of = next(n for n in range(100) if derived_id("run", n) == run)
        bill(books, a_receipt(number_of, args[1], args[2], sum(h.amount for h in made)), made, at)
    elif what == "refund" and books.receipts:
        receipt = books.receipts[args[0] % len(books.receipts)]
        start = receipt.usage.billed[0].period.start
        lost = Period(start + timedelta(microseconds=args[1]), start + timedelta(microseconds=args[1] + args[2]))
        books.book(*refund(receipt, [lost], books.settled(receipt), reason="lost", at=at))
    elif what == "repeat" and books.rows:
        again = books.rows[args[0] % len(books.rows)][0]
        assert books.book(replace(again, at=at)) == 0
    elif what == "expire" and (back := take_back(voucher, books.of(voucher_account(voucher.id)), at=after(2 * 10**12))):
        books.book(back)


def bill(books: Books, receipt: Receipt, holds: list[Transfer], at: datetime) -> None:
    made = settle(receipt, holds, seller=SELLER, fee_ppm=FEE_PPM, at=at)
    if books.book(*made) and any(row.kind == POST for row in made) and receipt not in books.receipts:
        books.receipts.append(receipt)


@settings(max_examples=250)
@given(schedules, st.integers(1, 10**9))
def test_every_schedule_of_holds_bills_refunds_and_repeats_keeps_every_law(schedule, amount):
    voucher = a_voucher(amount)
    books = play(schedule, voucher)
    result = verify(books.rows)
    assert result.ok, result.broken
    assert sum(balance.posted for balance in result.balances.values()) == 0
    for code, balance in result.balances.items():
        assert balance.available >= 0 or code in (CASH, "grants", ROUNDING)
    for receipt in books.receipts:
        assert result.paid[receipt.id] == receipt.amount
        assert from_payload(payload(receipt)) == receipt
    assert settled_twice(books.receipts) == []
    # L6
    book = book_of(voucher, [row for row, _, _ in books.rows])
    assert book.issued == amount == book.spent + book.held + book.free + book.expired + book.revoked
    assert min(book.spent, book.held, book.free, book.expired) >= 0
    # Statements of any accounts add up to what the fold says.
    whole = Period(T0, after(10**13))
    for codes in ((BUYING,), (EARNING,), (BUYING, voucher_account(voucher.id))):
        made = statement([row for row, _, _ in books.rows], codes, whole)
        assert made.opening + sum(line.amount for line in made.lines) == made.closing
        assert made.closing == sum(result.balances.get(code, Balance()).posted for code in codes)


@settings(max_examples=200)
@given(schedules, st.data())
def test_any_flip_drop_swap_or_repeat_of_any_row_is_found(schedule, data):
    books = play([("deposit", 10**9), *schedule], a_voucher(10**6))
    rows = [(content(row), before, hashed) for row, before, hashed in books.rows]
    witness = (len(rows), rows[-1][2])
    assert verify(rows, witness=witness).ok
    at = data.draw(st.integers(0, len(rows) - 1))
    how = data.draw(st.sampled_from(["field", "hash", "previous", "drop", "swap", "repeat", "forge", "extra"]))
    row, before, hashed = rows[at]
    if how == "field":
        name = data.draw(st.sampled_from(sorted(row)))
        other = data.draw(st.sampled_from(["x", None, "1", 7]).filter(lambda value: value != row[name]))
        rows[at] = ({**row, name: other}, before, hashed)
    elif how == "hash":
        rows[at] = (row, before, flipped(hashed, data))
    elif how == "previous":
        rows[at] = (row, flipped(before, data), hashed)
    elif how == "drop":
        del rows[at]
    elif how == "swap":
        other = data.draw(st.integers(0, len(rows) - 1).filter(lambda n: n != at))
        rows[at], rows[other] = rows[other], rows[at]
    elif how == "repeat":
        rows.insert(at, rows[at])
    elif how == "extra":
        rows[at] = ({**row, "note": "x"}, before, hashed)
    else:  # A forger who computes the whole chain anew is found by who saw the old one.
        rows[at] = ({**row, "memo": row["memo"] + "x"}, before, hashed)
        previous, forged = GENESIS, []
        for entry, _, _ in rows:
            forged.append((entry, previous, link(previous, entry)))
            previous = forged[-1][2]
        rows = forged
        assert verify(rows).ok
    assert not verify(rows, witness=witness).ok


def flipped(text: str, data: st.DataObject) -> str:
    at = data.draw(st.integers(0, len(text) - 1))
    return text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1 :]


@given(prices, pieces, st.integers(0, 500_000))
def test_rounding_reconciles_to_the_micro(price, parts, fee_ppm):
    receipt = a_receipt(0, price, parts)
    books = Books()
    if not receipt.amount:
        return
    key = TransferId(derived_id("tx", 0))
    books.book(Transfer(id=key, debit=CASH, credit=BUYING, amount=receipt.amount, kind=DEPOSIT, at=T0))
    holds = hold_for(receipt.amount, [Payer(BUYING, receipt.amount, "balance")], seller=SELLER, job="j", run="r", at=T0)
    books.book(*holds, *settle(receipt, holds, seller=SELLER, fee_ppm=fee_ppm, at=T0))
    exact = sum(price * piece.units * piece.period.duration_us for piece in receipt.usage.billed)
    assert all(abs(line.residue) * 2 <= RESIDUE_PER_MICRO for line in receipt.lines)
    assert exact == receipt.amount * RESIDUE_PER_MICRO + receipt.residue
    provider = books.of(EARNING).posted + books.of("fees").posted
    assert abs(exact - provider * RESIDUE_PER_MICRO) < RESIDUE_PER_MICRO
    assert books.of(ROUNDING).posted == -whole_residue(receipt.residue)
    assert books.of(BUYING) == Balance(receipt.amount, receipt.amount, 0)


@given(prices, pieces, st.lists(st.tuples(st.integers(0, 10**11), st.integers(1, 10**11)), max_size=5))
def test_hours_of_the_bank_obey_the_laws_of_money_without_a_fee_and_never_mix_with_it(price, parts, losses):
    receipt = replace(a_receipt(0, price, parts), currency="bank:cpu")
    books, key = Books(), TransferId(derived_id("tx", 0))
    if not receipt.amount:
        return
    books.book(lend(BUYER, "cpu", receipt.amount, key=key, at=T0))
    purse = bank_of(BUYER, "cpu")
    held = hold_for(receipt.amount, [Payer(purse, receipt.amount, "hours")], seller=SELLER, job="j", run="r", at=T0,
                    asset="cpu")  # fmt: skip
    books.book(*held, *settle(receipt, held, seller=SELLER, fee_ppm=FEE_PPM, at=T0))
    for start, length in losses:
        books.book(*refund(receipt, [span(start, length)], books.settled(receipt), reason="lost", at=T0))
    proof = verify(books.rows)
    assert proof.ok, proof.broken
    assert {asset_of(code) for code in proof.balances} == {"cpu"}
    assert sum(balance.posted for balance in proof.balances.values()) == 0
    assert abs(books.of(purse).posted + books.of(bank_of(SELLER, "cpu")).posted - receipt.amount) <= 1 + len(parts)


@given(prices, pieces, st.lists(st.tuples(st.integers(0, 10**11), st.integers(1, 10**11)), min_size=1, max_size=5))
def test_refunds_in_any_steps_come_to_the_same_and_never_twice(price, parts, losses):
    receipt = a_receipt(0, price, parts)
    lost = [span(start, length) for start, length in losses]
    if not receipt.amount:
        return
    half = receipt.amount // 2
    voucher = a_voucher(max(1, half))
    books = Books()
    books.book(issue(voucher, at=T0))
    key = TransferId(derived_id("tx", 0))
    books.book(Transfer(id=key, debit=CASH, credit=BUYING, amount=receipt.amount, kind=DEPOSIT, at=T0))
    holds = hold(books, voucher, 0, receipt.amount, T0)
    bill(books, receipt, holds, T0)
    so_far: list[Period] = []
    for period in lost:
        so_far.append(period)
        books.book(*refund(receipt, so_far, books.settled(receipt), reason="lost", at=T0))
        assert refund(receipt, so_far, books.settled(receipt), reason="lost", at=T0) == []
    result = verify(books.rows)
    assert result.ok, result.broken
    back = books.of(BUYING).posted + books.of(voucher_account(voucher.id)).posted - receipt.amount - voucher.amount
    left = without(receipt, lost, "lost")
    # Cutting a line in pieces rounds each: a step may give back a micro-unit that a later cut would not.
    assert abs(-back - left.amount) <= 2 * len(lost) + len(parts)


# ── usage ─────────────────────────────────────────────────────────────────────────────────────────────────────────
instants = st.integers(0, 10**10).map(after)
facts = st.builds(
    RunFacts,
    state=st.sampled_from(["succeeded", "failed", "cancelled", "rejected", "lost"]),
    units=st.integers(1, 64),
    started_at=st.none() | instants,
    finished_at=st.none() | instants,
    ended_at=instants,
    checkpoint_at=st.none() | instants,
    limit_until=st.none() | instants,
    stop_until=st.none() | instants,
    reported_us=st.none() | st.integers(0, 10**10),
    changes=st.lists(st.tuples(instants, st.integers(0, 64)), max_size=4).map(tuple),
    interruptions=st.lists(
        st.builds(
            lambda start, length, reason: Waived(Period(start, start + timedelta(microseconds=length)), reason),
            instants,
            st.integers(0, 10**9),
            st.sampled_from(["preempted", "site maintenance"]),
        ),
        max_size=4,
    ).map(tuple),
    stale=st.booleans(),
)


def unit_us(usage: Usage) -> int:
    return sum(billed.units * billed.period.duration_us for billed in usage.billed)


@settings(max_examples=400)
@given(facts)
def test_intervals_never_overlap_holes_are_explicit_and_nothing_beyond_a_limit_or_an_order_to_stop_is_billed(known):
    usage = billable(known)
    if known.started_at is None or known.state == "rejected":
        assert usage == Usage()
        return
    spans = sorted([b.period for b in usage.billed] + [w.period for w in usage.waived], key=lambda p: (p.start, p.end))
    assert all(period.duration_us > 0 for period in spans)
    assert all(first.end == second.start for first, second in pairwise(spans))
    if spans:
        assert spans[0].start == known.started_at
        assert spans[-1].end <= known.ended_at
    for billed in usage.billed:
        assert known.limit_until is None or billed.period.end <= known.limit_until
        assert known.stop_until is None or billed.period.end <= known.stop_until
        assert not any(billed.period.overlaps(hole.period) for hole in known.interruptions if hole.period.duration_us)
        assert 0 < billed.units <= max([known.units, *(units for _, units in known.changes)])
        if known.state == "lost":
            assert known.checkpoint_at is not None
            assert billed.period.end <= known.checkpoint_at
    if known.stale:
        assert usage.billed == ()


@given(facts, st.integers(0, 10**10))
def test_what_a_site_reports_may_lower_a_bill_and_never_raise_it(known, claimed):
    assert unit_us(billable(replace(known, reported_us=claimed))) <= unit_us(billable(replace(known, reported_us=None)))


@given(facts, instants, st.none() | st.integers(0, 10**10), instants)
def test_a_lost_run_is_billed_for_no_longer_than_its_checkpoint_was_under_way_was_leased_and_says(
    known, arrived, ran_us, lease_until
):
    saved = saved_at(arrived=arrived, started=known.started_at, ran_us=ran_us, lease_until=lease_until)
    usage = billable(replace(known, state="lost", checkpoint_at=saved))
    for billed in usage.billed:
        assert billed.period.end <= min(arrived, lease_until)
    if ran_us is not None:
        assert sum(billed.period.duration_us for billed in usage.billed) <= ran_us


@given(facts, st.permutations(["accept", "start", "finish", "succeed"]), st.data())
def test_reports_in_any_order_and_any_number_give_the_same_receipt(known, order, data):
    names = ["accept", "start", "finish", "succeed"]
    offsets = data.draw(st.lists(st.integers(0, 10**9), min_size=4, max_size=4))
    reports = {name: RunReport(seq=n, event=name, at=after(offsets[n])) for n, name in enumerate(names)}
    again = data.draw(st.lists(st.sampled_from(names), max_size=6))
    straight = reported_us(reports.values())
    shuffled = reported_us([reports[name] for name in [*order, *again]])
    assert straight == shuffled
    first, second = (billable(replace(known, reported_us=us)) for us in (straight, shuffled))
    prices_of = [price_for(2_500_000, b.units, b.period.duration_us) for b in first.billed]
    assert prices_of == [price_for(2_500_000, b.units, b.period.duration_us) for b in second.billed]
    assert billable(replace(known, interruptions=known.interruptions[::-1], changes=known.changes)) == billable(known)


def test_the_same_id_with_other_content_is_refused_whichever_field_differs():
    first = Transfer(id=TransferId(derived_id("tx", 1)), debit=CASH, credit=BUYING, amount=5, kind=DEPOSIT, at=T0)
    books = Books()
    assert books.book(first) == 1
    for change in ({"amount": 6}, {"credit": EARNING}, {"kind": "refund"}, {"memo": "x"}, {"job": "job_x"}):
        with pytest.raises(TransferConflict):
            books.book(replace(first, **change))
    assert books.book(replace(first, at=after(5))) == 0
    assert len(books.rows) == 1
    assert issubclass(TransferConflict, GridtieError)
