"""The store alone, on SQLite and on PostgreSQL: durable submits, and lists and rounds among many queued jobs.

    python benchmarks/bench_store.py            BENCH_JOBS=1000000 by default

No HTTP: 64 submits wait at a time, as they do behind a busy server. PostgreSQL is a server of its own with its
default durability (fsync on), on the same disk, through a unix socket. Each plan is what the database itself says.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from gridtie.dispatch.job import Budget, JobDocument, JobSpec
from gridtie.flow.exchange import Exchange
from gridtie.flow.fund_account import top_up
from gridtie.flow.submit_job import Submission, submit_document
from gridtie.market.request import Alternative
from gridtie.settings import load
from gridtie.store.dialect import POSTGRESQL, SQLITE
from gridtie.store.job import _page
from gridtie.store.market import _QUEUE
from gridtie.store.schema import job, member, request
from gridtie.values.ids import MemberId, OrganisationId, uuid7_text
from gridtie.wiring import close_exchange, found_exchange, open_exchange
from postgresql import Postgresql, programs
from stage import median, table

JOBS = int(os.environ.get("BENCH_JOBS", "1000000"))
WAITING, SECONDS, ROUNDS, PAGES, KINDS = 64, 3.0, 5, 50, 100
SPEC = JobSpec(name="job", run="true", alternatives=(Alternative(chip="cpu", cpus=1),), budget=Budget())


def main() -> None:
    rows: list[tuple[str, str, str]] = []
    plans: list[str] = []
    with TemporaryDirectory(prefix="gridtie-bench-", dir=Path.home()) as folder, postgresql() as server:
        for database in (SQLITE, POSTGRESQL):
            place = "gridtie.db" if server is None or database == SQLITE else server.empty()
            if database == POSTGRESQL and server is None:
                rows.append((POSTGRESQL, "not installed", "apt-get install postgresql"))
                continue
            exchange = open_exchange(load(Path(folder) / database, {}, database=place), create=True)
            rows += measured(exchange, database, plans)
            close_exchange(exchange)
    table(f"Store, {JOBS} queued jobs (medians)", rows)
    print("\n".join(plans))


def measured(exchange: Exchange, database: str, plans: list[str]) -> Iterator[tuple[str, str, str]]:
    found_exchange(exchange, organisation="lab")
    owner = exchange.database.read(lambda unit: unit.execute(select(member)).first())
    who = OrganisationId(owner.organisation)
    exchange.database.write(lambda unit: top_up(unit, who, 10**15, memo="bench"), actor="bench")
    given = Submission(organisation=who, member=MemberId(owner.id), envs={}, secrets={})

    def submit(unit: Any) -> Any:
        return submit_document(unit, exchange, JobDocument(jobs=(SPEC,), kind="job"), (SPEC,), given)

    rates = [rate(exchange, submit) for _ in range(ROUNDS)]
    yield f"{database}: durable submits a second, few jobs", f"{median(rates):.0f}", f"{WAITING} waiting"
    begun = time.monotonic()
    fill(exchange, JOBS)
    yield f"{database}: making the jobs", f"{time.monotonic() - begun:.0f} s", "not through the exchange"
    rates = [rate(exchange, submit) for _ in range(ROUNDS)]
    yield f"{database}: durable submits a second, all jobs", f"{median(rates):.0f}", f"{WAITING} waiting"
    for name, cursor in cursors(exchange):
        spent = [timed(lambda at=cursor: page(exchange, who, at)) for _ in range(PAGES)]
        yield f"{database}: a page of 50 by cursor, {name}", f"{median(spent) * 1000:.2f} ms", "organisation and state"
    spent = [timed(lambda: exchange.database.read(lambda u: u.market.queue(mode="posted", pinned=False)))
             for _ in range(ROUNDS)]  # fmt: skip
    yield f"{database}: what a round looks at, of {KINDS} kinds", f"{median(spent) * 1000:.0f} ms", "256 requests"
    plans += [f"\n{database}, a page by cursor:", *plan(exchange, database, "page", who)]
    plans += [f"\n{database}, what a round looks at:", *plan(exchange, database, "queue", who)]


def rate(exchange: Exchange, submit: Callable[[Any], Any]) -> float:
    """Acknowledged submits a second, WAITING of them queued at any time."""
    begun, done = time.monotonic(), 0
    waiting = [exchange.database.submit(submit, actor="bench") for _ in range(WAITING)]
    while time.monotonic() - begun < SECONDS:
        waiting.pop(0).result()
        waiting.append(exchange.database.submit(submit, actor="bench"))
        done += 1
    spent = time.monotonic() - begun
    for future in waiting:
        future.result()
    return done / spent


def fill(exchange: Exchange, count: int) -> None:
    """Copies of a submitted job and its request, of KINDS kinds of need, made a millisecond apart."""

    def write(unit: Any) -> None:
        one = dict(unit.execute(select(job).limit(1)).mappings().one())
        need = dict(unit.execute(select(request).limit(1)).mappings().one())
        start = one["created_us"] // 1000 + 10**7
        for first in range(0, count, 20_000):
            numbers = range(first, min(count, first + 20_000))
            jobs = [{**one, "id": f"job_{uuid7_text(start + n, n)}", "created_us": (start + n) * 1000} for n in numbers]
            needs = [{**need, "id": f"req_{uuid7_text(start + n, n)}", "job": made["id"], "priority": n % 3,
                      "signature": f"{n % KINDS:016x}"} for n, made in zip(numbers, jobs, strict=True)]  # fmt: skip
            insert(unit.connection, job.name, jobs)
            insert(unit.connection, request.name, needs)

    exchange.database.write(write, actor="bench")
    if exchange.database.alone:
        exchange.database.write(lambda unit: unit.connection.exec_driver_sql("ANALYZE"), actor="bench")


def insert(connection: Any, name: str, rows: list[dict[str, Any]]) -> None:
    columns, raw = list(rows[0]), connection.connection.driver_connection
    names = ", ".join(f'"{column}"' for column in columns)
    values = [tuple(row[column] for column in columns) for row in rows]
    if connection.dialect.name == SQLITE:
        raw.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({", ".join("?" * len(columns))})', values)
        return
    with raw.cursor().copy(f'COPY "{name}" ({names}) FROM STDIN') as copy:
        for row in values:
            copy.write_row(row)


def cursors(exchange: Exchange) -> Iterator[tuple[str, str | None]]:
    yield "the first", None
    for name, share in (("in the middle", 0.5), ("near the last", 0.001)):
        skipped = select(job.c.id).order_by(job.c.id).offset(int(JOBS * share)).limit(1)
        yield name, exchange.database.read(lambda unit, at=skipped: unit.execute(at).scalar_one())


def page(exchange: Exchange, who: OrganisationId, cursor: str | None) -> int:
    more = {"organisation": who, "states": ("queued",), "name": None, "purpose": None, "before": cursor, "limit": 50}
    return len(exchange.database.read(lambda unit: unit.jobs.page(**more)))


def plan(exchange: Exchange, database: str, what: str, who: OrganisationId) -> list[str]:
    if what == "page":
        statement = _page("before", "organisation", "state")
        given = {"before": "job_z", "organisation": who, "state": "queued", "most": 50}
    else:
        statement, given = _QUEUE[database], {"mode": "posted", "pinned": 0, "most": 256, "per_kind": 64}

    def look(unit: Any) -> list[str]:
        made = statement.compile(dialect=unit.connection.dialect)
        values: Any = made.construct_params(given)
        if made.positiontup is not None:
            values = tuple(values[name] for name in made.positiontup)
        words = "EXPLAIN QUERY PLAN " if database == SQLITE else "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "
        return ["  " + str(row[-1]) for row in unit.connection.exec_driver_sql(words + str(made), values)]

    return exchange.database.read(look)


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def postgresql() -> Iterator[Postgresql | None]:
    """As durable as it comes; None where none is installed."""
    if (found := programs()) is None:
        yield None
        return
    with TemporaryDirectory(prefix="gridtie-bench-pg-") as folder:
        server = Postgresql(found, Path(folder), options=("max_connections=50", "max_wal_size=4GB"))
        server.init()
        server.start()
        try:
            yield server
        finally:
            server.stop()


if __name__ == "__main__":
    main()
