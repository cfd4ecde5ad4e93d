"""What is to be measured on a resource, sized to it. The plan is part of the challenge and of the certificate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridtie.values.quantity import GIB, MIB

SUITE = "gridtie-suite/1"
CPU = "cpu"
PROFILES = ("quick", "full")
PRECISIONS = {
    CPU: {"quick": ("fp32", "fp64"), "full": ("fp32", "fp64")},
    "accelerator": {"quick": ("fp16", "bf16", "fp32"), "full": ("fp16", "bf16", "fp32", "tf32", "int8", "fp64")},
}
# The precision that stands for a resource, first one measured.
MAIN = {CPU: ("fp32", "fp64"), "accelerator": ("fp16", "bf16", "fp32")}
_CPU_SIZES = {"quick": [512, 768, 1024], "full": [768, 1024, 2048, 4096]}
_ACCELERATOR_SIZES = {"quick": [2048, 4096], "full": [4096, 8192]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One measurement. `params` is what the program needs to know; all numbers are integers."""

    name: str
    kind: str  # matmul, memory-bandwidth, memory-capacity, storage, exchange, link, all-reduce, training, inference
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPlan:
    __test__ = False  # not a test case, whatever pytest thinks of the name

    suite: str
    profile: str
    chip: str
    machines: int
    cpus: int  # per machine
    memory_bytes: int  # per machine
    items: tuple[Item, ...]

    @property
    def main(self) -> tuple[str, ...]:
        """Names of the items that can give the score, the preferred one first."""
        return tuple(f"matmul-{precision}" for precision in MAIN[_kind(self.chip)])

    @property
    def units(self) -> int:
        """Among how many units the compute rate of one measured device is shared: the cores of a CPU."""
        return self.cpus if self.chip == CPU else 1

    def item(self, name: str) -> Item | None:
        return next((item for item in self.items if item.name == name), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "suite": self.suite,
            "profile": self.profile,
            "chip": self.chip,
            "machines": self.machines,
            "cpus": self.cpus,
            "memory_bytes": self.memory_bytes,
            "items": [{"name": i.name, "kind": i.kind, "params": dict(i.params)} for i in self.items],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "TestPlan":
        """The inverse of to_json; for what we wrote ourselves."""
        items = tuple(Item(name=i["name"], kind=i["kind"], params=dict(i["params"])) for i in data["items"])
        return TestPlan(**{**data, "items": items})


def plan(*, chip: str, machines: int, cpus: int, memory_bytes: int, profile: str) -> TestPlan:
    """`cpus` and `memory_bytes` are of one machine, as the job will get them. Raises ValueError for nonsense."""
    if profile not in PROFILES:
        raise ValueError(f"profile is {profile!r}, not one of {', '.join(PROFILES)}")
    if min(machines, cpus, memory_bytes) < 1:
        raise ValueError("machines, cpus and memory_bytes are at least 1")
    quick = profile == "quick"
    return TestPlan(
        suite=SUITE,
        profile=profile,
        chip=chip,
        machines=machines,
        cpus=cpus,
        memory_bytes=memory_bytes,
        items=(
            *_matmuls(chip, profile, memory_bytes),
            *_memory(chip, quick=quick, memory_bytes=memory_bytes),
            Item(name="storage", kind="storage", params={"bytes": (8 if quick else 256) * MIB, "repetitions": 3}),
            *_network(machines, quick=quick),
            *_model(chip, quick=quick),
        ),
    )


def _matmuls(chip: str, profile: str, memory_bytes: int) -> tuple[Item, ...]:
    """A product of size n holds two operands, the result and its integer form: 28 n² bytes at most."""
    kind = _kind(chip)
    sizes = (_CPU_SIZES if kind == CPU else _ACCELERATOR_SIZES)[profile]
    fitting = [n for n in sizes if 28 * n * n <= memory_bytes // 2] or sizes[:1]
    quick = profile == "quick"
    common = {
        "sizes": fitting,
        "repetitions": 10 if quick else 16,
        "opened": 3 if quick else 5,
        "budget_ms": 600 if quick else 20_000,
    }
    return tuple(
        Item(name=f"matmul-{precision}", kind="matmul", params={"precision": precision, **common})
        for precision in PRECISIONS[kind][profile]
    )


def _memory(chip: str, *, quick: bool, memory_bytes: int) -> tuple[Item, ...]:
    array = min((64 if quick else 256) * MIB, memory_bytes // 8) // 8 * 8
    whole = memory_bytes * 95 // 100
    held = min(whole, 128 * MIB) if quick else whole
    items = [
        Item(name="memory-bandwidth", kind="memory-bandwidth",
             params={"array_bytes": array, "repetitions": 5 if quick else 20}),
        Item(name="memory-capacity", kind="memory-capacity",
             params={"bytes": held, "whole": int(not quick), "walk": 64 if quick else 4096}),
    ]  # fmt: skip
    if chip != CPU:
        share = {"bytes": 2 * GIB, "percent": 0} if quick else {"bytes": 0, "percent": 94}
        items.append(Item(name="device-memory-bandwidth", kind="device-memory-bandwidth",
                          params={"array_bytes": (256 if quick else 1024) * MIB, "repetitions": 10}))  # fmt: skip
        items.append(Item(name="device-memory-capacity", kind="device-memory-capacity",
                          params={**share, "whole": int(not quick), "walk": 64}))  # fmt: skip
    return tuple(items)


def _network(machines: int, *, quick: bool) -> tuple[Item, ...]:
    items = [Item(name="exchange", kind="exchange", params={"repetitions": 8 if quick else 50})]
    if machines > 1:
        repetitions = 4 if quick else 20
        items.append(Item(name="link", kind="link",
                          params={"bytes": (8 if quick else 256) * MIB, "repetitions": repetitions}))  # fmt: skip
        items.append(Item(name="all-reduce", kind="all-reduce",
                          params={"bytes": (4 if quick else 128) * MIB, "repetitions": repetitions}))  # fmt: skip
    return tuple(items)


def _model(chip: str, *, quick: bool) -> tuple[Item, ...]:
    small = quick or chip == CPU
    shape = {"vocabulary": 256, "width": 64 if small else 512, "heads": 4, "context": 32 if small else 256,
             "batch": 4 if small else 16}  # fmt: skip
    return (
        Item(name="training", kind="training", params={**shape, "repetitions": 10 if quick else 100}),
        Item(name="inference", kind="inference", params={**shape, "repetitions": 10 if quick else 100}),
    )


def _kind(chip: str) -> str:
    return CPU if chip == CPU else "accelerator"
