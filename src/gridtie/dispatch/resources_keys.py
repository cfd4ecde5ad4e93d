"""`resources:` of a task file: SkyPilot's spelling, read into alternatives of the market.

Where a file names no size: 1 CPU (1 for each accelerator), and the memory and disk that `dispatch/job.py` calls usual.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Protocol

import yaml

from gridtie.dispatch.job import GB, usual_memory
from gridtie.dispatch.yaml_source import Reader, is_mapping, is_null, items
from gridtie.errors import UnknownChip
from gridtie.market.request import Alternative
from gridtie.registry.parts import share_of, ways
from gridtie.values.money import Micros, parse_money
from gridtie.values.quantity import parse_bytes

COUNT_MAX = 1024
ALTERNATIVES_MAX = 64
PORTS_MAX = 1024
ORDER_STEP = 100  # ranks between two entries of `ordered`, leaving room for a list of accelerators in each

# Loads, and has no meaning here yet; the words say what SkyPilot does with it.
IGNORED = {
    "accelerator_args": "options of the accelerator's run time",
    "instance_type": "an instance type of one cloud",
    "local_disk": "a local disk of a kind",
    "ephemeral_storage": "storage of a pod; use disk_size",
    "disk_tier": "speed class of the disk",
    "network_tier": "speed class of the network",
    "autostop": "stops an idle cluster; a job here ends by itself",
    "image_id": "a machine image of a cloud; a container image is written docker:NAME",
    "ports": "opens ports to the outside",
    "priority_class": "a named priority; use priority",
    "volumes": "disks of a cloud",
    "zone": "a zone of a cloud",
    "region": "a region of a cloud",
    "cloud": "a cloud",
}
# Accelerators that SkyPilot rents and no row of the chip registry describes. A job may ask; today nobody sells them.
FOREIGN = re.compile(
    r"(tpu-v\d+[a-z]*(-[a-z0-9]+)*|inferentia2?|trainium2?|gaudi hl-\d+|radeon pro v\d+)", re.IGNORECASE
)
Fields = Mapping[str, tuple[yaml.Node, yaml.Node]]


class Chip(Protocol):
    @property
    def id(self) -> str: ...


class ChipFinder(Protocol):
    """Finds the one chip a spelling means; raises UnknownChip with the nearest names."""

    def find(self, name: str, *, memory_gb: float | None = None) -> Chip: ...


def read_resources(reader: Reader, node: yaml.Node, chips: ChipFinder) -> tuple[Alternative, ...]:
    """`any_of` and `ordered` overlay the fields around them. The node has passed its shape."""
    outer = _fields(reader, node)
    several = [key for key in ("any_of", "ordered") if key in outer and not is_null(outer[key][1])]
    if len(several) == 2:
        reader.problem(outer["ordered"][0], "use either any_of or ordered, not both", "resources.ordered")
    if not several:
        _note_ignored(reader, outer)
        found = list(_one(reader, outer, chips, 0))
    else:
        around = {key: pair for key, pair in outer.items() if key not in ("any_of", "ordered")}
        _note_ignored(reader, around)
        found = []
        for order, entry in enumerate(items(outer[several[0]][1])):
            inner = _fields(reader, entry)
            _note_ignored(reader, inner)
            rank = order * ORDER_STEP if several[0] == "ordered" else 0
            found += _one(reader, _laid_over(around, inner), chips, rank)
            if len(found) > ALTERNATIVES_MAX:
                break
    if len(found) > ALTERNATIVES_MAX:
        reader.problem(node, f"more than {ALTERNATIVES_MAX} alternatives", "resources")
    return tuple(found[:ALTERNATIVES_MAX]) or (Alternative(chip="cpu"),)


def _fields(reader: Reader, node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    return {key: (key_node, value) for key, key_node, value in reader.pairs(node, "resources")}


def _laid_over(around: Fields, inner: Fields) -> Fields:
    """`gpus` and `accelerators` are one field; so are `infra` and the older three."""
    left = dict(around)
    for names in (("gpus", "accelerators"), ("infra", "cloud", "region", "zone")):
        if any(name in inner for name in names):
            for name in names[:2] if "infra" in names and "infra" not in inner else names:
                left.pop(name, None)
    return {**left, **inner}


def _note_ignored(reader: Reader, fields: Fields) -> None:
    for key, (key_node, value) in fields.items():
        image = key == "image_id" and isinstance(value, yaml.ScalarNode) and with_image(value.value) is not None
        if key in IGNORED and not is_null(value) and not image:
            reader.note(key_node, f"resources.{key} has no effect here yet ({IGNORED[key]})")


def _one(reader: Reader, fields: Fields, chips: ChipFinder, rank: int) -> tuple[Alternative, ...]:
    """The alternatives of one set of fields: one per accelerator it accepts."""
    values = {key: pair[1] for key, pair in fields.items() if not is_null(pair[1])}
    for other in ("cloud", "region", "zone"):
        if "infra" in values and other in values:
            reader.problem(fields[other][0], f'"{other}" cannot stand beside "infra"; write it into infra', other)
    if "gpus" in values and "accelerators" in values:
        reader.problem(fields["gpus"][0], '"gpus" is another name of "accelerators"; keep one of them', "gpus")
    base = _base(reader, values)
    cpus, cpus_exact = _at_least(reader, values["cpus"]) if "cpus" in values else (0, False)
    node = values.get("accelerators", values.get("gpus"))
    accelerators = _accelerators(reader, node, chips) if node is not None else []
    if node is not None and not accelerators:
        if "memory" in values:
            _memory(reader, values["memory"], 1)
        return ()
    ordered = isinstance(node, yaml.SequenceNode)
    made = []
    for order, chip, count, later in accelerators or [(0, "cpu", 0, 0)]:
        share = share_of(chip)
        number = cpus or (max(1, count) if share == 1 else 1)
        memory = usual_memory(number, count, share)
        exact = False
        if "memory" in values:
            memory, exact = _memory(reader, values["memory"], number)
        made.append(
            Alternative(
                chip=chip,
                accelerators=count,
                cpus=number,
                cpus_exact=cpus_exact,
                memory_bytes=memory,
                memory_exact=exact,
                rank=rank + (min(order, ORDER_STEP - 2) if ordered else 0) + later,
                **base,
            )
        )
    return tuple(made)


def _base(reader: Reader, values: Mapping[str, yaml.Node]) -> dict[str, Any]:
    """What every alternative of these fields shares."""
    base: dict[str, Any] = {}
    if "use_spot" in values:
        base["use_spot"] = reader.boolean(values["use_spot"], "use_spot")
    if "disk_size" in values:
        base["disk_bytes"] = _size(reader, values["disk_size"], "disk_size")
    if "max_hourly_cost" in values:
        base["max_hourly_cost"] = reader.converted(values["max_hourly_cost"], "max_hourly_cost", _money, None)
    if "infra" in values:
        base |= _infra(reader, values["infra"])
    return base


def _accelerators(reader: Reader, node: yaml.Node, chips: ChipFinder) -> list[tuple[int, str, int, int]]:
    """[(place in the file's order, chip id, count, 1 for what is taken only where nothing before it is)]. `A100:8`,
    `{A100: 8}`, the set `{A100:8, L4:1}` and lists of the first; `A100:0.5` is any part so large, else a whole one."""
    entries: list[tuple[yaml.Node, str]] = []
    if is_mapping(node):
        for key, key_node, value in reader.pairs(node, "accelerators"):
            if reader.is_bad(value):
                continue
            count = "" if is_null(value) else f":{reader.text(value, 'accelerators')}"
            entries.append((key_node, f"{key}{count}"))
    else:
        entries = [(item, reader.text(item, "accelerators")) for item in items(node)]
    found: dict[tuple[str, int], tuple[int, str, int, int]] = {}
    for order, (place, text) in enumerate(entries[:ALTERNATIVES_MAX]):
        name, _, count = text.partition(":")
        number = _count(reader, place, name.strip(), count.strip())
        chip = find_chip(reader, place, name.strip(), chips)
        if not chip or not number:
            continue
        for kind, units, later in ways(chip, number):
            found.setdefault((kind, units), (order, kind, units, int(later)))
    return list(found.values())


def _count(reader: Reader, place: yaml.Node, name: str, text: str) -> Fraction:
    """Below 1: that part of one card. 0 after a problem."""
    if not text:
        return Fraction(1)
    if re.fullmatch(r"\d{1,4}(\.0*)?", text) and 0 < int(text.partition(".")[0]) <= COUNT_MAX:
        return Fraction(text.partition(".")[0])
    if re.fullmatch(r"0?\.\d{1,9}", text) and Fraction(text) > 0:
        reader.note(place, f"accelerators: {text} of one {name} is a part where an owner lends parts, else a whole one")
        return Fraction(text)
    rule = f"whole ones are counted from 1 to {COUNT_MAX}, and a part of one is below 1, such as 0.5"
    reader.problem(
        place, f'accelerators: "{text[:40]}" is not a count of {name[:40]}: {rule}', "resources.accelerators"
    )
    return Fraction(0)


def find_chip(reader: Reader, place: yaml.Node, name: str, chips: ChipFinder) -> str:
    """The chip's id, '' after a problem. A name that SkyPilot knows and the registry does not is kept with a note."""
    if reader.full:
        return ""
    try:
        return chips.find(name).id
    except UnknownChip as unknown:
        near = str(unknown.params.get("nearest", "none"))
    if FOREIGN.fullmatch(name):
        reader.note(place, f"accelerators: {name} is not in the chip registry; no site can offer it yet")
        return re.sub(r"[^a-z0-9]+", "-", name.lower())
    hint = "" if near == "none" else f". Nearest: {near}"
    if name.isdigit():
        hint = f"; name the model too, as in H100:{name}: the market sells models, not any accelerator"
    reader.problem(place, f'no chip is called "{name[:40]}"{hint}', "resources.accelerators")
    return ""


def _at_least(reader: Reader, node: yaml.Node) -> tuple[int, bool]:
    """'8' is exact, '8+' at least; a fraction is rounded up."""
    text = reader.text(node, "cpus").strip()
    match = re.fullmatch(r"(\d{1,5})(?:\.(\d{1,9}))?\s*(\+?)", text)
    if match is None or (int(match[1]) == 0 and not int(match[2] or 0)):
        reader.problem(
            node,
            f'resources.cpus must be a number from 1 to 99999, such as 8 or 8+, not "{text[:40]}"',
            "resources.cpus",
        )
        return 1, False
    return int(match[1]) + bool(int(match[2] or 0)), not match[3]


def _memory(reader: Reader, node: yaml.Node, cpus: int) -> tuple[int, bool]:
    """(bytes, exactly): '16' is 16 GB, '16+' at least so much, '4x' four GB per CPU; units are understood."""
    text = reader.text(node, "memory").strip()
    if times := re.fullmatch(r"(\d{1,5})(?:\.(\d{1,3}))?x\+?", text):
        return (int(times[1]) * 1000 + int((times[2] or "").ljust(3, "0"))) * cpus * GB // 1000, False
    return _size(reader, node, "memory"), not text.endswith("+")


def _size(reader: Reader, node: yaml.Node, what: str) -> int:
    def convert(text: str) -> int:
        count = parse_bytes(text.strip().rstrip("+"), default_unit="GB")
        if not 0 < count < 1 << 53:
            raise ValueError(f"{text!r} is not a size that a machine has")
        return count

    return reader.converted(node, f"resources.{what}", convert, GB)


def _money(text: str) -> Micros | None:
    amount = parse_money(text)
    if amount <= 0:
        raise ValueError(f"{text!r} must be above zero")
    return amount


def _infra(reader: Reader, node: yaml.Node) -> dict[str, Any]:
    """`gridtie/<site>`, `gridtie/<hub>/*` or `gridtie/<hub>/<site>`; other infrastructure is not ours, and noted."""
    text = reader.text(node, "infra").strip()
    head, *names = text.split("/")
    if head == "gridtie" and len(names) <= 2 and all(names):
        found = dict(zip(("sites",) if len(names) == 1 else ("hubs", "sites"), names, strict=False))
        return {key: (name,) for key, name in found.items() if name != "*"}
    if head == "gridtie":
        reader.problem(node, "resources.infra must be gridtie/<site>, gridtie/<hub>/* or gridtie/<hub>/<site>", "infra")
    elif text != "*":
        reader.note(node, f'resources.infra: "{text[:80]}" names another infrastructure; the market decides here')
    return {}


def read_ports(reader: Reader, node: yaml.Node) -> tuple[int, ...]:
    ports: list[int] = []
    for item in items(node):
        first, _, last = reader.text(item, "ports").partition("-")
        if not first or not first.isdecimal() or (last and not last.isdecimal()):
            continue  # its shape has complained
        low, high = int(first), int(last or first)
        if not 1 <= low <= high <= 65535:
            reader.problem(item, "resources.ports: a port is a number from 1 to 65535", "resources.ports")
        elif len(ports) + high - low >= PORTS_MAX:
            reader.problem(item, f"resources.ports: more than {PORTS_MAX} ports", "resources.ports")
        else:
            ports += range(low, high + 1)
    return tuple(dict.fromkeys(ports))


def with_image(text: str) -> str | None:
    """A container image's name, from `docker:NAME`; None for an image of a cloud."""
    return text.removeprefix("docker:") if text.startswith("docker:") else None
