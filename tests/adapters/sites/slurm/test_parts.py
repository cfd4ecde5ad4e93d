"""Parts of a card on a real Slurm that gives out shards: what is declared, and who shares the card."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.slurm.cluster import Cluster, missing

from gridtie.adapters.sites.kinds import Opened
from gridtie.agent.scheduled import ScheduledSite
from gridtie.agent.spool import Spool
from gridtie.dispatch.run import RunTask

pytestmark = pytest.mark.slurm


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    if why := missing():
        pytest.skip(why)
    made = Cluster("shards", nodes=1, cpus=4, gpus=1, shards=4)
    try:
        yield made.up()
    finally:
        made.down()


def test_three_quarters_and_one_share_a_card_and_whoever_comes_then_waits(
    cluster: Cluster, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    made = opened(cluster, parts="4")
    [pool] = made.scheduler.facts().pools
    assert (pool.chip, [machine["accelerators"] for machine in pool.machines]) == ("nv-h200/4", [4])

    def make() -> ScheduledSite:
        return ScheduledSite(made.scheduler, every=made.every, patience=made.patience)

    bench = Bench(make, Spool(tmp_path / "agent", scratch=made.scratch), tuple(cluster.node_names), slow=4)

    def task(parts: int) -> tuple[RunTask, ...]:
        return (RunTask(rank=0, machine=cluster.node_names[0], cpus=1, memory_bytes=64 << 20, disk_bytes=64 << 20,
                        accelerators=parts, share=4),)  # fmt: skip

    tell = 'echo "card $CUDA_VISIBLE_DEVICES $GRIDTIE_ACCELERATOR_PARTS"; sleep 300'
    try:
        first, second = (bench.start(tell, tasks=task(parts)) for parts in (3, 1))
        bench.running(first, "card 0 3/4")
        bench.running(second, "card 0 1/4")
        third = bench.start(tell, tasks=task(1))
        bench.until(lambda: "Resources" in bench.states(third)[0].detail, within=15)
        bench.site.stop(second.ranks, how="cancel")
        bench.running(third, "card 0 1/4")
    finally:
        bench.remove_all()
