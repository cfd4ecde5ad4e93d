"""Jobs as GA4GH TES tasks: states, logs of executors, results."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gridtie.dispatch.run import BlobFile
from gridtie.dispatch.tes import ROOT, is_result, job_states, state_of, tags_match
from gridtie.dispatch.tes_script import LOGS
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.ids import JobId, OrganisationId, RunId
from gridtie.values.money import format_money
from gridtie.views.party import when

LOOKED_AT_MAX = 5000  # tasks one call may look at; who filters by tags turns more pages, and waits for none of them
ReadBlob = Callable[[str], bytes]
Files = Mapping[str, BlobFile]


def task_view(unit: Unit, key: JobId, *, view: str, base: str, old: bool, read_blob: ReadBlob) -> dict[str, Any]:
    """`base` is the address under which the asking client reaches us, `old` as in dispatch.tes.state_of."""
    row = unit.jobs.row(key)
    shown = {"id": key, "state": state_of(row.state, row.reason_code, row.exit_code, old=old)}
    document = unit.tasks.document(key)
    if view == "MINIMAL":
        return shown
    full = view == "FULL"
    if not full:
        document["inputs"] = [_without(entry, "content") for entry in document.get("inputs", ())]
    logs = [_log(unit, run, document, base, full=full, read_blob=read_blob) for run in unit.runs.of_job(key)]
    if full and logs and row.reason:
        logs[-1]["system_logs"].append(row.reason)
    if full and logs:
        logs[-1]["system_logs"] += load(row.notes)
    return {**shown, **document, "creation_time": when(row.created_us), "logs": logs}


def task_page(
    unit: Unit, *, organisation: OrganisationId | None, state: str | None, prefix: str,
    tags: Sequence[tuple[str, str]], before: str | None, limit: int, old: bool,
) -> tuple[list[JobId], str | None]:  # fmt: skip
    """(tasks, token of the next page). A page may hold fewer than there are, even none; the token says whether it ends.

    A last page that holds `limit` tasks names one more, which is empty.
    """
    found: list[JobId] = []
    states = None if state is None else sorted({name for word in _same(state, old) for name in job_states(word)})
    looked = 0
    while looked < LOOKED_AT_MAX:
        rows = unit.tasks.page(
            organisation=organisation, states=states, prefix=prefix, before=before, limit=max(limit, 100)
        )
        for row in rows:
            looked, before = looked + 1, row.job
            if state is not None and state_of(row.state, row.reason_code, row.exit_code, old=old) != state:
                continue
            if tags and not tags_match(load(row.tags), tags):
                continue
            found.append(JobId(row.job))
            if len(found) == limit:
                return found, before
        if len(rows) < max(limit, 100):
            return found, None
    return found, before


def _same(state: str, old: bool) -> tuple[str, ...]:
    """The states that a client of 1.0 is told of as `state`."""
    return (
        {"RUNNING": (state, "CANCELING"), "SYSTEM_ERROR": (state, "PREEMPTED")}.get(state, (state,))
        if old
        else (state,)
    )


def _log(
    unit: Unit, run: Any, document: Mapping[str, Any], base: str, *, full: bool, read_blob: ReadBlob
) -> dict[str, Any]:
    """One run as a TES task log."""
    manifest = unit.runs.newest(RunId(run.id), "output").get(0, ())
    files = {file.path: file for file in manifest}
    executors = [_executor(files, line, read_blob, full=full) for line in _lines(files, "log", read_blob)]
    place = unit.runs.place(run.id)
    metadata = {"run": run.id, "site": place["site"], "hub": place["hub"], "resource": run.resource,
                "price": format_money(run.price), "unit": run.unit, "cpu_s": f"{run.cpu_us / 1_000_000:.3f}",
                "memory_peak_bytes": str(run.memory_peak_bytes)}  # fmt: skip
    shown: dict[str, Any] = {
        "logs": executors,
        "metadata": metadata,
        "outputs": [*_kept(files, document.get("outputs", ()), base), *_delivered(files, read_blob)],
    }
    for name, at in (("start_time", run.started_us), ("end_time", run.ended_us)):
        if at is not None:
            shown[name] = when(at)
    if full:
        shown["system_logs"] = [words for words in (run.reason, run.detail) if words]
    return shown


def _executor(files: Files, line: str, read_blob: ReadBlob, *, full: bool) -> dict[str, Any]:
    number, began, ended, code = line.split(" ")
    shown: dict[str, Any] = {"start_time": began, "end_time": ended, "exit_code": int(code)}
    if full:
        for name, kind in (("stdout", "out"), ("stderr", "err")):
            shown[name] = "".join(_text(files, f"{number}.{kind}", read_blob))
    return shown


def _kept(files: Files, outputs: Sequence[Mapping[str, Any]], base: str) -> Iterator[dict[str, Any]]:
    for name, file in files.items():
        path = name.removeprefix(ROOT)
        if path != name and is_result(outputs, path):
            yield {"url": f"{base}/v1/blobs/{file.sha256}", "path": path, "size_bytes": str(file.size)}


def _delivered(files: Files, read_blob: ReadBlob) -> Iterator[dict[str, Any]]:
    for line in _lines(files, "delivered", read_blob):
        size, path, url = line.split("\t")
        yield {"url": url, "path": path, "size_bytes": size}


def _lines(files: Files, name: str, read_blob: ReadBlob) -> list[str]:
    """Whole lines with the right number of parts: the job could have written anything there."""
    parts = {"log": (" ", 4), "delivered": ("\t", 3)}[name]
    lines = "".join(_text(files, name, read_blob)).splitlines()
    whole = [line for line in lines if line.count(parts[0]) == parts[1] - 1]
    return [line for line in whole if name != "log" or line.rpartition(" ")[2].isdecimal()][:10_000]


def _text(files: Files, name: str, read_blob: ReadBlob) -> Iterator[str]:
    file = files.get(f"{LOGS}/{name}")
    if file is not None and file.size <= 4 << 20:
        yield read_blob(file.sha256).decode("utf-8", "replace")


def _without(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != name}
