"""What the kernel says of the host: processors, memory, disks, links, the PCI bus. Reads /proc and /sys below a root,
needs no program and no privilege, and takes a missing or unreadable file as 'not said'."""

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gridtie.registry.inventory import LIMIT_FLAGS, Cache, CpuInventory, Disk, Link, NumaNode

_FILE_MAX = 4 << 20
_SECTOR_BYTES = 512  # sysfs counts in these whatever the disk's own sector is
_NO_DISK = re.compile(r"(loop|ram|zram|dm-|md|sr|fd|nbd|zd)\d*")
_NO_LINK = re.compile(r"(lo|ifb|docker|br-|virbr|veth|cni|flannel|cali|tun|tap|dummy|bonding_masters|sit|ip6tnl)")
# /proc/cpuinfo of an Arm core has numbers in place of a name (MIDR_EL1: implementer, part).
_ARM_MAKERS = {0x41: "Arm", 0x43: "Cavium", 0x46: "Fujitsu", 0x48: "HiSilicon", 0x4E: "NVIDIA", 0x50: "Ampere",
               0x51: "Qualcomm", 0x61: "Apple", 0x70: "Phytium", 0xC0: "Ampere"}  # fmt: skip
_ARM_PARTS = {
    (0x41, 0xD0C): "Neoverse-N1", (0x41, 0xD40): "Neoverse-V1", (0x41, 0xD49): "Neoverse-N2",
    (0x41, 0xD4F): "Neoverse-V2", (0x41, 0xD08): "Cortex-A72", (0x46, 0x001): "A64FX", (0x48, 0xD01): "Kunpeng-920",
    (0x70, 0x660): "FTC660", (0x70, 0x661): "FTC661", (0x70, 0x662): "FTC662", (0x70, 0x663): "FTC663",
    (0xC0, 0xAC3): "Ampere-1", (0xC0, 0xAC4): "Ampere-1a",
}  # fmt: skip


def read(path: Path) -> str:
    try:
        with path.open("rb", buffering=0) as file:
            parts, left = [], _FILE_MAX
            while left > 0 and (part := file.read(1 << 16)):  # some files of the kernel refuse larger pieces
                parts.append(part)
                left -= len(part)
            return b"".join(parts).decode("utf-8", "replace").strip("\0 \n\t")
    except OSError:
        return ""


def whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def children(path: Path) -> list[Path]:
    try:
        return sorted(path.iterdir(), key=lambda one: [int(x) if x.isdigit() else x for x in _split(one.name)])
    except (OSError, TypeError):
        return []


def _split(name: str) -> list[str]:
    return ["", *re.findall(r"\d+|\D+", name)] if name[:1].isdigit() else re.findall(r"\d+|\D+", name)


