"""What is submitted: sbatch's options and the batch script. Pure."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.dispatch.run import RunPlan

CLAIMED = 75  # exit code of a batch that found another one of its name at work: it does nothing
MIB = 1 << 20
_MARGIN_MINUTES = 1  # our own program ends a run at its limit to the second; Slurm's limit is the second guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One batch, in neither the words of a command line nor those of an HTTP interface."""

    name: str
    user: str  # '' for the agent's own
    script: str
    folder: str  # working directory
    nodes: tuple[str, ...]  # one task on each
    cpus: int
    memory_mib: int
    gres: str  # '', gpu:TYPE:COUNT or shard:COUNT
    minutes: int | None
    partition: str
    account: str
    qos: str
    reservation: str


def submission(
    name: str, plan: RunPlan, *, user: str, folder: str, nodes: Sequence[str], gres_type: str, settings: SlurmSettings
) -> Submission:
    """All tasks of a plan are alike: the market sells equal machines."""
    task = plan.tasks[0]
    gres = ":".join(filter(None, ("gpu", gres_type, str(task.accelerators)))) if task.accelerators else ""
    if task.share > 1:
        gres = f"shard:{task.accelerators}"
    limit = plan.time_limit_us
    return Submission(
        name=name,
        user=user,
        script=batch_script(plan, folder=folder, python=settings.python, cpus=task.cpus),
        folder=folder,
        nodes=tuple(nodes),
        cpus=task.cpus,
        memory_mib=-(-task.memory_bytes // MIB),
        gres=gres,
        minutes=None if limit is None else -(-limit // 60_000_000) + _MARGIN_MINUTES,
        partition=settings.partition,
        account=settings.account,
        qos=settings.qos,
        reservation=settings.reservation,
    )


def batch_script(plan: RunPlan, *, folder: str, python: str, cpus: int) -> str:
    """Claims the run, then starts each rank on its node: the setups first, the commands when all setups are done.

    `set -C` makes the claim a file that only one can create, also over NFS; who comes second ends with CLAIMED.
    """
    count, program = len(plan.tasks), f"{folder}/rank.py"
    step = shlex.join(
        ["srun", f"--nodes={count}", f"--ntasks={count}", "--ntasks-per-node=1", f"--cpus-per-task={cpus}",
         "--kill-on-bad-exit=1", "--export=ALL", python, "-I", "-S", program, folder]
    )  # fmt: skip
    setup = f"{step} setup || exit $?\n" if plan.setup.strip() else ""
    return (
        "#!/bin/bash\n"
        f'set -C; echo "$SLURM_JOB_ID" 2>/dev/null > {shlex.quote(folder)}/job/claim || exit {CLAIMED}\n'
        f"set +C; cd /\n{setup}exec {step} command\n"
    )


def sbatch(what: Submission) -> list[str]:
    """The command line. The script itself comes on stdin."""
    options = {
        "--job-name": what.name, "--partition": what.partition, "--account": what.account, "--qos": what.qos,
        "--reservation": what.reservation, "--nodelist": ",".join(what.nodes), "--gres": what.gres,
        "--nodes": str(len(what.nodes)), "--ntasks": str(len(what.nodes)), "--ntasks-per-node": "1",
        "--cpus-per-task": str(what.cpus), "--mem": f"{what.memory_mib}M", "--chdir": what.folder,
        "--time": "" if what.minutes is None else str(what.minutes),
        "--output": f"{what.folder}/job/batch", "--open-mode": "append",
    }  # fmt: skip
    given = [f"{name}={value}" for name, value in options.items() if value]
    return ["sbatch", "--parsable", "--no-requeue", *given]
