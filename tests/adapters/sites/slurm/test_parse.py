"""Slurm's own words become records. Texts as Slurm 22.05.8 printed them, shortened; those of newer REST by their
published description."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.sites.slurm import parse, parse_rest
from gridtie.adapters.sites.slurm.script import Submission
from gridtie.adapters.sites.slurm.talk import UNCERTAIN, said
from gridtie.errors import SchedulerAway

JOB = (
    "JobId=5 JobName=gridtie-run_1-e1 UserId=nobody(65534) GroupId=root(0) MCS_label=N/A Priority=4294901755 Nice=0 "
    "Account=(null) QOS=(null) JobState=FAILED Reason=NonZeroExitCode Dependency=(null) Requeue=0 Restarts=0 "
    "BatchFlag=1 Reboot=0 ExitCode=3:0 RunTime=00:00:01 TimeLimit=365-00:00:00 SubmitTime=2026-11-26T20:59:17 "
    "StartTime=2026-11-26T20:59:18 EndTime=2026-11-26T20:59:19 Deadline=N/A Partition=main "
    "AllocNode:Sid=localhost:12793 ReqNodeList=alpha-n[0-1] ExcNodeList=(null) NodeList=alpha-n[0-1] "
    "BatchHost=alpha-n0 NumNodes=2 ReqB:S:C:T=0:0:*:* TRES=cpu=2,mem=256M,node=2,billing=2 Command=(null) "
    "WorkDir=/tmp TresPerNode=gres:gpu:h200:2 "
)
WAITS = JOB.replace(
    "JobState=FAILED Reason=NonZeroExitCode", "JobState=PENDING Reason=ReqNodeNotAvail,_UnavailableNodes:n1"
)
NODE = (
    "NodeName=alpha-n0 Arch=x86_64 CoresPerSocket=8  CPUAlloc=2 CPUEfctv=16 CPUTot=16 CPULoad=1.57 "
    "AvailableFeatures=(null) Gres=gpu:h200:4(S:0-1) GresDrain=N/A GresUsed=gpu:h200:2(IDX:0-1) NodeAddr=127.0.0.1 "
    "NodeHostName=localhost Port=40979 Version=22.05.8 OS=Linux 6.18.44 #1 SMP PREEMPT_DYNAMIC @0  RealMemory=16000 "
    "AllocMem=256 FreeMem=15598 Sockets=2 Boards=1 State=IDLE+DRAIN ThreadsPerCore=1 Partitions=main,urgent  "
    "BootTime=2026-11-26T10:24:38 Reason=two fans [root@2026-11-26T20:59:20]"
)  # fmt: skip
COMPLETION = (
    "JobId=5 UserId=root(0) GroupId=root(0) Name=one JobState=NODE_FAIL Partition=main TimeLimit=525600 "
    "StartTime=2026-11-26T20:59:18 EndTime=2026-11-26T20:59:19 NodeList=alpha-n[0-1] NodeCnt=2 WorkDir=/tmp "
    "SubmitTime=2026-11-26T20:59:17 DerivedExitCode=0:0 ExitCode=0:9 \n"
)
AT = datetime(2026, 11, 26, 20, 59, 18, tzinfo=UTC)


def test_a_job_line_is_read_and_strangers_lines_are_passed_over() -> None:
    [job] = parse.jobs(f"slurm_load_jobs\n{JOB}\n JobState=RUNNING\n")
    assert (job.id, job.user, job.state, job.exit_code, job.signal) == (5, "nobody", "FAILED", 3, 0)
    assert (job.nodes, job.started) == (("alpha-n0", "alpha-n1"), AT)
    [waits] = parse.jobs(WAITS)
    assert waits.reason == "ReqNodeNotAvail, UnavailableNodes:n1"


def test_a_job_whose_name_or_comment_looks_like_a_record_neither_hides_another_nor_speaks_for_it() -> None:
    torn = JOB.replace("JobName=gridtie-run_1-e1", "JobName=x\nJobId=abc JobName=y").replace("JobId=5", "JobId=4")
    assert [job.id for job in parse.jobs(f"{torn}\n{JOB}\n")] == [5]
    assert parse.jobs(torn) == []
    for field in ("JobId=4", "JobName=other", "UserId=root(0)", "JobState=COMPLETED"):
        assert parse.jobs(f"{JOB} Comment=c {field}") == []
    with pytest.raises(SchedulerAway):
        parse.jobs(JOB.replace("JobId=5 JobName", "JobId=5 Requeue=0 JobName").replace("JobState", "State"))


@pytest.mark.parametrize(
    "field",
    ["JobState=", *(f"JobState=RUNNING NodeList=n{nodes}" for nodes in ("[1-9]" * 500, "[0-99999][2-1]", "[]"))],
)
def test_a_record_in_a_name_that_cannot_be_read_holds_up_nobody(field: str) -> None:
    assert [job.id for job in parse.jobs(f"JobId=7 JobName=x {field}\n{JOB}\n")] == [5]


def test_records_that_name_more_nodes_than_a_cluster_has_cost_no_more_than_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names, hostlist = 0, parse.hostlist

    def counted(text: str) -> Iterator[str]:
        nonlocal names
        names += 1
        return hostlist(text)

    monkeypatch.setattr(parse, "hostlist", counted)
    text = "".join(f"JobId={n} JobName=x JobState=RUNNING NodeList=n[{n}-999999999]\n" for n in range(200))
    assert {len(job.nodes) for job in parse.jobs(text)} == {parse.NODES_TOLD}
    assert names <= 200 * (parse.NODES_TOLD + 1)  # each list, and each name of it that is told
    assert len(parse.nodes_of("n[0-999999999]")) == parse.NODES_MAX


def test_a_node_line_keeps_what_is_used_and_why_it_drains() -> None:
    [node] = parse.nodes(NODE)
    assert (node.cpus, node.cpus_used, node.memory_used_bytes) == (16, 2, 256 << 20)
    assert (node.gpus, node.gpus_used) == ({"h200": 4}, {"h200": 2})
    assert (node.state, node.flags, node.reason) == ("IDLE", {"DRAIN"}, "two fans")
    assert node.partitions == ("main", "urgent")


def test_the_books_of_jobcomp_and_of_sacct_say_the_same() -> None:
    [filed] = parse.completions(COMPLETION + COMPLETION[:60])
    assert (filed.state, filed.signal, filed.nodes) == ("NODE_FAIL", 9, ("alpha-n0", "alpha-n1"))
    record = "7|nobody|main|{}|0:15|2026-11-26T20:59:17|2026-11-26T20:59:18|2026-11-26T20:59:19|n0|gridtie-run_1-e1\n"
    [job] = parse.with_usage(
        parse.accounting(record.format("CANCELLED by 0")),
        "7|01:02.500|\n7.batch|00:00.020|220K\n7.0|01:02.480|2048K\n",
    )
    assert (job.state, job.reason, job.signal, job.restarts) == ("CANCELLED", "by user 0", 15, 0)
    assert (job.cpu_us, job.memory_peak_bytes) == (62_500_000, 2 << 20)
    [again] = parse.accounting(record.format("REQUEUED") + record.format("COMPLETED"))
    assert (again.state, again.restarts) == ("COMPLETED", 1)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("a", ["a"]),
        ("a[01-03,7]", ["a01", "a02", "a03", "a7"]),
        ("r[0-1]n[2-3],z", ["r0n2", "r0n3", "r1n2", "r1n3", "z"]),
    ],
)
def test_hostlists_are_expanded(text: str, names: list[str]) -> None:
    assert list(parse.hostlist(text)) == names


@given(st.text(max_size=200))
def test_no_text_is_read_into_anything_but_records_or_a_named_fault(text: str) -> None:
    for read in (parse.jobs, parse.nodes, parse.accounting, parse.completions, parse.reservations):
        for line in (text, f"JobId=1 JobName={text}", f"NodeName={text}"):
            with contextlib.suppress(SchedulerAway):
                read(line)  # type: ignore[operator]


def test_only_the_last_words_of_a_client_are_kept() -> None:
    stderr = "sbatch: error: bad name: x\nsbatch: error: Batch job submission failed: Invalid partition\n"
    assert said(stderr) == "bad name: x; Batch job submission failed: Invalid partition"


@pytest.mark.parametrize(
    ("words", "certain"),
    [
        ("Batch job submission failed: Invalid partition name specified", True),
        ("Batch job submission failed: Requested node configuration is not available", True),
        ("Batch job submission failed: Required partition not available (inactive or drain)", True),
        ("Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size)", True),
        ("Batch job submission failed: Invalid account or account/partition combination specified", True),
        ("Batch job submission failed: Unexpected missing socket error", False),
        ("Batch job submission failed: Socket timed out on send/recv operation", False),
        ("Batch job submission failed: Unable to contact slurm controller (connect failure)", False),
        ("Batch job submission failed: Zero Bytes were transmitted or received", False),
        ("Batch job submission failed: Slurm backup controller in standby mode", False),
    ],
)
def test_a_lost_answer_is_told_from_a_refusal(words: str, certain: bool) -> None:
    assert certain is not any(word in words.lower() for word in UNCERTAIN)


# ── slurmrestd ────────────────────────────────────────────────────────────────────────────────────────────────────
def wrapped(number: int) -> dict[str, Any]:
    return {"set": True, "infinite": False, "number": number}


OLD: dict[str, Any] = {
    "job_id": 5, "name": "one", "user_name": "nobody", "partition": "main", "job_state": "FAILED",
    "state_reason": "NonZeroExitCode", "exit_code": 768, "restart_cnt": 0, "nodes": "alpha-n[0-1]",
    "submit_time": 1795726757, "start_time": 1795726758, "end_time": 1795726759,
}  # fmt: skip
NEW: dict[str, Any] = {
    **OLD, "job_state": ["FAILED"], "restart_cnt": 0, "submit_time": wrapped(1795726757),
    "start_time": wrapped(1795726758), "end_time": wrapped(1795726759),
    "exit_code": {"status": ["ERROR"], "return_code": wrapped(3), "signal": {"id": {"set": False, "number": 0}}},
}  # fmt: skip


def test_both_dialects_of_slurmrestd_give_the_same_job() -> None:
    [old] = parse_rest.jobs({"jobs": [OLD]})
    [new] = parse_rest.jobs({"jobs": [NEW]})
    assert old == new
    assert (old.exit_code, old.signal, old.started) == (3, 0, AT)
    assert parse_rest.exit_code(9) == (0, 9)


def test_both_dialects_of_slurmrestd_give_the_same_node() -> None:
    old = {
        "name": "n0", "address": "127.0.0.1", "state": "idle", "state_flags": ["DRAIN"], "reason": "fans", "cpus": 16,
        "partitions": ["main"], "alloc_cpus": 2, "real_memory": 16000, "alloc_memory": 256, "gres": "gpu:h200:4",
        "gres_used": "gpu:h200:2(IDX:0-1)",
    }  # fmt: skip
    new = {**old, "state": ["IDLE", "DRAIN"], "state_flags": None, "effective_cpus": 16}
    [one], [other] = parse_rest.nodes({"nodes": [old]}), parse_rest.nodes({"nodes": [new]})
    assert one == other
    assert one.flags == {"DRAIN"}


def test_the_newest_version_that_both_speak_is_chosen_and_none_is_named() -> None:
    paths = {"/slurm/v0.0.38/jobs": {}, "/slurm/v0.0.40/jobs": {}, "/slurm/v0.0.99/jobs": {}, "/openapi": {}}
    assert parse_rest.versions({"paths": paths}) == ["v0.0.40", "v0.0.38"]
    with pytest.raises(SchedulerAway, match=r"only \['v0.0.99'\]"):
        parse_rest.versions({"paths": {"/slurm/v0.0.99/jobs": {}}})


def test_a_submission_is_written_in_the_dialect_of_its_version() -> None:
    what = Submission(
        name="n", user="u", script="s", folder="/f", nodes=("a", "b"), cpus=2, memory_mib=100, gres="gpu:h200:1",
        minutes=5, partition="main", account="", qos="gold", reservation="",
    )  # fmt: skip
    old = parse_rest.body(what, "v0.0.38", path="/bin")["job"]
    new = parse_rest.body(what, "v0.0.41", path="/bin")["job"]
    assert (old["nodelist"], old["gres"], old["time_limit"], old["environment"]["PATH"]) == (
        "a,b", "gpu:h200:1", 5, "/bin",
    )  # fmt: skip
    assert (new["required_nodes"], new["tres_per_node"], new["time_limit"]) == (
        ["a", "b"], "gres/gpu:h200:1", wrapped(5),
    )  # fmt: skip
    assert new["environment"][0] == "PATH=/bin"
    assert "account" not in old
    assert old["qos"] == new["qos"] == "gold"


KEYS = st.sampled_from(["jobs", "nodes", "reservations", "name", "job_id", "job_state", "state", "set", "number"])
ANSWERS = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(ANSWERS)
def test_no_answer_is_read_into_anything_but_records_or_a_named_fault(answer: Any) -> None:
    for read in (parse_rest.jobs, parse_rest.nodes, parse_rest.reservations):
        with contextlib.suppress(SchedulerAway):
            read(answer if isinstance(answer, dict) else {"jobs": answer, "nodes": answer})


def test_books_through_slurmrestd_are_read_in_both_dialects_and_a_failure_without_a_code_is_not_told() -> None:
    old = {
        "job_id": 1, "name": "gridtie-run_x-e1", "user": "nobody", "partition": "main", "nodes": "n0",
        "exit_code": {"status": "SUCCESS", "return_code": 0}, "kill_request_user": "root",
        "time": {"end": 1795858370, "start": 1795858369, "submission": 1795858369},
        "state": {"current": "CANCELLED", "reason": "None"},
        "steps": [{"time": {"total": {"seconds": 1, "microseconds": 208357}}},
                  {"time": {"total": {"seconds": 0, "microseconds": 2787}}}],
    }  # fmt: skip
    signalled = {
        "status": ["SIGNALED"],
        "return_code": {"set": True, "number": 0},
        "signal": {"id": {"set": True, "number": 9}},
    }
    new = {**old, "exit_code": signalled, "kill_request_user": "", "state": {"current": ["FAILED"], "reason": "None"}}
    one, other = parse_rest.past({"jobs": [old, new]})
    assert (one.state, one.reason, one.user, one.nodes, one.cpu_us) == (
        "CANCELLED", "by user root", "nobody", ("n0",), 1_211_144,
    )  # fmt: skip
    assert (other.state, other.signal, other.ended, other.reason) == ("FAILED", 9, one.ended, "")
    mute = {**old, "state": {"current": "FAILED"}}
    alive = {**old, "state": {"current": "RUNNING"}, "time": {**old["time"], "end": 0}}
    assert parse_rest.past({"jobs": [mute, alive]}) == []
    with pytest.raises(SchedulerAway):
        parse_rest.past({"jobs": [{**old, "state": {"current": []}}]})
    paths = {"paths": {"/slurm/v0.0.40/jobs/": {}, "/slurmdb/v0.0.40/jobs/": {}, "/slurmdb/v0.0.38/jobs": {}}}
    assert parse_rest.books(paths, "v0.0.40") == "/slurmdb/v0.0.40/jobs/"
    assert parse_rest.books(paths, "v0.0.39") == ""