def cpu_list(text: str) -> tuple[int, ...]:
    """'0-3,8' → (0, 1, 2, 3, 8); anything else → ()."""
    found: list[int] = []
    for part in text.split(",") if text else ():
        match = re.fullmatch(r"\s*(\d{1,5})(?:-(\d{1,5}))?\s*", part)
        if match is None:
            return ()
        found.extend(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(found)


# ── processors ────────────────────────────────────────────────────────────────────────────────────────────────────
def read_cpu(root: Path, *, architecture: str | None = None) -> CpuInventory:
    """`architecture` as uname says it; None asks the running kernel (right only when root is its own '/')."""
    records = _cpuinfo(read(root / "proc/cpuinfo"))
    first = records[0] if records else {}
    system = root / "sys/devices/system/cpu"
    online = cpu_list(read(system / "online")) or tuple(range(len(records))) or (0,)
    sockets, cores = _topology(system, online, records)
    flags = set((first.get("flags") or first.get("features") or "").split())
    model, vendor = _model(first, root)
    return CpuInventory(
        model=model,
        vendor=vendor,
        architecture=architecture or platform.machine(),
        sockets=sockets,
        cores=cores,
        threads=len(online),
        numa=_numa(root),
        caches=_caches(system, online),
        base_mhz=_base_mhz(system, online[0], first),
        max_mhz=_max_mhz(system, online),
        flags=tuple(sorted(flags & LIMIT_FLAGS)),
        quota_millis=_quota_millis(root),
        virtual="hypervisor" in flags,
    )


def _cpuinfo(text: str) -> list[dict[str, str]]:
    """One record per logical CPU; some architectures end with a record of the machine, which has no processor."""
    records = []
    for block in re.split(r"\n\s*\n", text):
        pairs = (line.partition(":") for line in block.splitlines())
        record = {key.strip().lower(): item.strip() for key, colon, item in pairs if colon}
        if "processor" in record:
            records.append(record)
    return records


def _model(first: dict[str, str], root: Path) -> tuple[str, str]:
    name = first.get("model name") or first.get("cpu model") or first.get("cpu") or ""
    vendor = first.get("vendor_id", "")
    implementer, part = first.get("cpu implementer", ""), first.get("cpu part", "")
    if implementer and re.fullmatch(r"0x[0-9a-f]{1,4}", implementer) and re.fullmatch(r"0x[0-9a-f]{1,4}", part):
        maker, number = int(implementer, 16), int(part, 16)
        vendor = vendor or _ARM_MAKERS.get(maker, f"implementer {implementer}")
        name = name or _ARM_PARTS.get((maker, number), f"{vendor} part {part}")
    return name or read(root / "proc/device-tree/model") or "unknown", vendor or "unknown"


def _topology(system: Path, online: tuple[int, ...], records: list[dict[str, str]]) -> tuple[int, int]:
    packages: set[str] = set()
    cores: set[str] = set()
    for cpu in online:
        topology = system / f"cpu{cpu}/topology"
        siblings = read(topology / "core_cpus_list") or read(topology / "thread_siblings_list")
        if not siblings:
            break
        cores.add(siblings)
        packages.add(read(topology / "physical_package_id"))
    else:
        return len(packages), len(cores)
    pairs = {(one.get("physical id", "0"), one.get("core id", one["processor"])) for one in records}
    return max(1, len({package for package, _ in pairs})), max(1, len(pairs))


def _numa(root: Path) -> tuple[NumaNode, ...]:
    found = []
    for folder in children(root / "sys/devices/system/node"):
        if match := re.fullmatch(r"node(\d{1,4})", folder.name):
            total = re.search(r"MemTotal:\s*(\d{1,15}) kB", read(folder / "meminfo"))
            found.append(
                NumaNode(
                    index=int(match[1]),
                    cpus=cpu_list(read(folder / "cpulist")),
                    memory_bytes=int(total[1]) * 1024 if total else 0,
                )
            )
    if len(found) == 1:  # memory given to a running virtual machine is missing in its node's own count
        found = [replace(found[0], memory_bytes=max(found[0].memory_bytes, read_memory(root)[0]))]
    return tuple(found)


def _caches(system: Path, online: tuple[int, ...]) -> tuple[Cache, ...]:
    seen: dict[tuple[int, str, int], set[str]] = {}
    for cpu in online:
        for folder in children(system / f"cpu{cpu}/cache"):
            size = re.fullmatch(r"(\d{1,9})([KM])", read(folder / "size"))
            level = whole_number(read(folder / "level"))
            if size is None or level is None:
                continue
            size_bytes = int(size[1]) << (10 if size[2] == "K" else 20)
            shared = read(folder / "shared_cpu_list") or str(cpu)
            seen.setdefault((level, read(folder / "type").lower(), size_bytes), set()).add(shared)
    return tuple(
        Cache(level=level, kind=kind, size_bytes=size_bytes, count=len(shared))
        for (level, kind, size_bytes), shared in sorted(seen.items())
    )


def _base_mhz(system: Path, cpu: int, first: dict[str, str]) -> int | None:
    if khz := whole_number(read(system / f"cpu{cpu}/cpufreq/base_frequency")):
        return khz // 1000
    match = re.search(r"@\s*(\d\.\d{1,2})\s*GHz", first.get("model name", ""))
    return round(float(match[1]) * 1000) if match else None


def _max_mhz(system: Path, online: tuple[int, ...]) -> int | None:
    """The highest of all cores. acpi-cpufreq tells the clock without boost: with boost on, it is not the highest."""
    if read(system / f"cpu{online[0]}/cpufreq/scaling_driver") == "acpi-cpufreq" and read(system / "cpufreq/boost") in {
        "",
        "1",
    }:
        return None
    clocks = (whole_number(read(system / f"cpu{cpu}/cpufreq/cpuinfo_max_freq")) for cpu in online)
    return max((khz // 1000 for khz in clocks if khz), default=None)


def _quota_millis(root: Path) -> int | None:
    """The least of the CPU set and every CFS quota from this process's group up; None where nothing limits."""
    limits = []
    allowed = re.search(r"^Cpus_allowed_list:\s*(\S+)", read(root / "proc/self/status"), flags=re.MULTILINE)
    online = cpu_list(read(root / "sys/devices/system/cpu/online"))
    if allowed and (cpus := set(cpu_list(allowed[1])) & set(online)) and len(cpus) < len(online):
        limits.append(len(cpus) * 1000)
    for folder in _groups(root, "cpu"):
        match = re.fullmatch(r"(\d{1,12})\s+(\d{1,12})", read(folder / "cpu.max"))
        quota = int(match[1]) if match else whole_number(read(folder / "cpu.cfs_quota_us"))
        period = int(match[2]) if match else whole_number(read(folder / "cpu.cfs_period_us"))
        if quota and period and quota > 0 and period > 0:
            limits.append(max(1, quota * 1000 // period))
    return min(limits, default=None)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The cgroup folders that bind this process, own one first, v2 and v1."""
    base = root / "sys/fs/cgroup"
    for line in read(root / "proc/self/cgroup").splitlines() or ["0::/"]:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            mounts = [base, base / "unified"]
        elif controller in controllers.split(","):
            mounts = [base / controllers, base / controller]
        else:
            continue
        parts = [part for part in path.split("/") if part not in {"", "..", "."}]
        for mount in mounts:
            for depth in range(len(parts), -1, -1):
                yield mount.joinpath(*parts[:depth])


# ── memory, disks, links ──────────────────────────────────────────────────────────────────────────────────────────
def read_memory(root: Path) -> tuple[int, int | None]:
    """(bytes of the host, limit of this container or None)."""
    total = re.search(r"^MemTotal:\s*(\d{1,15}) kB", read(root / "proc/meminfo"), flags=re.MULTILINE)
    host = int(total[1]) * 1024 if total else 0
    limits = []
    for folder in _groups(root, "memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            limit = whole_number(read(folder / name))
            if limit is not None and 0 < limit < host:
                limits.append(limit)
    return host, min(limits, default=None)


def read_disks(root: Path) -> tuple[Disk, ...]:
    """Whole disks with a size; no loop devices, memory disks, optical drives, nor volumes stacked on disks."""
    found = []
    for folder in children(root / "sys/block"):
        sectors = whole_number(read(folder / "size")) or 0
        if sectors <= 0 or _NO_DISK.match(folder.name):
            continue
        if folder.name.startswith("nvme"):
            kind = "nvme"
        elif folder.name.startswith(("vd", "xvd")):
            kind = "virtual"
        else:
            kind = "hdd" if read(folder / "queue/rotational") == "1" else "ssd"
        found.append(
            Disk(
                name=folder.name,
                kind=kind,
                size_bytes=sectors * _SECTOR_BYTES,
                model=read(folder / "device/model"),
                serial=read(folder / "device/serial")
                or read(folder / "serial")
                or read(folder / "device/wwid")
                or None,
            )
        )
    return tuple(found)


def read_links(root: Path) -> tuple[Link, ...]:
    """Network interfaces with hardware behind them (in a container: the ones it has) and RDMA devices."""
    found: list[Link] = []
    bare: list[Link] = []
    for folder in children(root / "sys/class/net"):
        if _NO_LINK.match(folder.name) or not folder.is_dir():
            continue
        speed = whole_number(read(folder / "speed"))
        link = Link(
            name=folder.name,
            kind="infiniband" if read(folder / "type") == "32" else "ethernet",
            speed_mbps=speed if speed and 0 < speed < 0xFFFFFFFF else None,
            up=read(folder / "operstate") == "up" or read(folder / "carrier") == "1",
            driver=_target(folder / "device/driver"),
            numa_node=_numa_of(folder / "device/numa_node"),
            address=read(folder / "address") or None,
        )
        (found if (folder / "device").exists() else bare).append(link)
    return (*(found or bare), *_rdma(root))


def _rdma(root: Path) -> Iterator[Link]:
    for device in children(root / "sys/class/infiniband"):
        for port in children(device / "ports"):
            rate = re.match(r"([0-9]{1,5})(?:\.([0-9]))? Gb/sec", read(port / "rate"))
            yield Link(
                name=f"{device.name}:{port.name}",
                kind="roce" if read(port / "link_layer") == "Ethernet" else "infiniband",
                speed_mbps=int(rate[1]) * 1000 + int(rate[2] or 0) * 100 if rate else None,
                up="ACTIVE" in read(port / "state"),
                driver=_target(device / "device/driver"),
                numa_node=_numa_of(device / "device/numa_node"),
                address=read(device / "node_guid") or None,
            )


def _target(path: Path) -> str:
    try:
        return path.readlink().name
    except OSError:
        return ""


def _numa_of(path: Path) -> int | None:
    node = whole_number(read(path))
    return node if node is not None and node >= 0 else None


# ── the PCI bus ───────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class PciDevice:
    address: str
    vendor: str  # four hex digits
    device: str
    kind: str  # class and subclass, four hex digits
    numa_node: int | None


def read_pci(root: Path) -> tuple[PciDevice, ...]:
    found = []
    for folder in children(root / "sys/bus/pci/devices"):
        vendor, device, kind = (read(folder / name).removeprefix("0x") for name in ("vendor", "device", "class"))
        if re.fullmatch(r"[0-9a-f]{4}", vendor) and re.fullmatch(r"[0-9a-f]{6}", kind):
            found.append(
                PciDevice(
                    address=folder.name,
                    vendor=vendor,
                    device=device,
                    kind=kind[:4],
                    numa_node=_numa_of(folder / "numa_node"),
                )
            )
    return tuple(found)


def read_identity(root: Path) -> tuple[str, str, str]:
    """(host name, machine id, kernel)."""
    return (
        read(root / "proc/sys/kernel/hostname"),
        read(root / "etc/machine-id") or read(root / "sys/class/dmi/id/product_uuid"),
        read(root / "proc/sys/kernel/osrelease"),
    )
