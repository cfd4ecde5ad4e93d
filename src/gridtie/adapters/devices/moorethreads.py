"""Moore Threads: mthreads-gmi, as JSON where it can, as its table where it is older."""

import re

from gridtie.adapters.devices.text import (
    VALUE_MAX,
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

QUERY = (("mthreads-gmi", "-q", "--json"),)
OVERVIEW = (("mthreads-gmi",),)


def parse(query: str) -> tuple[Accelerator, ...]:
    document = mapping(load_json("mthreads-gmi", clean("mthreads-gmi", query)))
    devices = document.get("GPU")
    if not isinstance(devices, list):
        raise unreadable("mthreads-gmi", "no list 'GPU' in the JSON")
    driver = pick(document, "Driver Version") or ""
    found = []
    for position, item in enumerate(devices):
        device = mapping(item)
        model = pick(device, "Product Name")
        if model is None:
            raise unreadable("mthreads-gmi", f"GPU {position} has no 'Product Name'")
        index = pick(device, "Index") or ""
        found.append(
            Accelerator(
                index=int(index) if re.fullmatch(r"[0-9]{1,4}", index) else position,
                vendor=VENDOR.name,
                model=model,
                memory_bytes=size(pick(mapping(device.get("FB Memory Usage")), "Total")),
                driver=driver,
                uuid=pick(device, "GPU UUID"),
                serial=pick(device, "Serial Number"),
                pci_address=pci_address(pick(mapping(device.get("PCI")), "Bus ID", "PCI/Bus ID")),
                utilisation_percent=percent(pick(mapping(device.get("Utilization")), "Gpu")),
            )
        )
    return tuple(found)


def parse_overview(overview: str) -> tuple[Accelerator, ...]:
    text = clean("mthreads-gmi", overview)
    if "mthreads-gmi" not in text:
        raise unreadable("mthreads-gmi", "no mthreads-gmi header")
    driver = header_value(text, r"Driver Version:\s*(\S+)")
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("Processes"):
            break
        cells = [" ".join(cell.split())[:VALUE_MAX] for cell in line.split("|")]
        name = re.fullmatch(r"(\d{1,4}) (\S.*)", cells[0])
        if name is None:
            continue
        memory = re.fullmatch(r"(\S+) \S*\((\d{1,9})MiB\)", cells[-1])
        if len(cells) != 3 or memory is None:
            raise unreadable("mthreads-gmi", f"device {name[1]} is cut off", number)
        found.append(
            Accelerator(
                index=int(name[1]),
                vendor=VENDOR.name,
                model=name[2],
                memory_bytes=int(memory[2]) << 20,
                driver=driver,
                pci_address=pci_address(cells[1]),
                utilisation_percent=percent(memory[1]),
            )
        )
    return tuple(found)


VENDOR = Vendor(
    name="Moore Threads",
    pci_vendor="1ed5",
    pci_classes=("0300", "0302", "12"),
    tools=(
        Tool(vendor="Moore Threads", commands=QUERY, parse=parse),
        Tool(vendor="Moore Threads", commands=OVERVIEW, parse=parse_overview),
    ),
    install="the MUSA driver",
)
