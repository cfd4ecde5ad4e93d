"""MetaX: mx-smi. (Moffett's mx-smi is another program; its output is refused.)"""

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

COMMANDS = (("mx-smi",), ("mx-smi", "topo", "-m"))


def parse(overview: str, topology: str = "") -> tuple[Accelerator, ...]:
    text = clean("mx-smi", overview)
    if "MetaX System Management Interface" not in text:
        raise unreadable("mx-smi", "no MetaX header; another vendor's mx-smi?")
    driver = header_value(text, r"Kernel Mode Driver Version:\s*(\S+)")
    reaches = matrix(topology, "GPU")
    found = []
    for first, name, block in device_blocks("mx-smi", text):
        # From 2.2.9 on the name stands with the board, and the device's number in a column of its own after it.
        own = re.match(r"(\d{1,4})\b", block.cell(0, 1)) if len(block.rows[0]) == 4 else None
        index, shift = (int(own[1]), 1) if own else (first, 0)
        reach = reaches.get(index)
        found.append(
            Accelerator(
                index=index,
                vendor=VENDOR.name,
                model=without_mode(name),
                memory_bytes=used_of_total(block.cell(1, 1 + shift)),
                driver=driver,
                pci_address=pci_address(block.cell(0, 1 + shift)),
                utilisation_percent=percent(block.cell(0, 2 + shift)),
                peers=reach.peers if reach else (),
                cpus=reach.cpus if reach else "",
                numa_node=reach.numa_node if reach else None,
            )
        )
    return tuple(found)


VENDOR = Vendor(
    name="MetaX",
    pci_vendor="9999",
    pci_classes=("03", "12"),
    tools=(Tool(vendor="MetaX", commands=COMMANDS, parse=parse),),
    install="the MetaX driver (MACA)",
    folders=("/opt/mxdriver/bin", "/opt/maca/bin"),
)
