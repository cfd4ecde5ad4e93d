"""Kunlunxin: xpu-smi -m (one line of fields per device) and its table. Intel's xpu-smi is another program."""

import re

from gridtie.adapters.devices.text import clean, header_value, pci_address, percent, size, unreadable, value
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.registry.inventory import Accelerator

ARGUMENTS = (("-m",), ())
# Fields before the quoted model: 0 bus, 1 device, 3 serial, 4 °C, 8 W, 9–14 MHz, 15–16 L3 used and total MiB,
# 17–18 memory used and total MiB, 19 load %, 20 firmware.
_FIELDS_MIN = 20


def parse(machine: str, overview: str = "") -> tuple[Accelerator, ...]:
    text = clean("xpu-smi", machine)
    driver = header_value(overview, r"Driver Version:\s*(\S+)")
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not re.match(r"[0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:", line):
            continue
        match = re.match(r'([^"]*)"([^"]+)"', line)
        values = match[1].split() if match else []
        if match is None or len(values) < _FIELDS_MIN or not re.fullmatch(r"\d{1,4}", values[1]):
            raise unreadable("xpu-smi", "a device line that is cut off", number)
        found.append(
            Accelerator(
                index=int(values[1]),
                vendor=VENDOR.name,
                model=match[2].strip(),
                memory_bytes=size(values[18]),
                driver=driver,
                serial=value(values[3]),
                pci_address=pci_address(values[0]),
                utilisation_percent=percent(values[19]),
            )
        )
    if not found and "no device" not in text.lower():
        raise unreadable("xpu-smi", "no device line in it; Intel's xpu-smi?", 1)
    return tuple(found)


VENDOR = Vendor(
    name="Kunlunxin",
    pci_vendor="1d22",
    pci_classes=("12", "0302", "0300"),
    tools=tuple(
        Tool(
            vendor="Kunlunxin",
            commands=tuple((program, *arguments) for arguments in ARGUMENTS),
            parse=parse,
            needs_pci=program == "xpu-smi",
        )
        for program in ("xpu_smi", "xpu-smi")
    ),
    install="the Kunlunxin driver (XRE)",
    folders=("/usr/local/xpu/bin", "/usr/local/bin"),
)
