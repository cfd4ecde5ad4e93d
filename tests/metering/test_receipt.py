from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridtie.adapters.signers.ed25519 import Ed25519Signer, verify
from gridtie.errors import AmountOutOfRange, InvalidSignature
from gridtie.identity.signing import Envelope
from gridtie.metering.receipt import KIND, Receipt, check_receipt, from_payload, lines, payload, settled_twice, without
from gridtie.metering.usage import Billed, Usage, Waived
from gridtie.values.ids import JobId, OrganisationId, ReceiptId, RunId, SiteId, derived_id
from gridtie.values.money import MICROS_MAX, Micros
from gridtie.values.period import Period

EXCHANGE, SITE, STRANGER = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2, 3))
KEYS = {"exchange": EXCHANGE.public_key, "site": SITE.public_key}


def at(seconds: float) -> datetime:
    return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=seconds)


RECEIPT = Receipt(
    id=ReceiptId("rcpt_1"),
    run=RunId("run_1"),
    job=JobId("job_1"),
    epoch=2,
    organisation=OrganisationId(derived_id("org", 1)),
    seller=OrganisationId(derived_id("org", 2)),
    site=SiteId("site_1"),
    site_name="aurora",
    state="lost",
    unit="accelerator-hour",
    price=Micros(2_500_000),
    currency="CNY",
    usage=Usage(
        (Billed(Period(at(0), at(60.25)), 4), Billed(Period(at(70), at(100)), 1)),
        (Waived(Period(at(60.25), at(70)), "preempted"), Waived(Period(at(100), at(112)), "lost by the site")),
    ),
)


def signed(data: dict[str, Any], *, site: Ed25519Signer = SITE) -> Envelope:
    return Envelope(KIND, data).sign("exchange", EXCHANGE).sign("site", site)


def test_a_receipt_signed_by_both_sides_is_checked_from_its_own_lines():
    assert check_receipt(signed(payload(RECEIPT)), KEYS, verify) == RECEIPT
    assert (RECEIPT.subtotal, RECEIPT.amount) == (167_361 + 20_833, 188_194)


def test_every_cent_is_explained_in_words():
    assert lines(payload(RECEIPT)) == [
        "rcpt_1  job_1 run 2 at aurora, lost",
        "  60.25 s × 4 accelerators × 2.50 per accelerator-hour = 0.167361 CNY",
        "  30 s × 1 accelerator × 2.50 per accelerator-hour = 0.020833 CNY",
        "  total 0.188194 CNY",
        "  9.75 s not billed: preempted",
        "  12 s not billed: lost by the site",
    ]
    assert "  nothing billed" in lines(payload(replace(RECEIPT, usage=Usage())))


def test_a_limit_caps_it_and_says_so():
    capped = replace(RECEIPT, limit=Micros(100_000))
    assert (capped.amount, capped.residue) == (100_000, 0)
    assert "  less 0.088194, which lies beyond the 0.10 held for it" in lines(payload(capped))
    assert check_receipt(signed(payload(capped)), KEYS, verify) == capped


def changed(**changes: Any) -> dict[str, Any]:
    return {**payload(RECEIPT), **changes}


def first_line(**changes: Any) -> dict[str, Any]:
    data = payload(RECEIPT)
    return {**data, "lines": [{**data["lines"][0], **changes}, *data["lines"][1:]]}


@pytest.mark.parametrize(
    "data",
    [
        changed(amount="0.188195"),
        changed(amount="0.188193"),
        changed(price="2.51"),
        changed(limit="0.10"),
        changed(residue="0"),
        changed(note="extra"),
        changed(lines=None),
        changed(price="-2.50"),
        changed(epoch=True),
        changed(waived=[{"start": "yesterday", "end": "today", "reason": ""}]),
        first_line(units=5),
        first_line(units=-4),
        first_line(amount="0.167362"),
        first_line(end="2026-05-01T00:01:01Z"),
        first_line(end="2026-04-01T00:00:00Z"),
        {},
    ],
)
def test_a_figure_that_does_not_follow_is_refused_though_both_signed_it(data):
    with pytest.raises(InvalidSignature):
        check_receipt(signed(data), KEYS, verify)


def test_an_interval_that_counts_twice_is_refused_though_both_signed_it():
    twice = replace(RECEIPT, usage=Usage((*RECEIPT.usage.billed, RECEIPT.usage.billed[0])))
    with pytest.raises(InvalidSignature, match="counts twice"):
        check_receipt(signed(payload(twice)), KEYS, verify)


def test_a_stranger_or_one_side_alone_cannot_sign_it():
    with pytest.raises(InvalidSignature):
        check_receipt(signed(payload(RECEIPT), site=STRANGER), KEYS, verify)
    with pytest.raises(InvalidSignature):
        check_receipt(Envelope(KIND, payload(RECEIPT)).sign("exchange", EXCHANGE), KEYS, verify)


def test_an_amount_that_the_books_cannot_carry_is_no_receipt():
    with pytest.raises(AmountOutOfRange):
        replace(RECEIPT, price=Micros(MICROS_MAX), usage=Usage((Billed(Period(at(0), at(3601)), 1),)))


def test_without_a_lost_interval_only_its_own_time_is_taken_out():
    less = without(RECEIPT, [Period(at(50), at(80)), Period(at(500), at(600))], "lost")
    assert less.usage.billed == (Billed(Period(at(0), at(50)), 4), Billed(Period(at(80), at(100)), 1))
    assert check_receipt(signed(payload(less)), KEYS, verify) == less
    assert from_payload(payload(less)).amount < RECEIPT.amount


def test_two_receipts_for_one_run_or_one_instant_of_a_job_are_named():
    again = replace(RECEIPT, id=ReceiptId("rcpt_2"))
    assert len(settled_twice([RECEIPT, again])) >= 2
    resumed = replace(again, run=RunId("run_2"), usage=Usage((Billed(Period(at(100), at(130)), 4),)))
    assert settled_twice([RECEIPT, resumed]) == []
    early = replace(resumed, usage=Usage((Billed(Period(at(99), at(130)), 4),)))
    assert settled_twice([early, RECEIPT]) == ["rcpt_1 and rcpt_2 bill job_1 for the same time"]
