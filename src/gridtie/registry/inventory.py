"""What one host has: the record that `gridtie identify` makes, its public form, its digest and its physical limit."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from gridtie.values.canonical import digest as canonical_digest
from gridtie.values.quantity import GIB


@dataclass(frozen=True, slots=True, kw_only=True)
class NumaNode:
    index: int
    cpus: tuple[int, ...]
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    level: int
    kind: str  # data | instruction | unified
    size_bytes: int  # of one
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuInventory:
    """`cores` and `threads` are the host's; a container may use only `quota_millis` thousandths of a thread."""

    model: str
    vendor: str
    architecture: str  # as uname says it: x86_64, aarch64, loongarch64 …
    sockets: int
    cores: int
    threads: int
    numa: tuple[NumaNode, ...] = ()
    caches: tuple[Cache, ...] = ()
    base_mhz: int | None = None
    max_mhz: int | None = None  # None: the kernel does not say (virtual machines), or says less than boost reaches
    flags: tuple[str, ...] = ()  # only those that decide the widest unit
    quota_millis: int | None = None
    virtual: bool = False

    @property
    def usable_millis(self) -> int:
        whole = self.threads * 1000
        return whole if self.quota_millis is None else min(whole, self.quota_millis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    name: str
    kind: str  # nvme | ssd | hdd | virtual
    size_bytes: int
    model: str = ""
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    name: str
    kind: str  # ethernet | infiniband | roce
    speed_mbps: int | None = None
    up: bool = False
    driver: str = ""
    numa_node: int | None = None
    address: str | None = None  # MAC or GUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """How one accelerator reaches another device: `path` in the tool's words (NV12, HCCS, PXB, SYS …)."""

    to: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    profile: str  # 1g.20gb
    uuid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """One package. Two dies that the tool lists as two devices are one accelerator with `dies` 2."""

    index: int
    vendor: str
    model: str  # as the tool spells it
    chip: str | None = None  # id of the chip registry; None: not known there
    lookup: str | None = None  # what to ask the registry where the spelling alone says too little; '': ask nothing
    memory_bytes: int | None = None  # of the whole package
    driver: str = ""
    uuid: str | None = None
    serial: str | None = None
    pci_address: str | None = None
    numa_node: int | None = None
    cpus: str = ""  # CPUs near to it, as a list such as 0-31,64-95
    dies: int = 1
    utilisation_percent: int | None = None
    peers: tuple[Peer, ...] = ()
    partitions: tuple[Partition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something identification could not do, and what would help."""

    subject: str
    message: str
    fix: str = ""
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostInventory:
    host_name: str
    machine_id: str  # what tells two hosts of one make apart; hidden in public
    kernel: str
    cpu: CpuInventory
    memory_bytes: int
    memory_limit_bytes: int | None = None  # of this container
    disks: tuple[Disk, ...] = ()
    links: tuple[Link, ...] = ()
    accelerators: tuple[Accelerator, ...] = ()
    problems: tuple[Finding, ...] = ()

    @property
    def usable_memory_bytes(self) -> int:
        return self.memory_bytes if self.memory_limit_bytes is None else min(self.memory_bytes, self.memory_limit_bytes)

    @property
    def disk_bytes(self) -> int:
        return sum(disk.size_bytes for disk in self.disks)


def to_json(inventory: HostInventory) -> dict[str, object]:
    """Plain JSON data; tuples become lists, nothing is left out."""
    return {key: _plain(value) for key, value in asdict(inventory).items()}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


# ── the public form ───────────────────────────────────────────────────────────────────────────────────────────────
_IDENTIFYING = re.compile(
    r"(?:GPU-|MIG-)?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"
)


def public(inventory: HostInventory) -> HostInventory:
    """The same without what identifies the very machine: UUIDs, serials, addresses, host name, machine id."""
    return replace(
        inventory,
        host_name="",
        machine_id="",
        disks=tuple(replace(disk, serial=None) for disk in inventory.disks),
        links=tuple(replace(link, address=None) for link in inventory.links),
        accelerators=tuple(
            replace(
                one,
                uuid=None,
                serial=None,
                partitions=tuple(replace(part, uuid=None) for part in one.partitions),
            )
            for one in inventory.accelerators
        ),
        problems=tuple(
            replace(one, message=_IDENTIFYING.sub("(hidden)", one.message), fix=_IDENTIFYING.sub("(hidden)", one.fix))
            for one in inventory.problems
        ),
    )


# ── slices and digests ────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class HostSlice:
    """What one machine of one site declares of a host. Thousandths of a CPU, so that small hosts can be shared."""

    name: str
    cpu_millis: int
    memory_bytes: int
    disk_bytes: int = 0
    accelerators: tuple[int, ...] = ()  # indexes in the inventory


def host_digest(inventory: HostInventory) -> str:
    """What the hardware is, without what changes while it runs: load, link state, problems, names."""
    cpu = inventory.cpu
    return canonical_digest(
        {
            "machine_id": inventory.machine_id,
            "cpu": [cpu.model, cpu.vendor, cpu.architecture, cpu.sockets, cpu.cores, cpu.threads],
            # Whole GiB: what a kernel keeps for itself changes with its version by some MiB.
            "memory_gib": round(inventory.memory_bytes / GIB),
            "disks": sorted([disk.name, str(disk.size_bytes), disk.serial or ""] for disk in inventory.disks),
            "links": sorted([link.name, link.address or ""] for link in inventory.links),
            "accelerators": [
                [one.index, one.vendor, one.model, str(one.memory_bytes or 0), one.uuid or "", one.serial or ""]
                for one in inventory.accelerators
            ],
        }
    )


def fingerprints(inventory: HostInventory, chip: str) -> tuple[str, ...]:
    """What tells each accelerator of a chip from every other one, hashed: whoever has seen it recognises it again.

    By its UUID; without one by what the board says, and else by its slot in this very host. Two entries that a tool
    shows for one device are one.
    """
    found: dict[str, None] = {}
    for one in inventory.accelerators:
        if one.chip == chip and not one.partitions:
            slot = one.pci_address or str(one.index)
            own = [one.uuid] if one.uuid else [one.serial or inventory.machine_id, slot]
            found[canonical_digest([one.vendor, *own]).removeprefix("sha256:")] = None
    return tuple(found)


def digest(inventory: HostInventory, declared: HostSlice | None = None) -> str:
    """Host and declared slice together; `None` declares the whole host."""
    part = declared or whole_host(inventory)
    return canonical_digest(
        {
            "host": host_digest(inventory),
            "slice": {
                "name": part.name,
                "cpu_millis": part.cpu_millis,
                "memory_bytes": str(part.memory_bytes),
                "disk_bytes": str(part.disk_bytes),
                "accelerators": sorted(part.accelerators),
            },
        }
    )


def whole_host(inventory: HostInventory, *, name: str = "") -> HostSlice:
    return HostSlice(
        name=name,
        cpu_millis=inventory.cpu.usable_millis,
        memory_bytes=inventory.usable_memory_bytes,
        disk_bytes=inventory.disk_bytes,
        accelerators=tuple(one.index for one in inventory.accelerators),
    )


# ── the physical limit of a CPU ───────────────────────────────────────────────────────────────────────────────────
CLOCK_CEILING_MHZ = 6200
"""The highest clock any shipped server or desktop core is specified for (Intel Core i9-14900KS); the bound where the
kernel does not tell the clock, as in a virtual machine."""

# Floating-point operations per cycle and core: pipes × lanes × 2 (a fused multiply-add counts two).
# x86: Intel's Optimization Reference Manual (two 512-bit or two 256-bit FMA ports; AMX 16×16×32 pairs in 16 cycles),
# AMD's Software Optimization Guide for Zen 5 (two 512-bit FMA pipes). Arm: Neoverse V1 and V2 guides (four 128-bit or
# two 256-bit pipes), A64FX (two 512-bit SVE pipes). The widest known of each class, so that it stays an upper bound.
_X86_UNITS: tuple[tuple[frozenset[str], int, int], ...] = (
    (frozenset({"avx512f"}), 64, 32),
    (frozenset({"avx2", "fma"}), 32, 16),
    (frozenset({"avx"}), 16, 8),
    (frozenset({"sse2"}), 8, 4),
)
_ARM_UNITS: tuple[tuple[frozenset[str], int, int], ...] = (
    (frozenset({"sme"}), 512, 128),
    (frozenset({"sve"}), 64, 32),
    (frozenset({"asimd"}), 32, 16),
)
_LOONGARCH_UNITS: tuple[tuple[frozenset[str], int, int], ...] = (
    (frozenset({"lasx"}), 32, 16),
    (frozenset({"lsx"}), 16, 8),
)
_UNITS = {
    "x86_64": _X86_UNITS,
    "i686": _X86_UNITS,
    "aarch64": _ARM_UNITS,
    "arm64": _ARM_UNITS,
    "loongarch64": _LOONGARCH_UNITS,
}
LIMIT_FLAGS = frozenset().union(*(flags for units in _UNITS.values() for flags, _, _ in units)) | {
    "amx_tile", "amx_bf16", "amx_fp16", "amx_int8", "avx512_bf16", "avx512_fp16", "avx512_vnni",
    "asimdhp", "bf16", "i8mm", "svebf16", "sve2",
}  # fmt: skip
_HALF = {
    "bf16": (("amx_bf16", 2048), ("avx512_bf16", 128), ("svebf16", 256), ("bf16", 128)),
    "fp16": (("amx_fp16", 2048), ("avx512_fp16", 128), ("asimdhp", 128)),
}


def peak_flops_per_s(cpu: CpuInventory) -> dict[str, int]:
    """No program can do more on this CPU: cores × FLOP per cycle of the widest unit × highest clock, per precision.

    Keys fp64, fp32, fp16, bf16; empty for an architecture whose units are not known here. A container's quota counts
    instead of the cores where it is smaller (a quota of one CPU is one core's worth of time, whatever SMT does).
    Half precisions without a unit of their own run in fp32. An upper bound, meant for rejecting the impossible, not
    an expectation: without a known clock it takes CLOCK_CEILING_MHZ.
    """
    have = frozenset(cpu.flags)
    unit = next(((fp32, fp64) for need, fp32, fp64 in _UNITS.get(cpu.architecture, ()) if need <= have), None)
    if unit is None:
        return {}
    per_cycle = {"fp32": unit[0], "fp64": unit[1]}
    for precision, options in _HALF.items():
        per_cycle[precision] = max(unit[0], next((rate for flag, rate in options if flag in have), 0))
    core_millis = min(cpu.cores * 1000, cpu.usable_millis)
    hertz = (cpu.max_mhz or CLOCK_CEILING_MHZ) * 1_000_000
    return {precision: core_millis * rate * hertz // 1000 for precision, rate in per_cycle.items()}


def ceiling_flops_per_s(cores: int) -> dict[str, int]:
    """What no processor of so many cores does, whatever it is: the widest unit known at the highest clock known.

    For hosts that do not say what their processor is, so that saying nothing is not a way around the limit.
    """
    units = [unit for known in _UNITS.values() for unit in known]
    wide = {"fp32": max(fp32 for _, fp32, _ in units), "fp64": max(fp64 for _, _, fp64 in units)}
    wide |= {name: max(wide["fp32"], *(rate for _, rate in known)) for name, known in _HALF.items()}
    return {name: cores * rate * CLOCK_CEILING_MHZ * 1_000_000 for name, rate in wide.items()}


def sells(inventory: HostInventory) -> tuple[tuple[int, str], ...]:
    """What the host would offer: (how many, chip id), or its cores as 'cpu'.

    Only whole accelerators that the registry knows: one that is divided (MIG) cannot be given to anybody whole.
    """
    counts: dict[str, int] = {}
    for one in inventory.accelerators:
        if one.chip is not None and not one.partitions:
            counts[one.chip] = counts.get(one.chip, 0) + 1
    if counts:
        return tuple((count, chip) for chip, count in sorted(counts.items()))
    return ((max(1, min(inventory.cpu.cores, inventory.cpu.usable_millis // 1000)), "cpu"),)
