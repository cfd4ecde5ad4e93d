"""Plays cases: one seed, many seeds, or a failing one again and again with less in it, until nothing can be left out.

make simulate-faults SEED=7            one seed, twice, with what was found
make simulate-faults SEED=1-1000       a campaign
"""

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from faults.checks import FINAL, at_the_end, during
from faults.inject import DENSE, USUAL, a_case, befall
from faults.tally import Tally, tally
from faults.world import Case, Play, played

T = TypeVar("T")
NOTHING = Tally()
PATIENCE_S = 2 * 3600.0  # after the last fault has healed, by when every job must have ended


@dataclass(frozen=True, slots=True)
class Verdict:
    findings: tuple[str, ...]
    digest: str
    seconds: float  # of the world's time
    commits: int
    lives: int  # of the exchange's process
    fact_times: tuple[float, ...] = ()  # of the commits that wrote facts after the beginning
    tally: Tally = NOTHING


def judged(case: Case) -> Verdict:
    """Plays it to its end, and says what was not as it must be."""
    findings: list[str] = []
    with played(case) as play:
        befall(play)
        try:
            play.until(case.horizon, look=lambda: _look(play, findings))
            play.heal()
            deadline = case.horizon + PATIENCE_S
            while not _quiet(play) and play.elapsed < deadline and not findings:
                play.until(play.elapsed + 60.0, look=lambda: _look(play, findings))
            if not findings:  # else it was left in the middle
                play.until(play.elapsed + 30.0)
                findings += at_the_end(play)
        except Exception as cause:  # noqa: BLE001  an end by an error is a finding, and the next seed is played all the same
            findings.append(_told(cause))
        return Verdict(tuple(findings), play.digest, play.elapsed, play.all_commits, play.server.lives,
                       tuple(sorted({at for at, _, _ in play.notes if at > 0})),
                       NOTHING if findings else tally(play))  # fmt: skip


def _told(cause: Exception) -> str:
    at = traceback.extract_tb(cause.__traceback__)[-1]
    return f"{type(cause).__name__}: {cause} ({Path(at.filename).name}:{at.lineno})"


def _look(play: Play, findings: list[str]) -> None:
    findings += during(play)


def _quiet(play: Play) -> bool:
    """Nothing is left to be done: every job ended, no receipt waits for its site, no agent holds anything."""

    def look(unit: object) -> bool:
        states = [unit.jobs.row(customer.acknowledged).state for customer in play.customers]  # type: ignore[attr-defined]
        signed = all(row.state != "awaiting-site" for row in unit.receipts.all())  # type: ignore[attr-defined]
        return signed and all(state in FINAL for state in states)

    if not all(customer.acknowledged for customer in play.customers):
        return False
    return bool(play.server.database.read(look)) and not any(any(s.folder.glob("runs/*")) for s in play.sites)


def shrunk(case: Case, wrong: Callable[[Case], bool]) -> Case:
    """The same failure with as few faults and jobs as can be left, by dropping ever smaller parts of both."""
    case = replace(case, faults=_least(case.faults, lambda faults: wrong(replace(case, faults=tuple(faults)))))
    jobs = _least(case.jobs, lambda jobs: bool(jobs) and wrong(replace(case, jobs=tuple(jobs))))
    return replace(case, jobs=jobs)


def _least(rows: tuple[T, ...], wrong: Callable[[Sequence[T]], bool]) -> tuple[T, ...]:
    size = max(1, len(rows) // 2)
    while True:
        at = 0
        while at < len(rows):
            fewer = rows[:at] + rows[at + size :]
            if wrong(fewer):
                rows = fewer
            else:
                at += size
        if size == 1:
            return rows
        size = max(1, size // 2)


def main() -> int:
    parser = argparse.ArgumentParser(description="Plays seeds of faults against the real exchange and agents.")
    parser.add_argument("seeds", help="one seed, or FIRST-LAST")
    parser.add_argument("--hours", type=float, help="of the world's time with faults (1; dense: a half)")
    parser.add_argument("--dense", action="store_true", help="120 jobs and 60 to 120 faults in half an hour")
    parser.add_argument("--shrink", action="store_true", help="make a failing seed's case smaller")
    asked = parser.parse_args()
    first, _, last = asked.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    begun, played_s, wrong, counted = time.process_time(), 0.0, 0, NOTHING
    for seed in seeds:
        case = a_case(seed, profile=DENSE if asked.dense else USUAL, hours=asked.hours)
        verdict = judged(case)
        played_s += verdict.seconds
        counted += verdict.tally
        print(
            f"seed {seed}: {len(case.jobs)} jobs, {len(case.faults)} faults, {verdict.lives} lives of the exchange, "
            f"{verdict.commits} commits, {verdict.seconds / 3600:.2f} h, {verdict.digest[:12]}"
            f"{'' if not verdict.findings else ': WRONG'}",
            flush=True,
        )
        for finding in verdict.findings:
            print(f"  {finding}")
        if verdict.findings:
            wrong += 1
            if asked.shrink:
                small = shrunk(case, lambda less: bool(judged(less).findings))
                print(f"  least: {small}")
        elif len(seeds) == 1:
            again = judged(case)
            played_s += again.seconds
            same = again.digest == verdict.digest
            print(f"  played again: {'the same, fact by fact' if same else 'DIFFERENT'}")
            wrong += not same
        if len(seeds) > 1:
            print(f"  so far, of seeds without findings: {counted}", flush=True)
    spent = time.process_time() - begun
    print(f"{len(seeds)} seeds, {wrong} wrong; {played_s / 3600:.1f} h played in {spent:.0f} s of CPU, "
          f"{played_s / max(spent, 1e-9):,.0f} times real time")  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
