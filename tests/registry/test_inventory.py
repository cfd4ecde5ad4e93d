import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.registry.inventory import (
    LIMIT_FLAGS,
    Accelerator,
    CpuInventory,
    Disk,
    Finding,
    HostInventory,
    HostSlice,
    Link,
    Partition,
    ceiling_flops_per_s,
    digest,
    fingerprints,
    host_digest,
    peak_flops_per_s,
    public,
    sells,
    to_json,
    whole_host,
)

CPU = CpuInventory(
    model="Xeon", vendor="GenuineIntel", architecture="x86_64", sockets=2, cores=16, threads=32,
    max_mhz=4000, flags=("avx", "avx2", "avx512f", "fma", "sse2"),
)  # fmt: skip
HOST = HostInventory(
    host_name="node-17",
    machine_id="0123456789abcdef",
    kernel="6.1.0",
    cpu=CPU,
    memory_bytes=64 << 30,
    disks=(Disk(name="nvme0n1", kind="nvme", size_bytes=1 << 40, serial="DISK-SERIAL"),),
    links=(Link(name="eth0", kind="ethernet", up=True, address="02:aa:bb:cc:dd:ee"),),
    accelerators=tuple(
        Accelerator(
            index=index,
            vendor="NVIDIA",
            model="NVIDIA A100-SXM4-80GB",
            chip="nv-a100-80",
            memory_bytes=80 << 30,
            uuid=f"GPU-SECRET-{index}",
            serial=f"BOARD-SECRET-{index}",
            partitions=(Partition(profile="1g.10gb", uuid="MIG-SECRET"),) if index == 3 else (),
        )
        for index in range(4)
    ),
    problems=(Finding(subject="x", message="GPU-01234567-89ab-cdef-0123-456789abcdef at 02:aa:bb:cc:dd:ee is broken"),),
)


def test_the_public_form_tells_no_machine_apart() -> None:
    text = json.dumps(to_json(public(HOST)))
    for secret in ("SECRET", "SERIAL", "02:aa:bb:cc:dd:ee", "node-17", "0123456789abcdef", "01234567-89ab"):
        assert secret in json.dumps(to_json(HOST))
        assert secret not in text
    assert "NVIDIA A100-SXM4-80GB" in text
    twin = replace(HOST, host_name="node-18", machine_id="other")
    assert public(twin) == public(HOST)


def test_the_digest_follows_hardware_and_slice_and_nothing_that_moves() -> None:
    part = HostSlice(name="a", cpu_millis=1000, memory_bytes=1 << 30)
    busy = replace(
        HOST,
        host_name="renamed",
        problems=(),
        links=tuple(replace(link, up=False) for link in HOST.links),
        accelerators=tuple(replace(one, utilisation_percent=99) for one in HOST.accelerators),
    )
    assert digest(busy, part) == digest(HOST, part)
    assert digest(HOST, part) != digest(HOST, replace(part, cpu_millis=1001))
    assert digest(HOST, part) != digest(replace(HOST, machine_id="other"), part)
    assert digest(HOST, part) != digest(replace(HOST, accelerators=HOST.accelerators[:3]), part)
    assert digest(HOST) == digest(HOST, whole_host(HOST))
    assert host_digest(HOST).startswith("sha256:")


def test_the_physical_limit_is_cores_times_unit_times_clock() -> None:
    assert peak_flops_per_s(CPU) == {
        "fp32": 16 * 64 * 4_000_000_000,
        "fp64": 16 * 32 * 4_000_000_000,
        "bf16": 16 * 64 * 4_000_000_000,
        "fp16": 16 * 64 * 4_000_000_000,
    }


@pytest.mark.parametrize(
    ("architecture", "flags", "fp32", "fp64"),
    [
        ("x86_64", ("sse2",), 8, 4),
        ("x86_64", ("avx", "sse2"), 16, 8),
        ("x86_64", ("avx", "avx2", "fma", "sse2"), 32, 16),
        ("x86_64", ("avx", "avx2", "sse2"), 16, 8),
        ("aarch64", ("asimd",), 32, 16),
        ("aarch64", ("asimd", "sve"), 64, 32),
        ("loongarch64", ("lasx", "lsx"), 32, 16),
    ],
)
def test_the_widest_unit_counts(architecture: str, flags: tuple[str, ...], fp32: int, fp64: int) -> None:
    limits = peak_flops_per_s(replace(CPU, architecture=architecture, flags=flags, cores=1, max_mhz=1))
    assert (limits["fp32"], limits["fp64"]) == (fp32 * 1_000_000, fp64 * 1_000_000)


def test_a_matrix_unit_lifts_only_its_precision() -> None:
    limits = peak_flops_per_s(replace(CPU, flags=(*CPU.flags, "amx_bf16"), cores=1, max_mhz=1))
    assert limits["bf16"] == 2048 * 1_000_000
    assert limits["fp32"] == limits["fp16"] == 64 * 1_000_000


@given(st.sampled_from(["x86_64", "aarch64", "loongarch64"]), st.sets(st.sampled_from(sorted(LIMIT_FLAGS))))
def test_nothing_known_is_above_what_counts_for_the_unknown(architecture: str, flags: set[str]) -> None:
    limits = peak_flops_per_s(replace(CPU, architecture=architecture, flags=tuple(flags), cores=3, max_mhz=None))
    assert all(most <= ceiling_flops_per_s(3)[name] for name, most in limits.items())


def test_one_device_has_one_fingerprint_however_often_and_wherever_it_is_seen() -> None:
    one = Accelerator(index=0, vendor="NVIDIA", model="H100", chip="nv-h100", uuid="GPU-1")
    again = replace(one, index=1)
    slots = [replace(one, uuid=None, index=index, pci_address=f"0000:0{index}:00.0") for index in (0, 1)]

    def seen(machine_id: str, *devices: Accelerator) -> tuple[str, ...]:
        host = HostInventory(host_name="a", machine_id=machine_id, kernel="", cpu=CPU, memory_bytes=1)
        return fingerprints(replace(host, accelerators=devices), "nv-h100")

    assert seen("x", one, again) == seen("y", one)
    assert len(set(seen("x", *slots) + seen("y", *slots))) == 4
    assert seen("x", replace(one, chip="other"), replace(one, partitions=(Partition(profile="1g"),))) == ()


def test_a_quota_counts_instead_of_the_cores() -> None:
    assert peak_flops_per_s(replace(CPU, quota_millis=1500))["fp64"] == 48 * 4_000_000_000
    assert peak_flops_per_s(replace(CPU, quota_millis=32_000)) == peak_flops_per_s(CPU)


def test_without_a_clock_the_bound_is_looser_never_tighter() -> None:
    assert peak_flops_per_s(replace(CPU, max_mhz=None))["fp32"] > peak_flops_per_s(CPU)["fp32"]


def test_an_architecture_that_is_not_known_has_no_limit_to_cheat_with() -> None:
    assert peak_flops_per_s(replace(CPU, architecture="s390x")) == {}


def test_what_a_host_sells_is_its_known_chips_or_its_cores() -> None:
    assert sells(HOST) == ((3, "nv-a100-80"),), "the divided one cannot be given away whole"
    assert sells(replace(HOST, accelerators=())) == ((16, "cpu"),)
    unknown = replace(HOST.accelerators[0], chip=None)
    assert sells(replace(HOST, accelerators=(unknown,), cpu=replace(CPU, quota_millis=2500))) == ((2, "cpu"),)
