"""What befalls a real cluster: its daemons killed and stopped, nodes lost, jobs preempted, cancelled and requeued by
others. Each time the run ends as it should, and nothing ran twice."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.slurm.cluster import Cluster, until
from tests.adapters.sites.slurm.conftest import rest_settings

from gridtie.adapters.sites.kinds import Opened
from gridtie.adapters.sites.slurm.rest import Rest
from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.adapters.sites.slurm.talk import Commands
from gridtie.agent.scheduled import ScheduledSite, name_of
from gridtie.agent.spool import RunFolder, Spool
from gridtie.agent.verdict import verdict
from gridtie.errors import SchedulerAway

pytestmark = pytest.mark.slurm
URGENT = "PartitionName=urgent Nodes=ALL PriorityTier=10 State=UP\n"
ONCE = "echo once >> count.txt; echo up; {}"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    made = Cluster("gamma", cpus=4, gpus=0, more=URGENT)
    yield made.up()
    made.down()


@pytest.fixture
def make_bench(cluster: Cluster, opened: Callable[..., Opened], tmp_path: Path) -> Iterator[Any]:
    benches: list[Bench] = []

    def build(**settings: Any) -> Bench:
        def make() -> ScheduledSite:
            made = opened(cluster, timeout="1.5", **settings)
            return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

        benches.append(Bench(make, Spool(tmp_path / "agent", scratch=opened(cluster).scratch),
                             tuple(cluster.node_names), slow=2))  # fmt: skip
        benches[-1].until(lambda: benches[-1].site.capacity() is not None)  # it knows the nodes
        return benches[-1]

    yield build
    cluster.mend()
    for bench in benches:
        bench.remove_all()


def count(bench: Bench, run: RunFolder) -> str:
    path = bench.home(run) / "sky_workdir" / "count.txt"
    return path.read_text() if path.exists() else ""


def waits_because(bench: Bench, run: RunFolder, words: str) -> None:
    bench.until(lambda: words in bench.states(run)[0].detail)
    assert bench.states(run)[0].state == "waiting"


@pytest.mark.long
def test_a_controller_that_is_away_is_waited_for_and_named(make_bench: Any, cluster: Cluster) -> None:
    bench = make_bench()
    cluster.kill("slurmctld")
    run = bench.start(ONCE.format("true"))
    waits_because(bench, run, "the site's Slurm does not answer")
    cluster.start_controller()
    assert [(state.exit_code, state.reason) for state in bench.ended(run, within=15)] == [(0, "")]
    assert count(bench, run) == "once\n"


def test_of_a_gang_the_rank_that_failed_speaks_and_not_one_that_was_told_to_end_for_it(make_bench: Any) -> None:
    bench = make_bench()
    run = bench.start('[ "$GRIDTIE_RANK" = 0 ] || exit 3\ntrap "exit 1" TERM\nsleep 60 & wait', ranks=2)
    assert verdict(bench.ended(run, within=20), cancelled=False) == ("fail", "exit", 3)


def test_where_slurm_finds_no_configuration_it_is_said_how_to_name_one(cluster: Cluster) -> None:
    if Path("/etc/slurm/slurm.conf").exists():
        pytest.skip("this host has a slurm.conf at the default place")
    with pytest.raises(SchedulerAway) as away:
        Commands(SlurmSettings.read({"shared": "/x", "partition": "main"})).config()
    assert "--set conf=FILE" in away.value.remedy


def test_a_submission_without_an_answer_is_looked_up_before_it_is_tried_again(
    make_bench: Any, cluster: Cluster
) -> None:
    """The controller is stopped: sbatch gives up, and its message lies in the controller's socket until it is taken."""
    bench = make_bench()
    with cluster.frozen("slurmctld"):
        run = bench.start(ONCE.format("sleep 1"))
        waits_because(bench, run, "took longer than 1.5 s")
    assert [(state.exit_code, state.reason) for state in bench.ended(run, within=15)] == [(0, "")]
    assert count(bench, run) == "once\n"


@pytest.mark.long
def test_of_jobs_of_one_name_that_start_together_one_works_and_none_is_ended_for_it(
    make_bench: Any, opened: Callable[..., Opened], cluster: Cluster
) -> None:
    """As after an agent that died while its submission was under way."""
    bench, other = make_bench(every="0.01"), opened(cluster).scheduler
    for _ in range(12):
        run = bench.start(ONCE.format("sleep 0.2"))
        for _ in range(3):
            other.submit(name_of(run.plan), run.plan)
        assert [(state.exit_code, state.reason) for state in bench.ended(run, within=15)] == [(0, "")]
        assert count(bench, run) == "once\n"


