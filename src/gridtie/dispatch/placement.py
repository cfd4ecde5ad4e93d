"""A job becomes a request, a trade becomes a plan that a site can carry out; the plan's form on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, replace
from datetime import timedelta
from typing import Any, TypeVar

from gridtie.dispatch.job import DataUse, JobSpec, Variant, usual_disk, usual_memory
from gridtie.dispatch.record import Job
from gridtie.dispatch.run import BlobFile, DataFile, Release, RunPlan, RunReport, RunTask
from gridtie.errors import InvalidInput, Problem
from gridtie.market.clearing import Trade
from gridtie.market.request import Alternative, Needs, Origin, Request
from gridtie.registry.chips import CPU
from gridtie.registry.parts import share_of, unit_of
from gridtie.registry.places import inside
from gridtie.values.canonical import SAFE_INTEGER_MAX
from gridtie.values.ids import RequestId, RunId, SiteId
from gridtie.values.money import Micros
from gridtie.values.period import from_text, to_text

MICROSECOND = timedelta(microseconds=1)
REASON_MAX = 200  # characters; who has more to say puts it into `detail`
NOWHERE = "nowhere"  # the limit left when two datasets may not be in one place

_Record = TypeVar("_Record", BlobFile, DataFile, Release, RunTask)


def request_of(
    job: Job, request: RequestId, *, sites: Sequence[str] = (), unit_price_cap: Micros | None, bytes_in: int
) -> Request:
    """What the market must find for `job`. `sites` pins it (certification); empty: anywhere it may go."""
    spec = job.spec
    alternatives = tuple(_whole(alternative, sites) for alternative in spec.alternatives)
    needs = Needs(
        alternatives=alternatives,
        machines=spec.machines,
        isolation_min=spec.isolation,
        hubs=spec.hubs,
        places=spec.places,
        data_places=narrowed(spec.data),
        data_names=tuple(use.name for use in spec.data if use.stays_in),
        data_sites=tuple(dict.fromkeys(use.held_by for use in spec.data if use.held_by)),
        data_at=" and ".join(f"{use.name} lies at {use.held_at}" for use in spec.data if use.held_by),
        guarded=tuple(use.name for use in spec.data if use.dataset) if spec.release is not None else (),
        contracts=tuple(dict.fromkeys(use.contract for use in spec.data if use.contract)),
        max_latency_us=spec.max_latency_us,
        certified=spec.certified and not sites,
        purpose=spec.purpose,
        network=spec.network,
        interactive=spec.interactive,
        variants=tuple(variant.stack for variant in spec.variants),
        plain=bool(spec.run.strip()) or not spec.variants,
        images=tuple(
            (stack, image)
            for stack in ("", *(variant.stack for variant in spec.variants))
            if spec.image_needed and (image := chosen(spec, stack).image)
        ),
    )
    origins = tuple(Origin(hub=use.at, size_bytes=_bytes(use.gb)) for use in spec.data if use.at and use.gb)
    return Request(
        id=request,
        job=job.id,
        organisation=job.organisation,
        needs=needs,
        mode="bank" if spec.budget.by_bank else spec.mode,
        max_price=spec.budget.max_price,
        max_total=spec.budget.max_total,
        expected_us=spec.expected // MICROSECOND,
        transfer_bytes=bytes_in + max(_bytes(spec.input_gb) - sum(origin.size_bytes for origin in origins), 0),
        origins=origins,
        arrived_at=job.created_at,
        deadline=from_text(spec.deadline) if spec.deadline else None,
        priority=spec.priority,
        preemptible=spec.preemptible,
        unit_price_cap=unit_price_cap,
        start_at=from_text(spec.start_at) if spec.start_at else None,
        start_by=from_text(spec.start_by) if spec.start_by else None,
        limit_us=None if spec.time_limit is None else spec.time_limit // MICROSECOND,
    )


def _bytes(gigabytes: float) -> int:
    return int(gigabytes * 1_000_000_000)


def _whole(wanted: Alternative, sites: Sequence[str]) -> Alternative:
    """With every size: what the market sells of a machine must be what the run may use of it."""
    sizes = wanted.cpus, wanted.accelerators, share_of(wanted.chip)
    return replace(
        wanted,
        memory_bytes=wanted.memory_bytes or usual_memory(*sizes),
        disk_bytes=wanted.disk_bytes or usual_disk(*sizes),
        sites=tuple(sites) or wanted.sites,
    )


def narrowed(uses: Sequence[DataUse]) -> tuple[str, ...]:
    """The places in which all of these datasets may be at once; () when none of them minds."""
    limits: tuple[str, ...] | None = None
    for use in uses:
        if not use.stays_in:
            continue
        if limits is None:
            limits = tuple(use.stays_in)
            continue
        pairs = [(mine, other) for mine in limits for other in use.stays_in]
        both = [
            mine if inside(mine, other) else other
            for mine, other in pairs
            if mine == other or inside(mine, other) or inside(other, mine)
        ]
        limits = tuple(dict.fromkeys(both)) or (NOWHERE,)
    return limits or ()


def plan_run(
    job: Job,
    alternative: Alternative,
    trade: Trade,
    *,
    run: RunId,
    epoch: int,
    site: SiteId,
    stack: str,
    images: bool,
    isolation: str,
    lease_stop_us: int,
    checkpoint_sync_us: int,
    log_limit_bytes: int,
) -> RunPlan:
    """Everything the site is told. `stack` is the software stack of the chip that was bought; `images`: whether its
    site runs container images."""
    spec = job.spec
    variant = chosen(spec, stack)
    tasks = tuple(
        RunTask(
            rank=rank,
            machine=machine,
            cpus=alternative.cpus,
            memory_bytes=alternative.memory_bytes,
            disk_bytes=alternative.disk_bytes,
            accelerators=alternative.accelerators,
            share=share_of(alternative.chip),
        )
        for rank, machine in enumerate(trade.machines)
    )
    limit = spec.time_limit
    return RunPlan(
        run=run,
        job=job.id,
        job_name=job.name,
        epoch=epoch,
        organisation=job.organisation,
        site=site,
        setup=variant.setup or "",
        command=variant.run or "",
        envs=variant.envs,
        secret_names=spec.secrets,
        tasks=tasks,
        files=job.files,
        checkpoint=job.checkpoint,
        outputs=spec.outputs,
        isolation=isolation,
        network=spec.network,
        on_disconnect=spec.on_disconnect,
        time_limit_us=None if limit is None else limit // MICROSECOND,
        lease_stop_us=lease_stop_us,
        checkpoint_sync_us=checkpoint_sync_us,
        log_limit_bytes=log_limit_bytes,
        mounts=spec.mounts,
        interactive=spec.interactive,
        variant=variant.stack,
        image=variant.image if images else None,
        release=spec.release,
    )


def chosen(spec: JobSpec, stack: str) -> Variant:
    """What runs on a software stack: its variant over the job's own words, or those under the stack ''."""
    variant = next((one for one in spec.variants if one.stack == stack), Variant(stack=""))
    return Variant(
        stack=variant.stack,
        setup=spec.setup if variant.setup is None else variant.setup,
        run=spec.run if variant.run is None else variant.run,
        image=spec.image if variant.image is None else variant.image,
        envs=tuple((dict(spec.envs) | dict(variant.envs)).items()),
    )


