"""Hygon DCU: hy-smi, or on older systems rocm-smi, which then speaks of Hygon's cards."""

import re

from gridtie.adapters.devices.amd import cards
from gridtie.adapters.devices.text import (
    clean,
    header_value,
    load_json,
    mapping,
    pci_address,
    percent,
    pick,
    size,
    unreadable,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.registry.inventory import Accelerator

ARGUMENTS = (
    (
        "--showproductname",
        "--showserial",
        "--showuniqueid",
        "--showbus",
        "--showmeminfo",
        "vram",
        "--showuse",
        "--json",
    ),
    ("--showdriverversion",),
)


def parse(query: str, version: str = "") -> tuple[Accelerator, ...]:
    document = mapping(load_json("hy-smi", clean("hy-smi", query)))
    driver = header_value(version, r"Driver [Vv]ersion:\s*(\S+)")
    found = []
    listed = cards(document)
    if not listed:
        raise unreadable("hy-smi", "no card in the JSON", 1)
    for position, card, record in listed:
        maker = pick(record, "Card Vendor") or ""
        if maker and not re.search(r"haiguang|hygon|C-3000", maker, re.IGNORECASE):
            continue
        model = pick(record, "Card Series", "Card Model")
        if model is None:
            raise unreadable("hy-smi", f"{card} has no 'Card Series'")
        found.append(
            Accelerator(
                index=position,
                vendor=VENDOR.name,
                model=model,
                memory_bytes=size(pick(record, "vram Total Memory (MiB)"))
                or size(pick(record, "vram Total Memory (B)"), "B"),
                driver=driver,
                uuid=pick(record, "Unique ID"),
                serial=pick(record, "Serial Number"),
                pci_address=pci_address(pick(record, "PCI Bus")),
                utilisation_percent=percent(pick(record, "HCU use (%)", "DCU use (%)", "GPU use (%)")),
            )
        )
    return tuple(found)


VENDOR = Vendor(
    name="Hygon",
    pci_vendor="1d94",
    pci_classes=("0302", "0380", "12", "0b40"),
    tools=tuple(
        Tool(
            vendor="Hygon",
            commands=tuple((program, *arguments) for arguments in ARGUMENTS),
            parse=parse,
            needs_pci=program == "rocm-smi",
        )
        for program in ("hy-smi", "rocm-smi")
    ),
    install="the DCU driver (rock) with hy-smi",
    folders=("/opt/hyhal/bin", "/opt/dtk/bin"),
)
