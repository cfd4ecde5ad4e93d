"""Faults: what befalls a world, when, for how long; drawn from a seed, applied as plain data: so a list shrinks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from faults.world import Case, Fault, Job, Play, SiteMachine

AHEAD = (None, None, None, None, 60, 300, 900)  # seconds from submission to the time that is booked
WINDOW = (None, None, 120, 900)  # seconds for which a booking leaves its start open
FAR = 30 * 60 - 120.0  # a site may be away for so long under `wait` without losing a run


@dataclass(frozen=True, slots=True)
class Profile:
    """How much comes to pass in a case. `jobs` and `faults`: the least and the most of them in an hour."""

    hours: float
    jobs: tuple[int, int]
    faults: tuple[int, int]


USUAL = Profile(1.0, (12, 24), (6, 18))
DENSE = Profile(0.5, (240, 240), (120, 240))  # jobs wait for each other, and one fault meets what the last one left


def a_case(seed: int, *, profile: Profile = USUAL, hours: float | None = None) -> Case:
    dice = Random(f"case {seed}")
    sites = dice.randint(2, 4)
    hours = profile.hours if hours is None else hours
    horizon = 3600.0 * hours
    jobs = tuple(_job(dice, horizon) for _ in range(round(dice.randint(*profile.jobs) * hours)))
    faults = tuple(
        sorted((_fault(dice, sites, horizon) for _ in range(round(dice.randint(*profile.faults) * hours))), key=_at)
    )
    booked = Random(f"bookings {seed}")  # dice of their own, so that the rest of a seed stays what it was
    jobs = tuple(replace(job, book_ahead=booked.choice(AHEAD)) for job in jobs)
    windows = Random(f"windows {seed}")
    jobs = tuple(replace(job, book_within=windows.choice(WINDOW) if job.book_ahead else None) for job in jobs)
    return Case(seed=seed, sites=sites, jobs=jobs, faults=faults, horizon=horizon)


def _at(fault: Fault) -> float:
    return fault.at


def _job(dice: Random, horizon: float) -> Job:
    nodes = dice.choice((1, 1, 1, 2))
    return Job(
        at=round(dice.uniform(0, 0.8 * horizon), 1),
        seconds=dice.choice((5, 20, 60, 180, 600)),
        accelerators=dice.randint(1, 4),
        nodes=nodes,
        exit_code=dice.choice((0, 0, 0, 0, 3)),
        on_disconnect=dice.choice(("wait", "wait", "stop", "replace")),
        retries=dice.choice((0, 2, 2, 4)),
        cancel_after=dice.choice((None, None, None, None, 0.5, 30.0)),
    )


def _fault(dice: Random, sites: int, horizon: float) -> Fault:
    kind = dice.choice(tuple(KINDS))
    longest = {"server": 20.0, "commit": 20.0, "agent": 90.0, "power": 120.0, "pause": 300.0}.get(kind, FAR)
    length = round(min(dice.uniform(0.5, longest), longest * dice.random() + 0.5), 1)
    return Fault(round(dice.uniform(5, horizon), 2), kind, dice.randrange(sites), length, round(dice.random(), 3))


def befall(play: Play) -> None:
    """Sets every fault of the case on the loop's timers, and its healing."""
    for fault in play.case.faults:
        play.loop.call_later(fault.at, partial(_befall, play, fault))


def _befall(play: Play, fault: Fault) -> None:
    play.tell("fault", fault.kind, fault.where)
    KINDS[fault.kind](play, play.sites[fault.where], fault)


def _server(play: Play, _: SiteMachine, fault: Fault) -> None:
    play.crash_server(fault.length)


def _commit(play: Play, _: SiteMachine, fault: Fault) -> None:
    """At the next commit: before it, so that it is lost, or after it, so that only its answer is."""
    if fault.how < 0.3 and (wal := Path(play.server.database.place).with_name("gridtie.db-wal")).exists():
        play.crash_server(fault.length)
        with wal.open("ab") as file:  # the write that the crash tore
            file.write(b"\x00torn" * 100)
        return
    play.crash_next = ("before" if fault.how < 0.65 else "after", fault.length)


def _agent(play: Play, site: SiteMachine, fault: Fault) -> None:
    site.process.kill()
    for state in sorted(site.folder.glob("runs/*/state.json"))[: round(fault.how * 3)]:
        state.with_suffix(".new").write_text('{"plan": {"run')  # a write that the kill tore
    _rise(play, site, fault.length)


def _power(play: Play, site: SiteMachine, fault: Fault) -> None:
    site.process.kill()
    site.host.power_cycle()
    _rise(play, site, fault.length)


def _rise(play: Play, site: SiteMachine, after: float) -> None:
    life = site.lives

    def rise() -> None:
        if site.lives == life and not site.process.alive:
            play.start_agent(site)

    play.loop.call_later(after, rise)


def _pause(play: Play, site: SiteMachine, fault: Fault) -> None:
    process = site.process
    process.stop()
    play.loop.call_later(fault.length, process.go_on)


def _partition(play: Play, site: SiteMachine, fault: Fault) -> None:
    """Both ways, or one of them."""
    site.link.up_cut, site.link.down_cut = fault.how < 0.7, fault.how > 0.3
    play.loop.call_later(fault.length, site.link.calm)


def _lossy(play: Play, site: SiteMachine, fault: Fault) -> None:
    for link in (site.link, play.link):
        link.loss = link.repeat = 0.25 * fault.how
        link.delay = (0.01, 4.0 * fault.how)
        play.loop.call_later(fault.length, link.calm)


def _jump(play: Play, site: SiteMachine, fault: Fault) -> None:
    """Somebody sets a wall clock, the exchange's or a site's, up to an hour on or back, and later right again."""
    clock = play.clock if fault.how < 0.5 else site.host
    clock.offset_s += (fault.how * 4 % 2 - 1) * 3600
    play.loop.call_later(fault.length, setattr, clock, "offset_s", 0.0)


def _mood(_: Play, site: SiteMachine, fault: Fault) -> None:
    site.host.mood = ("half", "gone", "slow")[min(int(fault.how * 3), 2)]


KINDS: dict[str, Callable[[Play, SiteMachine, Fault], None]] = {
    "server": _server, "commit": _commit, "agent": _agent, "power": _power, "pause": _pause,
    "partition": _partition, "lossy": _lossy, "mood": _mood, "jump": _jump,
}  # fmt: skip
