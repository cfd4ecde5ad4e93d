"""T-Head: ppu-smi, whose table resembles nvidia-smi's."""

import re

from gridtie.adapters.devices.text import (
    clean,
    device_blocks,
    header_value,
    matrix,
    pci_address,
    percent,
    unreadable,
    used_of_total,
    without_mode,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.registry.inventory import Accelerator

COMMANDS = (("ppu-smi",), ("ppu-smi", "-L"), ("ppu-smi", "topo", "-m"))


def parse(overview: str, listing: str = "", topology: str = "") -> tuple[Accelerator, ...]:
    text = clean("ppu-smi", overview)
    if "PPU-SMI" not in text:
        raise unreadable("ppu-smi", "no PPU-SMI header")
    driver = header_value(text, r"Driver Version:\s*(\S+)")
    lines = (re.match(r"PPU (\d{1,4}):[^(]*\(UUID: ([\w-]+)\)", line) for line in listing.splitlines())
    uuids = {int(match[1]): match[2] for match in lines if match}
    reaches = matrix(topology, "PPU")
    found = []
    for index, name, block in device_blocks("ppu-smi", text):
        reach = reaches.get(index)
        found.append(
            Accelerator(
                index=index,
                vendor=VENDOR.name,
                model=without_mode(name),
                memory_bytes=used_of_total(block.cell(1, 1)),
                driver=driver,
                uuid=uuids.get(index),
                pci_address=pci_address(block.cell(0, 1)),
                utilisation_percent=percent(block.cell(1, 2)),
                peers=reach.peers if reach else (),
                cpus=reach.cpus if reach else "",
                numa_node=reach.numa_node if reach else None,
            )
        )
    return tuple(found)


VENDOR = Vendor(
    name="T-Head",
    pci_vendor="1ded",
    pci_classes=("0302", "12"),
    tools=(Tool(vendor="T-Head", commands=COMMANDS, parse=parse),),
    install="the PPU driver",
)
