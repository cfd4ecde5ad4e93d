"""Cambricon: cnmon. An MLU370-X8 is listed as two devices (both with the power of the board) and counted once."""

from gridtie.adapters.devices.packages import GIB, joined
from gridtie.adapters.devices.text import (
    clean,
    device_blocks,
    header_value,
    pci_address,
    percent,
    unreadable,
    used_of_total,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.registry.inventory import Accelerator

COMMANDS = (("cnmon",),)


def parse(overview: str) -> tuple[Accelerator, ...]:
    """Version 5 prints bus ids and the driver in the heading; version 4 prints the driver in each row instead."""
    text = clean("cnmon", overview)
    if "CNMON" not in text:
        raise unreadable("cnmon", "no CNMON header")
    driver = header_value(text, r"Driver\s+(v[\w.]+)")
    found = []
    for index, rest, block in device_blocks("cnmon", text):
        words = rest.split()  # VF, the name, the firmware
        if len(words) < 3 or not words[-1].startswith("v"):
            raise unreadable("cnmon", f"card {index} has no 'VF Name Firmware'", block.line)
        found.append(
            Accelerator(
                index=index,
                vendor=VENDOR.name,
                model=" ".join(words[1:-1]),
                memory_bytes=used_of_total(block.cell(1, 1)),
                driver=driver or header_value(block.cell(0, 1), r"(v[\w.]+)"),
                pci_address=pci_address(block.cell(0, 1)),
                utilisation_percent=percent(block.cell(0, 2).split()[0] if block.cell(0, 2) else None),
            )
        )
    return joined(found, lambda one: one.model == "MLU370-X8" and (one.memory_bytes or 0) <= 25 * GIB)


VENDOR = Vendor(
    name="Cambricon",
    pci_vendor="cabc",
    pci_classes=("12", "0302", "0300"),
    tools=(Tool(vendor="Cambricon", commands=COMMANDS, parse=parse),),
    install="the Cambricon driver",
    folders=("/usr/local/neuware/bin",),
)
