"""Our own keys of a job file, under `gridtie:`, or as `resources.labels` with the prefix `gridtie/`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import yaml

from gridtie.dispatch.artefact import safe_path
from gridtie.dispatch.job import Budget, DataUse, JobSpec, Retry, Variant
from gridtie.dispatch.jobfile_keys import GRIDTIE, MODES, NETWORKS, ON_DISCONNECT, RETRY_ON, STACKS
from gridtie.dispatch.jobfile_shape import Keys
from gridtie.dispatch.yaml_source import Reader, is_null, items
from gridtie.errors import UnsafePath
from gridtie.registry.places import PLACE
from gridtie.registry.resource import ISOLATIONS
from gridtie.values.money import Micros, parse_money
from gridtie.values.period import from_text
from gridtie.values.quantity import parse_duration

PREFIX = "gridtie/"
_LISTS = ("hubs", "places", "on", "pay_with", "outputs", "results")


def read_gridtie(reader: Reader, node: yaml.Node, spec: JobSpec, hubs: Sequence[str]) -> JobSpec:
    """`spec` with everything that `gridtie:` says. The node has passed its shape. `hubs`: those that there are."""
    for key, _, value in reader.pairs(node, "gridtie"):
        if key in GRIDTIE.known and not is_null(value):
            spec = _with(reader, key, value, spec, hubs)
    return spec


def read_labels(reader: Reader, node: yaml.Node, spec: JobSpec, hubs: Sequence[str]) -> JobSpec:
    """The same keys as labels, `gridtie/budget.max_price: "2.5"`, so that one file still loads in SkyPilot.

    A dot goes one level down, a comma separates the entries of a list; keys that need more (data, variants) cannot be
    written so.
    """
    for name, name_node, value in reader.pairs(node, "resources.labels"):
        if not name.startswith(PREFIX) or not isinstance(value, yaml.ScalarNode):
            continue
        first, _, second = name.removeprefix(PREFIX).partition(".")
        shape = GRIDTIE.known.get(first)
        inner = shape.known.get(second) if second and isinstance(shape, Keys) else None
        if (
            first in ("data", "variants")
            or shape is None
            or (second and inner is None)
            or (not second and isinstance(shape, Keys))
        ):
            reader.unknown(name_node, name, label_names(), "among the labels", f"resources.labels.{name}")
            continue
        listed = _listed(value) if (second or first) in _LISTS else value
        whole = _mapping(second, name_node, listed) if second else listed
        shape.check(reader, whole, f"gridtie.{first}")
        if not reader.is_bad(value):
            spec = _with(reader, first, whole, spec, hubs)
    return spec


def label_names() -> list[str]:
    """Every key that can be written as a label."""
    names = []
    for first, shape in GRIDTIE.known.items():
        if first in ("data", "variants"):
            continue
        names += (
            [f"{PREFIX}{first}.{second}" for second in shape.known] if isinstance(shape, Keys) else [PREFIX + first]
        )
    return names


def _listed(value: yaml.ScalarNode) -> yaml.Node:
    parts = [part.strip() for part in str(value.value).split(",")]
    entries = [yaml.ScalarNode(value.tag, part, value.start_mark, value.end_mark) for part in parts]
    return yaml.SequenceNode("tag:yaml.org,2002:seq", entries, value.start_mark, value.end_mark)


def _mapping(key: str, place: yaml.Node, value: yaml.Node) -> yaml.Node:
    key_node = yaml.ScalarNode("tag:yaml.org,2002:str", key, place.start_mark, place.end_mark)
    return yaml.MappingNode("tag:yaml.org,2002:map", [(key_node, value)], value.start_mark, value.end_mark)


def _with(reader: Reader, key: str, value: yaml.Node, spec: JobSpec, hubs: Sequence[str]) -> JobSpec:
    match key:
        case "budget":
            return replace(spec, budget=_budget(reader, value, spec.budget))
        case "where":
            return _where(reader, value, spec, hubs)
        case "isolation":
            return replace(spec, isolation=reader.choice(value, "isolation", ISOLATIONS, spec.isolation))
        case "network":
            return replace(spec, network=reader.choice(value, "network", NETWORKS, spec.network))
        case "retry":
            return replace(spec, retry=_retry(reader, value, spec.retry))
        case "on_disconnect":
            return replace(spec, on_disconnect=reader.choice(value, key, ON_DISCONNECT, spec.on_disconnect))
        case "data":
            return replace(spec, data=_data(reader, value, hubs))
        case "outputs" | "results":
            return replace(spec, outputs=_outputs(reader, value))
        case "variants":
            return replace(spec, variants=_variants(reader, value, spec.run))
        case "time_limit":
            return replace(spec, time_limit=_span(reader, value, f"gridtie.{key}"))
        case "expected":
            return replace(spec, expected=_span(reader, value, f"gridtie.{key}"))
        case "deadline":
            return replace(spec, deadline=reader.converted(value, "gridtie.deadline", _instant, None))
        case "start_at":
            return replace(spec, start_at=reader.converted(value, "gridtie.start_at", _instant, None))
        case "start_by":
            return replace(spec, start_by=reader.converted(value, "gridtie.start_by", _instant, None))
        case "mode":
            return replace(spec, mode=reader.choice(value, key, MODES, spec.mode))
        case "purpose":
            return replace(spec, purpose=reader.text(value, key)[:64])
        case "preemptible":
            return replace(spec, preemptible=reader.boolean(value, key))
        case "interactive":
            return replace(spec, interactive=reader.boolean(value, key, False))
        case "certified":
            return replace(spec, certified=reader.boolean(value, key, True))
        case _:
            return replace(spec, priority=reader.integer(value, "priority", low=-1000, high=1000, default=0))


def _span(reader: Reader, node: yaml.Node, what: str) -> timedelta:
    def convert(text: str) -> timedelta:
        span = parse_duration(text)
        if not timedelta(0) < span <= timedelta(days=366):
            raise ValueError(f"{text!r} must be more than nothing and at most a year")
        return span

    return reader.converted(node, what, convert, timedelta(hours=1))


def _instant(text: str) -> str | None:
    """The text itself, once it is known to be an instant with a zone."""
    try:
        from_text(text)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the calendar") from None
    except ValueError as cause:
        unread = "isoformat" in str(cause)
        raise ValueError(f"{text!r} is not a time such as 2026-05-01T12:00:00Z" if unread else str(cause)) from None
    return text


def _amount(text: str) -> Micros | None:
    amount = parse_money(text)
    if amount <= 0:
        raise ValueError(f"{text!r} must be above zero")
    return amount


def _budget(reader: Reader, node: yaml.Node, budget: Budget) -> Budget:
    for key, _, value in reader.pairs(node, "gridtie.budget"):
        if is_null(value):
            continue
        if key == "pay_with":
            budget = replace(budget, pay_with=reader.texts(value, key) or budget.pay_with)
        elif key == "max_price":
            budget = replace(budget, max_price=reader.converted(value, f"gridtie.budget.{key}", _amount, None))
        elif key == "max_total":
            budget = replace(budget, max_total=reader.converted(value, f"gridtie.budget.{key}", _amount, None))
    return budget


def _where(reader: Reader, node: yaml.Node, spec: JobSpec, hubs: Sequence[str]) -> JobSpec:
    for key, _, value in reader.pairs(node, "gridtie.where"):
        if key == "hubs":
            spec = replace(spec, hubs=reader.texts(value, key))
            _exist(reader, value, "gridtie.where.hubs", hubs)
        elif key == "places":
            spec = replace(spec, places=reader.texts(value, key))
        elif key == "max_latency_ms" and not is_null(value):
            milliseconds = reader.integer(value, key, low=1, high=60_000, default=1000)
            spec = replace(spec, max_latency_us=milliseconds * 1000)
    return spec


def _retry(reader: Reader, node: yaml.Node, retry: Retry) -> Retry:
    for key, _, value in reader.pairs(node, "gridtie.retry"):
        if key == "on":
            causes = tuple(reader.choice(item, "gridtie.retry.on", RETRY_ON, "site_lost") for item in _entries(value))
            retry = replace(retry, on=tuple(dict.fromkeys(causes)))
        elif key == "max" and not is_null(value):
            retry = replace(retry, limit=reader.integer(value, "gridtie.retry.max", low=0, high=100, default=2))
    return retry


def _entries(node: yaml.Node) -> list[yaml.Node]:
    return [] if is_null(node) else items(node)


def _exist(reader: Reader, node: yaml.Node, what: str, hubs: Sequence[str], *, or_place: bool = False) -> None:
    """A misspelt hub would keep the job waiting for ever, or its data from nowhere. No hubs known: nothing is said."""
    for entry in _entries(node):
        text = reader.text(entry, what)
        if hubs and text not in hubs and not (or_place and re.fullmatch(PLACE, text)):
            reader.wrong_choice(entry, what, text, hubs)


def _data(reader: Reader, node: yaml.Node, hubs: Sequence[str]) -> tuple[DataUse, ...]:
    uses = []
    for item in items(node):
        values = {key: value for key, _, value in reader.pairs(item, "gridtie.data")}
        name = reader.text(values["name"], "gridtie.data.name") if "name" in values else ""
        if not name:
            reader.problem(item, "a dataset needs a name", "gridtie.data")
        target = reader.text(values["to"], "gridtie.data.to") if "to" in values else ""
        if target:
            target = _safe(reader, values["to"], "gridtie.data.to", target)
        limits = reader.texts(values["stays_in"], "gridtie.data.stays_in") if "stays_in" in values else ()
        if limits:
            _exist(reader, values["stays_in"], "gridtie.data.stays_in", hubs, or_place=True)
        at = reader.text(values["at"], "gridtie.data.at") if "at" in values else ""
        if at:
            _exist(reader, values["at"], "gridtie.data.at", hubs)
        uses.append(DataUse(name=name, target=target, stays_in=limits, at=at))
    return tuple(uses)


def _outputs(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    found = [_safe(reader, item, "gridtie.outputs", reader.text(item, "gridtie.outputs")) for item in items(node)]
    return tuple(dict.fromkeys(path for path in found if path))


def _safe(reader: Reader, place: yaml.Node, what: str, text: str) -> str:
    try:
        return safe_path(text)
    except UnsafePath as unsafe:
        reader.problem(place, f"{what}: {unsafe.message}", what)
        return ""


def _variants(reader: Reader, node: yaml.Node, run: str) -> tuple[Variant, ...]:
    made = []
    for stack, _, body in reader.pairs(node, "gridtie.variants"):
        if stack not in STACKS:
            continue
        variant = Variant(stack=stack)
        for key, _, value in reader.pairs(body, f"gridtie.variants.{stack}"):
            if key in ("setup", "run", "image") and not is_null(value):
                changed: dict[str, Any] = {key: reader.text(value, key)}
                variant = replace(variant, **changed)
            elif key == "envs":
                envs = tuple((name, reader.text(v, name)) for name, _, v in reader.pairs(value, "envs"))
                variant = replace(variant, envs=envs)
        if not (run if variant.run is None else variant.run).strip():
            reader.problem(body, f"nothing to run on {stack}: neither the variant nor the job has a `run`",
                           f"gridtie.variants.{stack}")  # fmt: skip
        made.append(variant)
    return tuple(made)