def units_of(alternative: Alternative, machines: int) -> tuple[str, int]:
    """What is sold: accelerators, or parts of one, by the hour of one, or cores by the core-hour where the chip is a
    CPU."""
    each = alternative.cpus if alternative.chip == CPU else alternative.accelerators
    return unit_of(alternative.chip), each * machines


def plan_to_json(plan: RunPlan) -> dict[str, Any]:
    data = _flat(plan)
    for name in ("tasks", "files", "checkpoint", "data"):
        data[name] = [_flat(part) for part in data[name]]
    if not plan.data and plan.release is None:  # said only where it says something
        del data["data"]
    if plan.release is None:  # its very name is what `said_of_release` looks for
        del data["release"]
    else:
        data["release"] = _flat(plan.release)
    data["envs"] = [list(pair) for pair in plan.envs]
    return data


def _flat(record: RunPlan | RunTask | BlobFile | DataFile | Release | RunReport) -> dict[str, Any]:
    """Its fields as they are: `asdict` copies every value deep, which cost a twentieth of a busy exchange."""
    return {name: getattr(record, name) for name in record.__slots__}


def said_of_release(plan: str) -> bool:
    """Whether a plan, as it is stored, is of a run that came to data that may not leave. Read without being parsed:
    within a text its quotes would be escaped, and no other part of a plan has a key of that name."""
    return '"release":' in plan


def plan_from_json(data: Mapping[str, Any]) -> RunPlan:
    """Raises InvalidInput when the exchange and the site do not speak the same version."""
    try:
        values = {f.name: data[f.name] for f in fields(RunPlan) if f.name in data or f.default is MISSING}
        values["envs"] = tuple((str(name), str(value)) for name, value in values["envs"])
        values["secret_names"] = tuple(values["secret_names"])
        values["outputs"] = tuple(values["outputs"])
        values["mounts"] = tuple(values.get("mounts", ()))
        values["tasks"] = tuple(_record(RunTask, task) for task in values["tasks"])
        values["files"] = tuple(_record(BlobFile, file) for file in values["files"])
        values["checkpoint"] = tuple(_record(BlobFile, file) for file in values["checkpoint"])
        values["data"] = tuple(_record(DataFile, file) for file in values.get("data", ()))
        if (release := values.get("release")) is not None:
            values["release"] = _record(Release, release)
        return RunPlan(**values)
    except (KeyError, TypeError, ValueError) as cause:
        raise InvalidInput(source="run plan", problems=[Problem(f"not a run plan: {cause}")]) from cause


def report_to_json(report: RunReport) -> dict[str, Any]:
    return {**_flat(report), "at": to_text(report.at)}


def report_from_json(data: Mapping[str, Any]) -> RunReport:
    """Raises InvalidInput naming the first thing that is wrong."""
    try:
        report = RunReport(**{**data, "at": from_text(data["at"])})
        for name in ("seq", "cpu_us", "memory_peak_bytes"):
            if type(number := getattr(report, name)) is not int or not 0 <= number <= SAFE_INTEGER_MAX:
                raise ValueError(f"{name} is a whole number from 0 to {SAFE_INTEGER_MAX}")
        if report.exit_code is not None and (type(report.exit_code) is not int or not 0 <= report.exit_code <= 255):
            raise ValueError("exit_code is a number from 0 to 255, or null")
        if not all(isinstance(text, str) for text in (report.event, report.reason, report.detail)):
            raise ValueError("event, reason and detail are text")
        if len(report.reason) > REASON_MAX:
            raise ValueError(f"reason has at most {REASON_MAX} characters")
    except (KeyError, TypeError, ValueError) as cause:
        raise InvalidInput(source="run report", problems=[Problem(f"not a run report: {cause}")]) from cause
    return report


def _record(kind: type[_Record], data: Mapping[str, Any]) -> _Record:
    found = ((field.name, data.get(field.name, field.default)) for field in fields(kind))
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found}
    return kind(**values)
