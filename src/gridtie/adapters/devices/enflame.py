"""Enflame: efsmi -q (key: value) and, for releases without it, the table."""

import re

from gridtie.adapters.devices.text import (
    blocks,
    clean,
    header_value,
    pci_address,
    percent,
    size,
    unreadable,
    value,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.registry.inventory import Accelerator

QUERY = (("efsmi", "-q"),)
OVERVIEW = (("efsmi",),)


def parse(query: str) -> tuple[Accelerator, ...]:
    text = clean("efsmi", query)
    found = []
    starts = list(re.finditer(r"^DEV ID (\d{1,4})\s*$", text, flags=re.MULTILINE))
    if not starts:
        raise unreadable("efsmi", "no 'DEV ID' in it", 1)
    for at, start in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(text)
        keys: dict[str, str] = {}
        for row in text[start.end() : end].splitlines():
            key, colon, item = row.partition(":")
            if colon:
                keys.setdefault(key.strip(), item.strip())
        line = text.count("\n", 0, start.start()) + 1
        model = value(keys.get("Dev Name"))
        if model is None:
            raise unreadable("efsmi", f"device {start[1]} has no 'Dev Name'", line)
        address = f"{keys.get('Domain', '0')}:{keys.get('Bus', '')}:{keys.get('Dev', '')}.{keys.get('Func', '')}"
        found.append(
            Accelerator(
                index=int(start[1]),
                vendor=VENDOR.name,
                model=model,
                memory_bytes=size(keys.get("Total Size", keys.get("Mem Size"))),
                driver=value(keys.get("Ver")) or "",
                uuid=value(keys.get("Dev UUID")),
                serial=value(keys.get("Dev SN")),
                pci_address=pci_address(address),
                utilisation_percent=percent(keys.get("GCU Usage")),
            )
        )
    return tuple(found)


def parse_overview(overview: str) -> tuple[Accelerator, ...]:
    text = clean("efsmi", overview)
    if "Enflame System Management Interface" not in text:
        raise unreadable("efsmi", "no Enflame header")
    driver = header_value(text, r"Driver Ver:\s*(\S+)")
    found = []
    for block in blocks(text):
        match = re.fullmatch(r"(\d{1,4})\s+(\S.*)", block.cell(0, 0))
        if match is None:
            continue
        memory = re.match(r"(\d{1,9})MiB", block.cell(1, 1))
        if memory is None:
            raise unreadable("efsmi", f"device {match[1]} is cut off after its first row", block.line)
        last = block.cell(1, 2).split()
        found.append(
            Accelerator(
                index=int(match[1]),
                vendor=VENDOR.name,
                model=match[2].strip(),
                memory_bytes=int(memory[1]) << 20,
                driver=driver,
                serial=value(last[1]) if len(last) > 1 else None,
                pci_address=pci_address(block.cell(0, 2)),
                utilisation_percent=percent(last[0]) if last else None,
            )
        )
    return tuple(found)


VENDOR = Vendor(
    name="Enflame",
    pci_vendor="1e36",
    pci_classes=("12", "0302"),
    tools=(
        Tool(vendor="Enflame", commands=QUERY, parse=parse),
        Tool(vendor="Enflame", commands=OVERVIEW, parse=parse_overview),
    ),
    install="the TopsRider driver",
)
