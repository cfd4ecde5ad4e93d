"""`resources:` of a task file: SkyPilot's spelling, read into alternatives of the market."""

import re
from dataclasses import replace
from typing import Any, Protocol

import yaml

from gridtie.dispatch.yaml_source import Reader, is_mapping, is_null, items
from gridtie.errors import UnknownChip
from gridtie.market.request import Alternative
from gridtie.values.money import Micros, parse_money
from gridtie.values.quantity import GIB, parse_bytes

MEMORY_PER_CPU_BYTES = 512 << 20  # where a job names no memory
CPUS_PER_ACCELERATOR = 1
COUNT_MAX = 1024

# Loads, and has no meaning here yet; the words say what SkyPilot does with it.
IGNORED = {
    "accelerator_args": "options of the accelerator's run time",
    "instance_type": "an instance type of one cloud",
    "local_disk": "a local disk of a kind",
    "ephemeral_storage": "storage of a pod",
    "disk_tier": "speed class of the disk",
    "network_tier": "speed class of the network",
    "autostop": "stop when idle; a job here ends by itself",
    "image_id": "a machine or container image; process sites run on their own system",
    "ports": "ports open to the outside",
    "priority_class": "a named priority",
    "zone": "a zone of a cloud",
    "region": "a region of a cloud",
    "cloud": "a cloud",
    "job_recovery": "a recovery strategy; use gridtie.retry",
}
READ = ("infra", "accelerators", "gpus", "cpus", "memory", "disk_size", "use_spot", "max_hourly_cost", "priority",
        "labels", "any_of", "ordered")  # fmt: skip
KNOWN = (*READ, *IGNORED)
GONE = {"spot_recovery": "job_recovery", "accelerator": "accelerators"}


class Chip(Protocol):
    @property
    def id(self) -> str: ...


class ChipFinder(Protocol):
    """Finds the one chip a spelling means; raises UnknownChip with the nearest names."""

    def find(self, name: str, *, memory_gb: float | None = None) -> Chip: ...


def read_resources(
    reader: Reader, node: yaml.Node, chips: ChipFinder
) -> tuple[tuple[Alternative, ...], dict[str, str], int | None]:
    """(alternatives, labels, priority). `any_of` and `ordered` overlay the fields around them."""
    outer: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, key_node, value in reader.pairs(node, "resources"):
        if key in GONE:
            reader.problem(key_node, f"{key!r} is not a key any more. Use {GONE[key]!r}", key)
        elif key not in KNOWN:
            if not key.startswith("_"):
                reader.unknown(key_node, key, KNOWN, "under resources")
        else:
            outer[key] = (key_node, value)
            if key in IGNORED and not is_null(value):
                reader.note(key_node, f"resources.{key} has no effect here yet ({IGNORED[key]})")
    labels = _labels(reader, outer["labels"][1]) if "labels" in outer else {}
    priority = None
    if "priority" in outer and not is_null(outer["priority"][1]):
        priority = reader.integer(outer["priority"][1], "priority", low=-1000, high=1000, default=0)
    several = [key for key in ("any_of", "ordered") if key in outer]
    if len(several) == 2:
        reader.problem(outer["ordered"][0], "use either any_of or ordered, not both")
    if not several:
        return _one(reader, outer, chips, 0), labels, priority
    found: list[Alternative] = []
    for rank, item in enumerate(items(outer[several[0]][1])):
        inner = {k: (kn, v) for k, kn, v in reader.pairs(item, several[0]) if _inner_ok(reader, k, kn)}
        merged = {**{k: v for k, v in outer.items() if k not in ("any_of", "ordered")}, **inner}
        made = _one(reader, merged, chips, rank * 100 if several[0] == "ordered" else 0)
        found += made
    return tuple(found) or (Alternative(chip="cpu"),), labels, priority


def _inner_ok(reader: Reader, key: str, node: yaml.Node) -> bool:
    if key in KNOWN and key not in ("any_of", "ordered"):
        return True
    if not key.startswith("_"):
        reader.unknown(node, key, KNOWN, "in an alternative")
    return False


