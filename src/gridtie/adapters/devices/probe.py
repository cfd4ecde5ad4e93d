"""The whole host in one call: the kernel's files, then every vendor's tool that is there."""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from gridtie.adapters.devices import (
    amd,
    ascend,
    cambricon,
    enflame,
    gaudi,
    hygon,
    iluvatar,
    kunlun,
    metax,
    moorethreads,
    nvidia,
    thead,
)
from gridtie.adapters.devices.host import (
    PciDevice,
    read_cpu,
    read_disks,
    read_identity,
    read_links,
    read_memory,
    read_pci,
)
from gridtie.adapters.devices.tool import Tool, Vendor
from gridtie.errors import UnknownChip, UnreadableTool
from gridtie.registry.inventory import Accelerator, Finding, HostInventory

VENDORS: tuple[Vendor, ...] = (
    nvidia.VENDOR,
    ascend.VENDOR,
    amd.VENDOR,
    hygon.VENDOR,
    cambricon.VENDOR,
    moorethreads.VENDOR,
    metax.VENDOR,
    kunlun.VENDOR,
    iluvatar.VENDOR,
    enflame.VENDOR,
    gaudi.VENDOR,
    thead.VENDOR,
)

TIMEOUT_S = 5.0
OUTPUT_MAX = 1 << 20


# Drivers keep some memory for themselves: 40.3 GiB of 48, 21 of 24. What shows less is a share of a chip.
_WHOLE_FROM = 0.75


