"""Our own keys of a job file, under `gridtie:`, or as `resources.labels` with the prefix `gridtie/`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import yaml

from gridtie.dispatch.artefact import safe_path
from gridtie.dispatch.job import Budget, DataUse, JobSpec, Retry, Variant
from gridtie.dispatch.yaml_source import Reader, is_null, items
from gridtie.errors import UnsafePath
from gridtie.market.eligibility import ISOLATION
from gridtie.values.money import Micros, parse_money
from gridtie.values.period import from_text
from gridtie.values.quantity import parse_duration

KEYS = ("budget", "where", "isolation", "network", "retry", "on_disconnect", "data", "outputs", "results", "variants",
        "time_limit", "expected", "deadline", "mode", "purpose", "certified", "priority")  # fmt: skip
WHERE = ("hubs", "places", "max_latency_ms")
RETRY_ON = ("site_lost", "preempted", "failure", "out_of_memory", "time_limit", "setup")
ON_DISCONNECT = ("wait", "stop", "replace")
MODES = ("posted", "auction")
STACKS = ("cuda", "cann", "rocm", "dtk", "musa", "maca", "corex", "xpu", "neuware", "tops", "gaudi", "supa", "cpu")


def read_gridtie(reader: Reader, node: yaml.Node, spec: JobSpec) -> JobSpec:
    """`spec` with everything that `gridtie:` says."""
    for key, key_node, value in reader.pairs(node, "gridtie"):
        if key not in KEYS:
            reader.unknown(key_node, key, KEYS, "under gridtie")
        elif not is_null(value):
            spec = _with(reader, key, value, spec)
    return spec


def read_labels(reader: Reader, labels: Mapping[str, str], spec: JobSpec) -> JobSpec:
    """The same keys as labels, `gridtie/budget.max_price: "2.5"`, so that one file still loads in SkyPilot."""
    for name, text in sorted(labels.items()):
        if not name.startswith("gridtie/"):
            continue
        first, _, second = name.removeprefix("gridtie/").partition(".")
        scalar = yaml.ScalarNode("tag:yaml.org,2002:str", text, yaml.Mark(name, 0, 0, 0, None, 0))
        listed = yaml.SequenceNode(
            "tag:yaml.org,2002:seq", [_scalar(part.strip(), name) for part in text.split(",")], scalar.start_mark
        )
        value: yaml.Node = listed if second in ("hubs", "places", "on", "pay_with") or first in ("outputs",) else scalar
        if second:
            value = yaml.MappingNode("tag:yaml.org,2002:map", [(_scalar(second, name), value)], scalar.start_mark)
        if first not in KEYS:
            reader.unknown(scalar, name, [f"gridtie/{key}" for key in KEYS], "among the labels")
            continue
        spec = _with(reader, first, value, spec)
    return spec


def _scalar(text: str, name: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, yaml.Mark(name, 0, 0, 0, None, 0))


def _with(reader: Reader, key: str, value: yaml.Node, spec: JobSpec) -> JobSpec:
    match key:
        case "budget":
            return replace(spec, budget=_budget(reader, value, spec.budget))
        case "where":
            return _where(reader, value, spec)
        case "isolation":
            return replace(spec, isolation=reader.choice(value, "isolation", ISOLATION, spec.isolation))
        case "network":
            return replace(spec, network=reader.choice(value, "network", ("none", "host"), spec.network))
        case "retry":
            return replace(spec, retry=_retry(reader, value, spec.retry))
        case "on_disconnect":
            return replace(spec, on_disconnect=reader.choice(value, key, ON_DISCONNECT, spec.on_disconnect))
        case "data":
            return replace(spec, data=_data(reader, value))
        case "outputs" | "results":
            return replace(spec, outputs=_outputs(reader, value))
        case "variants":
            return replace(spec, variants=_variants(reader, value))
        case "time_limit":
            return replace(spec, time_limit=_span(reader, value, key))
        case "expected":
            return replace(spec, expected=_span(reader, value, key))
        case "deadline":
            return replace(spec, deadline=reader.converted(value, key, _instant, None))
        case "mode":
            return replace(spec, mode=reader.choice(value, key, MODES, spec.mode))
        case "purpose":
            return replace(spec, purpose=reader.text(value, key)[:64])
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
    from_text(text)
    return text


def _amount(text: str) -> Micros:
    amount = parse_money(text)
    if amount <= 0:
        raise ValueError(f"{text!r} must be above zero")
    return amount


def _budget(reader: Reader, node: yaml.Node, budget: Budget) -> Budget:
    known = ("max_price", "max_total", "pay_with")
    for key, key_node, value in reader.pairs(node, "gridtie.budget"):
        if key not in known:
            reader.unknown(key_node, key, known, "under gridtie.budget")
        elif key == "pay_with":
            names = reader.texts(value, key)
            wrong = [name for name in names if name != "balance" and not name.startswith("voucher:")]
            for name in wrong:
                reader.problem(value, f"pay_with: {name[:40]!r} is neither balance nor voucher:NAME")
            budget = replace(budget, pay_with=tuple(name for name in names if name not in wrong) or budget.pay_with)
        elif not is_null(value):
            amount: dict[str, Any] = {key: reader.converted(value, key, _amount, None)}
            budget = replace(budget, **amount)
    return budget


def _where(reader: Reader, node: yaml.Node, spec: JobSpec) -> JobSpec:
    for key, key_node, value in reader.pairs(node, "gridtie.where"):
        if key == "hubs":
            spec = replace(spec, hubs=reader.texts(value, key))
        elif key == "places":
            spec = replace(spec, places=reader.texts(value, key))
        elif key == "max_latency_ms":
            milliseconds = reader.integer(value, key, low=1, high=60_000, default=1000)
            spec = replace(spec, max_latency_us=milliseconds * 1000)
        else:
            reader.unknown(key_node, key, WHERE, "under gridtie.where")
    return spec


def _retry(reader: Reader, node: yaml.Node, retry: Retry) -> Retry:
    for key, key_node, value in reader.pairs(node, "gridtie.retry"):
        if key == "on":
            retry = replace(
                retry, on=tuple(reader.choice(item, "retry.on", RETRY_ON, "site_lost") for item in items(value))
            )
        elif key == "max":
            retry = replace(retry, limit=reader.integer(value, "retry.max", low=0, high=100, default=2))
        else:
            reader.unknown(key_node, key, ("on", "max"), "under gridtie.retry")
    return retry


def _data(reader: Reader, node: yaml.Node) -> tuple[DataUse, ...]:
    uses = []
    for item in items(node):
        name, target = "", ""
        limits: tuple[str, ...] = ()
        for key, key_node, value in reader.pairs(item, "gridtie.data"):
            if key == "name":
                name = reader.text(value, "data.name")
            elif key == "to":
                target = reader.text(value, "data.to")
            elif key == "stays_in":
                limits = reader.texts(value, "data.stays_in")
            else:
                reader.unknown(key_node, key, ("name", "to", "stays_in"), "under gridtie.data")
        if not name:
            reader.problem(item, "a dataset needs a name")
        uses.append(DataUse(name=name, target=target, stays_in=limits))
    return tuple(uses)


def _outputs(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    kept = []
    for text in reader.texts(node, "outputs"):
        try:
            kept.append(safe_path(text))
        except UnsafePath as unsafe:
            reader.problem(node, f"outputs: {unsafe.message}")
    return tuple(kept)


def _variants(reader: Reader, node: yaml.Node) -> tuple[Variant, ...]:
    made = []
    for stack, stack_node, body in reader.pairs(node, "gridtie.variants"):
        if stack not in STACKS:
            reader.unknown(stack_node, stack, STACKS, "under gridtie.variants")
            continue
        variant = Variant(stack=stack)
        for key, key_node, value in reader.pairs(body, f"variant {stack}"):
            if key in ("setup", "run", "image"):
                text: dict[str, Any] = {key: reader.text(value, key)}
                variant = replace(variant, **text)
            elif key == "envs":
                envs = tuple((name, reader.text(v, name)) for name, _, v in reader.pairs(value, "envs"))
                variant = replace(variant, envs=envs)
            else:
                reader.unknown(key_node, key, ("setup", "run", "image", "envs"), f"under variant {stack}")
        made.append(variant)
    return tuple(made)