def _one(
    reader: Reader, fields: dict[str, tuple[yaml.Node, yaml.Node]], chips: ChipFinder, rank: int
) -> tuple[Alternative, ...]:
    """The alternatives of one set of fields: one per accelerator it accepts."""

    def value(name: str) -> yaml.Node | None:
        pair = fields.get(name)
        return None if pair is None or is_null(pair[1]) else pair[1]

    base: dict[str, Any] = {"rank": rank}
    cpus_node, memory_node = value("cpus"), value("memory")
    cpus, cpus_exact = _at_least(reader, cpus_node, "cpus") if cpus_node else (0, False)
    if (node := value("use_spot")) is not None:
        base["use_spot"] = reader.boolean(node, "use_spot")
    if (node := value("disk_size")) is not None:
        base["disk_bytes"] = _size(reader, node, "disk_size")
    if (node := value("max_hourly_cost")) is not None:
        base["max_hourly_cost"] = reader.converted(node, "max_hourly_cost", _money, Micros(0))
    if (node := value("infra")) is not None:
        base |= _infra(reader, node)
    accelerators = _accelerators(reader, value("accelerators") or value("gpus"), chips)
    made = []
    for order, (chip, count) in enumerate(accelerators or [(None, 0)]):
        number = cpus or (max(1, count * CPUS_PER_ACCELERATOR) if chip else 1)
        memory = _memory(reader, memory_node, number) if memory_node else MEMORY_PER_CPU_BYTES * number
        alternative = Alternative(chip=chip or "cpu", accelerators=count, cpus=number, cpus_exact=cpus_exact, **base)
        ordered = (
            order if accelerators and isinstance((value("accelerators") or value("gpus")), yaml.SequenceNode) else 0
        )
        made.append(replace(alternative, memory_bytes=memory, rank=rank + ordered))
    return tuple(made)


def _accelerators(reader: Reader, node: yaml.Node | None, chips: ChipFinder) -> list[tuple[str, int]]:
    """[(chip id, count)]. A list is an order of preference; a mapping or set accepts any."""
    if node is None:
        return []
    entries: list[tuple[yaml.Node, str, str | None]] = []
    if is_mapping(node):
        entries = [
            (kn, key, None if is_null(v) else reader.text(v, key)) for key, kn, v in reader.pairs(node, "accelerators")
        ]
    else:
        for item in items(node):
            name, _, number = reader.text(item, "accelerators").partition(":")
            entries.append((item, name.strip(), number.strip() or None))
    found: list[tuple[str, int]] = []
    for place, name, count_text in entries:
        count = 1
        if count_text is not None:
            if not re.fullmatch(r"\d{1,4}(\.0+)?", count_text) or not 0 < int(float(count_text)) <= COUNT_MAX:
                words = (
                    "a share of an accelerator is not sold here"
                    if re.fullmatch(r"0?\.\d+", count_text)
                    else "not a count"
                )
                reader.problem(place, f"accelerators: {name}:{count_text}: {words}")
                continue
            count = int(float(count_text))
        try:
            found.append((chips.find(name).id, count))
        except UnknownChip as unknown:
            near = str(unknown.params.get("nearest", "none"))
            hint = "" if near == "none" else f". Nearest: {near}"
            reader.problem(place, f"no chip is called {name[:40]!r}{hint}", "accelerators")
    return found


def _at_least(reader: Reader, node: yaml.Node, what: str) -> tuple[int, bool]:
    """'8' is exact, '8+' at least; a fraction is rounded up."""
    text = reader.text(node, what)
    match = re.fullmatch(r"(\d{1,5})(?:\.(\d+))?(\+?)", text)
    if match is None or (int(match[1]) == 0 and not int(match[2] or 0)):
        reader.problem(node, f"{what} must be a number such as 8 or 8+, not {text[:40]!r}")
        return 1, False
    return int(match[1]) + bool(int(match[2] or 0)), not match[3]


def _memory(reader: Reader, node: yaml.Node, cpus: int) -> int:
    """'16' and '16+' are GB; '4x' is four GB per core; units are understood."""
    text = reader.text(node, "memory").strip()
    if times := re.fullmatch(r"(\d{1,5}(?:\.\d+)?)x\+?", text):
        return int(float(times[1]) * cpus * GIB)
    return _size(reader, node, "memory")


def _size(reader: Reader, node: yaml.Node, what: str) -> int:
    def convert(text: str) -> int:
        count = parse_bytes(text.strip().rstrip("+"), default_unit="GiB")
        if not 0 < count < 1 << 53:
            raise ValueError(f"{text!r} is not a size that a machine has")
        return count

    return reader.converted(node, what, convert, GIB)


def _money(text: str) -> Micros:
    amount = parse_money(text)
    if amount < 0:
        raise ValueError(f"{text!r} is below zero")
    return amount


def _infra(reader: Reader, node: yaml.Node) -> dict[str, Any]:
    """`gridtie/<site>` pins a site; any other infrastructure is somebody else's and reported."""
    text = reader.text(node, "infra").strip()
    head, _, rest = text.partition("/")
    if head == "gridtie" and rest and rest != "*":
        return {"sites": (rest,)}
    if text not in ("gridtie", "*", "gridtie/*"):
        reader.note(node, f"resources.infra: {text!r} names another infrastructure; the market decides here")
    return {}


def _labels(reader: Reader, node: yaml.Node) -> dict[str, str]:
    return {key: reader.text(value, f"label {key}") for key, _, value in reader.pairs(node, "labels")}
