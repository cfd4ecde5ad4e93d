"""A long campaign: the controller, the node daemons and the agent are killed again and again under a stream of runs."""

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.slurm.cluster import Cluster

from gridtie.adapters.sites.kinds import Opened
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import RunFolder, Spool

pytestmark = [pytest.mark.slurm, pytest.mark.long]
LIMIT = {"time_limit_us": 20_000_000}  # Slurm may take a job whose step died with its daemon for running until then
SEED, KILLS, RUNS = 20260, 25, 40


def test_nothing_runs_twice_and_everything_ends_whatever_is_killed(
    opened: Callable[..., Opened], tmp_path: Path
) -> None:
    """A controller killed within seconds of a submission forgets it; such a run may be lost, never doubled."""
    chance = random.Random(SEED)
    cluster = Cluster("delta", cpus=4, gpus=0).up()
    try:

        def make() -> ScheduledSite:
            made = opened(cluster, timeout="2")
            return ScheduledSite(made.scheduler, every=made.every, patience=60)

        bench = Bench(make, Spool(tmp_path / "agent", scratch=opened(cluster).scratch), tuple(cluster.node_names))
        bench.until(lambda: bench.site.capacity() is not None)
        runs: list[RunFolder] = []
        killed: Counter[str] = Counter()
        for number in range(KILLS):
            while len(runs) < RUNS * (number + 1) // KILLS:
                runs.append(
                    bench.start(
                        f"echo once >> count.txt; sleep {chance.uniform(0, 4):.1f}; exit 0", lease_s=600, **LIMIT
                    )
                )
            time.sleep(chance.uniform(0.2, 3))
            victim = chance.choice(("slurmctld", "slurmd", "agent"))
            killed[victim] += 1
            if victim == "agent":
                bench.fresh()
                bench.states(runs[-1])
            elif victim == "slurmctld":
                cluster.kill("slurmctld")
                cluster.start_controller()
            else:
                node = chance.choice(cluster.node_names)
                cluster.kill(f"slurmd.{node}")
                cluster.start_node(node)
            cluster.mend()
        deadline = time.monotonic() + 200
        while left := [state for run in runs for state in bench.states(run) if state.alive]:
            assert time.monotonic() < deadline, f"still there: {left}"
            time.sleep(0.5)
        ends = Counter(bench.states(run)[0].reason or "succeeded" for run in runs)
        counts = [path.read_text() if path.exists() else "" for path in map(_count_of(bench), runs)]
        why = Counter(re.sub(r"[0-9]+", "N", bench.states(run)[0].detail) for run in runs)
        print(f"why: {dict(why)}")
        print(f"seed {SEED}: killed {dict(killed)}; {len(runs)} runs ended {dict(ends)}")
        assert all(count in ("", "once\n") for count in counts)
        succeeded = [run for run in runs if not bench.states(run)[0].reason]
        assert all(_count_of(bench)(run).read_text() == "once\n" for run in succeeded)
        assert set(ends) <= {"succeeded", "site", "preempted", "time_limit"}
        bench.remove_all()
    finally:
        cluster.down()


def _count_of(bench: Bench) -> Callable[[RunFolder], Path]:
    return lambda run: bench.home(run) / "sky_workdir" / "count.txt"
