"""What slurmrestd answers, as the records of parse.py. Pure.

Two dialects: up to v0.0.38/39 a number is a number and a state a word; from v0.0.40 on numbers are wrapped,
`{"set": true, "infinite": false, "number": 5}`, states are lists, and exit codes are broken up. Each reader here takes
either, so that a version between the two, or after them, is read as far as its fields are known.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gridtie.adapters.sites.slurm.parse import (
    MIB,
    NODES_TOLD,
    JobRecord,
    NodeRecord,
    ReservationRecord,
    gpus,
    nodes_of,
    shards,
    unreadable,
)
from gridtie.adapters.sites.slurm.script import Submission

KNOWN = ("v0.0.44", "v0.0.43", "v0.0.42", "v0.0.41", "v0.0.40", "v0.0.39", "v0.0.38")
WRAPPED_SINCE = 40
_PATH = re.compile(r"/slurm/(v0\.0\.(\d+))/")


def versions(document: Mapping[str, Any]) -> list[str]:
    """Of GET /openapi/v3, newest first, those we speak: fields changed little after v0.0.40, so later ones are tried.

    Raises SchedulerAway where the document names none.
    """
    found = {match[1] for path in document.get("paths", {}) if (match := _PATH.match(path))}
    spoken = [version for version in KNOWN if version in found]
    if not spoken:
        raise unreadable("GET /openapi/v3", f"none of {', '.join(KNOWN)} is offered, only {sorted(found) or 'nothing'}")
    return spoken


def wrapped(version: str) -> bool:
    return int(version.rpartition(".")[2]) >= WRAPPED_SINCE


def number(value: Any) -> int | None:
    """A number in either dialect; None where it is not set, or without end."""
    if isinstance(value, Mapping):
        known = value.get("set", True) and not value.get("infinite")
        return int(value["number"]) if known and value.get("number") is not None else None
    return None if value is None or isinstance(value, bool) else int(value)


def words(value: Any) -> list[str]:
    """A state in either dialect, in capitals."""
    texts = value if isinstance(value, list) else [value or ""]
    return [str(text).upper() for text in texts if text]


def when(value: Any) -> datetime | None:
    seconds = number(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < 1 << 33 else None


def exit_code(value: Any) -> tuple[int, int]:
    """(code, signal). The old dialect has the raw wait status: 768 is code 3."""
    if isinstance(value, Mapping):
        signal = value.get("signal")
        one = signal.get("id", signal.get("signal_id")) if isinstance(signal, Mapping) else signal
        return number(value.get("return_code")) or 0, number(one) or 0
    status = int(value or 0)
    return (status >> 8) & 0xFF, status & 0x7F


def jobs(document: Mapping[str, Any]) -> list[JobRecord]:
    try:
        return [_job(job) for job in document["jobs"]]
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as cause:
        raise unreadable("GET jobs", cause) from cause


def books(document: Mapping[str, Any], version: str) -> str:
    """Of GET /openapi/v3: where slurmdbd's jobs are asked for; '' where slurmrestd does not speak for it."""
    paths = (f"/slurmdb/{version}/jobs", f"/slurmdb/{version}/jobs/")
    return next((path for path in paths if path in document.get("paths", {})), "")


def past(document: Mapping[str, Any]) -> list[JobRecord]:
    """Of slurmdbd, those that have ended. Slurm 22.05 tells no code there of what failed: such a job is left out, for
    a wrong code is worse than none."""
    try:
        found = [_past(job) for job in document["jobs"]]
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as cause:
        raise unreadable("GET slurmdb jobs", cause) from cause
    return [job for job in found if job.ended and (job.state != "FAILED" or job.exit_code or job.signal)]


def _past(job: Mapping[str, Any]) -> JobRecord:
    code, signal = exit_code(job.get("exit_code"))
    times, by = job["time"], job.get("kill_request_user")
    spent = [step["time"]["total"] for step in job.get("steps") or []]
    return JobRecord(
        id=int(job["job_id"]),
        name=str(job["name"]),
        user=str(job.get("user") or job["association"]["user"]),
        partition=str(job.get("partition") or ""),
        state=words(job["state"]["current"])[0],
        reason=f"by user {by}" if by else "",
        exit_code=code,
        signal=signal,
        nodes=() if job.get("nodes") == "None assigned" else nodes_of(str(job.get("nodes") or ""), NODES_TOLD),
        submitted=when(times.get("submission")),
        started=when(times.get("start")),
        ended=when(times.get("end")),
        cpu_us=sum((number(one["seconds"]) or 0) * 1_000_000 + (number(one["microseconds"]) or 0) for one in spent),
    )


