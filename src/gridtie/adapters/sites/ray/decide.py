"""What Ray's records mean: for a run, for what the site can lend, for what it declares. Pure."""

import math
import shlex
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from gridtie.adapters.sites.ray.parse import JobRecord, NodeRecord, Told, Usage
from gridtie.dispatch.run import RunPlan, RunTask
from gridtie.dispatch.site import ClusterFacts, Pool, Room, Seen, SiteCapacity
from gridtie.registry.parts import part_of

CLAIMED = 75  # the driver's exit code when another has claimed the run: it does nothing
STOP_WAIT_S = 16  # how long Ray lets the driver end its ranks, instead of its own 3 s
GRAINS = 10_000  # Ray counts in ten-thousandths
PIN = 0.001  # of the resource that a node has one of under its own address


# ── what is submitted ─────────────────────────────────────────────────────────────────────────────────────────────
def submission(*, folder: str, python: str) -> dict[str, Any]:
    """The body of POST /api/jobs/, without the name."""
    return {
        "entrypoint": f"exec {shlex.quote(python)} {shlex.quote(f'{folder}/driver.py')} {shlex.quote(folder)}",
        "runtime_env": {"env_vars": {"RAY_JOB_STOP_WAIT_TIME_S": str(STOP_WAIT_S)}},
        "metadata": {"by": "gridtie"},
    }


def gang(plan: RunPlan, nodes: Sequence[NodeRecord]) -> dict[str, Any]:
    """What driver.py reads: a bundle for each rank, pinned to the node that the market chose."""
    bundles = []
    for task, node in zip(plan.tasks, nodes, strict=True):
        bundle: dict[str, float] = {
            "CPU": task.cpus, "memory": task.memory_bytes, f"node:{node.address}": PIN,
        }  # fmt: skip
        if task.accelerators:
            bundle[next(iter(node.devices), "GPU")] = _of_cards(task)
        bundles.append(bundle)
    apart = len({node.address for node in nodes}) == len(nodes) > 1
    phases = ["setup", "command"] if plan.setup.strip() else ["command"]
    return {"bundles": bundles, "strategy": "STRICT_SPREAD" if apart else "PACK", "phases": phases}


def _of_cards(task: RunTask) -> float:
    """Rounded down to what Ray counts in, so that all parts of a card are never more than it."""
    return task.accelerators if task.share == 1 else task.accelerators * GRAINS // task.share / GRAINS


# ── what becomes of it ────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Meaning:
    """`stop`: the job must be ended too, for its run goes on elsewhere."""

    seen: Seen
    stop: bool = False


def meaning(job: JobRecord, told: Told | None, *, asked: str, patient: bool) -> Meaning:
    """`told`: what its driver says. `asked`: how we told it to end ('', cancel, evict, kill). `patient`: it may wait
    on."""
    if job.status in ("PENDING", "RUNNING"):
        if told is None or told.phase == "waiting":
            return _waiting(job, told, patient)
        return Meaning(Seen(phase="running", detail="Ray: RUNNING"))
    return Meaning(_ended(job, told, asked))


def _waiting(job: JobRecord, told: Told | None, patient: bool) -> Meaning:
    """Placement groups wait as QUEUED, PENDING or NO_RESOURCES; INFEASIBLE is what no node of the cluster could be."""
    why = told.detail if told else f"{job.status}, {job.message}"
    if told and told.detail == "INFEASIBLE":
        words = "Ray: INFEASIBLE: no node is, any more, as the run needs it; `ray status` shows what there is"
        return Meaning(Seen(phase="refused", reason="site", detail=words), stop=True)
    if not patient:
        words = f"Ray: {why}, for longer than this site lets a run wait"
        return Meaning(Seen(phase="refused", reason="site", detail=words), stop=True)
    return Meaning(Seen(phase="waiting", detail=f"in Ray's queue: {why}"))


def _ended(job: JobRecord, told: Told | None, asked: str) -> Seen:
    words = f"Ray: {job.status}" + (f", {told.detail}" if told and told.phase == "ended" and told.detail else "")
    never_ran = told is None or not told.ran
    if job.status == "SUCCEEDED":
        return Seen(phase="ended", exit_code=0)
    if asked == "kill":
        return Seen(phase="ended", reason="lease", detail=words)
    if asked in ("evict", "cancel"):
        reason = "preempted" if asked == "evict" else "cancel"
        return Seen(phase="refused" if never_ran and asked == "cancel" else "ended", reason=reason, detail=words)
    if job.exit_code == CLAIMED and job.status == "FAILED":
        return Seen(phase="ended", reason="site", detail="Ray: another job has claimed this run")
    if told is not None and told.phase == "ended" and told.reason != "stopped":
        reason = {"exit": "exit", "lease": "lease", "out_of_memory": "out_of_memory"}.get(told.reason, "site")
        code = None if reason == "site" else told.exit_code
        return Seen(phase="ended", reason=reason, exit_code=code, detail=words)
    if job.status == "STOPPED":
        return Seen(phase="ended", reason="preempted", detail=f"{words}, not by us")
    # FAILED without a word of the driver's own: Ray could not start it, or it was killed with its node.
    return Seen(phase="refused" if told is None else "ended", reason="site", detail=f"{words}: {complaint(job)}")


def complaint(job: JobRecord) -> str:
    """The first line of Ray's message, and the last of what the driver printed, where it quotes that."""
    first, _, rest = job.message.partition("\n")
    lines = [line.strip() for line in rest.splitlines() if line.strip()]
    return f"{first[:150]} … {lines[-1][:150]}" if lines else first[:300] or "no reason given"


