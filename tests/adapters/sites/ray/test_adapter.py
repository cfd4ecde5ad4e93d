"""What must hold in every `make test` where Ray is: a real cluster is read, a gang runs on it, a run is cancelled."""

from pathlib import Path

import pytest
from tests.adapters.sites.contract import Bench
from tests.adapters.sites.ray.cluster import HEAD, WORKER, RayCluster
from tests.adapters.sites.ray.conftest import open_ray

from gridtie.dispatch.site import Room
from gridtie.errors import InvalidInput, NotIsolated, SchedulerAway
from gridtie.values.ids import OrganisationId

pytestmark = pytest.mark.ray


def test_a_cluster_is_declared_as_ray_has_it(cluster: RayCluster, tmp_path: Path) -> None:
    facts = open_ray(cluster, tmp_path / "shared").scheduler.facts()
    [pool] = facts.pools
    assert (pool.chip, pool.chip_memory_bytes) == ("nv-h200", 141_000_000_000)
    assert [machine["name"] for machine in pool.machines] == list(cluster.names)
    assert {(machine["cpus"], machine["accelerators"], machine["memory_bytes"]) for machine in pool.machines} == {
        (8, 4, 4_000_000_000)
    }
    assert facts.identity["scheduler"] == "ray"
    assert facts.identity["cluster"]
    named = open_ray(cluster, tmp_path / "shared", cluster="aurora", nodes=WORKER).scheduler.facts()
    assert named.identity["cluster"] == "aurora"
    assert [machine["name"] for machine in named.pools[0].machines] == [cluster.names[1]]


def test_what_cannot_be_lent_or_reached_is_named(cluster: RayCluster, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_ray(cluster, tmp_path, chips={}).scheduler.facts()
    assert "accelerator type 'gpu' is no chip; say which: --set chips.gpu=CHIP" in refused.value.problems[0].message
    with pytest.raises(InvalidInput) as refused:
        open_ray(cluster, tmp_path, nodes="ray-n7").scheduler.facts()
    assert "its nodes are ray-n0, ray-n1" in refused.value.problems[0].message
    with pytest.raises(SchedulerAway, match=r"it wants a token .*give it: --set token=FILE"):
        open_ray(cluster, tmp_path, token="").scheduler.facts()
    wrong = tmp_path / "wrong"
    wrong.write_text("f" * 64)
    with pytest.raises(SchedulerAway, match=r"is .*/wrong still good"):
        open_ray(cluster, tmp_path, token=str(wrong)).scheduler.facts()
    wrong.write_text("令牌")
    with pytest.raises(SchedulerAway, match="its token cannot be read"):
        open_ray(cluster, tmp_path, token=str(wrong)).scheduler.facts()


def test_a_gang_runs_on_both_nodes_with_its_devices_and_another_run_is_cancelled(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(NotIsolated):
        bench.start("true", organisation=OrganisationId("org_b"))
    bench.runs.pop()
    gang = bench.start(
        'echo "$GRIDTIE_RANK at $MASTER_ADDR with $CUDA_VISIBLE_DEVICES; token ${RAY_AUTH_TOKEN:-none}"; '
        'trap "echo ended by the other; exit 143" TERM; '
        f"touch {tmp_path}/$GRIDTIE_RANK; until [ -e {tmp_path}/0 ]; do sleep 0.1; done; "  # both have begun
        "[ $GRIDTIE_RANK = 0 ] || exit 3; while :; do sleep 0.1; done",
        ranks=2, accelerators=2,
    )  # fmt: skip
    deaf = bench.start('trap "echo goodbye; exit 0" TERM; echo up; while :; do sleep 0.1; done')
    ends = bench.ended(gang)
    assert [(end.exit_code, end.reason) for end in ends][1] == (3, "exit")
    assert not any(end.reason in ("", "site") for end in ends)
    for rank in (0, 1):
        first, *rest = bench.said(gang, rank).splitlines()
        assert first in (f"{rank} at {HEAD} with {devices}; token none" for devices in ("0,1", "2,3"))
        assert ("ended by the other" in rest) is (rank == 0)
    bench.running(deaf, "up")
    free = Room(8, 4_000_000_000, 4)  # what ended gives its room back some time after
    bench.until(lambda: (seen := bench.site.capacity()) is not None and seen.machines[bench.machines[1]] == free)
    bench.site.stop(deaf.ranks, how="cancel")
    assert [state.reason for state in bench.ended(deaf, within=14)] == ["cancel"]
    assert "goodbye" in bench.said(deaf)