@pytest.mark.long
def test_a_killed_controller_and_a_killed_node_daemon_come_back_to_a_run_that_went_on(
    make_bench: Any, cluster: Cluster
) -> None:
    """Slurm 22.05 forgets what it was told within the last five seconds or so; hence the pause before the kill."""
    bench = make_bench()
    run = bench.start(ONCE.format("while [ ! -e ../go ]; do sleep 0.1; done; exit 7"))
    bench.running(run, "up")
    node = cluster.node_names[0]
    state = cluster.base / "state" / "job_state"
    until(lambda: run.plan.run.encode() in state.read_bytes(), "the controller saved the job", within=15)
    cluster.kill("slurmctld")
    cluster.kill(f"slurmd.{node}")
    cluster.start_node(node)
    waits = bench.states(run)[0]
    assert waits.state == "running"
    cluster.start_controller()
    (bench.home(run) / "go").touch()
    assert [(state.exit_code, state.reason) for state in bench.ended(run, within=20)] == [(7, "exit")]
    assert count(bench, run) == "once\n"


@pytest.mark.long
def test_daemons_that_are_killed_again_and_again_start_nothing_twice(make_bench: Any, cluster: Cluster) -> None:
    """Fifteen kills at random instants. What Slurm was told in the seconds before it may have forgotten: such a run is
    lost by the site, and goes on elsewhere."""
    bench, dice, runs = make_bench(), Random(20261128), []
    daemons = ("slurmctld", *(f"slurmd.{node}" for node in cluster.node_names))
    for number in range(15):
        runs.append(handed_over(bench, ONCE.format("sleep 2; exit 0")))
        time.sleep(dice.uniform(0.1, 1.5))
        victim = daemons[0] if number % 3 == 0 else dice.choice(daemons)
        cluster.kill(victim)
        if victim == "slurmctld":
            cluster.start_controller()
        else:
            cluster.start_node(victim.removeprefix("slurmd."))
    ends = [(state.exit_code, state.reason, count(bench, run)) for run in runs for state in bench.ended(run, within=60)]
    assert {said for _, _, said in ends} <= {"", "once\n"}, ends
    went_well = [end for end in ends if end == (0, "", "once\n")]
    others = set(ends) - set(went_well)
    print(f"15 kills, {len(runs)} runs, {len(went_well)} to their end, none twice; the others: {others}")
    assert all(code != 0 or said for code, _, said in ends), ends
    assert went_well, ends


def handed_over(bench: Bench, command: str) -> RunFolder:
    """As an agent does: a scheduler that is away is asked again."""
    run = bench.open(command)
    while True:
        try:
            bench.site.start(bench.starts(run, {}, 120))
            return run
        except SchedulerAway:
            bench.states(run)


def test_a_lost_node_a_preemption_and_a_strangers_cancel_are_the_sites_doing(make_bench: Any, cluster: Cluster) -> None:
    bench = make_bench()
    first = cluster.node_names[0]
    lost = bench.start(ONCE.format("sleep 100"))
    bench.running(lost, "up")
    cluster.run("scontrol", "update", f"nodename={first}", "state=down", "reason=burnt")
    [end] = bench.ended(lost, within=15)
    assert (end.reason, end.detail) == ("site", f"Slurm: NODE_FAIL on {first}")
    until(lambda: cluster.resumed(first), f"{first} is idle again", within=15)

    outbid = bench.start(ONCE.format("sleep 100"))
    bench.running(outbid, "up")
    cluster.run("sbatch", "-p", "urgent", f"--nodelist={first}", "--exclusive", "-o", "/dev/null", "--wrap", "sleep 1")
    [end] = bench.ended(outbid, within=15)
    assert (end.reason, end.detail) == ("preempted", f"Slurm: PREEMPTED on {first}")

    stopped = bench.start(ONCE.format("sleep 100"))
    bench.running(stopped, "up")
    cluster.run("scancel", f"--name=gridtie-{stopped.plan.run}-e1")
    [end] = bench.ended(stopped, within=15)
    assert end.reason == "preempted"
    assert "not by us" in end.detail