# ── capacity ──────────────────────────────────────────────────────────────────────────────────────────────────────
def capacity(
    nodes: Mapping[str, NodeRecord], usage: Usage, running: Sequence[RunPlan], *, share: int = 1
) -> SiteCapacity:
    """`nodes`: by declared machine. What our runs take is part of what they may have; what others take is not. `share`:
    in how many parts cards are lent; accelerators are counted in them."""
    taken: dict[str, list[int]] = {}
    for plan in running:
        for task in plan.tasks:
            mine = taken.setdefault(task.machine, [0, 0, 0])
            for index, amount in enumerate((task.cpus, task.memory_bytes, task.accelerators)):
                mine[index] += amount
    rooms: dict[str, Room] = {}
    notes: list[str] = []
    for machine, node in nodes.items():
        if not node.alive:
            rooms[machine] = Room(0, 0, 0)
            notes.append(f"{machine}: dead{f' ({node.why[:80]})' if node.why else ''}")
            continue
        used = (usage.used or {}).get(node.id, {})
        names = ("CPU", "memory", next(iter(node.devices), "GPU"))
        totals = (node.cpus, node.memory_bytes, sum(node.devices.values()) * share)
        mine = taken.get(machine, [0, 0, 0])
        # A part that does not come out even in Ray's grains is used a grain less than whole.
        amounts = [used.get(name, 0.0) * each for name, each in zip(names, (1, 1, share), strict=True)]
        others = [max(0, math.ceil(amount) - own) for amount, own in zip(amounts, mine, strict=True)]
        rooms[machine] = Room(*(max(0, total - other) for total, other in zip(totals, others, strict=True)))
    if usage.used is None:
        notes.append("Ray does not say what is in use, so all of it counts as free")
    free = any(room.cpus > taken.get(machine, [0])[0] for machine, room in rooms.items())
    wait = 0 if free and not usage.queued else None  # Ray knows no job's end, so no other wait can be told
    return SiteCapacity(machines=rooms, queue_wait_s=wait, note="; ".join(notes[:20]))


# ── what is declared ──────────────────────────────────────────────────────────────────────────────────────────────
def machines(nodes: Sequence[NodeRecord], *, only: AbstractSet[str]) -> tuple[dict[str, NodeRecord], list[str]]:
    """(node of each machine, those left out and why). A machine is called as its node, or by its address where two
    nodes have one name; of the dead ones that have a successor nothing is left."""
    alive = [node for node in nodes if node.alive]
    found: dict[str, NodeRecord] = {}
    notes: list[str] = []
    for node in sorted((node for node in nodes if not node.alive), key=lambda node: node.id) + alive:
        low = node.name.lower()
        if only and not only & {low, node.address}:
            continue
        twins = node.alive and sum(other.name.lower() == low for other in alive) > 1
        name = node.address.replace(":", ".") if twins or not _plain(low) else low
        if node.alive and (reason := _left_out(node, alive)):
            notes.append(f"{name} is left out: {reason}")
            continue
        found[name] = node
    return found, notes


def _plain(name: str) -> bool:
    """As machines may be called on the exchange."""
    ends = bool(name) and name[0].isalnum() and name[-1].isalnum()
    return ends and name.isascii() and all(sign.isalnum() or sign in "._-" for sign in name)


def _left_out(node: NodeRecord, alive: Sequence[NodeRecord]) -> str:
    if not node.cpus:
        return "it lends no core (--num-cpus=0)"
    if not node.memory_bytes:
        return "it lends no memory"
    if len(node.devices) > 1:
        return f"it has accelerators of several kinds ({', '.join(node.devices)})"
    if sum(other.address == node.address for other in alive) > 1:
        return f"two nodes have the address {node.address}, and Ray tells them apart by that"
    return ""


def facts(
    nodes: Sequence[NodeRecord], *, only: AbstractSet[str], chips: Mapping[str, str], disk_bytes: int, identity: str,
    share: int = 1,
) -> ClusterFacts:  # fmt: skip
    """Every node that is alive: Ray soon forgets what the dead ones were.

    `chips`: what `device_kind` gives → chip. A node of a kind that is not in it is left out and named, and so is one of
    several cards where cards are lent in parts (`share`): which of them a part lies on is Ray's to say.
    """
    pools: dict[str, list[Mapping[str, str | int]]] = {}
    found, notes = machines(nodes, only=only)
    for name, node in sorted(found.items()):
        if not node.alive:
            continue
        kind = device_kind(node)
        if kind and kind not in chips:
            mend = f"say which: --set chips.{kind}=CHIP"
            notes.append(f"{name} is left out: accelerator type {kind!r} is no chip; {mend}")
            continue
        if kind and share > 1 and sum(node.devices.values()) > 1:
            notes.append(f"{name} is left out: it has several cards, and parts are lent of nodes with one")
            continue
        machine: dict[str, str | int] = {
            "name": name, "cpus": node.cpus, "memory_bytes": node.memory_bytes, "disk_bytes": disk_bytes,
            "accelerators": sum(node.devices.values()) * share,
        }  # fmt: skip
        pools.setdefault(part_of(chips[kind], share) if kind else "cpu", []).append(machine)
    alive = [node for node in nodes if node.alive]
    return ClusterFacts(
        identity={"scheduler": "ray", "cluster": identity},
        cpus=sum(node.cpus for node in alive),
        memory_bytes=sum(node.memory_bytes for node in alive),
        pools=tuple(Pool(chip=chip, machines=tuple(entries)) for chip, entries in sorted(pools.items())),
        notes=tuple(notes),
    )


def device_kind(node: NodeRecord) -> str:
    """Its accelerator type, else the resource in lower case, '' without accelerators."""
    return "" if not node.devices else node.kind or next(iter(node.devices)).lower()