class Chip(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def memory_gb(self) -> int: ...


class ChipFinder(Protocol):
    """The part of the chip registry that is needed here; `find` raises UnknownChip."""

    def find(self, name: str, *, memory_gb: float | None = None) -> Chip: ...


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program printed; `failure` is empty when it ended well."""

    text: str
    failure: str = ""


Runner = Callable[[Sequence[str]], Ran]
Locator = Callable[[str, Sequence[str]], str | None]


def locate(program: str, folders: Sequence[str] = ()) -> str | None:
    return shutil.which(program) or next(
        (found for folder in folders if (found := shutil.which(program, path=folder))), None
    )


def run(command: Sequence[str], *, timeout_s: float = TIMEOUT_S, output_max: int = OUTPUT_MAX) -> Ran:
    """Run a program without a shell; it and its children are gone when this returns, however it behaves."""
    environment = {**os.environ, "LC_ALL": "C", "LANG": "C"}
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        return Ran("", f"cannot be run: {error.strerror}")
    with process:
        failure = "was interrupted"
        try:
            out, err, failure = _collect(process, time.monotonic() + timeout_s, timeout_s, output_max)
        finally:
            if failure:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    if not failure and process.returncode:
        # Some say why first, some last, below the head of a table.
        lines = [line.strip()[:120] for line in (err.strip() or out).splitlines() if line.strip()]
        words = " … ".join(dict.fromkeys([*lines[:1], *lines[-1:]]))
        failure = f"ended with status {process.returncode}" + (f": {words}" if words else "")
    return Ran(out, failure)


def _collect(
    process: "subprocess.Popen[bytes]", deadline: float, timeout_s: float, output_max: int
) -> tuple[str, str, str]:
    assert process.stdout is not None
    assert process.stderr is not None
    texts = {process.stdout: bytearray(), process.stderr: bytearray()}
    failure = ""
    with selectors.DefaultSelector() as selector:
        for stream in texts:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map() and not failure:
            left = deadline - time.monotonic()
            if left <= 0:
                failure = f"did not answer within {timeout_s:g} s"
                break
            for key, _ in selector.select(left):
                stream = process.stdout if key.fileobj is process.stdout else process.stderr
                chunk = os.read(stream.fileno(), 65536)
                if not chunk:
                    selector.unregister(stream)
                texts[stream] += chunk
                if len(texts[stream]) > output_max:
                    failure = f"printed more than {output_max} bytes"
    if not failure:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            failure = f"did not answer within {timeout_s:g} s"
    out, err = (bytes(texts[stream]).decode("utf-8", "replace") for stream in (process.stdout, process.stderr))
    return out, err, failure


def read_host(
    chips: ChipFinder,
    *,
    run: Runner = run,
    locate: Locator = locate,
    root: Path = Path("/"),
    architecture: str | None = None,
) -> HostInventory:
    """Everything this host has. Never raises for what it finds: what cannot be read becomes a problem.

    `root` and `architecture` are for recorded hosts; `run` and `locate` reach the vendors' tools.
    """
    host_name, machine_id, kernel = read_identity(root)
    memory_bytes, memory_limit_bytes = read_memory(root)
    pci = read_pci(root)
    problems: list[Finding] = []
    accelerators: list[Accelerator] = []
    for vendor in VENDORS:
        for one in _devices(vendor, pci, run, locate, problems):
            placed = replace(_with_numa(one, pci), index=len(accelerators))
            accelerators.append(_with_chip(placed, chips, problems))
            if one.partitions:
                problems.append(
                    Finding(
                        subject=one.model,
                        message=f"device {placed.index} is divided into {len(one.partitions)} MIG instances",
                        fix="only whole devices are sold: nvidia-smi -mig 0 joins it again",
                    )
                )
    return HostInventory(
        host_name=host_name,
        machine_id=machine_id,
        kernel=kernel,
        cpu=read_cpu(root, architecture=architecture),
        memory_bytes=memory_bytes,
        memory_limit_bytes=memory_limit_bytes,
        disks=read_disks(root),
        links=read_links(root),
        accelerators=tuple(accelerators),
        problems=tuple(problems),
    )


def _devices(
    vendor: Vendor, pci: Sequence[PciDevice], run: Runner, locate: Locator, problems: list[Finding]
) -> tuple[Accelerator, ...]:
    """The first tool that shows a device is believed. Failures are told only when none does, and not of a tool that
    was installed on a host without its devices, as images made for every kind of node have it.
    """
    on_bus = [one for one in pci if one.vendor == vendor.pci_vendor and one.kind.startswith(vendor.pci_classes)]
    failures: list[Finding] = []
    for tool in vendor.tools:
        if tool.needs_pci and not on_bus:
            continue
        path = locate(tool.program, vendor.folders)
        if path is None:
            continue
        found = _ask(tool, path, run)
        if isinstance(found, Finding):
            failures.append(found)
        elif found:
            return found
        elif on_bus:
            failures.append(_silent(tool, vendor, on_bus))
    if failures and (on_bus or not pci):
        problems.extend(failures)
    elif on_bus:
        problems.append(
            Finding(
                subject=vendor.name,
                message=f"{_on_bus(vendor, on_bus)}, but {vendor.tools[0].program} is not installed",
                fix=f"install {vendor.install}",
            )
        )
    return ()


def _silent(tool: Tool, vendor: Vendor, on_bus: Sequence[PciDevice]) -> Finding:
    return Finding(
        subject=tool.program,
        message=f"{_on_bus(vendor, on_bus)}, but `{' '.join(tool.commands[0])}` lists none",
        fix="check its driver, and that a container was given the devices",
    )


def _on_bus(vendor: Vendor, on_bus: Sequence[PciDevice]) -> str:
    count = len(on_bus)
    where = ", ".join(one.address for one in on_bus[:8])
    return f"{count} {vendor.name} device{'s are' if count > 1 else ' is'} on the bus ({where})"


def _ask(tool: Tool, path: str, run: Runner) -> tuple[Accelerator, ...] | Finding:
    texts = []
    for position, command in enumerate(tool.commands):
        ran = run((path, *command[1:]))
        if position == 0 and ran.failure:
            return Finding(
                subject=tool.program,
                message=f"`{' '.join(command)}` {ran.failure}",
                fix="check its driver: run the command by hand",
            )
        texts.append("" if ran.failure else ran.text)
    try:
        return tool.parse(*texts)
    except UnreadableTool as error:
        return Finding(subject=tool.program, message=error.message, fix=error.remedy)


def _with_numa(one: Accelerator, pci: Sequence[PciDevice]) -> Accelerator:
    if one.numa_node is not None or one.pci_address is None:
        return one
    return replace(one, numa_node=next((dev.numa_node for dev in pci if dev.address == one.pci_address), None))


def _with_chip(one: Accelerator, chips: ChipFinder, problems: list[Finding]) -> Accelerator:
    name = one.model if one.lookup is None else one.lookup
    if not name:
        problems.append(
            Finding(
                subject=one.model,
                message=f"device {one.index} ({one.model}) is one die of two, and the other is not visible",
                fix="give this host both dies; packages are sold whole",
            )
        )
        return one
    memory_gb = None if one.memory_bytes is None else one.memory_bytes / (1 << 30)
    try:
        chip = chips.find(name, memory_gb=memory_gb)
    except UnknownChip as error:
        nearest = error.params.get("nearest", ())
        names = nearest if isinstance(nearest, tuple | list) else str(nearest).split(", ")
        problems.append(
            Finding(
                subject=one.model,
                message=f"the chip registry knows no {name!r}",
                fix=error.remedy,
                nearest=tuple(str(item) for item in names if item),
            )
        )
        return one
    if memory_gb is not None and memory_gb < chip.memory_gb * _WHOLE_FROM:
        problems.append(
            Finding(
                subject=one.model,
                message=f"device {one.index} shows {memory_gb:.0f} GiB where a whole {chip.id} has {chip.memory_gb} GB",
                fix="a partition or a virtual share is not sold as the chip: give this host whole devices",
            )
        )
        return one
    return replace(one, chip=chip.id)
