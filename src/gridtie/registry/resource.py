"""Pools of one chip as an agent declares them, and whether the slices of one host can all be true."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gridtie.errors import InvalidInput, Problem
from gridtie.registry.parts import is_part, share_of
from gridtie.values.canonical import SAFE_INTEGER_MAX, digest

CLASSES = ("general", "ai", "hpc", "edge")
# From weakest to strongest.
ISOLATIONS = ("none", "sandbox", "container", "scheduler", "vm")
CUTS_NETWORK = ("sandbox", "container", "vm")  # those that keep a job without a network from every network
MACHINES_MAX = 4096
RESOURCES_MAX = 64
DEVICES_MAX = 1024
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What one machine of a pool has in all."""

    name: str
    cpus: int
    memory_bytes: int
    disk_bytes: int
    accelerators: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A slice of a host that a site offers. Free capacity never appears here: it follows from the runs."""

    name: str
    resource_class: str
    chip: str
    chip_memory_bytes: int
    isolation: str
    machines: tuple[Machine, ...]
    host_digest: str
    host_cpus: int
    host_memory_bytes: int
    simulated_machines: bool
    devices: tuple[str, ...] = ()  # fingerprints of the host's accelerators of this chip; (): none are known
    images: bool = False  # jobs may bring container images

    @property
    def digest(self) -> str:
        """Equal exactly when nothing that was tested has changed."""
        return digest(to_json(replace(self, images=False)))


@dataclass(frozen=True, slots=True)
class Claim:
    """What one pool takes of a host."""

    site: str
    name: str
    machines: tuple[Machine, ...]
    host_cpus: int
    host_memory_bytes: int
    devices: tuple[str, ...] = ()
    share: int = 1  # in how many parts each card is lent


def machines_to_json(machines: Sequence[Machine]) -> list[dict[str, Any]]:
    return [
        {
            "name": m.name,
            "cpus": m.cpus,
            "memory_bytes": m.memory_bytes,
            "disk_bytes": m.disk_bytes,
            "accelerators": m.accelerators,
        }
        for m in machines
    ]


def to_json(declared: Declaration) -> dict[str, Any]:
    return {
        "name": declared.name,
        "class": declared.resource_class,
        "chip": declared.chip,
        "chip_memory_bytes": declared.chip_memory_bytes,
        "isolation": declared.isolation,
        "machines": machines_to_json(declared.machines),
        "host_digest": declared.host_digest,
        "host_cpus": declared.host_cpus,
        "host_memory_bytes": declared.host_memory_bytes,
        "simulated_machines": declared.simulated_machines,
        **({"devices": list(declared.devices)} if declared.devices else {}),
        **({"images": True} if declared.images else {}),
    }


def parse_declarations(data: object, known_chip: frozenset[str]) -> tuple[Declaration, ...]:
    """Raises InvalidInput with every problem at once. `known_chip` holds the ids of the chip registry, and 'cpu'."""
    problems: list[Problem] = []
    if not isinstance(data, list) or not 0 < len(data) <= RESOURCES_MAX:
        message = f"resources: a list of 1 to {RESOURCES_MAX} pools"
        raise InvalidInput(source="hello", problems=[Problem(message, path="resources")])
    found: list[Declaration] = []
    for index, entry in enumerate(data):
        reader = _Reader(entry, f"resources[{index}]", problems)
        machines = _machines(reader)
        chip = reader.value("chip")
        part = isinstance(chip, str) and is_part(chip, known_chip)
        if part and any(machine.accelerators > share_of(str(chip)) for machine in machines):
            reader.complain("machines", f"each has one card at most, so no more than {share_of(str(chip))} parts")
        declared = Declaration(
            name=reader.text("name", _NAME),
            resource_class=reader.choice("class", CLASSES),
            chip=str(chip) if part else reader.choice("chip", known_chip),
            chip_memory_bytes=reader.number("chip_memory_bytes"),
            isolation=reader.choice("isolation", ISOLATIONS),
            machines=machines,
            host_digest=reader.text("host_digest", _DIGEST),
            host_cpus=reader.number("host_cpus", low=1),
            host_memory_bytes=reader.number("host_memory_bytes", low=1),
            simulated_machines=reader.flag("simulated_machines"),
            devices=_devices(reader),
            images=reader.value("images") is not None and reader.flag("images"),
        )
        found.append(declared)
    names = [declared.name for declared in found]
    if len(set(names)) != len(names):
        problems.append(Problem("resources: two pools have the same name", path="resources"))
    if problems:
        raise InvalidInput(source="hello", problems=problems)
    return tuple(found)


def overclaims(host_digest: str, claims: Iterable[Claim], *, cpu_percent: int = 100) -> list[str]:
    """Why these pools cannot all be slices of one host; empty when they fit. It is also the check against fraud.

    `cpu_percent` above 100 lets cores be lent more than once, as the demo does on a small host; memory never.
    """
    claims = list(claims)
    if not claims:
        return []
    reasons = []
    if len({(claim.host_cpus, claim.host_memory_bytes) for claim in claims}) > 1:
        reasons.append(f"host {host_digest[7:15]} is described differently by {_names(claims)}")
    cpus = sum(machine.cpus for claim in claims for machine in claim.machines)
    memory = sum(machine.memory_bytes for claim in claims for machine in claim.machines)
    have_cpus = min(claim.host_cpus for claim in claims) * cpu_percent // 100
    have_memory = min(claim.host_memory_bytes for claim in claims)
    if cpus > have_cpus:
        reasons.append(f"{cpus} cores are declared of a host that has {have_cpus} ({_names(claims)})")
    if memory > have_memory:
        reasons.append(f"{memory} bytes of memory are declared of a host that has {have_memory} ({_names(claims)})")
    return reasons


def counted_twice(claims: Iterable[Claim]) -> list[str]:
    """Why pools that name the same accelerators cannot all be true; empty when there is one for each that is lent.

    Independent of what the hosts say they are: one device seen from two containers is one device.
    """
    claims = [claim for claim in claims if claim.devices]
    devices = {device for claim in claims for device in claim.devices}
    lent = sum(-(-machine.accelerators // claim.share) for claim in claims for machine in claim.machines)
    if lent <= len(devices):
        return []
    return [f"{lent} accelerators are declared of {len(devices)} that there are ({_names(claims)})"]


def _names(claims: Sequence[Claim]) -> str:
    return ", ".join(sorted(claim.name for claim in claims))


def _machines(reader: "_Reader") -> tuple[Machine, ...]:
    listed = reader.value("machines")
    if not isinstance(listed, list) or not 0 < len(listed) <= MACHINES_MAX:
        reader.complain("machines", f"a list of 1 to {MACHINES_MAX} machines")
        return ()
    machines = []
    for index, entry in enumerate(listed):
        part = _Reader(entry, f"{reader.path}.machines[{index}]", reader.problems)
        machines.append(
            Machine(
                name=part.text("name", _NAME),
                cpus=part.number("cpus", low=1, high=65_536),
                memory_bytes=part.number("memory_bytes", low=1),
                disk_bytes=part.number("disk_bytes"),
                accelerators=part.number("accelerators", high=1024),
            )
        )
    if len({machine.name for machine in machines}) != len(machines):
        reader.complain("machines", "two machines have the same name")
    return tuple(machines)


def _devices(reader: "_Reader") -> tuple[str, ...]:
    listed = reader.value("devices")
    if listed is None:
        return ()
    known: list[str] = []
    if isinstance(listed, list) and len(listed) <= DEVICES_MAX:
        known = [one for one in listed if isinstance(one, str) and _FINGERPRINT.fullmatch(one)]
    if not isinstance(listed, list) or len(known) < len(listed):
        reader.complain("devices", f"up to {DEVICES_MAX} fingerprints of 64 hexadecimal digits")
        return ()
    return tuple(dict.fromkeys(known))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one object and collects what is wrong with it; a wrong value reads as an empty one."""

    data: object
    path: str
    problems: list[Problem]

    def value(self, key: str) -> object:
        return self.data.get(key) if isinstance(self.data, Mapping) else None

    def complain(self, key: str, wanted: str) -> None:
        self.problems.append(Problem(f"{self.path}.{key}: {wanted}", path=f"{self.path}.{key}"))

    def text(self, key: str, form: re.Pattern[str]) -> str:
        value = self.value(key)
        if isinstance(value, str) and len(value) <= 80 and form.fullmatch(value):
            return value
        self.complain(key, f"text of the form {form.pattern}")
        return ""

    def choice(self, key: str, choices: Iterable[str]) -> str:
        value = self.value(key)
        if isinstance(value, str) and value in choices:
            return value
        listed = sorted(choices)
        self.complain(key, f"one of {', '.join(listed)}" if len(listed) < 10 else f"{value!r} is not known here")
        return ""

    def number(self, key: str, *, low: int = 0, high: int = SAFE_INTEGER_MAX) -> int:
        value = self.value(key)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.complain(key, f"a whole number from {low} to {high}")
        return 0

    def flag(self, key: str) -> bool:
        value = self.value(key)
        if isinstance(value, bool):
            return value
        self.complain(key, "true or false")
        return False
