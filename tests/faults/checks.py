"""What must be true of a world: while it is played, and once every fault has healed. Each finding is a sentence."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from faults.site import Spell
from faults.tally import may_brake
from faults.weave import START_S
from faults.world import ACCELERATORS, DRIFT_MAX, MACHINES, Customer, Play, SiteMachine
from gridtie.flow.unit import Unit
from gridtie.metering.receipt import from_payload
from gridtie.store.journal import load
from gridtie.values.ids import JobId, RunId
from gridtie.values.period import Period, to_us
from gridtie.views.receipt import verification

FINAL = frozenset({"succeeded", "failed", "cancelled"})
SITE_WORDS = ("site", "lost", "retries are used up")
TOLERANCE_S = 1.0
REPLACED_S = 90.0  # within which a job under `replace` looks for another place


def during(play: Play) -> Iterator[str]:
    """Cheap enough to be asked every minute."""
    if play.server.up:
        broken = play.server.database.read(lambda unit: list(_books(unit)))
        yield from broken
    while play.complaints.heard:
        yield f"the exchange, an agent or the world says: {play.complaints.heard.pop(0)}"


def _books(unit: Unit) -> Iterator[str]:
    total = sum(balance.posted for balance in unit.ledger.balances(None).values())
    if total:
        yield f"debits and credits differ by {total}"


def at_the_end(play: Play) -> list[str]:
    found = play.server.database.read(lambda unit: list(_settled(unit, play)))
    spells = [spell for site in play.sites for spell in site.host.spells]
    found += _one_at_a_time(spells)
    for site in play.sites:
        found += _room(site)
        left = [folder.name for folder in site.folder.glob("runs/*")]
        if left or any(rank.ended is None for rank in site.host.ranks.values()):
            found.append(f"{site.host.name} still has {left or 'a rank at work'}")
    return found


def _settled(unit: Unit, play: Play) -> Iterator[str]:
    proof = verification(unit, play.server.exchange)
    if not proof["ok"]:
        yield "; ".join(proof["lines"])
    if held := sum(balance.held for balance in unit.ledger.balances(None).values()):
        yield f"{held} still held though every job has ended"
    seen: dict[str, str] = {}
    for customer in play.customers:
        if not customer.acknowledged:
            yield f"{customer.key} never had an answer"
            continue
        if customer.acknowledged in seen:
            yield f"{customer.key} and {seen[customer.acknowledged]} made one job"
        seen[customer.acknowledged] = customer.key
        yield from _job(unit, play, customer)
    rows = unit.receipts.all()
    # A booking that was given back too late was never at its site, which has nothing to sign.
    unsigned = [
        row.id for row in rows if row.state != "signed" and unit.runs.row(RunId(row.run)).started_us is not None
    ]
    if unsigned:
        yield f"{len(unsigned)} of {len(rows)} receipts are not signed by the site: {unsigned[0]}"


def _job(unit: Unit, play: Play, customer: Customer) -> Iterator[str]:
    key, wanted = JobId(customer.acknowledged), customer.job
    row, runs = unit.jobs.row(key), unit.runs.of_job(key)
    if row.state not in FINAL:
        yield f"{key} is still {row.state}: {row.reason}"
        return
    if row.state == "cancelled" and wanted.cancel_after is None:
        yield f"{key} was cancelled by nobody: {row.reason}"
    if row.state == "succeeded" and wanted.exit_code:
        yield f"{key} succeeded with exit code {wanted.exit_code}"
    if row.state == "failed" and row.reason_code == "not-booked":
        yield from _booked_in_time(unit, key, row.ended_us)
    elif row.state == "failed" and not wanted.exit_code and not any(word in row.reason for word in SITE_WORDS):
        yield f"{key} failed though its command did not: {row.reason}"
    if len({run.epoch for run in runs}) != len(runs):
        yield f"{key} has two runs of one epoch"
    true = _true_seconds(play, key)
    began = [spell.began for site in play.sites for spell in site.host.spells if spell.plan.job == key]
    if began and min(began) < customer.not_before - TOLERANCE_S and not any(f.kind == "jump" for f in play.case.faults):
        yield f"{key} began {customer.not_before - min(began):.1f} s before the time that it booked"
    for run in runs:
        if run.state == "succeeded" and run.epoch != row.epoch:
            yield f"{key} succeeded in epoch {run.epoch}, its newest is {row.epoch}"
    billed_of: dict[str, int] = defaultdict(int)
    spans: list[Period] = []
    for receipt in unit.receipts.of_job(key):
        billed_of[receipt.run] += 1
        given = from_payload(load(receipt.envelope)["payload"])
        billed = sum(line.period.duration_us for line in given.lines) / 1e6
        spans += [line.period for line in given.lines]
        ran = true.get(given.run, 0.0)
        if wanted.book_ahead is not None and row.state == "cancelled" and not ran:
            ran = wanted.expected_s * play.settings.booking_late_percent / 100  # given back too late
        if billed > ran * (1 + DRIFT_MAX) + TOLERANCE_S:  # of an end that is told late only the site's clock knows when
            yield f"{given.run} of {key} is billed for {billed:.1f} s and ran {ran:.1f} s ({given.state})"
    for run_id, count in billed_of.items():
        if count > 1:
            yield f"{run_id} of {key} has {count} receipts"
    for one, other in pairwise(sorted(spans, key=lambda span: (span.start, span.end))):
        if one.overlaps(other):
            yield f"{key} is billed twice for the time from {other.start}"
    yield from _given_up(play, wanted.on_disconnect, runs)
    yield from _doubled(play, customer, runs)


def _booked_in_time(unit: Unit, key: JobId, ended_us: int) -> Iterator[str]:
    """By the exchange's own clock, which a restart may set on: then a start may be over before any round was held."""
    asked = unit.market.request_of(key)
    last = asked.start_by or asked.start_at
    if last is None or ended_us < to_us(last):
        yield f"{key} was given up before its time to start was over"


