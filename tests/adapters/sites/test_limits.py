"""Control groups as files: version 2's layout is shown on a plain folder, version 1 runs for real in test_process."""

import os
from pathlib import Path

import pytest

from gridtie.adapters.sites.process.cage import Cage
from gridtie.adapters.sites.process.limits import cgroup_base, rlimits, take_uid


def test_version_2_limits_are_written_where_the_kernel_reads_them(tmp_path: Path) -> None:
    cage = Cage({"version": 2, "root": str(tmp_path), "path": "service/gridtie"}, "run_1-e1-r0")
    cage.make(memory_bytes=1 << 28, cpus=1.5, pids_max=64)
    group = tmp_path / "service" / "gridtie" / "run_1-e1-r0"
    assert (group / "memory.max").read_text() == str(1 << 28)
    assert (group / "pids.max").read_text() == "64"
    assert (group / "cpu.max").read_text() == "150000 100000"
    (group / "cpu.stat").write_text("usage_usec 1234567\nuser_usec 1\nsystem_usec 2\n")
    (group / "memory.peak").write_text("4096\n")
    assert cage.usage() == (1_234_567, 4096)
    (group / "memory.events").write_text("low 0\noom 0\noom_kill 0\n")
    assert not cage.out_of_memory()
    (group / "memory.events").write_text("low 0\noom 1\noom_kill 2\noom_group_kill 0\n")
    assert cage.out_of_memory()
    cage.join()
    assert (group / "cgroup.procs").read_text() == "0"


def test_a_host_without_control_groups_gets_rlimits_that_count_processes_and_memory(tmp_path: Path) -> None:
    assert cgroup_base("site", root=tmp_path) is None
    alone = rlimits(memory_bytes=1000, disk_bytes=10, pids_max=64, caged=False, own_user=True)
    shared = rlimits(memory_bytes=1000, disk_bytes=10, pids_max=64, caged=False, own_user=False)
    caged = rlimits(memory_bytes=1000, disk_bytes=10, pids_max=64, caged=True, own_user=True)
    assert alone["RLIMIT_NPROC"] == 64
    assert shared["RLIMIT_NPROC"] > 64
    assert "RLIMIT_NPROC" not in caged
    assert alone["RLIMIT_FSIZE"] == caged["RLIMIT_FSIZE"] == 10
    assert alone["RLIMIT_CORE"] == 0


def test_a_user_id_is_given_once_until_its_holder_lets_go() -> None:
    first = take_uid(5)
    if first is None:
        assert os.getuid() != 0
        pytest.skip("only root can give runs their own user ids")
    second = take_uid(5)
    assert second is not None
    assert first[0] != second[0]
    os.close(first[1])
    again = take_uid(first[0] - 420_000)
    assert again is not None
    assert again[0] == first[0]
    os.close(second[1])
    os.close(again[1])
