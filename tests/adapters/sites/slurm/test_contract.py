"""The suite of every site, on real Slurm clusters: one by its commands, one through slurmrestd."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.adapters.sites.contract import *  # noqa: F403
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.slurm.cluster import Cluster, until
from tests.adapters.sites.slurm.conftest import USER, rest_settings

from gridtie.adapters.sites.kinds import Opened
from gridtie.agent.scheduled import ScheduledSite, name_of
from gridtie.agent.spool import Spool

pytestmark = pytest.mark.slurm


@pytest.fixture(params=["commands", "slurmrestd"])
def bench(
    request: pytest.FixtureRequest, alpha: Cluster, beta: Cluster, opened: Callable[..., Opened], tmp_path: Path
) -> Iterator[Bench]:
    cluster = alpha if request.param == "commands" else beta
    more = {} if cluster is alpha else rest_settings(beta, tmp_path)

    def make() -> ScheduledSite:
        made = opened(cluster, **more)
        return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

    spool = Spool(tmp_path / "agent", scratch=opened(cluster).scratch)
    bench = Bench(make, spool, tuple(cluster.node_names), places=(cluster.base / "shared" / tmp_path.name,), slow=2)
    yield bench
    bench.remove_all()


def test_a_strangers_job_whose_name_tears_slurms_list_apart_holds_up_nobody(
    alpha: Cluster, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    def make() -> ScheduledSite:
        made = opened(alpha)
        return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

    bench = Bench(make, Spool(tmp_path / "agent", scratch=opened(alpha).scratch), tuple(alpha.node_names), slow=2)
    for name in ("x\nJobId=77 JobName=y", "x\nJobId=abc JobName=y", "x\nJobId=79 JobName=y JobState= \n"):
        alpha.run("sbatch", "-J", name, "--comment=c\nJobId=78 JobName=y", "-o", "/dev/null", "--wrap", "sleep 30")
    run = bench.start("echo up; until [ -e ../go ]; do sleep 0.05; done; exit 3")
    bench.running(run, "up")
    [key] = alpha.run("squeue", "-h", f"--name={name_of(run.plan)}", "-o", "%i").stdout.split()
    forged = f"JobId={key} JobName={name_of(run.plan)} UserId={USER}(65534) JobState=COMPLETED NodeList=alpha-n0"
    for number in alpha.job_ids():
        alpha.run("scontrol", "update", f"jobid={number}", f"comment=c\n{forged}")
    assert alpha.run("scontrol", "show", "job", "-o").stdout.count(forged) == 4
    bell = bench.site.listen(run.ranks)
    for _ in range(4):
        bell.wait(5)
        assert [state.state for state in bench.states(run)] == ["running"]
    (bench.home(run) / "go").touch()
    assert [(end.exit_code, end.reason) for end in bench.ended(run)] == [(3, "exit")]
    bench.remove_all()
    alpha.cancel_all()


def test_a_strangers_comment_speaks_for_no_run_and_names_nobodys_job_for_ours_to_be_ended(
    alpha: Cluster, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    """Under the number of a job that is not there, of a stranger's own, and of somebody else's, which an agent that is
    root could end."""

    def make() -> ScheduledSite:
        made = opened(alpha)
        return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

    def batch(*words: str) -> str:
        return alpha.run("sbatch", "--parsable", "-o", "/dev/null", *words).stdout.strip()

    def forge(job: str, key: str, state: str) -> None:
        record = f"JobId={key} JobName={name_of(run.plan)} UserId={USER}(65534) JobState={state} NodeList=alpha-n0"
        alpha.run("scontrol", "update", f"jobid={job}", f"comment=c\n{record}")
        assert record in alpha.run("scontrol", "show", "job", "-o").stdout

    bench = Bench(make, Spool(tmp_path / "agent", scratch=opened(alpha).scratch), tuple(alpha.node_names), slow=2)
    ended = batch("--wrap", "true")
    until(lambda: ended not in alpha.job_ids(), "the stranger's own has ended", within=10)
    strangers = [batch("--nodelist=alpha-n0", "-n", "5", "--wrap", "sleep 60") for _ in range(3)]
    until(lambda: "PENDING" not in "".join(alpha.jobs()), "they run", within=10)
    run = bench.start("echo up; sleep 60", tasks=(replace(bench.plan("true").tasks[0], cpus=4),))
    bench.until(lambda: "in Slurm's queue" in bench.states(run)[0].detail)
    for stranger, key, state in zip(
        strangers, ("1", ended, strangers[2]), ("RUNNING", "COMPLETED", "RUNNING"), strict=True
    ):
        forge(stranger, key, state)
    bell = bench.site.listen(run.ranks)
    for _ in range(4):
        bell.wait(5)
        assert [state.state for state in bench.states(run)] == ["waiting"]
    alpha.run("scancel", strangers[0])
    bench.running(run, "up")
    for _ in range(3):
        bell.wait(5)
    bench.site.stop(run.ranks, how="kill")
    assert [end.reason for end in bench.ended(run)] == ["lease"]
    assert set(strangers[1:]) <= set(alpha.job_ids())
    bench.remove_all()
    alpha.cancel_all()


def test_a_batch_script_finds_slurms_own_numbers_at_a_site_of_slurm(bench: Bench) -> None:
    told = 'echo "$SLURM_JOB_ID $SLURM_PROCID $SLURM_JOB_NAME"'
    run = bench.start(told, envs=(("SLURM_JOB_NAME", "mine"),))
    assert [end.exit_code for end in bench.ended(run)] == [0]
    key, rank, name = bench.said(run).split()
    assert (key.isdecimal(), rank, name) == (True, "0", "mine")
