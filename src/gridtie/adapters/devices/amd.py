"""AMD: amd-smi, or rocm-smi before it. An MI250X is listed as two devices and counted once."""

import re
from collections.abc import Mapping

from gridtie.adapters.devices.packages import GIB, joined
from gridtie.adapters.devices.text import (
    clean,
    load_json,
    mapping,
    pci_address,
    percent,
    pick,
    size,
    unreadable,
    value,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.errors import UnreadableTool
from gridtie.registry.inventory import Accelerator

AMD_SMI = (
    ("amd-smi", "static", "--asic", "--bus", "--vram", "--driver", "--board", "--numa", "--json"),
    ("amd-smi", "list", "--json"),
)
ROCM_SMI = (
    (
        "rocm-smi", "--showproductname", "--showid", "--showmeminfo", "vram", "--showuniqueid", "--showserial",
        "--showbus", "--showuse", "--showdriverversion", "--json",
    ),
)  # fmt: skip
# Device ids of packages with two dies: MI250X and MI250. 'MI200 (MCM)' is what boards of either call themselves.
_TWO_DIES = {"0x7408": "Instinct MI250X", "0x740c": "Instinct MI250"}
_DIE_BYTES_MAX = 66 * GIB  # one die has 64 GiB: a tool that already joins them shows twice that


def parse(static: str, listing: str = "") -> tuple[Accelerator, ...]:
    """`static`: amd-smi static --json; `listing`: amd-smi list --json, which has the UUIDs."""
    document = load_json("amd-smi", clean("amd-smi", static))
    devices = mapping(document).get("gpu_data", document)
    if not isinstance(devices, list):
        raise unreadable("amd-smi", "no list of GPUs in the JSON")
    uuids = _uuids(listing)
    found: list[Accelerator] = []
    packages: list[str] = []
    for position, item in enumerate(devices):
        device = mapping(item)
        asic, vram = mapping(device.get("asic")), mapping(device.get("vram"))
        model = pick(asic, "market_name")
        if model is None:
            raise unreadable("amd-smi", f"GPU {position} has no asic.market_name")
        amount = mapping(vram.get("size", vram.get("vram_size")))
        address = pci_address(pick(mapping(device.get("bus")), "bdf"))
        numa = pick(mapping(device.get("numa")), "node") or ""
        one = Accelerator(
            index=_index(device.get("gpu"), position),
            vendor=VENDOR.name,
            model=model,
            lookup=_TWO_DIES.get((pick(asic, "device_id") or "").lower()),
            memory_bytes=size(pick(amount, "value"), _unit(pick(amount, "unit"))),
            driver=pick(mapping(device.get("driver")), "version", "driver_version") or "",
            uuid=uuids.get(address or ""),
            serial=pick(mapping(device.get("board")), "product_serial") or pick(asic, "asic_serial"),
            pci_address=address,
            numa_node=int(numa) if re.fullmatch(r"[0-9]{1,4}", numa) else None,
        )
        found.append(one)
        packages.append(pick(asic, "oam_id") or "")
    return joined(found, _is_die, packages)


def parse_rocm(query: str) -> tuple[Accelerator, ...]:
    text = clean("rocm-smi", query)
    if "No AMD GPUs specified" in text or "No supported AMD GPU" in text:
        return ()
    document = mapping(load_json("rocm-smi", text))
    driver = pick(mapping(document.get("system")), "Driver version") or ""
    found = []
    for position, card, record in cards(document):
        if re.search(r"haiguang|hygon|C-3000", pick(record, "Card Vendor") or "", re.IGNORECASE):
            continue  # Hygon's DCUs answer to rocm-smi too, and have a file of their own
        device_id = (pick(record, "Device ID", "GPU ID", "Card Model") or "").lower()
        model = pick(record, "Card Series", "Device Name", "Card Model", "Marketing Name")
        if model is None:
            raise unreadable("rocm-smi", f"{card} has no 'Card Series'")
        found.append(
            Accelerator(
                index=position,
                vendor=VENDOR.name,
                model=model,
                lookup=_TWO_DIES.get(device_id) or _name_in(model),
                memory_bytes=size(pick(record, "VRAM Total Memory (B)"), "B"),
                driver=driver,
                uuid=pick(record, "Unique ID"),
                serial=pick(record, "Serial Number"),
                pci_address=pci_address(pick(record, "PCI Bus")),
                utilisation_percent=percent(pick(record, "GPU use (%)")),
            )
        )
    return joined(found, _is_die)


def cards(document: Mapping[str, object]) -> list[tuple[int, str, Mapping[str, object]]]:
    """(index, key, record) of every cardN, by N."""
    return sorted(
        (int(key[4:]), key, mapping(record)) for key, record in document.items() if re.fullmatch(r"card[0-9]{1,4}", key)
    )


def _name_in(model: str) -> str | None:
    """Old releases print a codename with the product in brackets: Aldebaran/MI200 [Instinct MI250X]."""
    match = re.search(r"\[(Instinct [^\]/]+?)(?:/[^\]]*)?\]", model) or re.search(
        r"(Instinct MI250X)\s*/\s*MI250", model
    )
    return match[1] if match else None


def _is_die(one: Accelerator) -> bool:
    name = one.lookup or one.model
    return bool(re.search(r"MI250|MI200 \(MCM\)", name, re.IGNORECASE)) and (one.memory_bytes or 0) <= _DIE_BYTES_MAX


def _uuids(listing: str) -> dict[str, str]:
    if not listing.strip():
        return {}
    try:
        document = load_json("amd-smi", listing)
    except UnreadableTool:
        return {}
    found = {}
    for item in document if isinstance(document, list) else []:
        address, uuid = pci_address(pick(mapping(item), "bdf")), pick(mapping(item), "uuid")
        if address and uuid:
            found[address] = uuid
    return found


def _index(given: object, position: int) -> int:
    text = value(given) or ""
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else position


def _unit(text: str | None) -> str:
    return text if text and text.lower() in {"b", "kb", "mb", "gb", "kib", "mib", "gib"} else "MB"


VENDOR = Vendor(
    name="AMD",
    pci_vendor="1002",
    pci_classes=("0302", "0380", "12"),
    tools=(
        Tool(vendor="AMD", commands=AMD_SMI, parse=parse),
        Tool(vendor="AMD", commands=ROCM_SMI, parse=parse_rocm),
    ),
    install="ROCm (amd-smi)",
    folders=("/opt/rocm/bin",),
)
