"""The formats that need no column map: which field plays which role in Slurm's accounting, SWF and public traces."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Row = list[str]
Names = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """`skip` says why a row is no job, or None; `free`: it has no deadline; `count` reads units from their field;
    `key`: fields that together name a job, which exports put one behind the other may hold twice."""

    columns: Mapping[str, str]
    header: str = ""
    unit: str = "accelerators"
    skip: Callable[[Row, Names], str | None] | None = None
    free: Callable[[Row, Names], bool] | None = None
    count: Callable[[str, float], float | None] | None = None
    key: tuple[str, ...] = ()
    eligible: str = "all"  # sites that an organisation may use: all, or `observed`, those where it ran


MINUTES = "helios-minutes"
MINUTES_HEADER = (
    "vc,minute,cap_gpus,running_gpus,pending_gpus,running_jobs,pending_jobs,"
    "running_gpus_jobs8plus,pending_gpus_jobs8plus"
)  # fmt: skip


SACCT_FIELDS = (
    "JobID", "Cluster", "Account", "Submit", "Start", "End", "State", "AllocCPUS", "AllocTRES", "Timelimit",
)  # fmt: skip


def _slurm_skip(row: Row, names: Names) -> str | None:
    if "." in row[names["JobID"]]:
        return "is a step, not a job"
    state = row[names["State"]].split(" ")[0].upper() if "State" in names else ""
    if state in ("PENDING", "RUNNING", "SUSPENDED", "RESIZING"):
        return "has not ended"
    return None


def _slurm_units(text: str, factor: float) -> float | None:
    """Accelerators in a list of trackable resources, as in `billing=8,cpu=8,gres/gpu:a100=2,gres/gpu=2,node=1`."""
    plain = re.search(r"(?:^|,)gres/gpu=(\d+)", text)
    if plain:
        return float(plain[1]) * factor
    typed = re.findall(r"(?:^|,)gres/gpu:[^=,]+=(\d+)", text)
    if not typed and "gres/gpu" in text:
        raise ValueError(f"{text!r} names gres/gpu without a number")
    return sum(map(float, typed)) * factor if typed else None


SACCT = Preset(
    columns={
        "submit": "Submit", "start": "Start", "end": "End", "units": "AllocTRES", "site": "Cluster",
        "organisation": "Account", "limit": "Timelimit",
    },
    skip=_slurm_skip,
    count=_slurm_units,
    key=("JobID", "Cluster", "Submit", "Start"),
)  # fmt: skip

# D. Feitelson, The Standard Workload Format, version 2.2: 18 fields in this order, -1 for what is not known.
SWF_FIELDS = (
    "job", "submit", "wait", "run", "allocated", "cpu_time", "memory", "processors", "limit", "memory_limit", "status",
    "user", "group", "executable", "queue", "partition", "after", "think_time",
)  # fmt: skip


def _swf_skip(row: Row, names: Names) -> str | None:
    status = row[names["status"]]
    if status in ("2", "3", "4"):  # a line of its own sums them up
        return "is a part of a job"
    return "was cancelled before it ran" if status == "5" and row[names["run"]] in ("-1", "0") else None


SWF = Preset(
    columns={"submit": "submit", "run": "run", "units": "allocated", "limit": "limit", "wait": "wait"},
    unit="cores",
    skip=_swf_skip,
)

PRESETS = {
    "philly": Preset(
        header="submit_s,duration_s,gpus,vc",
        columns={"submit": "submit_s", "run": "duration_s", "units": "gpus", "site": "vc"},
    ),
    "lcg": Preset(
        header="submit_s,run_s,req_time_s,uid,vo,site",
        columns={"submit": "submit_s", "run": "run_s", "limit": "req_time_s", "site": "site", "organisation": "vo"},
        unit="cores",
        eligible="observed",
    ),
    "ricc": Preset(
        header="submit_s,wait_s,run_s,procs,req_time_s,status,uid,gid",
        columns={
            "submit": "submit_s", "run": "run_s", "units": "procs", "limit": "req_time_s", "wait": "wait_s",
            "organisation": "gid",
        },
        unit="cores",
    ),
    "chronus": Preset(
        header=(
            "vc,gpus,submit_min,iterations,model_name,duration_min,interval,expect_time_list,expect_value_list,"
            "best_effort,job_type"
        ),
        columns={
            "submit": "submit_min:min", "run": "duration_min:min", "units": "gpus", "deadlines": "expect_time_list:min",
            "values": "expect_value_list",
        },
        free=lambda row, names: row[names["best_effort"]] == "1",
    ),
    "helios": Preset(
        header="job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,queue",
        columns={"submit": "submit_time", "run": "duration", "units": "gpu_num", "site": "vc", "wait": "queue"},
    ),
    "gavel": Preset(
        header="vc,job_type,total_steps,arrival_s,scale_factor,philly_submit_s",
        columns={"submit": "philly_submit_s", "run": "total_steps", "units": "scale_factor", "site": "vc"},
    ),
    "openb": Preset(  # a share of an accelerator counts as one
        header=(
            "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,"
            "scheduled_time"
        ),
        columns={
            "submit": "creation_time", "start": "scheduled_time", "end": "deletion_time", "units": "num_gpu",
        },
    ),
    "dlrm": Preset(
        header=(
            "instance_sn,role,app_name,cpu_request,cpu_limit,gpu_request,gpu_limit,rdma_request,rdma_limit,"
            "memory_request,memory_limit,disk_request,disk_limit,max_instance_per_node,creation_time,scheduled_time,"
            "deletion_time"
        ),
        columns={
            "submit": "creation_time", "start": "scheduled_time", "end": "deletion_time", "units": "gpu_request",
            "organisation": "app_name",
        },
    ),
    "genai": Preset(
        header=(
            "gmt_create,predict_type,predict_status,exec_time_seconds,groupId,prompt_length,negative_prompt_length,"
            "num_images_per_prompt,num_inference_steps,checkpoint_model_version_id,num_lora"
        ),
        columns={"submit": "gmt_create", "run": "exec_time_seconds"},
    ),
}  # fmt: skip
