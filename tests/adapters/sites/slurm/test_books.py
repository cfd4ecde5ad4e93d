"""Runs that the controller has forgotten, found in a real slurmdbd by `sacct -P`, and in jobcomp's file; and what its
associations and qualities of service allow."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites.contract import MB, Bench
from tests.adapters.sites.slurm import books
from tests.adapters.sites.slurm.books import KeptCluster
from tests.adapters.sites.slurm.cluster import Cluster, until
from tests.adapters.sites.slurm.conftest import rest_settings

from gridtie.adapters.sites.kinds import Opened
from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.adapters.sites.slurm.talk import Commands
from gridtie.agent import scheduled
from gridtie.agent.scheduled import ScheduledSite, name_of
from gridtie.agent.spool import RunFolder, Spool
from gridtie.dispatch.run import RunTask

pytestmark = pytest.mark.slurm
ARRAY, ALIVE = "gridtie-run_array-e1", "gridtie-run_alive-e1"
ONCE = "echo once >> count.txt; echo up; {}"


@pytest.fixture(scope="module")
def kept() -> Iterator[KeptCluster]:
    if why := books.missing():
        pytest.skip(why)
    cluster = KeptCluster("kept", nodes=3, cgroups=True, cpus=8, gpus=2)
    with cluster.prepared():
        cluster.start()
        others = ("-o", "/dev/null", f"--nodelist={cluster.node_names[2]}")
        cluster.run("sbatch", "-J", ARRAY, *others, "--array=1-3", "--wrap", "exit $SLURM_ARRAY_TASK_ID")
        cluster.run("sbatch", "-J", ALIVE, *others, "--wrap", "sleep 300")
        yield cluster


@pytest.fixture
def make_bench(kept: KeptCluster, opened: Callable[..., Opened], tmp_path: Path) -> Iterator[Any]:
    benches: list[Bench] = []

    def build(**settings: Any) -> Bench:
        def make() -> ScheduledSite:
            made = opened(kept, **{"account": "lab", "timeout": "1.5", **settings})
            return ScheduledSite(made.scheduler, every=made.every, patience=60)

        benches.append(Bench(make, Spool(tmp_path / "agent", scratch=opened(kept).scratch), tuple(kept.node_names),
                             slow=3))  # fmt: skip
        return benches[-1]

    yield build
    for bench in benches:
        bench.fresh()  # its agent may be away
        bench.remove_all()


@pytest.fixture
def gate(kept: KeptCluster) -> Iterator[Path]:
    """What a run waits for that must not end before its agent is away."""
    path = kept.base / "go"
    yield path
    path.unlink(missing_ok=True)


def talk_to(cluster: Cluster) -> Commands:
    return Commands(SlurmSettings.read({"shared": "/x", "partition": "main", "conf": str(cluster.conf)}))


def task(machine: str, *, cpus: int = 1) -> tuple[RunTask, ...]:
    return (RunTask(rank=0, machine=machine, cpus=cpus, memory_bytes=64 * MB, disk_bytes=64 * MB, accelerators=0),)


def forgets(cluster: KeptCluster, *runs: RunFolder) -> None:
    names = {name_of(run.plan) for run in runs}
    until(lambda: not names & cluster.knows(), "the controller has forgotten them", within=60)


def ended(cluster: KeptCluster, *runs: RunFolder) -> None:
    names = {name_of(run.plan) for run in runs}
    until(lambda: not names & cluster.alive(), "they have ended", within=10)


def key_of(cluster: Cluster, run: RunFolder) -> str:
    [key] = cluster.run("squeue", "-h", "-t", "all", f"--name={name_of(run.plan)}", "-o", "%i").stdout.split()
    return key


def count(bench: Bench, run: RunFolder) -> str:
    return (bench.home(run) / "sky_workdir" / "count.txt").read_text()


def test_what_ended_and_was_forgotten_while_the_agent_was_away_is_told_as_it_was(
    make_bench: Any, kept: KeptCluster, gate: Path
) -> None:
    """Also by a run whose own step has a name that would tear sacct's lines apart, and with each start of a job that
    began again."""
    bench, (first, second, _) = make_bench(), kept.node_names
    wait, named = f"echo up; until [ -e {gate} ]; do sleep 0.05; done; ", "$'a|b\\n9|nobody|main|FAILED'"
    gang = bench.start(wait + "/usr/bin/python3 -c 'sum(range(10**7))'", ranks=2, accelerators=2)
    failed = bench.start(f"{wait} srun --overlap --mem=0 -n1 -N1 -J {named} true || exit 4; exit 3")
    greedy = bench.start(wait + "/usr/bin/python3 -c 'x = bytearray(200 << 20)'; exit 137")
    stopped, again, outbid = (bench.start("echo up; sleep 100") for _ in range(3))
    lost = bench.start("echo up; sleep 100", tasks=task(second))
    for run in (runs := (gang, failed, greedy, stopped, again, outbid, lost)):
        bench.running(run, "up")
    bench.site.close()
    gate.touch()
    kept.run("scancel", f"--name={name_of(stopped.plan)}")
    key = key_of(kept, again)
    kept.run("scontrol", "update", f"jobid={key}", "requeue=1")
    kept.run("scontrol", "requeue", key)
    ended(kept, gang, failed, greedy, stopped)
    kept.run("scancel", key)
    kept.run("scontrol", "update", f"nodename={second}", "state=down", "reason=burnt")
    kept.run("sbatch", "-p", "urgent", f"--nodelist={first}", "--exclusive", "-o", "/dev/null", "--wrap", "true")
    forgets(kept, *runs)

    bench.fresh()
    ends = [bench.ended(run)[0] for run in runs]
    assert [(end.exit_code, end.reason) for end in ends] == [
        (0, ""), (3, "exit"), (137, "out_of_memory"), (None, "preempted"), (None, "site"), (None, "preempted"),
        (None, "site"),
    ]  # fmt: skip
    assert f"CANCELLED on {first} by user 0, not by us" in ends[3].detail
    assert "a second start would be a second run" in ends[4].detail
    assert [end.detail for end in ends[5:]] == [f"Slurm: PREEMPTED on {first}", f"Slurm: NODE_FAIL on {second}"]

    [job] = talk_to(kept).past([name_of(gang.plan)])
    assert (job.state, job.user, job.nodes, job.restarts) == ("COMPLETED", "nobody", (first, second), 0)
    ranks = bench.site.states(gang.ranks)
    assert sum(rank.cpu_us for rank in ranks) == pytest.approx(job.cpu_us, abs=2)  # told once, not by each rank
    assert job.cpu_us > 100_000
    assert all(rank.memory_peak_bytes > 8 * MB for rank in ranks)
    [line] = kept.booked(name_of(gang.plan), "AllocTRES,Account")
    assert "cpu=2," in line
    assert "gres/gpu=4," in line
    assert line.endswith("|lab")


def test_through_slurmrestd_the_books_tell_whose_doing_an_end_was_and_ranks_their_codes(
    make_bench: Any, kept: KeptCluster, gate: Path, tmp_path: Path
) -> None:
    bench = make_bench(**rest_settings(kept, tmp_path))
    wait = f"echo up; until [ -e {gate} ]; do sleep 0.05; done; "
    failed = bench.start(wait + "/usr/bin/python3 -c 'sum(range(10**7))'; exit 3")
    greedy = bench.start(wait + "/usr/bin/python3 -c 'x = bytearray(200 << 20)'; exit 137")
    stopped, outbid = (bench.start("echo up; sleep 100") for _ in range(2))
    for run in (runs := (failed, greedy, stopped, outbid)):
        bench.running(run, "up")
    bench.site.close()
    gate.touch()
    kept.run("scancel", f"--name={name_of(stopped.plan)}")
    ended(kept, failed, greedy, stopped)
    first = kept.node_names[0]
    kept.run("sbatch", "-p", "urgent", f"--nodelist={first}", "--exclusive", "-o", "/dev/null", "--wrap", "true")
    forgets(kept, *runs)

    bench.fresh()
    ends = [bench.ended(run)[0] for run in runs]
    assert [(end.exit_code, end.reason) for end in ends] == [
        (3, "exit"), (137, "out_of_memory"), (None, "preempted"), (None, "preempted"),
    ]  # fmt: skip
    assert [end.detail for end in ends] == [
        *["the scheduler has forgotten it"] * 2,  # failed: 22.05 keeps the code to itself, and ranks tell theirs
        f"Slurm: CANCELLED on {first} by user root, not by us", f"Slurm: PREEMPTED on {first}",
    ]  # fmt: skip


def test_of_an_array_each_element_is_told_and_of_what_runs_nothing(kept: KeptCluster) -> None:
    """The books may take a job for running that the controller has long lost."""
    talk = talk_to(kept)
    until(lambda: len(talk.past([ARRAY])) == 3, "all are booked", within=15)
    jobs = talk.past([ARRAY])
    assert sorted(job.exit_code for job in jobs) == [1, 2, 3]
    assert len({job.id for job in jobs}) == 3
    until(lambda: kept.booked(ALIVE, "State") == ["RUNNING"], "it is booked", within=15)
    assert talk.past([ALIVE]) == []


def test_who_may_not_use_an_account_or_a_quality_of_service_is_refused_in_slurms_words(make_bench: Any) -> None:
    for settings, words, advice in (
        ({"account": "other"}, "Invalid account or account/partition combination specified", "check `account`"),
        ({"account": "nosuch"}, "Invalid account or account/partition combination specified", "check `account`"),
        ({"qos": "nosuch"}, "Invalid qos specification", "check `qos`"),
    ):
        bench = make_bench(**settings)
        [end] = bench.ended(bench.start("true"))
        assert (end.state, end.reason) == ("refused", "site")
        assert words in end.detail
        assert advice in end.detail


def test_a_limit_that_passes_is_waited_for_and_one_of_the_job_itself_is_not(
    make_bench: Any, kept: KeptCluster, gate: Path
) -> None:
    bench = make_bench(qos="narrow")
    [end] = bench.ended(bench.start("true", tasks=task(kept.node_names[0], cpus=3)))
    assert (end.state, end.reason) == ("refused", "site")
    assert "QOSMaxCpuPerJobLimit" in end.detail
    first = bench.start(f"echo up; until [ -e {gate} ]; do sleep 0.05; done")
    bench.running(first, "up")
    second = bench.start("true")
    bench.until(lambda: "QOSMaxJobsPerUserLimit" in bench.states(second)[0].detail)
    gate.touch()
    assert [(end.exit_code, end.reason) for run in (first, second) for end in bench.ended(run)] == [(0, ""), (0, "")]


def test_books_that_are_away_hold_up_nothing_and_nothing_runs_twice(
    make_bench: Any, kept: KeptCluster, gate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """slurmdbd stopped, then killed, behind a controller that has lost its jobs: what left its results has ended, what
    left none is lost by the site, what is new runs on."""
    monkeypatch.setattr(scheduled, "LOST_AFTER_S", 4.0)
    bench = make_bench()
    done = bench.start(ONCE.format(f"until [ -e {gate} ]; do sleep 0.05; done"))
    stopped, orphan = (bench.start(ONCE.format("sleep 100")) for _ in range(2))
    runs = (done, stopped, orphan)
    for run in runs:
        bench.running(run, "up")
    bench.site.close()
    gate.touch()
    kept.run("scancel", f"--name={name_of(stopped.plan)}")
    ended(kept, done, stopped)
    kept.kill("slurmctld", signal.SIGTERM)
    for state in (kept.base / "state").glob("job_state*"):
        state.unlink()
    kept.start_controller()
    with kept.frozen("slurmdbd"):
        bench.fresh()
        bench.until(lambda: "slurmdbd does not answer: `sacct` took longer" in bench.states(orphan)[0].detail)
        kept.kill("slurmdbd")
    new = bench.start(ONCE.format("exit 5"))
    ends = [(end.exit_code, end.reason) for run in (*runs, new) for end in bench.ended(run)]
    assert ends == [(0, ""), (None, "site"), (None, "site"), (5, "exit")]
    [end] = bench.states(orphan)
    assert "does not know it any more; the site's slurmdbd does not answer: " in end.detail
    assert "Connection refused" in end.detail
    kept.start_slurmdbd()
    assert [count(bench, run) for run in (*runs, new)] == ["once\n"] * 4


@pytest.mark.long
def test_a_job_that_slurm_ended_at_its_time_limit_is_told_so(make_bench: Any, kept: KeptCluster) -> None:
    """Slurm looks at time limits every half minute."""
    bench = make_bench()
    late = bench.start("echo up; sleep 100")
    bench.running(late, "up")
    bench.site.close()
    kept.run("scontrol", "update", f"jobid={key_of(kept, late)}", "endtime=now+1")
    forgets(kept, late)
    bench.fresh()
    [end] = bench.ended(late)
    assert (end.reason, end.exit_code) == ("time_limit", 143)
    assert "TIMEOUT" in end.detail


def test_a_forgotten_run_is_found_in_the_file_of_jobcomp(alpha: Cluster) -> None:
    talk = talk_to(alpha)
    alpha.run("sbatch", "-J", "gridtie-run_filed-e1", "-o", "/dev/null", "--wrap", "exit 5")
    until(lambda: [job for job in talk.past(["any"]) if job.name == "gridtie-run_filed-e1"], "it is filed", within=20)
    [job] = [job for job in talk.past(["any"]) if job.name == "gridtie-run_filed-e1"]
    assert (job.state, job.exit_code, job.user) == ("FAILED", 5, "root")


def test_a_strangers_name_forges_no_end_of_a_run_in_the_file_of_jobcomp(alpha: Cluster) -> None:
    """Nor does a name that tears its own line in two whole ones."""
    talk, name = talk_to(alpha), "gridtie-run_forged-e1"

    def filed(called: str, command: str = "true") -> str:
        return alpha.run("sbatch", "--parsable", "-J", called, "-o", "/dev/null", "--wrap", command).stdout.strip()

    def told() -> list[str]:
        return [job.state for job in talk.past([name]) if job.name == name]

    key = filed(name, "exit 5")
    until(lambda: told() == ["FAILED"], "it is filed", within=20)
    begins = "UserId=root(0) GroupId=root(0) Name="
    rest = "JobState=TIMEOUT Partition=main NodeList=alpha-n0 ExitCode=0:0 "
    filed(f"a JobId={key} {begins}{name}")
    filed(f"b JobId=4711 {begins}{name}")
    filed("b")
    until(lambda: any(job.name == "b" for job in talk.past([name])), "they are filed", within=20)
    assert told() == ["FAILED"]
    filed(f"c\nJobId={key} {begins}{name} {rest}\nc")
    until(lambda: told() != ["FAILED"], "that is filed", within=20)
    assert told() == []
    name = "gridtie-run_torn-e1"
    key = filed(name, "exit 5")
    until(lambda: told() == ["FAILED"], "it is filed", within=20)
    filed(f"d {rest}\nJobId={key} {begins}{name}")
    until(lambda: told() != ["FAILED"], "that is filed", within=20)
    assert told() == []