def test_a_requeue_by_the_site_ends_the_run_instead_of_repeating_it(
    make_bench: Any, cluster: Cluster, tmp_path: Path
) -> None:
    """slurmrestd 22.05 takes no `requeue: false`, so there it can happen at all."""
    bench = make_bench(**rest_settings(cluster, tmp_path))
    run = bench.start(ONCE.format("sleep 100"))
    bench.running(run, "up")
    [key] = cluster.job_ids()
    cluster.run("scontrol", "requeue", key)
    [end] = bench.ended(run, within=15)
    assert end.reason == "site"
    assert "a second start would be a second run" in end.detail
    assert count(bench, run) == "once\n"


def test_a_cancel_through_slurmrestd_is_done_or_known_to_be_open(cluster: Cluster, tmp_path: Path) -> None:
    """Were it taken for done, the run would go on elsewhere while its job here does too."""
    talk = Rest(SlurmSettings.read({"shared": "/x", "partition": "main", **rest_settings(cluster, tmp_path)}))
    key = int(cluster.run("sbatch", "--parsable", "-o", "/dev/null", "--wrap", "sleep 100").stdout)
    cluster.kill("slurmctld", signal.SIGTERM)  # it saves what it knows
    with pytest.raises(SchedulerAway, match=f"cancel {key}: 500"):
        talk.cancel([key], at_once=True)
    cluster.start_controller()
    until(lambda: f"{key}" in cluster.job_ids(), "it goes on", within=10)
    for _ in range(2):  # the second time it has ended already
        talk.cancel([key], at_once=True)
        until(lambda: f"{key}" not in cluster.job_ids(), "it ended", within=10)


def test_what_slurm_refuses_is_refused_in_its_words_with_what_to_do(make_bench: Any, cluster: Cluster) -> None:
    bench = make_bench()
    cluster.run("scontrol", "update", "partitionname=main", "state=drain")
    try:
        [end] = bench.ended(bench.start("true"))
    finally:
        cluster.run("scontrol", "update", "partitionname=main", "state=up")
    assert (end.state, end.reason) == ("refused", "site")
    assert "Required partition not available" in end.detail
    assert "the site's operator should check `partition`" in end.detail
    elsewhere = make_bench(reservation="nosuch")
    [end] = elsewhere.ended(elsewhere.start("true"))
    assert end.state == "refused"
    assert "eservation is invalid" in end.detail


@pytest.mark.long
def test_a_run_that_waits_too_long_is_given_back_and_never_starts(make_bench: Any, cluster: Cluster) -> None:
    bench = make_bench(patience="3")
    cluster.run("sbatch", "--nodelist=" + cluster.node_names[0], "--exclusive", "-o", "/dev/null", "-J", "blocker",
                "--wrap", "sleep 100")  # fmt: skip
    until(lambda: "blocker RUNNING" in cluster.jobs(), "the blocker runs", within=10)
    try:
        run = bench.start(ONCE.format("true"))
        waits_because(bench, run, "in Slurm's queue: ")
        [end] = bench.ended(run, within=10)
    finally:
        cluster.run("scancel", "--name=blocker")
    assert end.state == "refused"
    assert "for longer than this site lets a run wait" in end.detail
    assert count(bench, run) == ""


def test_a_drained_node_a_reservation_and_other_peoples_jobs_leave_less_to_lend(
    make_bench: Any, cluster: Cluster
) -> None:
    bench = make_bench()
    first, second = cluster.node_names

    def lends() -> dict[str, int]:
        bench.site._capacity_at = float("-inf")
        found = bench.site.capacity()
        return {} if found is None else {name: room.cpus for name, room in found.machines.items()}

    bench.until(lambda: lends() == {first: 4, second: 4})
    mine = bench.start(ONCE.format("sleep 100"))
    bench.running(mine, "up")
    bench.until(lambda: lends() == {first: 4, second: 4})  # what ours take is not taken by others
    cluster.run("sbatch", f"--nodelist={first}", "-c2", "-o", "/dev/null", "-J", "theirs", "--wrap", "sleep 100")
    cluster.run("scontrol", "update", f"nodename={second}", "state=drain", "reason=fans")
    bench.until(lambda: lends() == {first: 2, second: 0})
    assert bench.site.capacity().note == f"{second}: drain (fans)"
    cluster.run("scancel", "--name=theirs")
    cluster.run("scontrol", "update", f"nodename={second}", "state=resume")
    cluster.run("scontrol", "create", "reservation", "reservationname=maint", "starttime=now", "duration=10",
                "users=root", f"nodes={second}", "flags=ignore_jobs")  # fmt: skip
    try:
        bench.until(lambda: lends() == {first: 4, second: 0})
    finally:
        cluster.run("scontrol", "delete", "reservation=maint")
