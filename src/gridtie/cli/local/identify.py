"""`gridtie identify`: what this host has, what of it is not understood, and what it would sell."""

import argparse
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridtie.registry.inventory import Accelerator, HostInventory

Row = tuple[str, ...]


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "identify", help="what this host has: processors, memory, disks, links, accelerators"
    )
    parser.add_argument(
        "-o", "--output", choices=("text", "table", "json"), default="text", help="text (default) or json"
    )
    parser.add_argument(
        "--show-serials", action="store_true", help="also what tells this very machine apart: UUIDs, serials, addresses"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit 0 also with problems: a host whose tool is broken has still been identified as that."""
    from gridtie.adapters.devices.probe import read_host
    from gridtie.adapters.tables import load_chips
    from gridtie.registry.inventory import host_digest, peak_flops_per_s, public, sells, to_json

    inventory = read_host(load_chips())
    shown = inventory if args.show_serials else public(inventory)
    if args.output == "json":
        from gridtie.cli.output import print_json

        extra = {
            "sells": [{"count": count, "chip": chip} for count, chip in sells(inventory)],
            "host_digest": host_digest(inventory),
            "peak_flops_per_s": {key: str(value) for key, value in peak_flops_per_s(inventory.cpu).items()},
        }
        print_json({**to_json(shown), **extra})
    else:
        sys.stdout.write("\n".join(describe(shown)) + "\n")
    return 0


def describe(inventory: "HostInventory") -> Iterator[str]:
    """The text for people, the facts that matter first."""
    from gridtie.registry.inventory import sells
    from gridtie.values.quantity import format_bytes

    yield (
        "Sells         "
        + " + ".join(
            f"{count} × {chip}"
            if chip != "cpu"
            else f"{count} core{'s' if count != 1 else ''} (chip 'cpu'), per core-hour"
            for count, chip in sells(inventory)
        )
        + ("" if sells(inventory)[0][1] == "cpu" else ", per accelerator-hour")
    )
    if inventory.host_name:
        yield f"Host          {inventory.host_name}, Linux {inventory.kernel}"
    yield from _section("Accelerators", _accelerators(inventory))
    yield from _section("CPU", _cpu(inventory))
    limit = inventory.memory_limit_bytes
    memory: list[Row] = [("size", format_bytes(inventory.memory_bytes))]
    if limit is not None:
        memory.append(("limit", f"{format_bytes(limit)} for this container"))
    yield from _section("Memory", memory)
    yield from _section(
        "Disks",
        [
            (disk.name, format_bytes(disk.size_bytes), disk.kind, " ".join(filter(None, (disk.model, disk.serial))))
            for disk in inventory.disks
        ],
    )
    yield from _section(
        "Links",
        [
            (
                link.name,
                link.kind,
                "speed not said" if link.speed_mbps is None else f"{link.speed_mbps / 1000:g} Gbit/s",
                "up" if link.up else "down",
                " ".join(filter(None, (link.driver, link.address))),
            )
            for link in inventory.links
        ],
    )
    yield from _section("Problems", [], empty="none" if not inventory.problems else "")
    for problem in inventory.problems:
        yield f"  {problem.subject}: {problem.message}"
        if problem.nearest:
            yield f"      nearest: {', '.join(problem.nearest)}"
        if problem.fix:
            yield f"      do: {problem.fix}"


def _section(title: str, rows: list[Row], *, empty: str = "none") -> Iterator[str]:
    from gridtie.cli.output import display_width

    yield ""
    yield title if rows or not empty else f"{title}: {empty}"
    columns = max((len(row) for row in rows), default=0)
    widths = [max(display_width(row[at]) for row in rows if len(row) > at) for at in range(columns)]
    for row in rows:
        cells = (cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=False))
        yield ("  " + "  ".join(cells)).rstrip()


def _cpu(inventory: "HostInventory") -> list[Row]:
    from gridtie.registry.inventory import CLOCK_CEILING_MHZ, peak_flops_per_s
    from gridtie.values.quantity import format_bytes

    cpu = inventory.cpu
    clock = f"{cpu.max_mhz} MHz highest" if cpu.max_mhz else "highest clock not said"
    rows: list[Row] = [
        ("model", f"{cpu.model} ({cpu.vendor}, {cpu.architecture}{', virtual machine' if cpu.virtual else ''})"),
        ("shape", f"{cpu.sockets} socket(s), {cpu.cores} cores, {cpu.threads} threads"),
        ("clock", clock + (f", {cpu.base_mhz} MHz base" if cpu.base_mhz else "")),
    ]
    if cpu.quota_millis is not None:
        rows.append(("quota", f"{cpu.quota_millis / 1000:g} CPUs for this container"))
    for node in cpu.numa:
        rows.append((f"NUMA {node.index}", f"CPUs {ranges(node.cpus)}, {format_bytes(node.memory_bytes)}"))
    if cpu.caches:
        marks = {"data": "d", "instruction": "i"}
        caches = (f"L{c.level}{marks.get(c.kind, '')} {c.count} × {format_bytes(c.size_bytes)}" for c in cpu.caches)
        rows.append(("caches", ", ".join(caches)))
    if limits := peak_flops_per_s(cpu):
        bound = "" if cpu.max_mhz else f", taking {CLOCK_CEILING_MHZ} MHz"
        text = ", ".join(f"{name} {limits[name] / 1e9:.0f}" for name in ("fp64", "fp32"))
        rows.append(("limit", f"{text} GFLOP/s (cannot be exceeded{bound})"))
    return rows


def _accelerators(inventory: "HostInventory") -> list[Row]:
    rows: list[Row] = []
    for one in inventory.accelerators:
        rows.append(
            (
                str(one.index),
                one.chip or "unknown chip",
                one.model + (" (two dies)" if one.dies == 2 else ""),
                _memory(one),
                " ".join(filter(None, (one.pci_address, f"NUMA {one.numa_node}" if one.numa_node is not None else ""))),
                f"driver {one.driver}" if one.driver else "",
                " ".join(filter(None, (_partitions(one), _paths(one), one.uuid, one.serial))),
            )
        )
    return rows


def _memory(one: "Accelerator") -> str:
    from gridtie.values.quantity import format_bytes

    return "memory not said" if one.memory_bytes is None else format_bytes(one.memory_bytes)


def _partitions(one: "Accelerator") -> str:
    counts = groupby(sorted(part.profile for part in one.partitions))
    return ", ".join(f"{len(list(group))} × MIG {profile}" for profile, group in counts)


def _paths(one: "Accelerator") -> str:
    """NV12 to GPU1,GPU2: the peers by how they are reached, network cards left to the JSON."""
    reached = sorted((peer.path, peer.to) for peer in one.peers if not peer.to.startswith(("NIC", "mlx")))
    return ", ".join(
        f"{path} to {','.join(to for _, to in group)}" for path, group in groupby(reached, key=lambda item: item[0])
    )


def ranges(numbers: tuple[int, ...]) -> str:
    """(0, 1, 2, 5) → '0-2,5'."""
    parts: list[str] = []
    for _, group in groupby(enumerate(sorted(numbers)), key=lambda item: item[1] - item[0]):
        run = [number for _, number in group]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return ",".join(parts) or "none"
