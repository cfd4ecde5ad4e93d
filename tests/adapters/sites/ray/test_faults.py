"""What befalls a real Ray cluster: no room, processes and nodes and the head killed, jobs stopped by others. Each time
the run ends as it should, nothing of it is left, and nothing ran twice."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.ray.cluster import HEAD, WORKER, RayCluster
from tests.adapters.sites.ray.conftest import bench_of, open_ray

from gridtie.adapters.sites.ray.settings import RaySettings
from gridtie.adapters.sites.ray.talk import Talk
from gridtie.agent.scheduled import name_of
from gridtie.agent.spool import RunFolder
from gridtie.dispatch.site import Room

pytestmark = [pytest.mark.ray, pytest.mark.long]
UP = "echo once >> count.txt; echo up; sleep 4711"
LONG = 300  # a lease that plays no part


def asleep(bench: Bench, run: RunFolder) -> list[int]:
    """Processes of the run, by their working directory."""
    homes = {str(bench.home(run, task.rank) / "sky_workdir") for task in run.plan.tasks}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(folder / "cwd") in homes:
                found.append(int(folder.name))
    return found


def reasons(bench: Bench, run: RunFolder, *, within: float = 20) -> set[str]:
    return {state.reason for state in bench.ended(run, within=within)}


def talk(cluster: RayCluster, tmp_path: Path) -> Talk:
    return Talk(RaySettings.read({"url": cluster.url, "shared": str(tmp_path), "token": str(cluster.token)}))


def test_what_waits_says_why_in_rays_words_and_what_never_can_run_is_refused(bench: Bench) -> None:
    first = bench.start(UP, accelerators=4, lease_s=LONG)
    bench.running(first, "up")
    second = bench.start("true", accelerators=4, lease_s=LONG)
    bench.until(lambda: "NO_RESOURCES" in bench.states(second)[0].detail)
    assert bench.states(second)[0].state == "waiting"
    never = bench.start("true", accelerators=5)
    [state] = bench.ended(never)
    assert (state.state, state.reason) == ("refused", "site")
    assert "INFEASIBLE" in state.detail
    bench.site.stop(first.ranks, how="cancel")
    assert reasons(bench, first) == {"cancel"}
    assert reasons(bench, second) == {""}


def test_what_waits_for_longer_than_the_site_wants_goes_elsewhere(cluster: RayCluster, tmp_path: Path) -> None:
    bench = bench_of(lambda: open_ray(cluster, tmp_path / "shared", patience="9"), cluster, tmp_path)
    first = bench.start(UP, accelerators=4, lease_s=LONG)
    bench.running(first, "up")
    second = bench.start(UP, accelerators=4, lease_s=LONG)
    [state] = bench.ended(second)
    assert (state.state, state.reason) == ("refused", "site")
    assert "for longer than this site lets a run wait" in state.detail
    bench.site.stop(first.ranks, how="cancel")
    assert reasons(bench, first) == {"cancel"}
    assert not bench.said(second)
    bench.remove_all()


def test_a_second_submission_of_one_name_is_no_second_job(bench: Bench, cluster: RayCluster, tmp_path: Path) -> None:
    run = bench.start(UP, lease_s=LONG)
    bench.running(run, "up")
    other = talk(cluster, tmp_path)
    name = name_of(run.plan)
    other.submit(name, {"entrypoint": "exit 9"})
    assert other.job(name).status == "RUNNING"
    other.stop(name)  # by somebody else
    assert reasons(bench, run) == {"preempted"}
    assert not asleep(bench, run)
    assert (bench.home(run) / "sky_workdir" / "count.txt").read_text() == "once\n"


@pytest.mark.parametrize("victim", ["driver.py", "ray::rank 0, command"])
def test_what_is_killed_takes_its_ranks_with_it(bench: Bench, cluster: RayCluster, victim: str) -> None:
    run = bench.start(UP, ranks=2, lease_s=LONG)
    bench.running(run, "up")
    bench.until(lambda: (bench.states(run), "up" in bench.said(run, 1))[1])
    assert cluster.kill(victim) > 0
    assert reasons(bench, run) == {"site"}
    bench.until(lambda: not asleep(bench, run), within=3)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RayCluster]:
    made = RayCluster(names=("own-n0", "own-n1"))
    try:
        yield made.up()
    finally:
        made.down()


def test_a_dead_node_loses_its_run_and_lends_nothing_and_a_dead_head_is_waited_for(
    own: RayCluster, tmp_path: Path
) -> None:
    bench = bench_of(lambda: open_ray(own, tmp_path / "shared", timeout="3"), own, tmp_path)
    run = bench.start(UP, ranks=2, lease_s=LONG)
    bench.running(run, "up")
    assert own.kill("raylet/raylet", WORKER) == 1
    assert reasons(bench, run) == {"site"}
    bench.until(lambda: not asleep(bench, run), within=3)
    bench.until(lambda: bench.site.capacity().machines["own-n1"] == Room(0, 0, 0))
    assert "own-n1: dead" in bench.site.capacity().note
    bench.until(lambda: bench.site.capacity().machines["own-n0"].cpus == 8)  # reported every five seconds

    own.start_worker()
    bench.until(lambda: bench.site.capacity().machines["own-n1"].cpus == 8)
    run = bench.start(UP, lease_s=LONG)
    bench.running(run, "up")
    assert own.kill("gcs_server") == 1
    own.nodes["own-n0"].wait(60)
    bench.until(lambda: "Ray does not answer" in bench.states(run)[0].detail)
    assert bench.states(run)[0].state == "running"
    waits = bench.start("echo late", lease_s=LONG)
    own.kill("raylet/raylet", WORKER)
    own.nodes["own-n1"].wait(60)
    own.kill(f"{HEAD}:{own.port}")  # Ray starts no head where a process still names it
    own.start_head()
    own.start_worker()
    assert reasons(bench, run) == {"site"}
    bench.until(lambda: not asleep(bench, run), within=3)
    assert (bench.home(run) / "sky_workdir" / "count.txt").read_text() == "once\n"
    assert reasons(bench, waits) == {""}
    assert bench.said(waits) == "late\n"
    bench.remove_all()
