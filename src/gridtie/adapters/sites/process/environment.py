"""What a job finds in its environment: SkyPilot's variables and ours, and nothing of the agent's own."""

import json
import zlib
from collections.abc import Sequence

from gridtie.adapters.sites.process import sandbox
from gridtie.dispatch.run import RunTask
from gridtie.dispatch.site import TaskStart

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEVICE_LISTS = ("CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "ASCEND_RT_VISIBLE_DEVICES", "MLU_VISIBLE_DEVICES",
                "MUSA_VISIBLE_DEVICES", "XPU_VISIBLE_DEVICES")  # fmt: skip

# What Slurm tells a batch script once it has a place; what is known before stands among what its submitter gives.
OF_BATCH = ("SLURM_JOB_ID", "SLURM_PROCID", "SLURM_NODEID", "SLURM_LOCALID", "SLURM_SUBMIT_DIR")


def environment(start: TaskStart, inside: str, url: str, shared: Sequence[str] = ()) -> dict[str, str]:
    """`inside` is the rank's home as the job sees it; `url` the exchange's; `shared` folders that the site shows: what
    is in their bin comes before the system's own. What the submitter gives is not in it: that is set inside, when the
    sandbox stands."""
    plan, task = start.plan, start.task
    cards = -(-task.accelerators // task.share)
    devices = ",".join(str(index) for index in start.devices)
    cluster = {"cluster_name": plan.run, "cloud": "gridtie", "region": plan.site, "zone": None}
    values = {
        "PATH": ":".join([*(f"{folder}/bin" for folder in shared), PATH]),
        "LANG": "C.UTF-8",
        "HOME": inside,
        "USER": "job",
        "LOGNAME": "job",
        "TMPDIR": "/tmp" if inside == sandbox.HOME else f"{inside}/tmp",  # noqa: S108  the sandbox's own
        "SHELL": "/bin/bash",
        "OMP_NUM_THREADS": str(task.cpus),
        "SKYPILOT_NODE_RANK": str(task.rank),
        "SKYPILOT_NUM_NODES": str(len(plan.tasks)),
        "SKYPILOT_NODE_IPS": "\n".join(start.peers),
        "SKYPILOT_NUM_GPUS_PER_NODE": str(cards),
        "SKYPILOT_TASK_ID": plan.job,
        "SKYPILOT_CLUSTER_INFO": json.dumps(cluster),
        "SKYPILOT_USER": plan.organisation,
        "MASTER_ADDR": start.peers[0] if start.peers else "127.0.0.1",
        "MASTER_PORT": str(master_port(plan.run)),
        "GRIDTIE_RANK": str(task.rank),
        "GRIDTIE_WORLD_SIZE": str(len(plan.tasks)),
        "GRIDTIE_JOB": plan.job,
        "GRIDTIE_RUN": plan.run,
        "GRIDTIE_EPOCH": str(plan.epoch),
        "GRIDTIE_CHECKPOINT_DIR": f"{inside}/checkpoints",
        "GRIDTIE_OUTPUT_DIR": f"{inside}/sky_workdir",
        "GRIDTIE_RESUMED": "1" if start.resumed else "0",
        "GRIDTIE_PYTHON": sandbox.python(),
        "GRIDTIE_CPUS": str(task.cpus),
        "GRIDTIE_MEMORY_BYTES": str(task.memory_bytes),
    }
    if any(name == "SLURM_JOB_NAME" for name, _ in plan.envs):
        values |= dict(
            zip(OF_BATCH, (plan.job, str(task.rank), str(task.rank), "0", f"{inside}/sky_workdir"), strict=True)
        )
    values |= dict.fromkeys(DEVICE_LISTS, devices)
    if task.share > 1:
        values |= part_environment(task)
    if plan.network == "host":
        values["GRIDTIE_EXCHANGE_URL"] = url
    return values


def part_environment(task: RunTask) -> dict[str, str]:
    """What of its card it bought. Nothing here holds it to that: where the owner runs NVIDIA's MPS, that keeps to the
    percentage; elsewhere the parts share the card's time as its driver shares it."""
    percent = task.accelerators * 100 // task.share
    return {
        "GRIDTIE_ACCELERATOR_PARTS": f"{task.accelerators}/{task.share}",
        "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE": str(percent),
    }


def master_port(run: str) -> int:
    """Where the ranks of a gang meet; runs that share a machine rarely share it. Below the kernel's ephemeral range."""
    return 28_000 + zlib.crc32(run.encode()) % 4_000


def setup_environment(start: TaskStart) -> dict[str, str]:
    """Besides, while the setup runs."""
    return {
        "SKYPILOT_SETUP_NODE_RANK": str(start.task.rank),
        "SKYPILOT_SETUP_NODE_IPS": "\n".join(start.peers),
        "SKYPILOT_SETUP_NUM_NODES": str(len(start.plan.tasks)),
    }
