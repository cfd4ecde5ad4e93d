"""What Slurm's records mean: for a run, for what the site can lend, for what it declares. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from gridtie.adapters.sites.slurm.parse import JobRecord, NodeRecord, ReservationRecord
from gridtie.adapters.sites.slurm.script import CLAIMED
from gridtie.dispatch.run import RunPlan
from gridtie.dispatch.site import ClusterFacts, Pool, Room, Seen, SiteCapacity
from gridtie.registry.parts import part_of

WAITING = frozenset({"PENDING", "CONFIGURING", "RESV_DEL_HOLD"})
RUNNING = frozenset({"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "STAGE_OUT"})
AGAIN = frozenset({"REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT"})
# Reasons for which no waiting helps: the site's configuration, or the run, would have to change.
_HOPELESS = ("BadConstraints", "PartitionNodeLimit", "PartitionTimeLimit", "InvalidAccount", "InvalidQOS", "JobHeld",
             "PerJob", "PerNode", "MaxMemPerLimit", "QOSMin", "QOSNotAllowed", "AccountNotAllowed",
             "ReservationDeleted", "launch failed", "launch_failed", "DependencyNeverSatisfied",
             "Cleaning")  # fmt: skip
_OUT = frozenset({"DOWN", "DRAIN", "DRAINED", "DRAINING", "FAIL", "FAILING", "FUTURE", "UNKNOWN", "ERROR",
                  "NOT_RESPONDING", "MAINTENANCE", "MAINT", "REBOOT", "REBOOT_REQUESTED", "POWERED_DOWN",
                  "POWERING_DOWN", "POWER_DOWN", "INVALID_REG", "PERFCTRS", "UNDRAIN"})  # fmt: skip
# Who waits for these stands before nobody: for a time of his own choosing, for another job, for a person.
_ASIDE = ("BeginTime", "Dependency", "JobHeld")
# The first that fits: Slurm says "accounting/QOS policy", "Invalid account or account/partition combination".
_ADVICE = (
    ("qos", "ask for less, or let the site's operator check `qos` and its limits (`sacctmgr show qos`)"),
    ("account", "the site's operator should check `account` and `users` in its settings against `sacctmgr show assoc`"),
    ("partition", "the site's operator should check `partition` in the agent's settings against `sinfo`"),
    ("user id", "the local user is unknown to Slurm: the site's operator should check `users`"),
    ("time limit", "set a shorter time limit, or offer a partition that allows longer ones"),
    ("node configuration", "no machine is as large as declared: the site's operator should run `scontrol show node`"),
    ("memory", "ask for less memory, or let the site's operator check the nodes' RealMemory"),
    ("reservation", "the site's operator should check `reservation` against `scontrol show reservation`"),
    ("reqnodenotavail", "the machine went out of use; another one is chosen"),
    ("held", "a person holds it: `scontrol release`, or cancel it"),
    ("limit", "ask for less, or let the site's operator raise the limit"),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """`cancel`: the job must be ended too, for its run goes on elsewhere."""

    seen: Seen
    cancel: bool = False


def meaning(job: JobRecord, *, asked: str, patient: bool, limited: bool) -> Meaning:
    """`asked`: how we told it to end ('', cancel, evict, kill). `patient`: it may wait on. `limited`: the run has a
    time limit of its own."""
    if job.state in AGAIN or job.restarts:
        words = f"Slurm: {job.state.lower()} after {job.restarts} restart(s); a second start would be a second run"
        return Meaning(Seen(phase="ended", reason="site", detail=words), cancel=True)
    if job.state in WAITING and job.state != "CONFIGURING":
        return _waiting(job, patient)
    if job.state in RUNNING or job.state == "CONFIGURING":
        return Meaning(Seen(phase="waiting" if job.state == "CONFIGURING" else "running", detail=f"Slurm {job.id}"))
    return Meaning(_ended(job, asked, limited))


def _waiting(job: JobRecord, patient: bool) -> Meaning:
    why = job.reason or "not looked at yet"
    hopeless = any(word.lower() in job.reason.lower() for word in _HOPELESS)
    if hopeless or not patient:
        words = f"Slurm: {why}" + ("" if hopeless else ", for longer than this site lets a run wait")
        return Meaning(Seen(phase="refused", reason="site", detail=advised(words)), cancel=True)
    return Meaning(Seen(phase="waiting", detail=f"in Slurm's queue: {why}"))


def _ended(job: JobRecord, asked: str, limited: bool) -> Seen:
    where = f" on {', '.join(job.nodes)}" if job.nodes else ""
    words = f"Slurm: {job.state}{where}"
    seen = partial(Seen, cpu_us=job.cpu_us, memory_peak_bytes=job.memory_peak_bytes)
    never_ran = not job.nodes
    if asked == "kill":
        return seen(phase="ended", reason="lease", detail=words)
    if asked == "evict" and job.state != "COMPLETED":
        return seen(phase="ended", reason="preempted", detail=words)
    if asked == "cancel" and job.state != "COMPLETED":
        return seen(phase="refused" if never_ran else "ended", reason="cancel", detail=words)
    if never_ran:
        return seen(phase="refused", reason="site", detail=advised(f"Slurm: {job.state} {job.reason}".strip()))
    match job.state:
        case "COMPLETED":
            return seen(phase="ended", exit_code=0)
        case "FAILED" if _lost_the_claim(job):
            return seen(phase="ended", reason="site", detail="Slurm: another job has claimed this run")
        case "FAILED":
            code = job.exit_code or (128 + job.signal if job.signal else 1)
            return seen(phase="ended", reason="signal" if job.signal else "exit", exit_code=code, detail=words)
        case "OUT_OF_MEMORY":
            return seen(phase="ended", reason="out_of_memory", exit_code=137, detail=words)
        case "TIMEOUT" | "DEADLINE":
            if not limited:
                words += ": the partition's own time limit"
            return seen(phase="ended", reason="time_limit", exit_code=143, detail=words)
        case "PREEMPTED":
            return seen(phase="ended", reason="preempted", detail=words)
        case "CANCELLED":
            return seen(phase="ended", reason="preempted", detail=f"{words} {job.reason}".strip() + ", not by us")
        case _:  # NODE_FAIL, BOOT_FAIL, REVOKED, LAUNCH_FAILED, and what a later Slurm may add: the site's doing
            return seen(phase="ended", reason="site", detail=words)


def advised(words: str) -> str:
    """Slurm's words, and what to do about them."""
    low = words.lower()
    advice = next((advice for word, advice in _ADVICE if word in low), "")
    return f"{words}; {advice}" if advice else words


