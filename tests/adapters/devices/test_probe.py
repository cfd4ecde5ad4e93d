"""The whole host, with real programs in the place of the vendors' tools."""

import shlex
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from gridtie.adapters.devices.probe import read_host, run
from gridtie.errors import UnknownChip
from gridtie.registry.inventory import HostInventory, sells

GOLDEN = Path(__file__).parents[2] / "golden/devices"


@dataclass(frozen=True)
class Found:
    id: str
    memory_gb: int


class Registry:
    """Knows two chips; the real registry has tests of its own."""

    def find(self, name: str, *, memory_gb: float | None = None) -> Found:
        known = {"NVIDIA A100-SXM4-80GB": Found("nv-a100-80", 80), "Ascend 910C": Found("hw-910c", 128)}
        if name not in known:
            raise UnknownChip(name=name, nearest="nv-h100, nv-h200")
        assert memory_gb is not None
        assert memory_gb < 140
        return known[name]


class Machine:
    """A folder of executables and a tree of kernel files."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.root = folder / "root"
        self.programs.mkdir()
        self.root.mkdir()

    def install(self, program: str, script: str) -> None:
        path = self.programs / program
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def plug(self, address: str, vendor: str, kind: str, numa: int = 0) -> None:
        folder = self.root / "sys/bus/pci/devices" / address
        folder.mkdir(parents=True)
        for name, text in (("vendor", vendor), ("device", "0x0001"), ("class", kind), ("numa_node", str(numa))):
            (folder / name).write_text(text + "\n")

    def read(self) -> HostInventory:
        def locate(program: str, _folders: object) -> str | None:
            path = self.programs / program
            return str(path) if path.exists() else None

        return read_host(Registry(), root=self.root, locate=locate)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def cat(name: str) -> str:
    return f"cat {shlex.quote(str(GOLDEN / name))}"


def test_a_server_is_read_through_its_tool(machine: Machine) -> None:
    machine.install(
        "nvidia-smi",
        f'case "$*" in --query-gpu=*) {cat("nvidia/a100-mig.query.txt")} ;; "topo -m") '
        f"{cat('nvidia/a100-mig.topo.txt')} ;; -L) {cat('nvidia/a100-mig.list.txt')} ;; *) exit 2 ;; esac",
    )
    found = machine.read()
    assert [(one.index, one.chip, len(one.partitions), one.numa_node) for one in found.accelerators] == [
        (0, "nv-a100-80", 4, 3),
        (1, "nv-a100-80", 0, 3),
    ]
    assert [problem.message for problem in found.problems] == ["device 0 is divided into 4 MIG instances"]


def test_an_extra_that_fails_costs_only_what_it_adds(machine: Machine) -> None:
    machine.install(
        "nvidia-smi", f'case "$*" in --query-gpu=*) {cat("nvidia/a100-mig.query.txt")} ;; *) exit 1 ;; esac'
    )
    machine.plug("0000:07:00.0", "0x10de", "0x030200", numa=1)
    found = machine.read()
    assert [(one.peers, one.numa_node) for one in found.accelerators] == [((), 1), ((), None)]
    assert found.problems == ()


def test_an_unknown_chip_keeps_its_name_and_gets_the_nearest(machine: Machine) -> None:
    machine.install("nvidia-smi", f'case "$*" in --query-gpu=*) {cat("nvidia/h100.query.txt")} ;; *) exit 1 ;; esac')
    found = machine.read()
    assert [(one.chip, one.model) for one in found.accelerators] == [(None, "NVIDIA H100 80GB HBM3")] * 2
    assert found.problems[0].nearest == ("nv-h100", "nv-h200")


def test_two_vendors_number_their_devices_together(machine: Machine) -> None:
    machine.install(
        "nvidia-smi", f'case "$*" in --query-gpu=*) {cat("nvidia/a100-mig.query.txt")} ;; *) exit 1 ;; esac'
    )
    machine.install("npu-smi", f'case "$*" in info) {cat("ascend/910c.info.txt")} ;; *) exit 1 ;; esac')
    found = machine.read()
    assert [(one.index, one.chip) for one in found.accelerators] == [
        (0, "nv-a100-80"),
        (1, "nv-a100-80"),
        (2, "hw-910c"),
        (3, "hw-910c"),
    ]


def test_a_device_without_its_tool_is_noticed_on_the_bus(machine: Machine) -> None:
    machine.plug("0000:01:00.0", "0x10de", "0x030200")
    machine.plug("0000:02:00.0", "0x19e5", "0x030000")  # a server's management graphics, no accelerator
    found = machine.read()
    assert found.accelerators == ()
    (problem,) = found.problems
    assert "nvidia-smi is not installed" in problem.message
    assert problem.fix == "install the NVIDIA driver"


def test_a_share_of_a_chip_is_not_sold_as_the_chip(machine: Machine) -> None:
    """Virtual GPUs and partitions bear the name of the whole, and show their own memory."""
    query = (GOLDEN / "nvidia/a100-mig.query.txt").read_text().replace("81920 MiB", "20480 MiB", 1)
    (machine.root / "query").write_text(query)
    script = f"cat {shlex.quote(str(machine.root / 'query'))}"
    machine.install("nvidia-smi", f'case "$*" in --query-gpu=*) {script} ;; *) exit 1 ;; esac')
    found = machine.read()
    assert [one.chip for one in found.accelerators] == [None, "nv-a100-80"]
    assert found.problems[0].message == "device 0 shows 20 GiB where a whole nv-a100-80 has 80 GB"
    assert sells(found) == ((1, "nv-a100-80"),)


def test_a_tool_that_lists_nothing_while_the_bus_has_its_device_is_a_problem(machine: Machine) -> None:
    machine.install("amd-smi", "echo '[]'")
    machine.install("rocm-smi", "echo 'WARNING: No AMD GPUs specified'")
    assert machine.read().problems == ()
    machine.plug("0000:05:00.0", "0x1002", "0x120000")
    first, second = machine.read().problems
    assert first.message.startswith("1 AMD device is on the bus (0000:05:00.0), but `amd-smi static")
    assert second.subject == "rocm-smi"


def test_a_tool_that_says_why_it_failed_below_its_table_is_quoted(machine: Machine) -> None:
    why = "Unable to determine the device handle for GPU0000:17:00.0: Unknown Error"
    machine.install("nvidia-smi", f"echo 'index, name, memory.total [MiB]'; echo '{why}'; exit 255")
    (problem,) = machine.read().problems
    assert problem.message.endswith(f"status 255: index, name, memory.total [MiB] … {why}")


def test_a_tool_that_fails_says_why(machine: Machine) -> None:
    machine.install("nvidia-smi", "echo 'NVIDIA-SMI has failed because it could not talk to the driver.' >&2; exit 9")
    (problem,) = machine.read().problems
    assert "ended with status 9: NVIDIA-SMI has failed" in problem.message
    machine.plug("0000:01:00.0", "0x8086", "0x020000")
    assert machine.read().problems == (), "the bus is visible, and has no such device"


def test_an_older_tool_is_asked_when_the_newer_does_not_work(machine: Machine) -> None:
    machine.install(
        "mthreads-gmi", f'case "$*" in "") {cat("moorethreads/s4000-table.overview.txt")} ;; *) exit 1 ;; esac'
    )
    found = machine.read()
    assert [one.model for one in found.accelerators] == ["MTT S4000"] * 2
    assert all("registry" in problem.message for problem in found.problems)


def test_a_tool_whose_name_two_vendors_use_runs_only_with_its_device(machine: Machine) -> None:
    machine.install("xpu-smi", f'case "$*" in -m) {cat("kunlun/p800.machine.txt")} ;; *) exit 1 ;; esac')
    assert machine.read().accelerators == ()
    machine.plug("0000:03:00.0", "0x1d22", "0x120000")
    assert len(machine.read().accelerators) == 2


def test_garbage_is_a_problem_and_not_a_crash(machine: Machine) -> None:
    machine.install("npu-smi", "head -c 100000 /dev/urandom")
    (problem,) = machine.read().problems
    assert problem.subject == "npu-smi"


def test_a_tool_that_hangs_or_floods_is_stopped_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "survivor"
    started = time.monotonic()
    hung = run(("/bin/sh", "-c", f"(sleep 2; touch {shlex.quote(str(mark))}) & sleep 60"), timeout_s=0.3)
    assert "did not answer" in hung.failure
    flooded = run(("/bin/sh", "-c", "yes"), output_max=10_000)
    assert "printed more than" in flooded.failure
    assert time.monotonic() - started < 2
    deadline = started + 3
    while time.monotonic() < deadline:
        assert not mark.exists()
        time.sleep(0.1)


def test_a_program_that_cannot_run_is_a_failure(tmp_path: Path) -> None:
    broken = tmp_path / "tool"
    broken.write_text("no program")
    broken.chmod(0o755)
    assert run((str(broken),)).failure.startswith("cannot be run")
    assert run((str(tmp_path / "none"),)).failure.startswith("cannot be run")


def test_this_very_host_can_be_read() -> None:
    found = read_host(Registry())
    assert found.cpu.threads >= 1
    assert found.memory_bytes > 0
