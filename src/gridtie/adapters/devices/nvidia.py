"""NVIDIA: nvidia-smi."""

import re
from dataclasses import replace

from gridtie.adapters.devices.text import Reach, clean, matrix, pci_address, percent, size, table, unreadable, value
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.registry.inventory import Accelerator, Partition

COLUMNS = "index,name,uuid,serial,pci.bus_id,memory.total,driver_version,utilization.gpu"
COMMANDS = (
    ("nvidia-smi", f"--query-gpu={COLUMNS}", "--format=csv"),
    ("nvidia-smi", "topo", "-m"),
    ("nvidia-smi", "-L"),
)


def parse(query: str, topology: str = "", listing: str = "") -> tuple[Accelerator, ...]:
    """`query`: CSV with a header; `topology`: the link matrix; `listing`: -L, which has the MIG instances."""
    text = clean("nvidia-smi", query)
    if "No devices were found" in text:
        return ()
    reaches = matrix(topology, "GPU")
    partitions = _partitions(listing)
    found = []
    for line, row in table("nvidia-smi", _rows(text), ("index", "name", "memory.total")):
        if not re.fullmatch(r"\d{1,4}", row["index"]):
            raise unreadable("nvidia-smi", "an index that is not a number", line)
        index = int(row["index"])
        if (model := value(row["name"])) is None:
            raise unreadable("nvidia-smi", "a device without a name", line)
        reach = reaches.get(index, Reach((), "", None))
        one = Accelerator(
            index=index,
            vendor=VENDOR.name,
            model=model,
            memory_bytes=size(row["memory.total"]),
            driver=value(row.get("driver_version")) or "",
            uuid=value(row.get("uuid")),
            serial=value(row.get("serial")),
            pci_address=pci_address(row.get("pci.bus_id")),
            utilisation_percent=percent(row.get("utilization.gpu")),
        )
        found.append(
            replace(
                one,
                peers=reach.peers,
                cpus=reach.cpus,
                numa_node=reach.numa_node,
                partitions=partitions.get(index, ()),
            )
        )
    return tuple(found)


def _rows(text: str) -> str:
    """Without what drivers and libraries say between the rows: a lost GPU, a corrupt infoROM, a share's limits."""
    return "\n".join(line if re.match(r"\s*(\d+|index)\s*,", line) else "" for line in text.splitlines())


def _partitions(listing: str) -> dict[int, tuple[Partition, ...]]:
    found: dict[int, tuple[Partition, ...]] = {}
    index = -1
    for line in listing.splitlines():
        if match := re.match(r"GPU (\d{1,4}):", line):
            index = int(match[1])
        elif match := re.match(r"\s+MIG (\S+)\s+Device\s+\d+:\s*\(UUID: ([\w./-]+)\)", line):
            found[index] = (*found.get(index, ()), Partition(profile=match[1], uuid=match[2]))
    return found


VENDOR = Vendor(
    name="NVIDIA",
    pci_vendor="10de",
    pci_classes=("0300", "0302"),
    tools=(Tool(vendor="NVIDIA", commands=COMMANDS, parse=parse),),
    install="the NVIDIA driver",
)
