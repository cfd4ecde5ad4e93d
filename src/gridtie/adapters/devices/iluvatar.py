"""Iluvatar CoreX: ixsmi. A BI-V150 is listed as two devices (one of them with the board's power), counted once."""

from gridtie.adapters.devices.packages import GIB, joined
from gridtie.adapters.devices.text import (
    clean,
    device_blocks,
    header_value,
    pci_address,
    percent,
    table,
    unreadable,
    used_of_total,
    value,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.errors import UnreadableTool
from gridtie.registry.inventory import Accelerator

COMMANDS = (("ixsmi",), ("ixsmi", "--query-gpu=index,uuid,gpu_serial", "--format=csv"))


def parse(overview: str, query: str = "") -> tuple[Accelerator, ...]:
    """`overview`: the boxed table; `query`: CSV with what the table lacks."""
    text = clean("ixsmi", overview)
    if "IX-ML" not in text:
        raise unreadable("ixsmi", "no IX-ML header")
    driver = header_value(text, r"Driver Version:\s*(\S+)")
    identities = _identities(query)
    found = []
    for index, name, block in device_blocks("ixsmi", text):
        uuid, serial = identities.get(index, (None, None))
        found.append(
            Accelerator(
                index=index,
                vendor=VENDOR.name,
                model=name,
                memory_bytes=used_of_total(block.cell(1, 1)),
                driver=driver,
                uuid=uuid,
                serial=serial,
                pci_address=pci_address(block.cell(0, 1)),
                utilisation_percent=percent(block.cell(1, 2)),
            )
        )
    return joined(found, lambda one: one.model.endswith("BI-V150") and (one.memory_bytes or 0) <= 33 * GIB)


def _identities(query: str) -> dict[int, tuple[str | None, str | None]]:
    try:
        rows = table("ixsmi", query, ("index", "uuid"))
    except UnreadableTool:
        return {}
    return {
        int(row["index"]): (value(row["uuid"]), value(row.get("gpu_serial", row.get("serial"))))
        for _, row in rows
        if row["index"].isdecimal() and len(row["index"]) < 5
    }


VENDOR = Vendor(
    name="Iluvatar CoreX",
    pci_vendor="1e3e",
    pci_classes=("0300", "0302", "12"),
    tools=(Tool(vendor="Iluvatar CoreX", commands=COMMANDS, parse=parse),),
    install="the CoreX driver",
    folders=("/usr/local/corex/bin",),
)
