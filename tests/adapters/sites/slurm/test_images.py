"""A job's image on a real Slurm cluster: run by the command the owner named, ended with its rank."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites import images
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.slurm.cluster import Cluster
from tests.adapters.sites.slurm.conftest import settings_for

from gridtie.adapters.sites.kinds import open_scheduler
from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.adapters.tables import load_chips
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import Spool
from gridtie.errors import InvalidInput, SiteRefused


@pytest.fixture
def bench(alpha: Cluster, tmp_path: Path) -> Iterator[Bench]:
    with images.stocked() as root:
        run = (
            f"{images.engine(root)} run --rm --preserve-fds=2 --pull=never --log-driver=none --network=host "
            "--ulimit=nofile=4096:4096 --ulimit=nproc=4096:4096 --volume {home}:{home} --entrypoint= {image}"
        )
        settings = settings_for(alpha, alpha.base / "shared" / tmp_path.name, images=run, users={})
        made = open_scheduler("slurm", settings, chips=load_chips(), url="http://x", trusted=["org_a"])
        bench = Bench(
            lambda: ScheduledSite(made.scheduler, every=made.every, patience=made.patience),
            Spool(tmp_path / "agent", scratch=made.scratch), tuple(alpha.node_names), image=images.IMAGE, slow=2,
        )  # fmt: skip
        yield bench
        bench.remove_all()


@pytest.mark.slurm
@pytest.mark.podman
def test_a_job_runs_in_its_image_and_nothing_of_it_outlives_its_rank(bench: Bench) -> None:
    secret = "kranich-4711"
    run = bench.start(
        'cat /etc/made-of; echo "$FROM_IMAGE $MINE $GRIDTIE_RANK ${#TOKEN} $TOKEN $PWD"; echo x > out; exit 5',
        envs=(("MINE", "a b"),), secrets={"TOKEN": secret},
    )  # fmt: skip
    deaf = bench.start("trap '' TERM; echo up; sleep 100 & wait; sleep 100", time_limit_us=3_000_000)
    [end] = bench.ended(run)
    assert (end.exit_code, end.reason) == (5, "exit"), bench.said(run)
    home = bench.home(run)
    assert bench.said(run) == f"{images.IMAGE}\nyes a b 0 {len(secret)} *** {home}/sky_workdir\n"
    assert (home / "sky_workdir" / "out").read_text() == "x\n"
    with pytest.raises(SiteRefused, match="'--privileged' is no name of an image"):
        bench.start("true", image="--privileged")
    bench.runs.pop()
    bench.running(deaf, "up")
    inside = [pid for pid in pids() if f"{deaf.plan.run}" in environment(pid)]
    assert inside
    bench.site.stop(deaf.ranks, how="kill")
    assert [state.reason for state in bench.ended(deaf)] == ["lease"]
    bench.until(lambda: not [pid for pid in inside if environment(pid)])


def pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize(
    ("images", "words"),
    [("apptainer exec docker://{image}", "{home}"), ("run '{image} {home}", "No closing quotation")],
)
def test_a_command_that_cannot_run_an_image_is_refused(images: str, words: str) -> None:
    given: dict[str, Any] = {"shared": "/s", "partition": "main", "images": images}
    with pytest.raises(InvalidInput) as refused:
        SlurmSettings.read(given)
    assert words in refused.value.problems[0].message
