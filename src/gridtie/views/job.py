"""Jobs as the faces show them."""

from collections.abc import Mapping, Sequence
from typing import Any

from gridtie.flow.exchange import Exchange
from gridtie.lifecycle import RUN
from gridtie.market.lateness import end_of
from gridtie.registry.parts import share_of, whole_of
from gridtie.store.journal import load, of_subject
from gridtie.store.run import booking_of
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, OrganisationId, RunId
from gridtie.values.money import format_money
from gridtie.values.period import from_us, to_text
from gridtie.values.quantity import format_bytes
from gridtie.views.cost import data_cost
from gridtie.views.party import when

_AS_STORED = (
    "id", "name", "organisation", "member", "purpose", "state", "epoch", "run", "reason", "reason_code", "change",
    "exit_code", "after", "batch", "retries",
)  # fmt: skip


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    """One line of a list: what the job is, where it stands, and why."""
    return {
        **{name: row[name] for name in _AS_STORED},
        "held": format_money(row["hold_total"]),
        "created_at": when(row["created_us"]),
        "updated_at": when(row["updated_us"]),
        "ended_at": when(row["ended_us"]),
    }


def job_page(
    unit: Unit,
    *,
    organisation: OrganisationId | None,
    states: Sequence[str],
    name: str | None,
    purpose: str | None,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """A page, newest first; `next` is the cursor of the following one or None."""
    rows = unit.jobs.page(
        organisation=organisation, states=states, name=name, purpose=purpose, before=cursor, limit=limit + 1
    )
    items = [{**listed(row), "site": row["site"], "hub": row["hub"]} for row in rows[:limit]]
    return {"items": items, "next": rows[limit - 1]["id"] if len(rows) > limit else None}


def job_detail(unit: Unit, exchange: Exchange, key: JobId) -> dict[str, Any]:
    """The whole story: the job, its runs, what it asked for and why it was refused so far."""
    row = unit.jobs.row(key)
    rows = unit.runs.of_job(key)
    runs = [run_view(run, unit) for run in rows]
    current = runs[-1] if runs else None
    if current is not None and not current["detail"]:
        current["detail"] = exchange.presence.note(RunId(current["id"]))
    request = unit.market.request_row(key)
    refusal = load(request.refusal) if request.refusal and request.state == "open" else None
    spec = load(row.document)
    return {
        **listed(row._mapping),
        "site": current["site"] if current else None,
        "hub": current["hub"] if current else None,
        "price": current["price"] if current else None,
        "started_at": current["started_at"] if current else None,
        "expected_end": _expected_end(unit, key, rows),
        "cost": format_money(sum(unit.receipts.amounts(key))),
        "data_cost": format_money(data_cost(unit, key)),
        "paid_in": "hours" if request.mode == "bank" else "money",
        "machines": spec.get("machines", 1),
        "resources": needs_text(load(request.document)["needs"]),
        "spec": spec,
        "files": load(row.files),
        "notes": load(row.notes),
        "runs": runs,
        "request": {"id": request.id, "state": request.state, "mode": request.mode},
        "refusal": refusal,
        "checkpoint_at": when(row.checkpoint_us),
    }


def _expected_end(unit: Unit, key: JobId, rows: Sequence[Any]) -> str | None:
    """Of its run that has not ended, if that takes as long as the job said."""
    if not rows or rows[-1].state not in RUN.live:
        return None
    row, request = rows[-1], unit.market.request_of(key)
    begins = max(row.started_us or row.assigned_us, row.starts_us or 0)
    return to_text(end_of(request, from_us(begins), request.expected_us))


def run_view(row: Any, unit: Unit) -> dict[str, Any]:
    site, booked = unit.runs.place(row.id), booking_of(row)
    return {
        "id": row.id,
        "job": row.job,
        "epoch": row.epoch,
        "site": site["site"],
        "hub": site["hub"],
        "resource": row.resource,
        "variant": load(row.plan).get("variant", ""),
        "state": row.state,
        "reason": row.reason,
        "detail": row.detail,
        "unit": row.unit,
        "units": row.units,
        "price": format_money(row.price),
        "machines": [entry[0] for entry in load(row.allocation)],
        "assigned_at": when(row.assigned_us),
        "accepted_at": when(row.accepted_us),
        "started_at": when(row.started_us),
        "first_output_at": when(row.first_output_us),
        "finished_at": when(row.finished_us),
        "ended_at": when(row.ended_us),
        "exit_code": row.exit_code,
        "cpu_s": row.cpu_us / 1_000_000,
        "memory_peak_bytes": row.memory_peak_bytes,
        "checkpoint_at": when(row.checkpoint_us),
        "displaced": row.displaced,
        "waits": row.waits_for != "[]",
        "booked_from": when(row.starts_us),
        "booked_until": None if booked is None else to_text(booked.ends_at),
    }


def job_events(unit: Unit, key: JobId) -> dict[str, Any]:
    """Everything noted about the job and its runs, oldest first."""
    notes = list(of_subject(unit.connection, key))
    for run in unit.runs.of_job(key):
        notes += of_subject(unit.connection, run.id)
    notes.sort(key=lambda note: note.seq)
    items = [
        {"seq": n.seq, "at": when(n.at_us), "kind": n.kind, "subject": n.subject, "actor": n.actor, "data": n.data}
        for n in notes
    ]
    return {"items": items}


def needs_text(needs: Mapping[str, Any]) -> str:
    """What is asked for, in a few words: '2 × (1 × nv-h100, 8 cores, 64 GiB) or …'."""
    words = []
    in_parts: set[str] = set()
    for alternative in needs["alternatives"]:
        if share_of(alternative["chip"]) > 1:  # of the parts that would do, one: the smallest that an owner may lend
            if (whole := whole_of(alternative["chip"])) in in_parts:
                continue
            in_parts.add(whole)
        parts = [f"{alternative['accelerators']} × {alternative['chip']}"] if alternative["accelerators"] else []
        parts.append(f"{alternative['cpus']} core" + ("" if alternative["cpus"] == 1 else "s"))
        if alternative["memory_bytes"]:
            parts.append(format_bytes(alternative["memory_bytes"]))
        words.append(", ".join(parts))
    text = " or ".join(dict.fromkeys(words))
    return f"{needs['machines']} × ({text})" if needs["machines"] > 1 else text
