"""Recorded /proc and /sys trees, built on disk: a two-socket server, an Arm server, containers."""

import os
from pathlib import Path

import pytest

from gridtie.adapters.devices.host import (
    cpu_list,
    read_cpu,
    read_disks,
    read_links,
    read_memory,
    read_pci,
)
from gridtie.registry.inventory import Cache


def plant(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return root


def xeon(root: Path) -> Path:
    """Two sockets of two cores with two threads each; sibling of CPU n is n + 4."""
    records = []
    files = {"sys/devices/system/cpu/online": "0-7", "proc/meminfo": "MemTotal:       16000000 kB\nMemFree: 1 kB"}
    for cpu in range(8):
        core, socket = cpu % 2, cpu % 4 // 2
        records.append(
            f"processor\t: {cpu}\nvendor_id\t: GenuineIntel\n"
            "model name\t: Intel(R) Xeon(R) Platinum 8268 CPU @ 2.90GHz\n"
            f"physical id\t: {socket}\ncore id\t\t: {core}\n"
            "flags\t\t: fpu sse2 avx avx2 fma avx512f hypervisor-not"
        )
        folder = f"sys/devices/system/cpu/cpu{cpu}"
        siblings = f"{cpu % 4},{cpu % 4 + 4}"
        files |= {
            f"{folder}/topology/thread_siblings_list": siblings,
            f"{folder}/topology/physical_package_id": str(socket),
            f"{folder}/cpufreq/cpuinfo_max_freq": "3900000",
            f"{folder}/cpufreq/scaling_driver": "intel_pstate",
            f"{folder}/cache/index0/level": "1",
            f"{folder}/cache/index0/type": "Data",
            f"{folder}/cache/index0/size": "32K",
            f"{folder}/cache/index0/shared_cpu_list": siblings,
            f"{folder}/cache/index3/level": "3",
            f"{folder}/cache/index3/type": "Unified",
            f"{folder}/cache/index3/size": "36608K",
            f"{folder}/cache/index3/shared_cpu_list": "0-1,4-5" if socket == 0 else "2-3,6-7",
        }
    files["proc/cpuinfo"] = "\n\n".join(records)
    for node in range(2):
        files[f"sys/devices/system/node/node{node}/cpulist"] = ("0-1,4-5", "2-3,6-7")[node]
        files[f"sys/devices/system/node/node{node}/meminfo"] = f"Node {node} MemTotal:       8000000 kB"
    return plant(root, files)


def test_sockets_cores_threads_numa_and_caches_are_counted(tmp_path: Path) -> None:
    cpu = read_cpu(xeon(tmp_path), architecture="x86_64")
    assert (cpu.sockets, cpu.cores, cpu.threads) == (2, 4, 8)
    assert [(node.cpus, node.memory_bytes) for node in cpu.numa] == [
        ((0, 1, 4, 5), 8_192_000_000),
        ((2, 3, 6, 7), 8_192_000_000),
    ]
    assert cpu.caches == (
        Cache(level=1, kind="data", size_bytes=32 << 10, count=4),
        Cache(level=3, kind="unified", size_bytes=36608 << 10, count=2),
    )
    assert (cpu.base_mhz, cpu.max_mhz, cpu.virtual) == (2900, 3900, False)
    assert cpu.flags == ("avx", "avx2", "avx512f", "fma", "sse2")


def test_a_clock_without_boost_is_not_taken_for_the_highest(tmp_path: Path) -> None:
    root = xeon(tmp_path)
    plant(root, {"sys/devices/system/cpu/cpu0/cpufreq/scaling_driver": "acpi-cpufreq"})
    plant(root, {"sys/devices/system/cpu/cpufreq/boost": "1"})
    assert read_cpu(root).max_mhz is None
    plant(root, {"sys/devices/system/cpu/cpufreq/boost": "0"})
    assert read_cpu(root).max_mhz == 3900


def test_cpuinfo_alone_is_enough(tmp_path: Path) -> None:
    root = xeon(tmp_path / "whole")
    bare = plant(tmp_path / "bare", {"proc/cpuinfo": (root / "proc/cpuinfo").read_text()})
    cpu = read_cpu(bare)
    assert (cpu.sockets, cpu.cores, cpu.threads) == (2, 4, 8)


def test_an_arm_server_is_named_by_its_numbers(tmp_path: Path) -> None:
    record = "BogoMIPS\t: 200.00\nFeatures\t: fp asimd fphp asimdhp\nCPU implementer\t: 0x48\nCPU part\t: 0xd01"
    text = "\n\n".join(f"processor\t: {cpu}\n{record}" for cpu in range(4))
    cpu = read_cpu(plant(tmp_path, {"proc/cpuinfo": text}), architecture="aarch64")
    assert (cpu.model, cpu.vendor, cpu.cores, cpu.threads) == ("Kunpeng-920", "HiSilicon", 4, 4)
    assert cpu.flags == ("asimd", "asimdhp")


def test_an_unknown_arm_core_keeps_its_numbers(tmp_path: Path) -> None:
    text = "processor\t: 0\nCPU implementer\t: 0x99\nCPU part\t: 0x123\n\nHardware\t: Board"
    assert read_cpu(plant(tmp_path, {"proc/cpuinfo": text})).model == "implementer 0x99 part 0x123"


def test_an_empty_tree_is_one_unknown_core(tmp_path: Path) -> None:
    cpu = read_cpu(tmp_path, architecture="riscv64")
    assert (cpu.model, cpu.cores, cpu.threads, cpu.quota_millis) == ("unknown", 1, 1, None)
    assert read_memory(tmp_path) == (0, None)
    assert read_disks(tmp_path) == ()
    assert read_links(tmp_path) == ()
    assert read_pci(tmp_path) == ()


@pytest.mark.parametrize(
    ("files", "quota_millis"),
    [
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "150000 100000"}, 1500),
        ({"proc/self/cgroup": "0::/", "sys/fs/cgroup/cpu.max": "max 100000"}, None),
        (
            {
                "proc/self/cgroup": "0::/a/b",
                "sys/fs/cgroup/a/cpu.max": "200000 100000",
                "sys/fs/cgroup/a/b/cpu.max": "max 100000",
            },
            2000,
        ),
        (
            {
                "proc/self/cgroup": "5:cpu,cpuacct:/box",
                "sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us": "50000",
                "sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us": "100000",
            },
            500,
        ),
        ({"proc/self/cgroup": "5:cpu:/", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1"}, None),
        ({"proc/self/status": "Cpus_allowed_list:\t0-2"}, 3000),
        ({"proc/self/status": "Cpus_allowed_list:\t0-127"}, None),
        ({"proc/self/cgroup": "0::/../../../../etc", "sys/fs/cgroup/cpu.max": "0 0"}, None),
    ],
)
def test_what_limits_a_container_is_found(tmp_path: Path, files: dict[str, str], quota_millis: int | None) -> None:
    cpu = read_cpu(plant(xeon(tmp_path), files))
    assert cpu.quota_millis == quota_millis
    assert cpu.usable_millis == (quota_millis or 8000)


def test_a_memory_limit_below_the_host_counts(tmp_path: Path) -> None:
    root = plant(xeon(tmp_path), {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": "4294967296"})
    assert read_memory(root) == (16_384_000_000, 4 << 30)
    plant(root, {"sys/fs/cgroup/memory.max": "max"})
    assert read_memory(root) == (16_384_000_000, None)
    plant(root, {"sys/fs/cgroup/memory.max": "9223372036854771712"})
    assert read_memory(root)[1] is None


def test_only_whole_disks_count(tmp_path: Path) -> None:
    files = {"sys/block/nvme0n1/size": "7814037168", "sys/block/nvme0n1/device/model": "Model A          "}
    files |= {"sys/block/nvme0n1/device/serial": "S000", "sys/block/sda/size": "1953525168"}
    files |= {"sys/block/sda/queue/rotational": "1", "sys/block/vda/size": "2048", "sys/block/sdb/size": "0"}
    files |= {f"sys/block/{name}/size": "2048" for name in ("loop0", "zram0", "dm-0", "md127", "sr0")}
    found = read_disks(plant(tmp_path, files))
    assert [(one.name, one.kind, one.size_bytes) for one in found] == [
        ("nvme0n1", "nvme", 4_000_787_030_016),
        ("sda", "hdd", 1_000_204_886_016),
        ("vda", "virtual", 1 << 20),
    ]
    assert (found[0].model, found[0].serial) == ("Model A", "S000")


def test_links_are_those_with_hardware_and_rdma_ports_apart(tmp_path: Path) -> None:
    net = "sys/class/net"
    files = {f"{net}/eth0/speed": "100000", f"{net}/eth0/operstate": "up", f"{net}/eth0/address": "02:00:00:00:00:01"}
    files |= {f"{net}/eth0/device/numa_node": "1", f"{net}/lo/type": "772", f"{net}/wg0/operstate": "unknown"}
    files |= {f"{net}/eth1/speed": "-1", f"{net}/eth1/device/numa_node": "-1", f"{net}/docker0/operstate": "up"}
    port = "sys/class/infiniband/mlx5_0/ports/1"
    files |= {f"{port}/rate": "400 Gb/sec (4X NDR)", f"{port}/state": "4: ACTIVE", f"{port}/link_layer": "InfiniBand"}
    root = plant(tmp_path, files)
    (root / f"{net}/eth0/device/driver").symlink_to("/sys/bus/pci/drivers/mlx5_core")
    found = read_links(root)
    assert [(one.name, one.kind, one.speed_mbps, one.up, one.driver, one.numa_node) for one in found] == [
        ("eth0", "ethernet", 100_000, True, "mlx5_core", 1),
        ("eth1", "ethernet", None, False, "", None),
        ("mlx5_0:1", "infiniband", 400_000, True, "", None),
    ]


def test_a_container_shows_the_interface_it_has(tmp_path: Path) -> None:
    root = plant(tmp_path, {"sys/class/net/eth0/operstate": "up", "sys/class/net/lo/operstate": "unknown"})
    assert [one.name for one in read_links(root)] == ["eth0"]


def test_files_that_are_no_text_are_not_said(tmp_path: Path) -> None:
    root = xeon(tmp_path)
    (root / "proc/meminfo").write_bytes(os.urandom(4096))
    (root / "sys/devices/system/cpu/online").write_text("0-9999999999999\n")
    assert read_memory(root)[0] == 0
    assert read_cpu(root).threads == 8


@pytest.mark.parametrize(("text", "cpus"), [("0-2,5", (0, 1, 2, 5)), ("", ()), ("a", ()), ("3", (3,)), ("1-", ())])
def test_cpu_lists_are_read(text: str, cpus: tuple[int, ...]) -> None:
    assert cpu_list(text) == cpus


def test_this_very_host_agrees_with_its_own_proc() -> None:
    cpu = read_cpu(Path("/"))
    assert cpu.threads == Path("/proc/cpuinfo").read_text().count("\nprocessor") + 1
    assert cpu.threads == os.cpu_count()
    assert 1 <= cpu.sockets <= cpu.cores <= cpu.threads
    assert read_memory(Path("/"))[0] == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_the_only_node_has_all_the_memory_of_a_virtual_machine_that_was_given_more(tmp_path: Path) -> None:
    node = "sys/devices/system/node/node0"
    files = {
        "proc/meminfo": "MemTotal: 24000000 kB",
        f"{node}/cpulist": "0-1",
        f"{node}/meminfo": "MemTotal: 8000000 kB",
    }
    [found] = read_cpu(plant(tmp_path, files), architecture="x86_64").numa
    assert found.memory_bytes == 24_000_000 * 1024