def _job(job: Mapping[str, Any]) -> JobRecord:
    code, signal = exit_code(job.get("exit_code"))
    reason = str(job.get("state_reason") or "")
    return JobRecord(
        id=int(job["job_id"]),
        name=str(job["name"]),
        user=str(job.get("user_name", "")),
        partition=str(job.get("partition", "")),
        state=words(job["job_state"])[0],
        reason="" if reason == "None" else reason,
        exit_code=code,
        signal=signal,
        restarts=number(job.get("restart_cnt")) or 0,
        nodes=nodes_of(str(job.get("nodes") or ""), NODES_TOLD),
        submitted=when(job.get("submit_time")),
        started=when(job.get("start_time")),
        ended=when(job.get("end_time")),
    )


def nodes(document: Mapping[str, Any]) -> list[NodeRecord]:
    try:
        return [_node(node) for node in document["nodes"]]
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as cause:
        raise unreadable("GET nodes", cause) from cause


def _node(node: Mapping[str, Any]) -> NodeRecord:
    state, *flags = words(node["state"])
    return NodeRecord(
        name=str(node["name"]),
        address=str(node.get("address") or node["name"]),
        state=state,
        flags=frozenset([*flags, *words(node.get("state_flags") or [])]),
        reason=str(node.get("reason") or ""),
        partitions=tuple(node.get("partitions") or ()),
        cpus=number(node.get("effective_cpus")) or int(node["cpus"]),
        cpus_used=number(node.get("alloc_cpus")) or 0,
        memory_bytes=((number(node.get("real_memory")) or 0) - (number(node.get("specialized_memory")) or 0)) * MIB,
        memory_used_bytes=(number(node.get("alloc_memory")) or 0) * MIB,
        gpus=gpus(str(node.get("gres") or "")),
        gpus_used=gpus(str(node.get("gres_used") or "")),
        shards=shards(str(node.get("gres") or "")),
        shards_used=shards(str(node.get("gres_used") or "")),
    )


def reservations(document: Mapping[str, Any]) -> list[ReservationRecord]:
    try:
        return [
            ReservationRecord(
                name=str(one["name"]), nodes=nodes_of(str(one.get("node_list") or "")),
                starts=when(one.get("start_time")), ends=when(one.get("end_time")),
            )
            for one in document.get("reservations", [])
        ]  # fmt: skip
    except (KeyError, ValueError, TypeError, AttributeError) as cause:
        raise unreadable("GET reservations", cause) from cause


def errors(document: Mapping[str, Any]) -> str:
    """What Slurm complains of, in its words; '' when of nothing."""
    found = []
    for one in document.get("errors") or []:
        texts = (one.get("description"), one.get("error"))
        found.append(": ".join(dict.fromkeys(str(text) for text in texts if text)))
    return "; ".join(dict.fromkeys(found))[:400]


def body(what: Submission, version: str, *, path: str) -> dict[str, Any]:
    """The submission as that version wants it. The old dialect takes sbatch's own option names (`nodelist`, `gres`)."""
    count = len(what.nodes)
    output = f"{what.folder}/job/batch"
    job: dict[str, Any] = {
        "name": what.name, "partition": what.partition, "account": what.account, "qos": what.qos,
        "reservation": what.reservation, "tasks": count, "tasks_per_node": 1, "cpus_per_task": what.cpus,
        "current_working_directory": what.folder, "standard_output": output, "standard_error": output,
        "requeue": False,
    }  # fmt: skip
    if wrapped(version):
        job |= {
            "environment": [f"PATH={path}", "LANG=C.UTF-8"],
            "required_nodes": list(what.nodes),
            "minimum_nodes": count,
            "maximum_nodes": count,
            "memory_per_node": {"set": True, "infinite": False, "number": what.memory_mib},
            "tres_per_node": f"gres/{what.gres}" if what.gres else "",
        }
        if what.minutes is not None:
            job["time_limit"] = {"set": True, "infinite": False, "number": what.minutes}
        return {"script": what.script, "job": {key: value for key, value in job.items() if value != ""}}
    job |= {
        "environment": {"PATH": path, "LANG": "C.UTF-8"},
        "nodelist": ",".join(what.nodes),
        "nodes": [count, count],
        "memory_per_node": what.memory_mib,
        "gres": what.gres,
    }
    if what.minutes is not None:
        job["time_limit"] = what.minutes
    return {"script": what.script, "job": {key: value for key, value in job.items() if value != ""}}
