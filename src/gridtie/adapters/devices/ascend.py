"""Huawei Ascend: npu-smi. A 910C package is listed as two chips of one NPU and counted once."""

import re
from dataclasses import dataclass

from gridtie.adapters.devices.text import (
    Block,
    Reach,
    blocks,
    clean,
    header_value,
    matrix,
    pci_address,
    percent,
    unreadable,
    used_of_total,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.registry.inventory import Accelerator, Peer

COMMANDS = (("npu-smi", "info"), ("npu-smi", "info", "-t", "topo"))
# Atlas A3 prints 'Ascend910' for the 910C, two chips for each NPU; a chip of it alone is not what is sold.
_TWO_DIE_NAME = "Ascend910"
_TWO_DIE_CHIP = "Ascend 910C"


@dataclass(frozen=True, slots=True)
class _Chip:
    npu: int
    name: str
    chip: int
    physical: int | None
    pci: str | None
    memory_bytes: int | None
    load: int | None


def parse(info: str, topology: str = "") -> tuple[Accelerator, ...]:
    text = clean("npu-smi", info)
    if not re.search(r"\|\s*NPU\s+Name", text):
        raise unreadable("npu-smi", "no table of NPUs in it", 1)
    driver = header_value(text, r"Version:\s*([\w.]+)")
    two_dies = "Phy-ID" in text
    chips = [chip for block in blocks(text) if (chip := _chip(block)) is not None]
    packages: dict[tuple[int, int], list[_Chip]] = {}
    for chip in chips:
        joined = two_dies and chip.name == _TWO_DIE_NAME
        packages.setdefault((chip.npu, 0 if joined else chip.chip), []).append(chip)
    reaches = matrix(topology, "Phy" if two_dies else "NPU")
    cards = {chip.physical: npu for (npu, _), dies in packages.items() for chip in dies}
    return tuple(
        _accelerator(index, dies, driver, reaches, cards if two_dies else {}, two_dies)
        for index, dies in enumerate(packages.values())
    )


def _chip(block: Block) -> _Chip | None:
    first = re.fullmatch(r"(\d{1,6})\s+(\S+)", block.cell(0, 0))
    if first is None:
        return None
    if len(block.rows) == 1 and len(block.rows[0]) < 3:
        return None
    second = re.fullmatch(r"(\d{1,4})(?:\s+(\d{1,6}))?", block.cell(1, 0))
    if second is None:
        raise unreadable("npu-smi", f"NPU {first[1]} has no row of its chip", block.line)
    return _Chip(
        npu=int(first[1]),
        name=first[2],
        chip=int(second[1]),
        physical=int(second[2]) if second[2] else None,
        pci=pci_address(block.cell(1, 1)),
        memory_bytes=used_of_total(block.cell(1, 2)),
        load=percent((block.cell(1, 2).split() or [""])[0]),
    )


def _accelerator(
    index: int,
    dies: list[_Chip],
    driver: str,
    reaches: dict[int, Reach],
    cards: dict[int | None, int],
    two_dies: bool,
) -> Accelerator:
    head = dies[0]
    whole = len(dies) == 2
    lookup: str | None = None
    if head.name == _TWO_DIE_NAME and two_dies:
        lookup = _TWO_DIE_CHIP if whole else ""
    elif re.match(r"\d", head.name):
        lookup = f"Ascend {head.name}"
    sizes = [die.memory_bytes for die in dies if die.memory_bytes is not None]
    loads = [die.load for die in dies if die.load is not None]
    key = head.physical if two_dies and head.physical is not None else head.npu
    reach = reaches.get(key, Reach((), "", None))
    return Accelerator(
        index=index,
        vendor=VENDOR.name,
        model=head.name,
        lookup=lookup,
        memory_bytes=sum(sizes) if len(sizes) == len(dies) else None,
        driver=driver,
        pci_address=head.pci,
        numa_node=reach.numa_node,
        cpus=reach.cpus,
        dies=len(dies),
        utilisation_percent=max(loads, default=None),
        peers=_peers(reach, cards),
    )


def _peers(reach: Reach, cards: dict[int | None, int]) -> tuple[Peer, ...]:
    """Peers in packages: of two dies over there one stands for both, and the other die of this package is no peer."""
    if not cards:
        return reach.peers
    found: dict[str, str] = {}
    for peer in reach.peers:
        physical = re.search(r"\d+$", peer.to)
        if peer.path != "SIO" and physical and (npu := cards.get(int(physical[0]))) is not None:
            found.setdefault(f"NPU{npu}", peer.path)
    return tuple(Peer(to=to, path=path) for to, path in found.items())


VENDOR = Vendor(
    name="Huawei Ascend",
    pci_vendor="19e5",
    pci_classes=("12",),
    tools=(Tool(vendor="Huawei Ascend", commands=COMMANDS, parse=parse),),
    install="the Ascend driver and firmware",
    folders=("/usr/local/sbin", "/usr/local/bin"),
)