def chosen(jobs: Sequence[JobRecord], claim: int | None) -> tuple[JobRecord | None, list[JobRecord]]:
    """(the one that stands for the run, those of the same name that must go). The claim decides, also when its job is
    not among them: then none stands for it.

    Before there is a claim the first that did not lose it stands, and none must go: whichever was ended now could be
    the one that has just won.
    """
    ordered = sorted(jobs, key=lambda job: job.id)
    if claim is None:
        return next((job for job in ordered if not _lost_the_claim(job)), ordered[0]), []
    mine = next((job for job in ordered if job.id == claim), None)
    return mine, [job for job in ordered if job is not mine and (job.state in WAITING or job.state in RUNNING)]


def _lost_the_claim(job: JobRecord) -> bool:
    return job.state == "FAILED" and job.exit_code == CLAIMED and not job.signal


# ── capacity ──────────────────────────────────────────────────────────────────────────────────────────────────────
def out_of_use(node: NodeRecord, *, reservation: str, reserved: Collection[str]) -> str:
    """Why nothing new may start there; '' when it may. `reserved`: nodes of our own reservation."""
    words = {*node.state.split("+"), *node.flags}
    if bad := sorted(words & _OUT):
        return f"{'+'.join(bad).lower()}{f' ({node.reason})' if node.reason else ''}"
    if reservation and node.name not in reserved:
        return f"not in the reservation {reservation}"
    if "RESERVED" in words and node.name not in reserved:
        return "reserved for others"
    return ""


