"""How much a campaign played: what its targets count, and the worst it saw."""

from dataclasses import dataclass
from itertools import zip_longest
from statistics import median

from faults.weave import START_S
from faults.world import Play, SiteMachine
from gridtie.flow.unit import Unit

BLIPS = frozenset({"server", "commit", "agent", "pause", "partition", "lossy", "jump"})
OF_ALL = frozenset({"server", "commit"})  # strike every site
BRAKE_SITES, STEP_S = 3, 5.0


@dataclass(frozen=True, slots=True)
class Tally:
    """`blips`: faults that only silence, slow or confuse, times the runs under `wait` at work where they struck.

    `given_up_s`, `replaced_s`: from when the exchange last heard of a run under `replace` until it gave it up, and
    until its job had another place; only where the brake for many silent sites could not be on. `braked`: the others.
    """

    jobs: int = 0
    runs: int = 0
    receipts: int = 0
    checkpoints: int = 0
    outputs: int = 0
    blips: int = 0
    given_up_s: tuple[float, ...] = ()
    replaced_s: tuple[float, ...] = ()
    braked: int = 0

    def __add__(self, more: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(more, name) for name in self.__slots__))

    def __str__(self) -> str:
        return (
            f"{self.jobs:,} jobs in {self.runs:,} runs, {self.receipts:,} receipts, {self.checkpoints:,} checkpoints "
            f"and {self.outputs:,} outputs; {self.blips:,} blips of runs under wait; under replace "
            f"{_spread('given up', self.given_up_s)}, {_spread('placed again', self.replaced_s)}, {self.braked} braked"
        )


def _spread(name: str, seconds: tuple[float, ...]) -> str:
    if not seconds:
        return f"0 {name}"
    return f"{len(seconds)} {name} after {median(seconds):.1f} s (worst {max(seconds):.1f} s)"


def tally(play: Play) -> Tally:
    return play.server.database.read(lambda unit: _tally(unit, play))


def _tally(unit: Unit, play: Play) -> Tally:
    told = {(kind, subject): at for at, kind, subject in play.notes}
    kinds = [kind for _, kind, _ in play.notes]
    given_up, replaced, braked, count = [], [], 0, 0
    for customer in play.customers:
        runs = unit.runs.of_job(customer.acknowledged)
        count += len(runs)
        for run, following in zip_longest(runs, runs[1:]):
            if (run.state, run.reason) != ("lost", "lease") or customer.job.on_disconnect != "replace":
                continue
            at = told["run.lost", run.id]
            heard = play.last_heard(run.id, run.site, at)
            if at - heard < play.settings.lease_replace_s:
                continue  # by its site's own word
            if may_brake(play, heard, at):
                braked += 1
                continue
            given_up.append(at - heard)
            if following is not None and ("run.assigned", following.id) in told:
                replaced.append(told["run.assigned", following.id] - heard)
    return Tally(
        jobs=sum(bool(customer.acknowledged) for customer in play.customers),
        runs=count,
        receipts=len(unit.receipts.all()),
        checkpoints=kinds.count("run.checkpoint"),
        outputs=kinds.count("run.output"),
        blips=sum(_blips(play)),
        given_up_s=tuple(given_up),
        replaced_s=tuple(replaced),
        braked=braked,
    )


def may_brake(play: Play, first: float, last: float) -> bool:
    """Whether so many sites were silent at once between these times that the exchange may have waited for them."""
    at = first
    while at <= last and len(play.sites) >= BRAKE_SITES:
        if sum(_silent(play, site, at) for site in play.sites) >= BRAKE_SITES:
            return True
        at += STEP_S
    return False


def _silent(play: Play, site: SiteMachine, at: float) -> bool:
    """Whether it might not count as connected, judged on the safe side."""
    lately = at + START_S - play.settings.lease_control_s + STEP_S
    return not any(lately <= heard <= at + START_S for heard in site.link.heard[""])


def _blips(play: Play) -> list[int]:
    """Of each fault, how many runs under `wait` it struck."""
    found = []
    for fault in play.case.faults:
        if fault.kind in BLIPS:
            sites = play.sites if fault.kind in OF_ALL else [play.sites[fault.where]]
            at = fault.at + START_S
            found.append(len({
                spell.plan.run for site in sites for spell in site.host.spells
                if spell.plan.on_disconnect == "wait" and spell.born <= at < spell.ended
            }))  # fmt: skip
    return found
