"""What a site reports becomes of the run, the job and the money, once, and only from whom it concerns."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gridtie.dispatch.record import REJECTIONS_MAX, rest_until
from gridtie.dispatch.run import RunReport
from gridtie.errors import ForbiddenMove, InvalidSignature, NotFound, OffsetMismatch, StaleEpoch
from gridtie.flow.advance_runs import DETAIL_MAX, take_reports
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.settle_run import countersign_receipt
from gridtie.identity.signing import Envelope
from gridtie.lifecycle import RUN
from gridtie.market.lateness import to_second
from gridtie.store.journal import load
from gridtie.values.period import from_text, from_us, to_the_second
from gridtie.views.job import job_detail

YUAN = 1_000_000
WAY = {
    "assigned": (),
    "accepted": ("accept",),
    "running": ("accept", "start"),
    "finishing": ("accept", "start", "finish"),
    "succeeded": ("accept", "start", "finish", "succeed"),
    "failed": ("accept", "start", "fail"),
    "cancelled": ("accept", "cancel"),
    "rejected": ("reject",),
    "lost": ("accept", "start", "lose"),
}


@pytest.fixture
def north(world: Any) -> Any:
    site = world.site("north", world.organisation("seller"))
    world.offer(site, YUAN)
    return site


@pytest.fixture
def buyer(world: Any) -> Any:
    return world.organisation("buyer", balance=100 * YUAN)


def reported(world: Any, run: Any, site: Any, *reports: RunReport, epoch: int = 1) -> Any:
    return world.write(
        lambda unit: take_reports(unit, world.exchange, site=site, key=run, epoch=epoch, reports=reports)
    )


def report(world: Any, seq: int, event: str, **more: Any) -> RunReport:
    return RunReport(seq=seq, event=event, at=world.clock.now(), **more)


def test_a_job_says_when_its_run_should_end_until_it_ended(world: Any, north: Any, buyer: Any, spec: Any) -> None:
    def expected_end(job: Any) -> Any:
        return world.read(lambda unit: job_detail(unit, world.exchange, job))["expected_end"]

    waiting = world.submit(buyer, replace(spec(), expected=timedelta(hours=3)))
    assert expected_end(waiting) is None
    world.alive()
    world.clear()
    run = world.job(waiting).run
    world.report(run, "accept", "start")
    began = from_us(world.run(run).started_us)
    assert began + timedelta(hours=3) <= from_text(expected_end(waiting)) <= began + timedelta(hours=3, seconds=1)
    world.report(run, "finish", "succeed", exit_code=0)
    assert expected_end(waiting) is None


@pytest.mark.parametrize("state", RUN.states)
def test_from_every_state_each_event_does_what_the_table_says_and_no_other_does_anything(
    world: Any, north: Any, buyer: Any, state: str
) -> None:
    for event in (*RUN.events, "explode"):
        job, run = world.placed(buyer)
        world.report(run, *WAY[state])
        assert world.run(run).state == state
        before = world.rows()
        seq = world.run(run).next_seq
        if state in RUN.final:  # absorbed: acknowledged, so that the agent stops repeating it, and nothing else
            assert reported(world, run, north.id, report(world, seq, event)) == (seq + 1, state)
            after = world.rows()
            changed = {name for name in after if after[name] != before[name]}
            assert changed == {"run", "run_event"}
        elif RUN.allows(state, event):
            assert reported(world, run, north.id, report(world, seq, event))[1] == RUN.moves[state, event]
        else:
            with pytest.raises(ForbiddenMove):
                reported(world, run, north.id, report(world, seq, event))
            assert world.rows() == before
        finish(world, job)


def finish(world: Any, job: Any) -> None:
    """Ends a job in whatever state it is, so that the next one finds the machine free."""
    world.write(lambda unit: cancel_job(unit, job))
    row = world.job(job)
    if row.state in ("placed", "running"):
        world.report(row.run, "cancel")
    assert world.job(job).ended_us is not None


def test_every_state_of_a_run_is_reached_by_reports_alone() -> None:
    assert set(WAY) == set(RUN.states)


def test_a_report_of_another_site_changes_nothing(world: Any, north: Any, buyer: Any) -> None:
    south = world.site("south", world.organisation("other"))
    _, run = world.placed(buyer)
    before = world.rows()
    with pytest.raises(StaleEpoch):
        reported(world, run, south.id, report(world, 0, "accept"))
    assert world.rows() == before


@pytest.mark.parametrize("epoch", [0, 2])
def test_a_report_of_another_epoch_changes_nothing(world: Any, north: Any, buyer: Any, epoch: int) -> None:
    _, run = world.placed(buyer)
    before = world.rows()
    with pytest.raises(StaleEpoch):
        reported(world, run, north.id, report(world, 0, "accept"), epoch=epoch)
    assert world.rows() == before


def test_a_run_that_is_not_there_is_not_found(world: Any, north: Any) -> None:
    with pytest.raises(NotFound):
        reported(world, "run_" + "0" * 26, north.id, report(world, 0, "accept"))


def test_a_late_finisher_of_an_old_epoch_neither_earns_nor_ends_the_job(world: Any, north: Any, buyer: Any) -> None:
    south = world.site("south", world.organisation("other"))
    world.offer(south, 2 * YUAN)
    job, old = world.placed(buyer)
    world.report(old, "accept", "start", "lose")
    world.alive()
    assert world.clear() == 1
    new = world.job(job).run
    assert (world.run(new).epoch, world.run(new).site) == (2, south.id)
    before = world.rows()
    with pytest.raises(StaleEpoch):
        reported(world, old, north.id, report(world, 3, "succeed", exit_code=0))
    assert world.rows() == before
    assert world.paid(job) == [0]  # the receipt of the lost run, which says what was not billed and why


def test_a_repeated_report_is_acknowledged_and_counts_once(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    first = [report(world, 0, "accept"), report(world, 1, "start")]
    assert reported(world, run, north.id, *first) == (2, "running")
    before = world.rows()
    assert reported(world, run, north.id, *first) == (2, "running")
    assert world.rows() == before
    world.later(minutes=30)
    last = [report(world, 2, "finish"), report(world, 3, "succeed", exit_code=0)]
    assert reported(world, run, north.id, *first, *last) == (4, "succeeded")
    before = world.rows()
    assert reported(world, run, north.id, *last) == (4, "succeeded")
    assert world.rows() == before
    assert len(world.paid(job)) == 1


def test_a_gap_is_refused_with_the_number_that_is_missing_and_nothing_of_the_batch_stays(
    world: Any, north: Any, buyer: Any
) -> None:
    _, run = world.placed(buyer)
    before = world.rows()
    with pytest.raises(OffsetMismatch) as refused:
        reported(world, run, north.id, report(world, 0, "accept"), report(world, 2, "finish"))
    assert refused.value.params["expected"] == 1
    assert world.rows() == before


def test_an_impossible_report_takes_its_whole_batch_back(world: Any, north: Any, buyer: Any) -> None:
    _, run = world.placed(buyer)
    before = world.rows()
    with pytest.raises(ForbiddenMove):
        reported(world, run, north.id, report(world, 0, "accept"), report(world, 1, "succeed"))
    assert world.rows() == before


def test_a_run_that_succeeds_is_paid_for_the_time_the_exchange_saw(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    assert (world.balance(buyer).held, world.job(job).hold_total) == (YUAN, YUAN)
    world.report(run, "accept")
    world.later(minutes=10)  # staging costs nothing
    world.report(run, "start")
    assert world.job(job).state == "running"
    world.later(minutes=15)
    world.report(run, "finish")
    world.later(minutes=10)  # nor does carrying the results away
    world.report(run, "succeed", exit_code=0)
    assert (world.job(job).state, world.job(job).exit_code, world.job(job).hold_total) == ("succeeded", 0, 0)
    [paid] = world.paid(job)
    assert 250_000 <= paid <= 250_001
    assert world.balance(buyer).held == 0
    assert world.balance(buyer).posted == 100 * YUAN - paid
    assert world.earnings(north.owner).posted == paid
    assert world.kinds(run) == [
        "run.assigned", "run.accepted", "run.running", "run.finishing", "run.succeeded",
    ]  # fmt: skip


@pytest.mark.parametrize("settings", [{"fee_ppm": 100_000}])
def test_the_fee_comes_out_of_what_the_site_earns(world: Any, north: Any, buyer: Any, settings: Any) -> None:
    job, run = world.placed(buyer)
    world.ran(run, minutes=30)
    [paid] = world.paid(job)
    assert world.balance(buyer).posted == 100 * YUAN - paid
    assert world.earnings(north.owner).posted == pytest.approx(paid * 0.9, abs=1)


def test_a_site_that_reports_less_time_is_paid_less_and_one_that_reports_more_is_not_paid_more(
    world: Any, north: Any, buyer: Any
) -> None:
    paid = []
    for own_minutes in (10, 50):
        job, run = world.placed(buyer)
        world.report(run, "accept")
        start = world.clock.now()
        reported(world, run, north.id, RunReport(seq=1, event="start", at=start))
        world.later(minutes=30)
        end = start + timedelta(minutes=own_minutes)
        reported(world, run, north.id, RunReport(seq=2, event="finish", at=end), report(world, 3, "succeed"))
        paid += world.paid(job)
    assert paid[0] == pytest.approx(YUAN / 6, abs=2)
    assert paid[1] == pytest.approx(YUAN / 2, abs=2)


def test_a_job_that_fails_by_itself_pays_and_ends(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    world.report(run, "accept", "start")
    world.later(minutes=30)
    world.report(run, "finish")
    world.report(run, "fail", exit_code=3, reason="exit")
    row = world.job(job)
    assert (row.state, row.exit_code, row.reason) == ("failed", 3, "its command ended with exit code 3")
    assert len(world.paid(job)) == 1


def test_a_run_that_never_started_costs_nothing_and_leaves_no_receipt(world: Any, north: Any, buyer: Any) -> None:
    job, run = world.placed(buyer)
    world.report(run, "accept")
    world.later(minutes=30)
    world.report(run, "reject", reason="sandbox")
    assert world.paid(job) == []
    assert (world.balance(buyer).posted, world.balance(buyer).held) == (100 * YUAN, 0)


def test_sites_that_refuse_a_job_one_after_the_other_end_it_with_the_last_reason(world: Any, buyer: Any) -> None:
    seller = world.organisation("seller")
    for number in range(REJECTIONS_MAX):
        world.offer(world.site(f"s{number}", seller), YUAN)
    job = world.submit(buyer)
    for number in range(REJECTIONS_MAX):
        assert world.job(job).state == "queued", number
        world.alive()
        assert world.clear() == 1
        world.report(world.job(job).run, "reject", reason="no sandbox here")
    row = world.job(job)
    assert (row.state, row.reason_code, row.retries) == ("failed", "rejected", 0)
    assert "no sandbox here" in row.reason
    assert len({run.site for run in world.runs(job)}) == REJECTIONS_MAX


def test_a_site_that_says_a_book_of_why_it_refuses_fills_no_list_of_jobs(world: Any, north: Any, buyer: Any) -> None:
    job = world.submit(buyer)
    assert world.clear() == 1
    world.report(world.job(job).run, "reject", reason="site", detail="no room " * 10_000)
    row = world.job(job)
    assert row.reason.startswith("the site refused it: no room")
    assert len(row.reason) < DETAIL_MAX + 100


def test_a_job_refused_by_its_only_site_waits_longer_each_time_says_until_when_and_ends_at_last(
    world: Any, north: Any, buyer: Any
) -> None:
    job, began = world.submit(buyer), world.clock.now()
    for number in range(1, REJECTIONS_MAX + 1):
        world.alive()
        assert world.clear() == 1, number
        world.report(world.job(job).run, "reject", reason="site", detail="the image a/b is not at this site")
        if number == REJECTIONS_MAX:
            break
        until = rest_until(number, world.clock.now())
        world.later(seconds=(until - world.clock.now()).total_seconds() - 1)
        world.alive()
        assert world.clear() == 0, number
        refusal = load(world.read(lambda unit: unit.market.request_row(job).refusal))
        assert (refusal["code"], to_the_second(to_second(until)) in refusal["reason"]) == ("resting", True), refusal
        assert world.job(job).reason == f"{refusal['reason']}; it said: the image a/b is not at this site"
        world.later(seconds=1)
    row = world.job(job)
    assert (row.state, row.reason_code) == ("failed", "rejected")
    assert "it was refused 8 times in a row, at last because: the image a/b is not at this site" in row.reason
    assert timedelta(minutes=20) < world.clock.now() - began < timedelta(minutes=22)
    assert (world.balance(buyer).posted, world.balance(buyer).held) == (100 * YUAN, 0)


def test_while_one_site_rests_another_takes_the_job_and_a_site_that_was_refused_by_all_rests_too(
    world: Any, north: Any, buyer: Any
) -> None:
    job = world.submit(buyer)
    assert world.clear() == 1
    world.report(world.job(job).run, "reject", reason="no room")
    south = world.site("south", world.organisation("other"))
    world.offer(south, 2 * YUAN)
    assert world.clear() == 1, "dearer, and at once"
    assert world.run(world.job(job).run).site == south.id
    world.report(world.job(job).run, "reject", reason="no room")
    assert world.clear() == 0, "both rest"
    world.clock.advance(rest_until(1, world.clock.now()) - world.clock.now())
    world.alive()
    assert world.clear() == 1
    assert world.run(world.job(job).run).site == north.id


def test_a_follower_starts_when_its_predecessor_succeeded(world: Any, north: Any, buyer: Any, spec: Any) -> None:
    first, second = world.submit_all(buyer, spec(), spec(), kind="chain")
    assert world.clear() == 1
    assert world.job(second).reason_code == "predecessor"
    world.report(world.job(first).run, "accept", "start", "finish", "succeed", exit_code=0)
    world.alive()
    assert world.clear() == 1
    assert world.job(second).state == "placed"


def test_followers_end_all_the_way_when_the_first_fails(world: Any, north: Any, buyer: Any, spec: Any) -> None:
    first, *others = world.submit_all(buyer, spec(), spec(), spec(), kind="chain")
    world.clear()
    world.report(world.job(first).run, "accept", "start", "fail", exit_code=1, reason="exit")
    for job in others:
        assert (world.job(job).state, world.job(job).reason_code) == ("failed", "predecessor-failed")
        assert world.job(job).ended_us is not None
        assert world.read(lambda unit, job=job: unit.market.request_row(job).state) == "withdrawn"


# ── receipts ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def receipt(world: Any, north: Any, buyer: Any) -> Any:
    job, run = world.placed(buyer)
    world.ran(run, minutes=30)
    [row] = world.read(lambda unit: unit.receipts.of_job(job))
    return row


def test_receipts_that_a_site_will_not_sign_keep_none_of_the_others_waiting(world: Any, north: Any, buyer: Any) -> None:
    for _ in range(65):
        _, run = world.placed(buyer)
        world.report(run, "accept", "start")
        world.later(seconds=1)
        world.report(run, "finish", "succeed")
    waiting = [envelope["payload"]["run"] for _, envelope in world.read(lambda unit: unit.receipts.awaiting(north.id))]
    assert (len(waiting), waiting[0]) == (64, run)


def test_a_receipt_is_countersigned_once_and_the_repeat_changes_nothing(world: Any, north: Any, receipt: Any) -> None:
    signed = Envelope.from_json(load(receipt.envelope), kind="receipt").sign("site", north.signer).to_json()

    def sign(unit: Any) -> bool:
        return countersign_receipt(unit, world.exchange, site=north.id, key=receipt.id, data=signed)

    assert world.write(sign)
    before = world.rows()
    assert not world.write(sign)
    assert world.rows() == before


def test_a_receipt_with_other_content_of_another_run_another_key_or_another_site_is_refused(
    world: Any, north: Any, buyer: Any, receipt: Any
) -> None:
    south = world.site("south", world.organisation("other"))
    kept = Envelope.from_json(load(receipt.envelope), kind="receipt")
    cheaper = Envelope("receipt", {**kept.payload, "price": "0.01"}, kept.signatures).sign("site", north.signer)
    again, run = world.placed(buyer)
    world.ran(run, minutes=1)
    [other] = world.read(lambda unit: unit.receipts.of_job(again))
    before = world.rows()
    for site, envelope, error in (
        (north, cheaper, InvalidSignature),
        (north, Envelope.from_json(load(other.envelope), kind="receipt").sign("site", north.signer), InvalidSignature),
        (north, kept, InvalidSignature),
        (north, kept.sign("site", south.signer), InvalidSignature),
        (south, kept.sign("site", south.signer), NotFound),
    ):
        with pytest.raises(error):
            world.write(
                lambda unit, site=site, envelope=envelope: countersign_receipt(
                    unit, world.exchange, site=site.id, key=receipt.id, data=envelope.to_json()
                )
            )
    assert world.rows() == before
