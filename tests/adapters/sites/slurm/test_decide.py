"""What a record of Slurm means for a run, and what a cluster can lend. Pure, case by case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridtie.adapters.sites.slurm import decide
from gridtie.adapters.sites.slurm.parse import JobRecord, NodeRecord, ReservationRecord
from gridtie.adapters.sites.slurm.script import CLAIMED
from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.agent.scheduled import end_of
from gridtie.dispatch.site import RankResult, Seen
from gridtie.errors import InvalidInput

NOW = datetime(2026, 11, 26, 21, tzinfo=UTC)
JOB = JobRecord(id=5, name="gridtie-run_1-e1", user="nobody", partition="main", state="RUNNING", nodes=("n0",))
NODE = NodeRecord(
    name="n0", address="10.0.0.1", state="IDLE", flags=frozenset(), reason="", partitions=("main",), cpus=8,
    cpus_used=0, memory_bytes=1 << 30, memory_used_bytes=0, gpus={"h200": 4}, gpus_used={},
)  # fmt: skip


def seen(asked: str = "", *, patient: bool = True, limited: bool = False, **job: Any) -> Seen:
    return decide.meaning(replace(JOB, **job), asked=asked, patient=patient, limited=limited).seen


@pytest.mark.parametrize(
    ("job", "phase", "reason", "code"),
    [
        ({"state": "COMPLETED"}, "ended", "", 0),
        ({"state": "FAILED", "exit_code": 3}, "ended", "exit", 3),
        ({"state": "FAILED", "signal": 9}, "ended", "signal", 137),
        ({"state": "FAILED", "exit_code": 75}, "ended", "site", None),  # another job has the claim
        ({"state": "FAILED", "reason": "BadConstraints", "signal": 1, "nodes": ()}, "refused", "site", None),
        ({"state": "OUT_OF_MEMORY", "signal": 125}, "ended", "out_of_memory", 137),
        ({"state": "TIMEOUT"}, "ended", "time_limit", 143),
        ({"state": "NODE_FAIL"}, "ended", "site", None),
        ({"state": "BOOT_FAIL"}, "ended", "site", None),
        ({"state": "PREEMPTED"}, "ended", "preempted", None),
        ({"state": "CANCELLED"}, "ended", "preempted", None),
        ({"state": "SOMETHING_NEW"}, "ended", "site", None),
        ({"state": "CONFIGURING"}, "waiting", "", None),
        ({"state": "COMPLETING"}, "running", "", None),
        ({"state": "PENDING", "reason": "Resources", "nodes": ()}, "waiting", "", None),
        ({"state": "PENDING", "reason": "QOSMaxGRESPerUser", "nodes": ()}, "waiting", "", None),
        ({"state": "PENDING", "reason": "AssocMaxJobsLimit", "nodes": ()}, "waiting", "", None),
        ({"state": "PENDING", "reason": "QOSMaxGRESPerJob", "nodes": ()}, "refused", "site", None),
        ({"state": "PENDING", "reason": "launch failed requeued held", "nodes": ()}, "refused", "site", None),
        ({"state": "PENDING", "restarts": 1, "nodes": ()}, "ended", "site", None),
        ({"state": "REQUEUE_HOLD"}, "ended", "site", None),
    ],
)
def test_every_state_of_slurm_means_one_thing(job: dict[str, Any], phase: str, reason: str, code: int | None) -> None:
    found = seen(**job)
    assert (found.phase, found.reason, found.exit_code) == (phase, reason, code)


def test_how_we_ended_it_decides_whose_doing_it_was() -> None:
    assert seen("cancel", state="CANCELLED").reason == "cancel"
    assert seen("cancel", state="CANCELLED", nodes=()).phase == "refused"
    assert seen("evict", state="FAILED", exit_code=143).reason == "preempted"
    assert seen("kill", state="CANCELLED").reason == "lease"
    assert seen("cancel", state="COMPLETED").reason == ""


def test_what_must_not_run_again_is_cancelled_too() -> None:
    for job in (
        {"state": "REQUEUED"},
        {"state": "RUNNING", "restarts": 1},
        {"state": "PENDING", "reason": "JobHeldAdmin"},
    ):
        assert decide.meaning(replace(JOB, **job), asked="", patient=True, limited=False).cancel
    impatient = decide.meaning(replace(JOB, state="PENDING", reason="Priority"), asked="", patient=False, limited=False)
    assert (impatient.cancel, impatient.seen.phase) == (True, "refused")


def test_of_two_jobs_with_one_name_the_one_with_the_claim_stays() -> None:
    one, two = replace(JOB, id=7), replace(JOB, id=8, state="PENDING")
    assert decide.chosen([two, one], claim=None) == (one, [])  # either may win yet
    assert decide.chosen([one, two], claim=8) == (two, [one])
    assert decide.chosen([one, two], claim=9) == (None, [one, two])
    lost = replace(one, state="FAILED", exit_code=CLAIMED)
    assert decide.chosen([lost, two], claim=None) == (two, [])
    assert decide.chosen([lost], claim=None) == (lost, [])
    assert decide.chosen([lost], claim=9) == (None, [])


def test_slurms_words_come_with_what_to_do() -> None:
    assert "`partition`" in decide.advised("Slurm: Invalid partition name specified")
    assert "`qos`" in decide.advised("Slurm: QOSMaxGRESPerUser")
    assert "`account`" in decide.advised("Slurm: Invalid account or account/partition combination specified")
    assert "`qos`" in decide.advised("Slurm: Job violates accounting/QOS policy (job submit limit …)")
    assert decide.advised("Slurm: no idea") == "Slurm: no idea"


def test_a_rank_knows_its_code_and_slurm_whose_doing_it_was() -> None:
    failed = Seen(phase="ended", reason="exit", exit_code=1)
    assert end_of(failed, RankResult(exit_code=4, reason="setup"), asked="", at=1.0).reason == "setup"
    over = end_of(failed, RankResult(exit_code=137, reason="lease"), asked="", at=1.0)
    assert (over.reason, over.exit_code) == ("lease", 137)
    lost = Seen(phase="ended", reason="site", detail="NODE_FAIL")
    assert end_of(lost, RankResult(exit_code=0), asked="", at=1.0).reason == "site"
    sampled = Seen(phase="ended", cpu_us=5, memory_peak_bytes=1)
    known = end_of(sampled, RankResult(exit_code=0, cpu_us=4, memory_peak_bytes=9), asked="", at=1.0)
    assert (known.cpu_us, known.memory_peak_bytes) == (5, 9)


# ── capacity ──────────────────────────────────────────────────────────────────────────────────────────────────────
def rooms(
    *nodes: NodeRecord, reservation: str = "", held: tuple[ReservationRecord, ...] = ()
) -> dict[str, tuple[int, int]]:
    found = decide.capacity(
        nodes, [], [], held, ours={node.name: node.name for node in nodes}, reservation=reservation, partition="main",
        now=NOW,
    )  # fmt: skip
    return {name: (room.cpus, room.accelerators) for name, room in found.machines.items()}


def test_what_others_use_and_what_is_out_of_use_is_not_lent() -> None:
    busy = replace(NODE, name="n1", cpus_used=3, gpus_used={"h200": 1}, state="MIXED")
    drained = replace(NODE, name="n2", flags=frozenset({"DRAIN"}))
    silent = replace(NODE, name="n3", flags=frozenset({"NOT_RESPONDING"}))
    reserved = replace(NODE, name="n4", flags=frozenset({"RESERVED"}))
    assert rooms(NODE, busy, drained, silent, reserved) == {
        "n0": (8, 4), "n1": (5, 3), "n2": (0, 0), "n3": (0, 0), "n4": (0, 0),
    }  # fmt: skip


def test_a_reservation_of_ours_is_all_there_is() -> None:
    mine = replace(NODE, name="n4", flags=frozenset({"RESERVED"}))
    ours = ReservationRecord(name="ours", nodes=("n4",), starts=None, ends=None)
    assert rooms(NODE, mine, reservation="ours", held=(ours,)) == {"n0": (0, 0), "n4": (8, 4)}


def test_the_wait_is_that_of_the_queue_before_us() -> None:
    full = {"n0": decide.Room(0, 0, 0)}
    free = {"n0": decide.Room(4, 0, 0)}
    waits = replace(JOB, state="PENDING", started=NOW + timedelta(minutes=7))
    runs = replace(JOB, ended=NOW + timedelta(minutes=3))
    ask = lambda jobs, rooms: decide.queue_wait_s(jobs, rooms, {}, partition="main", now=NOW)  # noqa: E731
    assert ask([waits, runs], full) == 420
    assert ask([runs], full) == 180
    assert ask([runs], free) == 0
    assert ask([JOB], full) is None
    for reason in ("BeginTime", "Dependency", "JobHeldUser"):
        later = replace(waits, reason=reason, started=NOW + timedelta(days=90))
        assert ask([later, waits], full) == 420
        assert ask([later], free) == 0


def test_a_cluster_declares_each_chip_and_names_what_it_leaves_out() -> None:
    mixed = replace(NODE, name="n1", gpus={"h200": 2, "a100": 2})
    odd = replace(NODE, name="n2", gpus={"x9": 1})
    plain = replace(NODE, name="n3", gpus={}, partitions=("main", "cpu"))
    other = replace(NODE, name="n4", partitions=("private",))
    found = decide.facts(
        {"ClusterName": "c", "SlurmctldHost[0]": "h"}, [NODE, mixed, odd, plain, other], partition="main", only=(),
        chips={"h200": "nv-h200"}, disk_bytes=1,
    )  # fmt: skip
    assert [(pool.chip, [machine["name"] for machine in pool.machines]) for pool in found.pools] == [
        ("cpu", ["n3"]), ("nv-h200", ["n0"]),
    ]  # fmt: skip
    assert "several types" in found.notes[0]
    assert "--set chips.x9=CHIP" in found.notes[1]
    assert found.cpus == 40


def test_cards_lent_in_shards_are_counted_in_them() -> None:
    one = replace(NODE, gpus={"h200": 1}, shards=4)
    found = decide.facts(
        {"ClusterName": "c"}, [one, replace(NODE, name="n1", shards=4), replace(one, name="n2", shards=8)],
        partition="main", only=(), chips={"h200": "nv-h200"}, disk_bytes=1, share=4,
    )  # fmt: skip
    [pool] = found.pools
    assert (pool.chip, [(machine["name"], machine["accelerators"]) for machine in pool.machines]) == (
        "nv-h200/4", [("n0", 4)],
    )  # fmt: skip
    assert [note.partition(", and")[0] for note in found.notes] == [
        "n1 is left out: it has 4 GPU(s) in 4 shards", "n2 is left out: it has 1 GPU(s) in 8 shards",
    ]  # fmt: skip
    ours, theirs = replace(one, shards_used=3), replace(one, name="n1", gpus_used={"h200": 1})
    found_now = decide.capacity(
        [ours, theirs], [], [], (), ours={"n0": "n0", "n1": "n1"}, reservation="", partition="main", now=NOW, share=4,
    )  # fmt: skip
    assert {name: room.accelerators for name, room in found_now.machines.items()} == {"n0": 1, "n1": 0}


# ── settings ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as wrong:
        SlurmSettings.read({"shared": "rel", "colour": "x", "timeout": "soon", "url": "http://h:1", "users": "me"})
    said = " ".join(problem.message for problem in wrong.value.problems)
    for word in (
        "partition: missing",
        "colour: no such setting",
        "timeout: a number",
        "users: write",
        "token: slurmrestd",
    ):
        assert word in said
    for key, value, word in (
        ("nodes", "n[a-b]", "'n[a-b]' is no list of nodes"),
        ("nodes", "n[2-1]", "is no list of nodes"),
        ("url", "http://h:99999", "http://HOST:PORT"),
        ("url", "h:1", "http://HOST:PORT"),
        ("url", "http://me:word@h:1", "a token goes into a file"),
        ("url", "http://:word@h:1", "a token goes into a file"),
        ("url", "http://h:1/slurm/v0.0.38", "alone: no path"),
    ):
        with pytest.raises(InvalidInput) as wrong:
            SlurmSettings.read({"shared": "/s", "partition": "p", "token": "/t", key: value})
        [problem] = wrong.value.problems
        assert (problem.path, word in problem.message) == (key, True)
    good = SlurmSettings.read({"shared": "/s", "partition": "p", "disk": "1TB", "every": "0.5"})
    assert (good.disk_bytes, good.every) == (10**12, 0.5)
