"""Intel Gaudi: hl-smi."""

import re

from gridtie.adapters.devices.text import (
    clean,
    device_blocks,
    header_value,
    pci_address,
    percent,
    size,
    table,
    unreadable,
    used_of_total,
    value,
    without_mode,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.registry.inventory import Accelerator

COLUMNS = "index,name,uuid,serial,bus_id,memory.total,driver_version,utilization.aip"
QUERY = (("hl-smi", "-Q", COLUMNS, "-f", "csv"),)
OVERVIEW = (("hl-smi",),)
# What hl-smi calls a device is its card's order number; the chip on it has another name.
_CHIPS = (("HL-22", "Gaudi 2"), ("HL-28", "Gaudi 2"), ("HL-32", "Gaudi 3"), ("HL-33", "Gaudi 3"), ("HL-38", "Gaudi 3"))


def chip_of(model: str) -> str | None:
    return next((chip for start, chip in _CHIPS if model.upper().startswith(start)), None)


def parse(query: str) -> tuple[Accelerator, ...]:
    found = []
    for line, row in table("hl-smi", clean("hl-smi", query), ("index", "name", "memory.total")):
        model = value(row["name"])
        if model is None or not re.fullmatch(r"\d{1,4}", row["index"]):
            raise unreadable("hl-smi", "a device without an index or a name", line)
        found.append(
            Accelerator(
                index=int(row["index"]),
                vendor=VENDOR.name,
                model=model,
                lookup=chip_of(model),
                memory_bytes=size(row["memory.total"]),
                driver=value(row.get("driver_version")) or "",
                uuid=value(row.get("uuid")),
                serial=value(row.get("serial")),
                pci_address=pci_address(row.get("bus_id")),
                utilisation_percent=percent(row.get("utilization.aip")),
            )
        )
    return tuple(found)


def parse_overview(overview: str) -> tuple[Accelerator, ...]:
    """The boxed table, for releases without -Q."""
    text = clean("hl-smi", overview)
    if "HL-SMI Version" not in text:
        raise unreadable("hl-smi", "no HL-SMI header")
    driver = header_value(text, r"\n\|\s*Driver Version:\s*(\S+)")
    found = []
    for index, name, block in device_blocks("hl-smi", text):
        model = without_mode(name)
        found.append(
            Accelerator(
                index=index,
                vendor=VENDOR.name,
                model=model,
                lookup=chip_of(model),
                memory_bytes=used_of_total(re.sub("mib", "MiB", block.cell(1, 1), flags=re.IGNORECASE)),
                driver=driver,
                pci_address=pci_address(block.cell(0, 1)),
                utilisation_percent=percent(block.cell(1, 2)),
            )
        )
    return tuple(found)


VENDOR = Vendor(
    name="Intel Gaudi",
    pci_vendor="1da3",
    pci_classes=("12",),
    tools=(
        Tool(vendor="Intel Gaudi", commands=QUERY, parse=parse),
        Tool(vendor="Intel Gaudi", commands=OVERVIEW, parse=parse_overview),
    ),
    install="the habanalabs driver and firmware tools",
)
