"""Which tests a resource must pass, sized to what it claims to be."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from gridtie.errors import InvalidInput, Problem
from gridtie.registry.chips import CPU
from gridtie.values.quantity import GIB, MIB

PROFILES = ("quick", "full")
COMMAND = 'exec "$GRIDTIE_PYTHON" program.py challenge.json'
OUTPUTS = ("evidence.json", "results")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFacts:
    """What the exchange knows of a resource when it plans a test. Sizes are of the smallest machine of the pool."""

    resource: str
    chip: str  # id of the chip registry, or 'cpu'
    machines: int
    units: int  # accelerators, or cores, per machine
    memory_bytes: int
    chip_memory_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPlan:
    """Everything the program needs to size itself. Budgets are of timed work, in seconds, per item."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    profile: str
    chip: str
    machines: int  # that take part, one program on each
    units: int
    precisions: tuple[str, ...]
    matrix_budget_s: float
    links: int
    steps_max: int  # products per link; what the verifier must do again grows with it
    n_min: int
    n_max: int
    memory_budget_s: float
    bandwidth_bytes: int  # of one array
    capacity_bytes: int  # to fill and read back, per device
    capacity_claimed_bytes: int  # of which that is a part
    storage_bytes: int
    storage_rounds: int
    latency_samples: int
    transfer_bytes: int  # one message between machines
    transformer_budget_s: float
    width: int
    blocks: int
    length: int
    batch: int
    network: str  # host | none: what the certification job asks for
    overhead_s: float  # of the tester's time, what dispatch, start and upload may take
    time_limit_s: int

    @property
    def time_limit(self) -> timedelta:
        return timedelta(seconds=self.time_limit_s)

    @property
    def main_precision(self) -> str:
        """The one that stands for the resource."""
        return "fp32" if self.chip == CPU else "bf16"

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "precisions": list(self.precisions)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "TestPlan":
        """Of our own making (the store); raises KeyError or TypeError when it is not."""
        values = {field.name: data[field.name] for field in fields(TestPlan)}
        return TestPlan(**{**values, "precisions": tuple(values["precisions"])})


OVERHEAD_S, OVERHEAD_FULL_S = 20.0, 120.0


def plan(facts: ResourceFacts, profile: str = "quick", *, overhead_s: float = OVERHEAD_S) -> TestPlan:
    """Raises InvalidInput for a profile that does not exist.

    quick: at most 3.5 s on one core. full: minutes, larger matrices, and all of the memory instead of a part. An
    accelerator gets larger matrices than a core, so that a product takes milliseconds on either. `overhead_s` is given
    for starting and fetching; a full test has two minutes at least.
    """
    if profile not in PROFILES:
        raise InvalidInput(source="profile", problems=[Problem(f"{profile!r} is none of {', '.join(PROFILES)}")])
    quick, cpu = profile == "quick", facts.chip == CPU
    memory = facts.memory_bytes if cpu else facts.chip_memory_bytes or facts.memory_bytes
    part = min(memory // 16, 128 * MIB if cpu else GIB)
    # What the program itself and the system hold cannot be filled; a processor's memory is shared with both.
    capacity = part if quick else memory * 95 // 100 - (256 * MIB if cpu else 0)
    return TestPlan(
        profile=profile,
        chip=facts.chip,
        machines=min(facts.machines, 2 if quick else 64),
        units=facts.units,
        precisions=("fp64", "fp32") if cpu else ("fp64", "fp32", "tf32", "bf16", "fp16", "int8"),
        matrix_budget_s=(0.35 if cpu else 0.5) if quick else 30.0,
        links=2 if quick or not cpu else 4,
        steps_max=400 if quick else (2000 if cpu else 300),
        n_min=256,
        n_max=(640 if cpu else 2048) if quick else (2048 if cpu else 4096),
        memory_budget_s=0.2 if quick else 10.0,
        bandwidth_bytes=max(4 * MIB, min(memory // 16, (32 * MIB if quick else 256 * MIB) * (1 if cpu else 8))),
        capacity_bytes=max(16 * MIB, capacity // MIB * MIB),
        capacity_claimed_bytes=memory,
        storage_bytes=(8 if quick else 64) * MIB,
        storage_rounds=3 if quick else 8,
        latency_samples=10 if quick else 100,
        transfer_bytes=(2 if quick else 32) * MIB,
        transformer_budget_s=0.2 if quick else 10.0,
        width=(64 if quick else 128) if cpu else (256 if quick else 512),
        blocks=2,
        length=32,
        batch=8,
        network="host",
        overhead_s=overhead_s if quick else max(overhead_s, OVERHEAD_FULL_S),
        time_limit_s=round(40 + overhead_s) if quick else 1800,
    )