def _given_up(play: Play, policy: str, runs: Sequence[Any]) -> Iterator[str]:
    """Who only fell silent keeps his run as long as its policy says; who is silent for longer is replaced in time."""
    told = {subject: at for at, kind, subject in play.notes if kind == "run.lost"}
    for run in runs:
        if run.state != "lost" or run.reason not in ("site_lost", "lease", "agent_restart"):
            continue
        at = told[run.id]
        alone = at - play.last_renewed(run.id, run.site) >= play.settings.lease_wait_s and run.reason == "lease"
        struck = run.id in play.machine(run.site).host.struck
        if policy == "wait" and not struck and not alone:
            yield f"{run.id} of {run.job} was given up ({run.reason}) though its site only fell silent"
        heard = play.last_heard(run.id, run.site, at)
        if policy == "replace" and at - heard > REPLACED_S and not may_brake(play, heard, at):
            yield f"{run.id} of {run.job} was given up after {at - heard:.1f} s of silence"


def _doubled(play: Play, customer: Customer, runs: Sequence[Any]) -> Iterator[str]:
    """Nothing is started after a cancel that was acknowledged; only the newest epoch publishes."""
    newest = {run.id: run.epoch for run in runs}
    at_work = 0
    for at, kind, subject in play.notes:
        epoch = newest.get(subject)
        if epoch is None:
            continue
        if kind in ("run.assigned", "run.booked"):
            at_work = max(at_work, epoch)
            if customer.cancelled_at is not None and at > customer.cancelled_at:
                yield f"{subject} was placed after its cancel was acknowledged"
        if kind in ("run.checkpoint", "run.output") and epoch < at_work:
            yield f"{subject} published in epoch {epoch}, the newest was {at_work}"


def _room(site: SiteMachine) -> Iterator[str]:
    """No machine ever ran more than it has, and no device two ranks at once."""
    moves = []
    for spell in (spell for spell in site.host.spells if spell.born < spell.ended):
        task = spell.plan.tasks[spell.rank]
        moves.append((spell.ended, 0, task.machine, -task.accelerators, spell.devices))
        moves.append((spell.born, 1, task.machine, task.accelerators, spell.devices))
    used, held, each = defaultdict[str, int](int), set[int](), ACCELERATORS // MACHINES
    for at, begins, machine, count, devices in sorted(moves):
        used[machine] += count
        if used[machine] > each:
            yield f"{machine} of {site.host.name} ran {used[machine]} of {each} accelerators at {at - START_S:.1f} s"
        if begins and not held.isdisjoint(devices):
            yield f"two ranks of {site.host.name} had one device at {at - START_S:.1f} s"
        held = held.union(devices) if begins else held.difference(devices)


def _true_seconds(play: Play, job: JobId) -> dict[str, float]:
    """Run → how long its longest rank had its place, also one that waited for its gang in vain."""
    found: dict[str, float] = defaultdict(float)
    for site in play.sites:
        for plan, seconds in site.host.places:
            if plan.job == job:
                found[plan.run] = max(found[plan.run], seconds)
    return found


def _one_at_a_time(spells: list[Spell]) -> list[str]:
    """No two epochs of a job at work at one instant, and no rank of one epoch twice."""
    found = []
    ranks: dict[Any, list[Spell]] = defaultdict(list)
    for spell in spells:
        ranks[spell.plan.job, spell.rank].append(spell)
    for (job, rank), all_of_it in sorted(ranks.items()):
        ordered = sorted(all_of_it, key=lambda spell: spell.began)
        for one, other in pairwise(ordered):
            if other.plan.epoch == one.plan.epoch:
                found.append(f"rank {rank} of {job} ran twice in epoch {one.plan.epoch}")
            elif other.began < one.ended:
                found.append(
                    f"rank {rank} of {job}: epoch {other.plan.epoch} began {one.ended - other.began:.1f} s before "
                    f"epoch {one.plan.epoch} ended ({one.plan.on_disconnect}, {one.reason})"
                )
    return found
