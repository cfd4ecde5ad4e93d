"""Whatever happens in whatever order: each job has one life, money is neither made nor lost, nothing is sold twice."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from gridtie.dispatch.run import RunReport
from gridtie.errors import ForbiddenMove, InsufficientFunds, OffsetMismatch, StaleEpoch, VoucherUnusable
from gridtie.flow.advance_runs import take_reports
from gridtie.flow.cancel_job import cancel_job
from gridtie.flow.fund_account import top_up
from gridtie.flow.sync_agent import Held, orders_for
from gridtie.flow.timetable import DUTIES
from gridtie.lifecycle import JOB, RUN

YUAN = 1_000_000
EXPECTED = (ForbiddenMove, InsufficientFunds, OffsetMismatch, StaleEpoch, VoucherUnusable)
EVENTS = ("accept", "accept", "start", "start", "finish", "succeed", "fail", "cancel", "reject", "lose")


class Play:
    """One seeded schedule of buyers, sites, a clock that jumps, messages lost, repeated and late."""

    def __init__(self, world: Any, spec: Any, seed: int) -> None:
        self.world, self.spec, self.random = world, spec, Random(seed)
        seller = world.organisation("seller")
        self.sites = [world.site(name, seller, cpus=2) for name in ("north", "south", "west")]
        for price, site in enumerate(self.sites, 1):
            world.offer(site, price * YUAN)
        self.buyers = [world.organisation(name, balance=3 * YUAN) for name in ("one", "two")]
        for number, buyer in enumerate(self.buyers):
            world.member(buyer)
            world.voucher(buyer, YUAN, name=f"v{number}", days=1 / 6)
        self.jobs: list[Any] = []
        self.past: list[tuple[Any, Any, int, RunReport]] = []  # messages that may come once more

    def try_to(self, act: Callable[[], Any]) -> None:
        """A refusal of a kind that is foreseen changes nothing; anything else is a defect."""
        before = self.world.rows() if self.random.random() < 0.1 else None
        try:
            act()
        except EXPECTED:
            if before is not None:
                assert self.world.rows() == before

    def step(self) -> None:
        acts = (self.submit, self.sync, self.sync, self.report, self.report, self.report, self.replay, self.wait,
                self.duty, self.duty, self.duty, self.cancel, self.money, self.checkpoint)  # fmt: skip
        self.try_to(self.random.choice(acts))

    def submit(self) -> None:
        number = self.random.randrange(len(self.buyers))
        pay_with = self.random.choice((("balance",), (f"voucher:v{number}", "balance"), (f"voucher:v{number}",)))
        spec = self.spec(
            cpus=self.random.choice((1, 1, 2)),
            budget={"pay_with": pay_with, "max_total": self.random.choice((None, YUAN // 5, 2 * YUAN))},
            retry={"on": ("site_lost", "failure"), "limit": self.random.randrange(3)},
            on_disconnect=self.random.choice(("wait", "stop", "replace")),
            mode=self.random.choice(("posted", "posted", "auction")),
        )
        kind = self.random.choice(("job", "chain", "group"))
        specs = (spec,) if kind == "job" else (spec, spec)
        self.jobs += self.world.submit_all(self.buyers[number], *specs, kind=kind)

    def live(self) -> list[Any]:
        return list(self.world.read(lambda unit: unit.runs.live()))

    def sync(self) -> None:
        """A site is heard, and says that it holds some of its runs, or knows of none."""
        site = self.random.choice(self.sites)
        mine = tuple(row.id for row in self.live() if row.site == site.id and self.random.random() < 0.8)
        self.world.alive(site, runs=mine)

    def report(self) -> None:
        rows = self.live()
        if not rows:
            return
        row = self.random.choice(rows)
        run = self.world.run(row.id)
        report = RunReport(
            seq=run.next_seq + self.random.choice((0, 0, 0, 0, 1)), event=self.random.choice(EVENTS),
            at=self.world.clock.now(), exit_code=self.random.randrange(2), reason="exit",
        )  # fmt: skip
        self.past.append((row.site, row.id, row.epoch, report))
        self.send(*self.past[-1])

    def replay(self) -> None:
        if self.past:
            self.send(*self.random.choice(self.past))

    def send(self, site: Any, run: Any, epoch: int, report: RunReport) -> None:
        self.world.write(
            lambda unit: take_reports(unit, self.world.exchange, site=site, key=run, epoch=epoch, reports=[report])
        )

    def wait(self) -> None:
        self.world.later(seconds=self.random.choice((1, 20, 100, 600, 2000)))

    def duty(self) -> None:
        run_duty(self.world, self.random.choice(DUTIES))

    def cancel(self) -> None:
        if self.jobs and self.random.random() < 0.3:
            key = self.random.choice(self.jobs)
            self.world.write(lambda unit: cancel_job(unit, key))

    def money(self) -> None:
        if self.random.random() < 0.3:
            buyer = self.random.choice(self.buyers)
            self.world.write(lambda unit: top_up(unit, buyer, YUAN, memo=""))

    def checkpoint(self) -> None:
        rows = self.live()
        if rows:
            row = self.random.choice(rows)
            self.world.checkpoint(row.id, "state", sequence=self.random.randrange(4))

    def heal(self) -> None:
        """No more faults: every site is there and every run goes well."""
        for _ in range(60):
            for site in self.sites:
                self.world.alive(site, runs=tuple(row.id for row in self.live() if row.site == site.id))
            for duty in DUTIES:
                run_duty(self.world, duty)
            for row in self.live():
                self.end_well(row)
            if not self.live() and all(self.world.job(job).state in JOB.final for job in self.jobs):
                return

    def end_well(self, row: Any) -> None:
        stopping = self.world.run(row.id).cancel_us is not None
        events = {"assigned": ("accept", "start", "finish", "succeed"), "accepted": ("start", "finish", "succeed"),
                  "running": ("finish", "succeed"), "finishing": ("succeed",)}[row.state]  # fmt: skip
        self.world.report(row.id, *(("cancel",) if stopping else events), exit_code=0)


def run_duty(world: Any, duty: Any) -> None:
    """Also where nothing is due and the timetable would leave it: then it must find nothing to write."""
    database = world.exchange.database
    due = duty.due is None or database.read(lambda unit: duty.due(unit, world.exchange))
    sees = duty.look is None or database.read(lambda unit: duty.look(unit, world.exchange))
    before = database.version
    verb = duty.verb if duty.apart is None else duty.apart(world.exchange)
    world.write(lambda unit: verb(unit, world.exchange))
    assert (due and sees) or database.version == before, f"{duty.name} wrote though nothing was due"


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 63, 127])
def test_after_any_schedule_the_laws_hold_and_every_job_is_over_or_says_why_it_waits(
    world: Any, spec: Any, seed: int
) -> None:
    play = Play(world, spec, seed)
    for number in range(150):
        play.step()
        if number % 50 == 49:
            world.check()
    play.heal()
    assert play.live() == []
    assert play.jobs
    assert world.read(lambda unit: {hold.held for hold in unit.ledger.balances(None).values()}) == {0}
    for key in play.jobs:
        job = world.job(key)
        runs = world.runs(key)
        assert all(run.state in RUN.final for run in runs)
        assert job.hold_total == 0
        assert sum(run.state == "succeeded" for run in runs) == (job.state == "succeeded")
        assert job.retries <= 2
        if job.state in JOB.final:
            assert job.ended_us is not None
            assert job.reason or job.state == "succeeded"
        else:
            assert job.state == "queued"
            assert job.reason_code in {"insufficient-funds", "excluded", "predecessor", "voucher-price"}, job.reason
            assert world.write(lambda unit, key=key: cancel_job(unit, key)) == "cancelled"
    bought = sum(world.balance(buyer).debits for buyer in play.buyers)
    assert bought <= sum(world.balance(buyer).credits for buyer in play.buyers)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # hundreds of reads: the same statements as above
def test_the_duties_come_to_rest_and_then_write_nothing_however_often_they_run(world: Any, spec: Any) -> None:
    """What one duty frees another one sells, so a few turns may pass; then only time or news change anything."""
    play = Play(world, spec, 11)
    for _ in range(80):
        play.step()
        turns = 0
        before: dict[str, list[Any]] = {}
        while (now := world.rows()) != before:
            before = now
            for duty in DUTIES:
                run_duty(world, duty)
            turns += 1
            assert turns <= 5
    assert play.jobs


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # hundreds of reads: the same statements as above
def test_an_agent_that_asks_again_hears_the_same_and_nothing_is_written(world: Any, spec: Any) -> None:
    play = Play(world, spec, 4)
    for _ in range(60):
        play.step()
        for site in play.sites:
            held = [Held(row.id, row.epoch, row.state) for row in play.live() if row.site == site.id]
            before = world.rows()
            first, second = (
                world.read(lambda unit, site=site, held=held: orders_for(unit, world.exchange, site.id, held))
                for _ in range(2)
            )
            assert first.to_json() == second.to_json()
            assert first.kill == []
            assert world.rows() == before
