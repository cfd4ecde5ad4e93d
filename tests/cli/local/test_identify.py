import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gridtie.adapters.devices import nvidia
from gridtie.cli.local.identify import describe, ranges
from gridtie.registry.inventory import CpuInventory, Finding, HostInventory, NumaNode, public

GOLDEN = Path(__file__).parents[2] / "golden/devices/nvidia"
HOST = HostInventory(
    host_name="node-17",
    machine_id="m",
    kernel="6.1.0",
    cpu=CpuInventory(
        model="Xeon",
        vendor="GenuineIntel",
        architecture="x86_64",
        sockets=1,
        cores=4,
        threads=8,
        numa=(NumaNode(index=0, cpus=tuple(range(8)), memory_bytes=1 << 33),),
        flags=("avx2", "fma"),
    ),
    memory_bytes=1 << 33,
)


def test_the_text_says_first_what_would_be_sold() -> None:
    assert next(describe(HOST)) == "Sells         4 cores (chip 'cpu'), per core-hour"
    found = nvidia.parse((GOLDEN / "h100.query.txt").read_text(), (GOLDEN / "h100.topo.txt").read_text())
    server = replace(HOST, accelerators=tuple(replace(one, chip="nv-h100") for one in found))
    lines = list(describe(server))
    assert lines[0] == "Sells         2 × nv-h100, per accelerator-hour"
    row = next(line for line in lines if line.startswith("  0  "))
    for part in ("nv-h100", "NVIDIA H100 80GB HBM3", "79.6 GiB", "0000:19:00.0 NUMA 0", "driver 580", "PHB to GPU1"):
        assert part in row


def test_identities_show_only_when_asked_for() -> None:
    found = nvidia.parse((GOLDEN / "h100.query.txt").read_text())
    server = replace(HOST, accelerators=found)
    assert "GPU-00000000" in "\n".join(describe(server))
    hidden = "\n".join(describe(public(server)))
    assert "GPU-00000000" not in hidden
    assert "node-17" not in hidden


def test_a_problem_comes_with_the_nearest_names_and_what_to_do() -> None:
    problem = Finding(subject="Foo 9", message="the chip registry knows no 'Foo 9'", fix="look", nearest=("a", "b"))
    lines = list(describe(replace(HOST, problems=(problem,))))
    assert lines[-3:] == ["  Foo 9: the chip registry knows no 'Foo 9'", "      nearest: a, b", "      do: look"]


def test_numbers_are_written_as_ranges() -> None:
    assert ranges((0, 1, 2, 5)) == "0-2,5"
    assert ranges(()) == "none"


@pytest.mark.parametrize("arguments", [[], ["-o", "json"], ["-o", "json", "--show-serials"]])
def test_the_command_identifies_this_host(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gridtie.cli.main", "identify", *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    if not arguments:
        assert done.stdout.startswith("Sells")
        return
    found = json.loads(done.stdout)
    assert found["cpu"]["threads"] == Path("/proc/cpuinfo").read_text().count("\nprocessor") + 1
    named = Path("/proc/sys/kernel/hostname").read_text().strip() not in ("", "(none)", "localhost")
    assert bool(found["host_name"]) == (named and "--show-serials" in arguments)