def capacity(
    nodes: Sequence[NodeRecord], running: Sequence[RunPlan], jobs: Sequence[JobRecord],
    reservations: Sequence[ReservationRecord], *, ours: Mapping[str, str], reservation: str, partition: str,
    now: datetime, share: int = 1,
) -> SiteCapacity:  # fmt: skip
    """`ours`: machine as declared → node. What our runs take is part of what they may have; what others take is not.
    `share`: in how many shards a card is lent, and accelerators are counted."""
    taken: dict[str, list[int]] = {}
    for plan in running:
        for task in plan.tasks:
            used = taken.setdefault(task.machine, [0, 0, 0])
            for index, amount in enumerate((task.cpus, task.memory_bytes, task.accelerators)):
                used[index] += amount
    reserved = {name for one in reservations if one.name == reservation for name in one.nodes}
    by_name = {node.name: node for node in nodes}
    rooms: dict[str, Room] = {}
    notes: list[str] = []
    for machine, name in ours.items():
        node = by_name.get(name)
        why = "unknown to Slurm now" if node is None else out_of_use(node, reservation=reservation, reserved=reserved)
        if node is None or why:
            rooms[machine] = Room(0, 0, 0)
            notes.append(f"{machine}: {why}")
            continue
        mine = taken.get(machine, [0, 0, 0])
        cards_used = sum(node.gpus_used.values()) * share + (node.shards_used if share > 1 else 0)
        others = (node.cpus_used - mine[0], node.memory_used_bytes - mine[1], cards_used - mine[2])
        totals = (node.cpus, node.memory_bytes, sum(node.gpus.values()) * share)
        rooms[machine] = Room(*(max(0, total - max(0, used)) for total, used in zip(totals, others, strict=True)))
    wait = queue_wait_s(jobs, rooms, taken, partition=partition, now=now)
    return SiteCapacity(machines=rooms, queue_wait_s=wait, note="; ".join(notes[:20]))


def queue_wait_s(
    jobs: Sequence[JobRecord], rooms: Mapping[str, Room], taken: Mapping[str, Sequence[int]], *, partition: str,
    now: datetime,
) -> int | None:  # fmt: skip
    """How long a run that comes now waits: behind who waits already, until the last of them should have started; else
    until the first that runs has to end, where no machine has anything left; else not at all. None: Slurm says
    nothing (jobs without limits)."""
    there = [job for job in jobs if job.partition == partition]
    before = [job for job in there if job.state in WAITING and not job.reason.startswith(_ASIDE)]
    expected = [job.started for job in before if job.started and job.started > now]
    if expected:
        return int((max(expected) - now).total_seconds())
    if any(room.cpus > taken.get(name, [0])[0] for name, room in rooms.items()):
        return 0
    ends = [job.ended for job in there if job.state in RUNNING and job.ended and job.ended > now]
    return int((min(ends) - now).total_seconds()) if ends else None


# ── what is declared ──────────────────────────────────────────────────────────────────────────────────────────────
def facts(
    config: Mapping[str, str], nodes: Iterable[NodeRecord], *, partition: str, only: Collection[str],
    chips: Mapping[str, str], disk_bytes: int, share: int = 1,
) -> ClusterFacts:  # fmt: skip
    """Every node of the partition, in use or not: what is out of use is capacity, not identity.

    `chips`: GRES type → chip. A node of a type that is not in it, or of two types, is left out and named, and so is one
    that has not one GPU in `share` shards, where GPUs are lent in so many parts.
    """
    pools: dict[str, list[Mapping[str, str | int]]] = {}
    notes, nodes = [], list(nodes)
    for node in sorted(nodes, key=lambda node: node.name):
        if partition not in node.partitions or (only and node.name not in only):
            continue
        kinds = [kind for kind, count in node.gpus.items() if count]
        if len(kinds) > 1:
            notes.append(f"{node.name} is left out: it has GPUs of several types ({', '.join(kinds)})")
            continue
        if kinds and kinds[0] not in chips:
            kind = kinds[0] or "gpu"
            notes.append(f"{node.name} is left out: GRES type {kind!r} is no chip; say which: --set chips.{kind}=CHIP")
            continue
        if kinds and share > 1 and (node.gpus[kinds[0]], node.shards) != (1, share):
            have = f"{node.gpus[kinds[0]]} GPU(s) in {node.shards} shards"
            notes.append(f"{node.name} is left out: it has {have}, and parts are lent of nodes with one in {share}")
            continue
        machine: dict[str, str | int] = {
            "name": node.name.lower(), "cpus": node.cpus, "memory_bytes": node.memory_bytes, "disk_bytes": disk_bytes,
            "accelerators": sum(node.gpus.values()) * share,
        }  # fmt: skip
        pools.setdefault(part_of(chips[kinds[0]], share) if kinds else "cpu", []).append(machine)
    identity = {
        "scheduler": "slurm",
        "cluster": config.get("ClusterName", ""),
        "controllers": ",".join(sorted(value for key, value in config.items() if key.startswith("SlurmctldHost"))),
    }
    found = tuple(Pool(chip=chip, machines=tuple(machines)) for chip, machines in sorted(pools.items()))
    return ClusterFacts(
        identity=identity, cpus=sum(node.cpus for node in nodes), pools=found, notes=tuple(notes),
        memory_bytes=sum(node.memory_bytes for node in nodes),
    )  # fmt: skip


def gres_type(node: NodeRecord) -> str:
    return next((kind for kind, count in node.gpus.items() if count), "")
