"""What every site promises its agent, whatever runs the work: the same suite for each adapter.

A test module makes a fixture `bench` that returns a Bench, and takes the suite in by `from …contract import *`, or by
naming the tests it can keep (a site that has one machine has no gangs).
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from gridtie.agent.keeper import boot_clock
from gridtie.agent.spool import RunFolder, Spool
from gridtie.dispatch.run import RunPlan, RunTask
from gridtie.dispatch.site import Site, TaskStart, TaskState
from gridtie.values.ids import JobId, OrganisationId, RunId, SiteId

MB = 1 << 20
_COUNT = iter(range(10**9))


@dataclass
class Bench:
    """A site under test, and a spool as an agent has it. `fresh` makes the site again, as a restarted agent would.

    `machines` are as declared; in `places` nothing secret may be left; `slow` multiplies what a quick site is given.
    """

    make: Callable[[], Site]
    spool: Spool
    machines: tuple[str, ...]
    places: tuple[Path, ...] = ()
    slow: float = 1.0
    master: str = "127.0.0.1"  # address of the first machine; "" where a run gets one of its own
    image: str | None = None  # that its runs name
    runs: list[RunFolder] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site = self.make()

    def fresh(self) -> None:
        close(self.site)
        self.site = self.make()

    def plan(self, command: str, *, ranks: int = 1, accelerators: int = 0, **more: Any) -> RunPlan:
        tasks = tuple(
            RunTask(rank=n, machine=self.machines[n], cpus=1, memory_bytes=64 * MB, disk_bytes=64 * MB,
                    accelerators=accelerators)
            for n in range(ranks)
        )  # fmt: skip
        base = RunPlan(
            run=RunId(f"run_{os.getpid()}x{time.monotonic_ns() % 10**9}x{next(_COUNT)}"), job=JobId("job_1"),
            job_name="t", epoch=1, organisation=OrganisationId("org_a"), site=SiteId("site_t"), setup="",
            command=command, envs=(), secret_names=(), tasks=tasks, files=(), checkpoint=(), outputs=(),
            isolation="none", network="host", on_disconnect="stop", time_limit_us=None, lease_stop_us=60_000_000,
            checkpoint_sync_us=200_000, log_limit_bytes=MB,
            image=self.image,
        )  # fmt: skip
        return replace(base, **more)

    def starts(self, run: RunFolder, secrets: Mapping[str, str], lease_s: float) -> list[TaskStart]:
        return [
            TaskStart(
                plan=run.plan, task=task, home=self.spool.home(run, task.rank), folder=run.rank(task.rank),
                secrets=secrets, peers=tuple("127.0.0.1" for _ in run.plan.tasks),
                devices=tuple(range(task.accelerators)), resumed=False, lease_until=boot_clock() + lease_s,
            )
            for task in run.plan.tasks
        ]  # fmt: skip

    def start(
        self, command: str, *, secrets: Mapping[str, str] | None = None, lease_s: float = 60, **more: Any
    ) -> RunFolder:
        run = self.open(command, **more)
        self.site.start(self.starts(run, secrets or {}, lease_s))
        return run

    def open(self, command: str, **more: Any) -> RunFolder:
        """A run with its folders, not started."""
        run = self.spool.open(self.plan(command, **more))
        self.runs.append(run)
        for task in run.plan.tasks:
            for part in ("sky_workdir", "checkpoints"):
                (self.spool.home(run, task.rank) / part).mkdir(parents=True, exist_ok=True)
        return run

    def until(self, look: Callable[[], Any], *, within: float = 8.0) -> Any:
        deadline = time.monotonic() + within * self.slow
        while not (found := look()):
            assert time.monotonic() < deadline, f"not within {within * self.slow} s"
            time.sleep(0.02)
        return found

    def states(self, run: RunFolder) -> list[TaskState]:
        states = self.site.states(run.ranks)
        if states and all(state.state == "ready" for state in states):
            self.site.release(run.ranks)
        return states

    def running(self, run: RunFolder, marker: str = "") -> None:
        """Until it runs, and until it printed `marker`."""
        self.until(lambda: any(state.state == "running" for state in self.states(run)))
        self.until(lambda: (self.states(run), marker in self.said(run))[1])

    def ended(self, run: RunFolder, *, within: float = 8.0) -> list[TaskState]:
        self.until(lambda: not any(state.alive for state in self.states(run)), within=within)
        return self.site.states(run.ranks)

    def said(self, run: RunFolder, rank: int = 0) -> str:
        log = run.rank(rank) / "log"
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def home(self, run: RunFolder, rank: int = 0) -> Path:
        return self.spool.home(run, rank)

    def remove_all(self) -> None:
        for run in self.runs:
            self.site.stop(run.ranks, how="kill")
        for run in self.runs:
            self.until(lambda run=run: not any(state.alive for state in self.site.states(run.ranks)), within=15)
            for task in run.plan.tasks:
                self.site.remove(run.rank(task.rank), self.spool.home(run, task.rank))
        close(self.site)


def close(site: Site) -> None:
    if hasattr(site, "close"):
        site.close()


def test_a_run_prints_leaves_files_and_ends_with_its_own_code(bench: Bench) -> None:
    good = bench.start('echo "hello from $GRIDTIE_RUN"; echo kept > result.txt')
    bad = bench.start("echo going; exit 3")
    assert [state.state for state in bench.ended(good)] == ["ended"]
    [end] = bench.ended(bad)
    assert (end.state, end.exit_code, end.reason) == ("ended", 3, "exit")
    assert bench.said(good) == f"hello from {good.plan.run}\n"
    assert (bench.home(good) / "sky_workdir" / "result.txt").read_text() == "kept\n"
    assert (bench.ended(good)[0].exit_code, bench.ended(good)[0].reason) == (0, "")


def test_starting_twice_runs_once_also_after_a_restart_of_the_agent(bench: Bench) -> None:
    run = bench.start("echo once >> count.txt; sleep 1")
    bench.site.start(bench.starts(run, {}, 60))
    bench.fresh()
    bench.site.start(bench.starts(run, {}, 60))
    [end] = bench.ended(run)
    assert (end.exit_code, end.reason) == (0, "")
    assert (bench.home(run) / "sky_workdir" / "count.txt").read_text() == "once\n"


def test_a_cancelled_run_may_say_goodbye_and_one_that_ended_stays_as_it_ended(bench: Bench) -> None:
    run = bench.start('trap "echo goodbye; exit 0" TERM; echo up; while :; do sleep 0.1; done')
    over = bench.start("true")
    bench.ended(over)
    bench.running(run, "up")
    bench.site.stop(run.ranks, how="cancel")
    bench.site.stop(over.ranks, how="cancel")
    [end] = bench.ended(run, within=14)
    assert end.reason == "cancel"
    assert "goodbye" in bench.said(run)
    assert [(state.exit_code, state.reason) for state in bench.ended(over)] == [(0, "")]


def test_an_evicted_run_is_the_sites_doing(bench: Bench) -> None:
    run = bench.start("echo up; sleep 100")
    bench.running(run, "up")
    bench.site.stop(run.ranks, how="evict")
    assert [state.reason for state in bench.ended(run, within=14)] == ["preempted"]


def test_a_run_outlives_neither_its_lease_nor_a_kill(bench: Bench) -> None:
    short = bench.start("trap '' TERM; echo up; sleep 100 & wait; sleep 100", lease_s=4)
    killed = bench.start("trap '' TERM; echo up; sleep 100 & wait; sleep 100")
    bench.running(killed, "up")
    bench.site.stop(killed.ranks, how="kill")
    assert [state.reason for state in bench.ended(killed)] == ["lease"]
    assert [state.reason for state in bench.ended(short, within=12)] == ["lease"]


def test_a_secret_is_in_the_environment_and_masked_in_the_output(bench: Bench) -> None:
    secret = "kranich-4711"
    run = bench.start('echo "it is $TOKEN"; [ ${#TOKEN} = 12 ]', secrets={"TOKEN": secret})
    assert [(state.exit_code, state.reason) for state in bench.ended(run)] == [(0, "")]
    assert bench.said(run) == "it is ***\n"
    left = [path for place in (run.path, *bench.places) for path in place.rglob("*") if path.is_file()]
    assert not [path for path in left if secret.encode() in path.read_bytes()]


def test_a_failed_setup_is_named_and_the_command_never_runs(bench: Bench) -> None:
    run = bench.start("echo ran", setup="echo preparing; exit 4")
    assert [(state.exit_code, state.reason) for state in bench.ended(run)] == [(4, "setup")]
    assert bench.said(run) == "preparing\n"


def test_the_time_limit_counts_to_the_second(bench: Bench) -> None:
    run = bench.start("echo up; sleep 100", time_limit_us=1_500_000)
    assert [state.reason for state in bench.ended(run, within=14)] == ["time_limit"]


def test_the_ranks_of_a_gang_know_each_other_and_start_together(bench: Bench) -> None:
    run = bench.start(
        'echo "$GRIDTIE_RANK of $GRIDTIE_WORLD_SIZE at $MASTER_ADDR, $(echo $SKYPILOT_NODE_IPS | wc -w) peers"',
        ranks=2, setup="true",
    )  # fmt: skip
    assert [(state.exit_code, state.reason) for state in bench.ended(run)] == [(0, ""), (0, "")]
    said = [bench.said(run, rank) for rank in (0, 1)]
    master = bench.master or str(ip_address(said[0].partition(" at ")[2].partition(",")[0]))
    assert said == [f"{rank} of 2 at {master}, 2 peers\n" for rank in (0, 1)]


def test_what_was_removed_leaves_nothing_and_is_gone(bench: Bench) -> None:
    run = bench.start("true")
    bench.ended(run)
    bench.site.remove(run.rank(0), bench.home(run))
    assert not bench.home(run).exists()
    assert not run.rank(0).exists()
    assert [state.state for state in bench.site.states(run.ranks)] == ["gone"]
    bench.site.stop(run.ranks, how="kill")
    bench.site.renew(run.ranks, boot_clock() + 5)
    bench.runs.remove(run)
